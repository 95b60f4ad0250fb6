import ArgumentParser
import Foundation
import Pipeline

/// `theratrack criteria lesions.csv --criteria percist-1.0`
struct Criteria: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Judge a table of lesions and time points by response criteria, without images.",
    discussion: """
      TABLE is a CSV, one line for a lesion at a time point (columns time_point, lesion, state,
      organ, sulpeak_g_per_mL, volume_mL, diameter_mm …; docs/formats.md lists them), or the
      results.json of a run. Each verdict is printed with the rule and the numbers that made it, and
      where another criterion or another scan to compare with would differ. Exit code 3 when a
      verdict is not assessable: what is missing is listed.

      Examples:
        theratrack criteria lesions.csv --criteria percist-1.0 --criteria recip-1.0
        theratrack criteria results/results.json --criteria percist-1.0 --progression baseline
        theratrack criteria lesions.csv --criteria lugano-2014 --parameter unchanged=25
      """)

  @Argument(help: "CSV of lesions and time points, or a results.json.")
  var table: String

  @Option(help: "Criterion by the name of its pack; may be repeated.")
  var criteria: [String] = []

  @Option(help: "Tracer, for what its pack allows, and for its criteria when none is named.")
  var tracer: String?

  @Option(help: "Scan that response is judged against: baseline, nadir or previous.")
  var response: String?

  @Option(help: "Scan that progression is judged against: baseline, nadir or previous.")
  var progression: String?

  @Option(help: "A parameter that a criterion leaves to the site, for example unchanged=25.")
  var parameter: [String] = []

  @Flag(help: "Print one JSON object instead of text.")
  var json = false

  func run() throws {
    var request = CriteriaCalculator.Request()
    request.criteria = criteria
    request.tracer = tracer
    (request.response, request.progression) = (response, progression)
    request.parameters = parameter
    let result = try CriteriaCalculator(file: URL(filePath: table), request: request)
    Terminal.output(try json ? result.json() : result.text())
    if !result.isAssessable { throw ExitCode.notAssessable }
  }
}
