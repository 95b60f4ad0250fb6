import Foundation
import Quantities

/// What may be fitted, and what the samples themselves say about the shape.
struct TimeActivitySamples {
  let hours: [Double]
  let megabecquerels: [Double]
  /// `nil` unless every sample has one.
  let standardDeviations: [Double]?

  /// Calibration and counting errors may put a whole-body activity this far above the administered
  /// one before it is refused.
  static let administeredMargin = 1.1

  init(_ samples: [ActivitySample]) throws(DosimetryError) {
    try Self.check(samples)
    hours = samples.map(\.hours)
    megabecquerels = samples.map(\.activity.megabecquerels)
    let deviations = samples.compactMap(\.standardDeviation?.megabecquerels)
    standardDeviations = deviations.count == samples.count ? deviations : nil
  }

  static func check(_ samples: [ActivitySample]) throws(DosimetryError) {
    var previous = 0.0
    for sample in samples {
      guard sample.hours.isFinite, sample.hours > previous else { throw .timesNotIncreasing }
      previous = sample.hours
      guard sample.activity.inBaseUnit > 0, sample.activity.inBaseUnit.isFinite else {
        throw .activityNotPositive(hours: sample.hours)
      }
      if let deviation = sample.standardDeviation?.inBaseUnit {
        guard deviation > 0, deviation.isFinite else {
          throw .standardDeviationNotPositive(hours: sample.hours)
        }
      } else if samples.contains(where: { $0.standardDeviation != nil }) {
        throw .standardDeviationNotPositive(hours: sample.hours)
      }
    }
  }

  func check(
    against administered: Activity, of radionuclide: Radionuclide
  ) throws(DosimetryError) {
    for (hours, activity) in zip(hours, megabecquerels) {
      let left = administered.decayed(over: .hours(hours), halfLife: radionuclide.halfLife)
      guard activity <= left.megabecquerels * Self.administeredMargin else {
        throw .activityAboveAdministered(hours: hours)
      }
    }
  }

  /// The activity is highest at the last scan.
  var isUptakeOnly: Bool {
    guard let last = megabecquerels.last, megabecquerels.count > 1 else { return false }
    return last >= (megabecquerels.dropLast().max() ?? last)
  }

  /// A later activity exceeds the first by more than two standard deviations of the difference:
  /// no curve that only clears can describe that.
  var rises: Bool {
    megabecquerels.indices.dropFirst().contains { n in
      let noise = standardDeviations.map { 2 * hypot($0[0], $0[n]) } ?? 0
      return megabecquerels[n] - megabecquerels[0] > noise
    }
  }

  /// Decay constant between the last two scans, in 1/h.
  var lastDecay: Double {
    let n = hours.count - 1
    return log(megabecquerels[n - 1] / megabecquerels[n]) / (hours[n] - hours[n - 1])
  }

  /// ∫ A dt from the first scan on, without a model, in MBq·h: straight lines where the activity
  /// rises, exponentials where it falls, and the last slope after the last scan.
  func piecewiseIntegral(slowestDecay: Double) -> Double {
    var sum = 0.0
    for n in 1..<hours.count {
      let (a, b) = (megabecquerels[n - 1], megabecquerels[n])
      let width = hours[n] - hours[n - 1]
      sum += b < a ? (a - b) * width / log(a / b) : (a + b) / 2 * width
    }
    let last = megabecquerels[megabecquerels.count - 1]
    return sum + last / max(lastDecay, slowestDecay)
  }
}

/// Student's t for a two-sided 95 % interval.
enum StudentT {
  static let normal95 = 1.959_964

  /// Any table of the t distribution, 0.975 quantile; above the table, the expansion of
  /// Abramowitz and Stegun 26.7.5 to its first term.
  static func factor95(degreesOfFreedom: Int) -> Double {
    let table = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228]
    guard degreesOfFreedom > table.count else { return table[max(degreesOfFreedom, 1) - 1] }
    let z = normal95
    return z + (z * z * z + z) / (4 * Double(degreesOfFreedom))
  }
}
