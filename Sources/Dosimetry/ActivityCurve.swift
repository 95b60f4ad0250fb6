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

  private enum CodingKeys: String, CodingKey {
    case hours = "time_h"
    case activity = "activity_Bq"
    case standardDeviation = "standard_deviation_Bq"
  }

  public init(
    time: Duration, activity: Activity, standardDeviation: Activity? = nil
  ) {
    hours = time.inHours
    self.activity = activity
    self.standardDeviation = standardDeviation
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

/// Shapes of activity over time that can be fitted. Every one holds the physical decay.
public enum CurveFamily: String, Sendable, Hashable, Codable, CaseIterable {
  /// One exponential.
  case monoExponential = "mono-exponential"
  /// Uptake and clearance with equal and opposite amplitudes, zero at administration.
  case uptakeAndClearance = "uptake and clearance"
  /// Fast and slow clearance.
  case biExponentialClearance = "bi-exponential clearance"

  /// Free parameters K, the time-integrated activity among them.
  public var parameterCount: Int { parameterNames.count }

  /// What is fitted: logarithms, so that no sign is lost. The time-integrated activity is itself a
  /// parameter, so its uncertainty drops out of the fit (idea: doi 10.1186/s40658-023-00530-1).
  public var parameterNames: [String] {
    switch self {
    case .monoExponential: ["ln TIA", "ln k"]
    case .uptakeAndClearance: ["ln TIA", "ln k_slow", "ln(k_fast/k_slow - 1)"]
    case .biExponentialClearance:
      ["ln TIA", "ln k_slow", "ln(k_fast/k_slow - 1)", "logit(fast share of TIA)"]
    }
  }

  /// The curve of fitted parameters; TIA in MBq·h, k in 1/h.
  func curve(_ q: [Double]) -> ActivityCurve {
    let (tia, slow) = (exp(q[0]), exp(q[1]))
    func term(_ megabecquerels: Double, _ k: Double) -> ActivityCurve.Term {
      ActivityCurve.Term(amplitude: .megabecquerels(megabecquerels), decayPerHour: k)
    }
    switch self {
    case .monoExponential:
      return ActivityCurve(terms: [term(tia * slow, slow)])
    case .uptakeAndClearance:
      let fast = slow * (1 + exp(q[2]))
      let amplitude = tia * slow * fast / (fast - slow)
      return ActivityCurve(terms: [term(amplitude, slow), term(-amplitude, fast)])
    case .biExponentialClearance:
      let fast = slow * (1 + exp(q[2]))
      let share = 1 / (1 + exp(-q[3]))
      return ActivityCurve(terms: [
        term(tia * (1 - share) * slow, slow), term(tia * share * fast, fast),
      ])
    }
  }
}
