import ArgumentParser
import Pipeline

/// What to show of a series, and facts given by a person.
struct SUVRequest: ParsableArguments {
  @Option(
    help: """
      Normalisations, comma-separated, the first for regions and candidates: bw, lbm-janma, \
      lbm-james, lbm-120, ibw, bsa.
      """)
  var type = "bw"

  @Option(help: "Time frame of a dynamic series, from 1.")
  var frame: Int?

  @Option(help: "Patient's weight, for example 70kg.")
  var weight: String?

  @Option(help: "Patient's height, for example 1.75m.")
  var height: String?

  @Option(help: "Patient's sex: F, M or O.")
  var sex: String?

  @Option(help: "Administered activity at the injection, for example 368MBq.")
  var dose: String?

  @Option(help: "Time of injection on the scanner's clock, for example 2025-01-31T10:00:00.")
  var injectionTime: String?

  @Flag(help: "Interpolate missing slices, and say so, instead of refusing the series.")
  var allowGaps = false

  func validate() throws { _ = try request() }

  func request() throws -> SUVInspection.Request {
    do {
      var request = try SUVInspection.Request(
        types: type, frame: frame, weight: weight, height: height, sex: sex, dose: dose,
        injectionTime: injectionTime)
      request.allowsGaps = allowGaps
      return request
    } catch {
      throw ValidationError("\(error).")
    }
  }
}
