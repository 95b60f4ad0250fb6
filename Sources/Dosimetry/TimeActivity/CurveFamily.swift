import Foundation
import Quantities

/// Shapes of activity over time that can be fitted. Every one holds the physical decay.
///
/// In the names of Kletting, Hardiansyah and others (index: number of free parameters, see
/// doi 10.1186/s40658-023-00530-1): f2, f3, f4a, f4d, and f5.
public enum CurveFamily: String, Sendable, Hashable, Codable, CaseIterable {
  /// f2: one exponential.
  case monoExponential = "mono-exponential"
  /// f3: uptake and clearance with equal and opposite amplitudes, zero at administration.
  case uptakeAndClearance = "uptake and clearance"
  /// f4a: fast and slow clearance.
  case biExponentialClearance = "bi-exponential clearance"
  /// f4d: a part is there within minutes, the rest is taken up slowly; zero at administration.
  case partlyImmediateUptake = "partly immediate uptake and clearance"
  /// f5: uptake, then fast and slow clearance; zero at administration.
  case uptakeAndTwoPhaseClearance = "uptake and bi-exponential clearance"

  /// Free parameters K, the time-integrated activity among them.
  public var parameterCount: Int { parameterNames.count }

  /// What is fitted: logarithms, so that no sign is lost. The time-integrated activity is itself a
  /// parameter, so its uncertainty drops out of the fit (idea: doi 10.1186/s40658-023-00530-1).
  public var parameterNames: [String] {
    let first = ["ln TIA", "ln k_slow"]
    let fast = "ln(k_fast/k_slow - 1)"
    switch self {
    case .monoExponential: return first
    case .uptakeAndClearance: return first + [fast]
    case .biExponentialClearance: return first + [fast, "logit(fast share of TIA)"]
    case .partlyImmediateUptake: return first + [fast, "logit(slowly taken up share)"]
    case .uptakeAndTwoPhaseClearance:
      return first + [fast, "ln(k_uptake/k_fast - 1)", "logit(fast share of amplitude)"]
    }
  }

  /// Whether the curve is above zero at administration and can only fall.
  var onlyClears: Bool { self == .monoExponential || self == .biExponentialClearance }

  /// Half-time in which blood carries the agent through the body, 1 min: the rise of
  /// ``partlyImmediateUptake`` (doi 10.1186/s40658-023-00530-1).
  private static let circulationPerHour = log(2.0) * 60

  /// The curve of fitted parameters; TIA in MBq·h, k in 1/h.
  ///
  /// - Parameter physicalPerHour: Decay constant of the radionuclide.
  func curve(_ q: [Double], physicalPerHour: Double) -> ActivityCurve {
    let shape = shape(q, physicalPerHour: physicalPerHour)
    let scale = exp(q[0]) / shape.reduce(0) { $0 + $1.amplitude / $1.rate }
    return ActivityCurve(
      terms: shape.map {
        ActivityCurve.Term(
          amplitude: .megabecquerels(scale * $0.amplitude), decayPerHour: $0.rate)
      })
  }

  /// Terms up to a common factor.
  private func shape(
    _ q: [Double], physicalPerHour: Double
  ) -> [(amplitude: Double, rate: Double)] {
    let slow = exp(q[1])
    let fast = parameterCount > 2 ? slow * (1 + exp(q[2])) : slow
    func share(_ n: Int) -> Double { 1 / (1 + exp(-q[n])) }
    switch self {
    case .monoExponential: return [(1, slow)]
    case .uptakeAndClearance: return [(1, slow), (-1, fast)]
    case .biExponentialClearance:
      // Shares of the integral, not of the amplitude.
      return [((1 - share(3)) * slow, slow), (share(3) * fast, fast)]
    case .partlyImmediateUptake:
      let a = share(3) / 2
      return [
        (1 - a, slow), (-a, fast), (2 * a - 1, Self.circulationPerHour + physicalPerHour),
      ]
    case .uptakeAndTwoPhaseClearance:
      return [(1 - share(4), slow), (share(4), fast), (-1, fast * (1 + exp(q[3])))]
    }
  }

  /// Bounds of the parameters. Effective half-lives go from 0.1 h to what `slowestPerHour` says.
  func bounds(slowestPerHour: Double) -> [ClosedRange<Double>] {
    let ratio = -3.0...8.0
    let share = -7.0...7.0
    let first = [-40.0...40.0, log(slowestPerHour)...log(log(2.0) / 0.1)]
    switch self {
    case .monoExponential: return first
    case .uptakeAndClearance: return first + [ratio]
    case .biExponentialClearance, .partlyImmediateUptake: return first + [ratio, share]
    case .uptakeAndTwoPhaseClearance: return first + [ratio, ratio, share]
    }
  }

  /// Starting points of a search: the fast phases from hardly to much faster than the slow one.
  func starts(logIntegral: Double, logSlow: Double) -> [[Double]] {
    let first = [logIntegral, logSlow]
    let ratios = [1.0, 3, 10, 40, 150].map { log($0) }
    switch self {
    case .monoExponential: return [first]
    case .uptakeAndClearance: return ratios.map { first + [$0] }
    case .biExponentialClearance, .partlyImmediateUptake:
      return ratios.flatMap { ratio in [-1.5, 0, 1.5].map { first + [ratio, $0] } }
    case .uptakeAndTwoPhaseClearance:
      return ratios.prefix(4).flatMap { ratio in
        [0.0, 2].flatMap { uptake in [-1, 0.5].map { first + [ratio, uptake, $0] } }
      }
    }
  }
}
