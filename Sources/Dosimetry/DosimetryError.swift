public import Quantities

/// Why a dose, or a step on the way to it, could not be computed.
///
/// Every case is a reason that can stand in the report as "not assessable".
public enum DosimetryError: Error, Hashable, Sendable, Codable {
  case notPositive(quantity: String)
  case densityNotTissue(gramsPerMillilitre: Double)

  case tooFewTimePoints(found: Int, needed: Int, family: String)
  case timeNotPositive(Row)
  case timesNotIncreasing(Row, previousHours: Double)
  case activityNotPositive(Row)
  case standardDeviationNotPositive(Row)
  case uptakePhaseOnly(Row)
  case risesInClearance(Row, family: String)
  case activityAboveAdministered(Row, found: Activity, left: Activity)
  case planarOnly
  case imageNotFinite(Row)
  case priorNeedsNoise
  case fitDidNotConverge(family: String)

  case deadTime(observed: Double, most: Double)
  case tooFewInserts(found: Int)
  case badSValue(source: String, target: String, reason: String)
  case gridsDiffer(region: String)
  /// `nil` for a singular transfer matrix.
  case regionsNotSeparable(condition: Double?)
  case noRegions
  case courseIsEmpty

  /// One of the samples of a time-activity curve.
  public struct Row: Hashable, Sendable, Codable {
    /// From 1, in the order given.
    public let number: Int
    public let hours: Double
  }
}

extension DosimetryError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notPositive(let quantity):
      "the \(quantity) is not a positive number; check the outline and the calibration"
    case .densityNotTissue(let density):
      "a mean density of \(rounded(density)) g/mL is not tissue; check that the outline and the "
        + "CT share a frame and that the outline holds no air"
    case .deadTime(let observed, let most):
      "a count rate of \(rounded(observed)) /s is at or beyond what the camera can show "
        + "(\(rounded(most)) /s), so the true rate is not determined; scan later"
    case .tooFewInserts(let found):
      "a recovery curve needs three inserts or more, not \(found); measure more, or give the "
        + "parameters {b1, b2} of a known curve"
    case .badSValue(let source, let target, let reason):
      "the S value from '\(source)' to '\(target)' \(reason); correct the table"
    case .gridsDiffer(let region):
      "region '\(region)' does not lie on the grid of the activity image; resample it first"
    case .regionsNotSeparable(let condition):
      "regions cannot be told apart at this resolution (condition number "
        + "\(condition.map(rounded) ?? "unbounded")); "
        + "join touching regions or remove doubled ones"
    case .noRegions:
      "no region with any volume on the activity image; check the outlines and their frame"
    case .courseIsEmpty:
      "no cycle with a dose was given; nothing can be added up"
    default: timeActivityDescription
    }
  }

  private var timeActivityDescription: String {
    switch self {
    case .tooFewTimePoints(let found, let needed, let family):
      "\(found) time point(s) cannot determine a \(family) curve, which needs \(needed); scan "
        + "again, or give the effective half-life for a single time point"
    case .timeNotPositive(let row):
      "\(row): the time after administration must be a number, not negative; check acquisition "
        + "and administration times"
    case .timesNotIncreasing(let row, let previous):
      "\(row): the time does not come after the one before it (\(rounded(previous)) h); put the "
        + "scans in order of time, each time once"
    case .activityNotPositive(let row):
      "\(row): the activity is not a positive number, so no curve can be fitted; the region "
        + "holds no measurable uptake there"
    case .standardDeviationNotPositive(let row):
      "\(row): the standard deviation is missing or not positive; give one for every time point "
        + "or for none"
    case .uptakePhaseOnly(let row):
      "\(row): the activity is highest at the last scan: an uptake phase without a clearing tail "
        + "is not fitted as decay; a later scan is needed"
    case .risesInClearance(let row, let family):
      "\(row): the activity is higher than at the first scan: an uptake phase is not fitted as "
        + "\(family); choose a curve with uptake"
    case .activityAboveAdministered(let row, let found, let left):
      "\(row): \(rounded(found.megabecquerels)) MBq is more than was administered and has not "
        + "decayed (\(rounded(left.megabecquerels)) MBq); check the calibration factor and the "
        + "administered activity"
    case .imageNotFinite(let row):
      "\(row): the image holds values that are no numbers; reconstruct or export it again"
    case .planarOnly:
      "planar images give no absolute activity by themselves; add at least one SPECT"
    case .priorNeedsNoise:
      "a half-life prior has to be weighed against the noise of the activities; give their "
        + "standard deviations"
    case .fitDidNotConverge(let family):
      "the \(family) fit did not converge; choose a simpler curve or check the activities"
    default: ""
    }
  }
}

extension DosimetryError.Row: CustomStringConvertible {
  public var description: String { "row \(number) (\(rounded(hours)) h)" }
}

/// Four significant digits, for messages.
func rounded(_ value: Double) -> String {
  guard value.isFinite, value != 0 else { return "\(value)" }
  var scale = 1.0
  while abs(value) * scale < 1000 { scale *= 10 }
  let result = (value * scale).rounded() / scale
  return result == result.rounded() && abs(result) < 1e15 ? "\(Int(result))" : "\(result)"
}

extension DosimetryError {
  /// The sample at fault, where there is one.
  public var row: Row? {
    switch self {
    case .timeNotPositive(let row), .timesNotIncreasing(let row, _), .activityNotPositive(let row),
      .standardDeviationNotPositive(let row), .uptakePhaseOnly(let row),
      .risesInClearance(let row, _), .activityAboveAdministered(let row, _, _):
      row
    default: nil
    }
  }
}
