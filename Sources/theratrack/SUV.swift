import ArgumentParser
import Foundation
import Pipeline

/// `theratrack suv base/pet --structures rtstruct.dcm --json`
struct SUV: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suv",
    abstract: "SUV of one PET series, with every assumption shown.",
    discussion: """
      Says which rule gave the decay reference time and what the SUV would be under the others.
      What cannot become SUV without a guess is refused with the tag and what to do.

      Examples:
        theratrack suv base/pet
        theratrack suv base/pet --structures rtstruct.dcm --json
      """)

  @Argument(help: "Folder of one PET series, or its files.")
  var series: [String]

  @Option(help: "RT Structure Set drawn in the same frame of reference.")
  var structures: String?

  @Flag(help: "Print one JSON object instead of a table.")
  var json = false

  func validate() throws {
    if series.isEmpty { throw ValidationError("Give the folder of a PET series, or its files.") }
  }

  func run() throws {
    let inspection = try SUVInspection.inspect(
      series.map { URL(filePath: $0) }, structures: structures.map { URL(filePath: $0) })
    print(try json ? String(decoding: inspection.json(), as: UTF8.self) : inspection.text())
  }
}
