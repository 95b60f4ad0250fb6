import ArgumentParser
import Foundation
import Pipeline

/// `theratrack register base/ct followup/ct --points landmarks.csv --json`
struct Register: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Link two scans, and say how good the link is.",
    discussion: """
      Two CT series are linked by body and bone, and tissue is followed from there; two PET or two
      SPECT series by their uptake; a CT and an emission image by what they say of each other.
      Nothing is assumed because two series share a study.
      With --points, a CSV of points in the fixed patient frame (columns x_mm,y_mm,z_mm; LPS:
      left, back, head) is mapped to where they lie in the moving one, with the radius that holds
      the true place with 68 % probability. Rows of three numbers without a header are millimetres.
      A rigid link of two CTs follows the skeleton, which is what dose and uptake are compared by;
      --follow body brings all tissue together as well as a rigid map can.

      Examples:
        theratrack register base/ct followup/ct
        theratrack register base/ct followup/ct --points landmarks.csv --json
        theratrack register base/ct base/pet --method rigid
        theratrack register base/ct followup/ct --method rigid --follow body
      """)

  @Argument(help: "File or folder of the fixed series.")
  var fixed: String

  @Argument(help: "File or folder of the moving series.")
  var moving: String

  @Option(help: "CSV of points to map: columns x_mm, y_mm, z_mm; others are ignored.")
  var points: String?

  @Option(
    help: "What maps the points; two CTs: deformable unless stated, all other pairs: rigid.")
  var method: PairRegistration.Method?

  @Option(help: "What the rigid link of two CTs brings together.")
  var follow = PairRegistration.Follows.skeleton

  @Flag(help: "Interpolate missing slices instead of refusing the series.")
  var allowGaps = false

  @Flag(help: "Print one JSON object instead of a table.")
  var json = false

  func run() throws {
    let result = try PairRegistration(
      fixed: URL(filePath: fixed), moving: URL(filePath: moving),
      points: points.map { URL(filePath: $0) }, method: method, follows: follow,
      allowGaps: allowGaps)
    Terminal.output(try json ? result.json() : result.text())
    if !result.isAssessable { throw ExitCode.notAssessable }
  }
}

extension PairRegistration.Method: ExpressibleByArgument {}
extension PairRegistration.Follows: ExpressibleByArgument {}
