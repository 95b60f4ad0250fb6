import Foundation
public import Quantities

/// The activity of a region at one scan.
public struct ActivitySample: Sendable, Hashable, Codable {
  /// Time after administration in hours.
  public let hours: Double
  /// Activity at that time, not decay-corrected to another.
  public let activity: Activity
  /// One standard deviation of the noise of this scan alone; errors that all scans share, such as
  /// the calibration, do not belong here. `nil` when it is not known.
  public let standardDeviation: Activity?
  /// From a planar image: right in its course over time, but only up to a factor, which the fit
  /// takes from the quantitative samples (hybrid planar and SPECT).
  public let isPlanar: Bool

  private enum CodingKeys: String, CodingKey {
    case hours = "time_h"
    case activity = "activity_Bq"
    case standardDeviation = "standard_deviation_Bq"
    case isPlanar = "planar"
  }

  public init(
    time: Duration, activity: Activity, standardDeviation: Activity? = nil, isPlanar: Bool = false
  ) {
    hours = time.inHours
    self.activity = activity
    self.standardDeviation = standardDeviation
    self.isPlanar = isPlanar
  }
}

extension [ActivitySample] {
  /// These quantitative samples and planar ones in order of time; with standard deviations only where
  /// all have one, since noise that is known of some cannot be weighed against noise that is not.
  func joined(with planar: [ActivitySample]) -> [ActivitySample] {
    let all = (self + planar).sorted {
      ($0.hours, $0.isPlanar ? 1 : 0) < ($1.hours, $1.isPlanar ? 1 : 0)
    }
    guard all.contains(where: { $0.standardDeviation == nil }) else { return all }
    return all.map {
      ActivitySample(time: .hours($0.hours), activity: $0.activity, isPlanar: $0.isPlanar)
    }
  }
}

/// Activity over time as a sum of exponentials, A(t) = Σ aⱼ e^(−kⱼ t); kⱼ holds physical decay.
public struct ActivityCurve: Sendable, Hashable, Codable {
  public struct Term: Sendable, Hashable, Codable {
    /// Amplitude at time 0; negative for an uptake phase.
    public let amplitude: Activity
    /// Effective decay constant in 1/h.
    public let decayPerHour: Double

    private enum CodingKeys: String, CodingKey {
      case amplitude = "amplitude_Bq"
      case decayPerHour = "decay_per_h"
    }
  }

  public let terms: [Term]

  public func activity(hours: Double) -> Activity {
    .becquerels(
      terms.reduce(0) { $0 + $1.amplitude.inBaseUnit * exp(-$1.decayPerHour * hours) })
  }

  /// ∫ A dt from 0 to infinity.
  public var integral: TimeIntegratedActivity { integral(afterHours: 0) }

  /// ∫ A dt from `hours` to infinity.
  public func integral(afterHours hours: Double) -> TimeIntegratedActivity {
    .becquerelSeconds(
      3600
        * terms.reduce(0) {
          $0 + $1.amplitude.inBaseUnit / $1.decayPerHour * exp(-$1.decayPerHour * hours)
        })
  }
}
