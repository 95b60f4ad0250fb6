import ArgumentParser
import Foundation
import Pipeline

/// `theratrack plugins list`, `theratrack plugins check`
struct Plugins: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List and check the packs of tracers, criteria and limits.",
    discussion: """
      Packs are YAML files that a site edits. They are looked for in the folder 'plugins' beside the
      course file, in the folder that THERATRACK_PLUGINS names, above the program, and here.

      Examples:
        theratrack plugins list
        theratrack plugins check plugins/tracers/ours.yaml
      """,
    subcommands: [List.self, Check.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List every pack: uptake windows, test-retest variation, how well rules are known.")

    @Flag(help: "Print one JSON object instead of text.")
    var json = false

    func run() throws { try Plugins.show(PackListing(), json: json) }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check packs; an error names the file, the key and what is wrong.")

    @Argument(help: "Packs to check. Without any, all that are found.")
    var files: [String] = []

    @Flag(help: "Print one JSON object instead of text.")
    var json = false

    func run() throws {
      try Plugins.show(PackListing(files: files.map { URL(filePath: $0) }), json: json)
    }
  }

  fileprivate static func show(_ listing: PackListing, json: Bool) throws {
    Terminal.output(try json ? listing.json() : listing.text())
    if !listing.isSound { throw ExitCode.failure }
  }
}
