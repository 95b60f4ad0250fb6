import ArgumentParser
import Foundation
import Pipeline

/// `theratrack suv base/pet --structures rtstruct.dcm --json`
struct SUV: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suv",
    abstract: "SUV of one PET series, with every assumption shown; or of all below a folder.",
    discussion: """
      Says which rule gave the decay reference time and what the SUV would be under the others.
      What cannot become SUV without a guess is refused with the tag and what to do. Facts given
      with --weight, --height, --sex, --dose and --injection-time replace the header's, and the
      output says so.

      --conformance writes a table (CSV, and HTML for paper) of every PET series below a folder,
      sealed by a SHA-256 that --verify checks. --expect takes a CSV with the header
      series,quantity,value,tolerance; a series is a Series Instance UID, a folder below the one
      given, or *; quantities are min, median, mean, max, factor, and refused (value: a tag or
      empty). Exit code 3 when an expectation is not met or a refusal was not expected.

      Examples:
        theratrack suv base/pet
        theratrack suv base/pet --type bw,lbm-janma,bsa --structures rtstruct.dcm --json
        theratrack suv dynamic/pet --frame 12 --weight 71kg
        theratrack suv --conformance /scans -o conformance --expect expected.csv
        theratrack suv --verify conformance/suv-conformance.csv
      """)

  @Argument(help: "Folder of one PET series, or its files.")
  var series: [String] = []

  @Option(help: "RT Structure Set or Segmentation drawn in the same frame of reference.")
  var structures: String?

  @OptionGroup(title: "What to show, and facts in place of the header's")
  var request: SUVRequest

  @Option(help: "Folder to make a conformance table of, in place of a series.")
  var conformance: String?

  @Option(
    name: .shortAndLong,
    help: "Folder for the conformance table; suv-conformance in this folder unless stated.")
  var output: String?

  @Option(help: "CSV of what the series of the conformance table should show.")
  var expect: String?

  @Option(help: "A conformance table whose seal to check, in place of a series.")
  var verify: String?

  @Flag(help: "Print one JSON object instead of a table.")
  var json = false

  func validate() throws {
    let tasks = [!series.isEmpty, conformance != nil, verify != nil].count { $0 }
    guard tasks == 1 else {
      throw ValidationError(
        "Give the folder of a PET series or its files, or --conformance, or --verify.")
    }
    guard output == nil || conformance != nil else {
      throw ValidationError("-o needs --conformance.")
    }
    guard expect == nil || conformance != nil else {
      throw ValidationError("--expect needs --conformance.")
    }
    let isPlain = try request.request() == SUVInspection.Request() && structures == nil
    guard isPlain || !series.isEmpty else {
      throw ValidationError("A conformance table takes the headers as they are, by body weight.")
    }
  }

  func run() throws {
    if let verify { return try check(URL(filePath: verify)) }
    if let conformance {
      return try table(
        of: URL(filePath: conformance), into: URL(filePath: output ?? "suv-conformance"))
    }
    let inspection = try SUVInspection.inspect(
      series.map { URL(filePath: $0) }, structures: structures.map { URL(filePath: $0) },
      request: request.request())
    Terminal.output(
      try json ? String(decoding: inspection.json(), as: UTF8.self) : inspection.text())
    if !inspection.isComplete { throw ExitCode.notAssessable }
  }

  private func table(of folder: URL, into output: URL) throws {
    let expectations = try expect.map { path in
      guard FileManager.default.isReadableFile(atPath: path) else {
        throw SUVFileError(path: path)
      }
      return try SUVConformance.Expectation.read(URL(filePath: path))
    }
    let table = try SUVConformance(
      folder: folder, expectations: expectations ?? [], progress: Terminal.progress())
    try table.write(to: output, at: .now)
    if json {
      Terminal.output(try table.json())
    } else {
      Terminal.output(table.summary)
      for name in SUVConformance.fileNames { Terminal.output(output.appending(path: name).path) }
    }
    if !table.isMet { throw ExitCode.notAssessable }
  }

  private func check(_ file: URL) throws {
    guard let data = try? Data(contentsOf: file) else { throw SUVFileError(path: file.path) }
    switch SealedText.verify(data) {
    case .unchanged(let digest): Terminal.output("unchanged since it was written: sha256:\(digest)")
    case .changed(let stated, let found):
      Terminal.error("theratrack: the file was changed: it states \(stated) and has \(found)")
      throw ExitCode.failure
    case .notSealed:
      Terminal.error("theratrack: the file has no seal of a conformance table")
      throw ExitCode.failure
    }
  }
}

/// A file of the command line that is not there.
private struct SUVFileError: Error, CustomStringConvertible {
  let path: String
  var description: String { "'\(path)' cannot be read; check the path and its permissions" }
}
