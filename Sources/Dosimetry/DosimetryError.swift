/// Why a dose, or a step on the way to it, could not be computed.
///
/// Every case is a reason that can stand in the report as "not assessable".
public enum DosimetryError: Error, Hashable, Sendable, Codable {
  case noDecayData(radionuclide: String, known: [String])
  case notPositive(quantity: String)
  case densityNotTissue(gramsPerMillilitre: Double)
  case massBelowTable(grams: Double, least: Double)

  case tooFewTimePoints(found: Int, needed: Int, family: String)
  case timesNotIncreasing
  case activityNotPositive(hours: Double)
  case standardDeviationNotPositive(hours: Double)
  case uptakePhaseOnly(lastHours: Double)
  case activityAboveAdministered(hours: Double)
  case fitDidNotConverge(family: String)

  case gridsDiffer(region: String)
  /// `nil` for a singular transfer matrix.
  case regionsNotSeparable(condition: Double?)
  case noRegions
  case courseIsEmpty
}

extension DosimetryError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noDecayData(let nuclide, let known):
      "no decay energies for \(nuclide); known are \(known.joined(separator: ", "))"
    case .notPositive(let quantity):
      "the \(quantity) is not a positive number; check the outline and the calibration"
    case .densityNotTissue(let density):
      "a mean density of \(rounded(density)) g/mL is not tissue; check that the outline and the "
        + "CT share a frame and that the outline holds no air"
    case .massBelowTable(let grams, let least):
      "a mass of \(rounded(grams)) g (water equivalent) is below the smallest sphere with a known "
        + "absorbed fraction, \(rounded(least)) g; too small for a mean dose"
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
    case .tooFewTimePoints, .timesNotIncreasing, .activityNotPositive,
      .standardDeviationNotPositive, .uptakePhaseOnly, .activityAboveAdministered,
      .fitDidNotConverge:
      timeActivityDescription
    }
  }

  private var timeActivityDescription: String {
    switch self {
    case .tooFewTimePoints(let found, let needed, let family):
      "\(found) time point(s) cannot determine a \(family) curve, which needs \(needed); scan "
        + "again, or give the effective half-life for a single time point"
    case .timesNotIncreasing:
      "times after administration must be positive and increase; check acquisition and "
        + "administration times"
    case .activityNotPositive(let hours):
      "the activity at \(rounded(hours)) h is not positive, so no curve can be fitted; the region "
        + "holds no measurable uptake there"
    case .standardDeviationNotPositive(let hours):
      "the standard deviation at \(rounded(hours)) h is missing or not positive; give one for "
        + "every time point or for none"
    case .uptakePhaseOnly(let hours):
      "the activity is highest at the last scan (\(rounded(hours)) h): an uptake phase without "
        + "a clearing tail is not fitted as decay; a later scan is needed"
    case .activityAboveAdministered(let hours):
      "the activity at \(rounded(hours)) h is more than was administered and has not decayed; "
        + "check the calibration factor and the administered activity"
    case .fitDidNotConverge(let family):
      "the \(family) fit did not converge; choose a simpler curve or check the activities"
    default: ""
    }
  }
}

/// Four significant digits, for messages.
func rounded(_ value: Double) -> String {
  guard value.isFinite, value != 0 else { return "\(value)" }
  var scale = 1.0
  while abs(value) * scale < 1000 { scale *= 10 }
  let result = (value * scale).rounded() / scale
  return result == result.rounded() && abs(result) < 1e15 ? "\(Int(result))" : "\(result)"
}
