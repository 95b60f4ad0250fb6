import ArgumentParser
import Foundation
import Pipeline

/// `theratrack register base/ct followup/ct --points landmarks.csv --json`
struct Register: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Link two scans rigidly, and say how good the link is.",
    discussion: """
      Two CT series are linked by body and bone; two PET or two SPECT series by their uptake.
      With --points, a CSV of points in the fixed patient frame (columns x_mm,y_mm,z_mm; LPS:
      left, back, head) is mapped to where they lie in the moving one.

      Examples:
        theratrack register base/ct followup/ct
        theratrack register base/ct followup/ct --points landmarks.csv --json
      """)

  @Argument(help: "File or folder of the fixed series.")
  var fixed: String

  @Argument(help: "File or folder of the moving series.")
  var moving: String

  @Option(help: "CSV of points to map, with a header line x_mm,y_mm,z_mm.")
  var points: String?

  @Flag(help: "Print one JSON object instead of a table.")
  var json = false

  func run() throws {
    let result = try PairRegistration(
      fixed: URL(filePath: fixed), moving: URL(filePath: moving),
      points: points.map { URL(filePath: $0) })
    print(try json ? result.json() : result.text())
    if !result.isAssessable { throw ExitCode.notAssessable }
  }
}
