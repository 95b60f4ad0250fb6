import Foundation
import Quantities

/// What may be fitted, and what the samples themselves say about the shape.
struct TimeActivitySamples {
  let hours: [Double]
  /// Planar samples on the scale of the quantitative ones, by ``planarScale``.
  private(set) var megabecquerels: [Double]
  /// `nil` unless every sample has one.
  let standardDeviations: [Double]?
  let isPlanar: [Bool]
  /// First estimate of planar over quantitative values; 1 without planar samples.
  let planarScale: Double

  /// Calibration and counting errors may put a whole-body activity this far above the administered
  /// one before it is refused.
  static let administeredMargin = 1.1

  init(_ samples: [ActivitySample]) throws(DosimetryError) {
    try Self.check(samples)
    let scale = Self.planarScale(samples)
    func scaled(_ sample: ActivitySample, _ value: Activity) -> Double {
      value.megabecquerels / (sample.isPlanar ? scale : 1)
    }
    hours = samples.map(\.hours)
    megabecquerels = samples.map { scaled($0, $0.activity) }
    let deviations = samples.compactMap { sample in
      sample.standardDeviation.map { scaled(sample, $0) }
    }
    standardDeviations = deviations.count == samples.count ? deviations : nil
    isPlanar = samples.map(\.isPlanar)
    planarScale = scale
  }

  static func check(_ samples: [ActivitySample]) throws(DosimetryError) {
    var previous: ActivitySample?
    for (n, sample) in samples.enumerated() {
      let place = DosimetryError.Row(number: n + 1, hours: sample.hours)
      guard sample.hours.isFinite, sample.hours >= 0 else { throw .timeNotPositive(place) }
      if let previous {
        let isHybridPair =
          sample.hours == previous.hours && sample.isPlanar != previous.isPlanar
        guard sample.hours > previous.hours || isHybridPair else {
          throw .timesNotIncreasing(place, previousHours: previous.hours)
        }
      }
      previous = sample
      guard sample.activity.inBaseUnit > 0, sample.activity.inBaseUnit.isFinite else {
        throw .activityNotPositive(place)
      }
      if let deviation = sample.standardDeviation?.inBaseUnit {
        guard deviation > 0, deviation.isFinite else { throw .standardDeviationNotPositive(place) }
      } else if samples.contains(where: { $0.standardDeviation != nil }) {
        throw .standardDeviationNotPositive(place)
      }
    }
    guard samples.isEmpty || samples.contains(where: { !$0.isPlanar }) else {
      throw .planarOnly
    }
  }

  /// Planar over quantitative values, with the planar ones between two scans on an exponential.
  private static func planarScale(_ samples: [ActivitySample]) -> Double {
    let planar = samples.filter(\.isPlanar)
    guard !planar.isEmpty else { return 1 }
    let logs = samples.filter { !$0.isPlanar }.map { sample in
      logarithm(of: planar, atHours: sample.hours) - log(sample.activity.inBaseUnit)
    }
    return exp(logs.reduce(0, +) / Double(logs.count))
  }

  /// ln A at a time, on a straight line through the two samples around it, or nearest to it.
  private static func logarithm(of samples: [ActivitySample], atHours hours: Double) -> Double {
    let logs = samples.map { log($0.activity.inBaseUnit) }
    guard samples.count > 1 else { return logs[0] }
    let next = samples.dropLast().dropFirst().firstIndex { $0.hours >= hours }
    let n = next ?? samples.count - 1
    let part = (hours - samples[n - 1].hours) / (samples[n].hours - samples[n - 1].hours)
    return logs[n - 1] + part * (logs[n] - logs[n - 1])
  }

  /// The same with planar samples divided once more by what a fit found for them.
  func leveled(by planarFactor: Double) -> TimeActivitySamples {
    var leveled = self
    for n in isPlanar.indices where isPlanar[n] { leveled.megabecquerels[n] /= planarFactor }
    return leveled
  }

  func check(
    against administered: Activity, of radionuclide: Radionuclide
  ) throws(DosimetryError) {
    for (n, hours) in hours.enumerated() where !isPlanar[n] {
      let left = administered.decayed(over: .hours(hours), halfLife: radionuclide.halfLife)
      guard megabecquerels[n] <= left.megabecquerels * Self.administeredMargin else {
        throw .activityAboveAdministered(
          .init(number: n + 1, hours: hours), found: .megabecquerels(megabecquerels[n]),
          left: left)
      }
    }
  }

  /// Positions of the quantitative and of the planar samples: before a fit only those of one kind
  /// can be compared.
  private var kinds: [[Int]] {
    [false, true].map { kind in isPlanar.indices.filter { isPlanar[$0] == kind } }
  }

  /// The activity is highest at the last scan.
  var isUptakeOnly: Bool {
    let courses = kinds.filter { $0.count > 1 }.map { $0.map { megabecquerels[$0] } }
    guard !courses.isEmpty else { return false }
    return courses.allSatisfy { course in course.dropLast().allSatisfy { $0 <= course.last ?? $0 } }
  }

  /// The first sample that exceeds the first one of its kind by more than two standard deviations of
  /// the difference: no curve that only clears can describe that.
  var risenSample: Int? {
    kinds.compactMap { kind in
      kind.dropFirst().first { n in
        let noise = standardDeviations.map { 2 * hypot($0[kind[0]], $0[n]) } ?? 0
        return megabecquerels[n] - megabecquerels[kind[0]] > noise
      }
    }.min()
  }

  var startsAtAdministration: Bool { hours[0] == 0 }

  /// Decay constant between the last two scans, in 1/h.
  var lastDecay: Double {
    let n = hours.count - 1
    let width = hours[n] - hours[n - 1]
    return width > 0 ? log(megabecquerels[n - 1] / megabecquerels[n]) / width : 0
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
