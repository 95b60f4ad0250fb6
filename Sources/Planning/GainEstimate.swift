import Foundation
public import Quantities

/// What is known about a region's dose per activity, as a log-normal distribution that every
/// measurement sharpens: a local level in log space with a Kalman update.
///
/// x = ln(Gy/GBq); xₖ₊₁ = xₖ + δ + N(0, q²); ln zₖ = xₖ + N(0, r²). West and Harrison 1997, Bayesian
/// Forecasting and Dynamic Models, chapter 2. Log-normal, because doses per activity are.
public struct GainEstimate: Sendable, Hashable, Codable {
  /// Mean of ln(Gy/GBq): its exponential is the median.
  public private(set) var logMean: Double
  /// Standard deviation of ln(Gy/GBq).
  public private(set) var logDeviation: Double

  private enum CodingKeys: String, CodingKey {
    case logMean = "log_mean_Gy_per_GBq"
    case logDeviation = "log_sd"
  }

  /// - Parameter cv: Coefficient of variation of the log-normal distribution.
  public init(median: DosePerActivity, cv: Double) {
    logMean = log(median.grayPerGigabecquerel)
    logDeviation = Self.logDeviation(cv: cv)
  }

  public var median: DosePerActivity { .grayPerGigabecquerel(exp(logMean)) }

  /// The gain that is not exceeded with a probability, given by its normal quantile.
  public func quantile(_ z: Double) -> DosePerActivity {
    .grayPerGigabecquerel(exp(logMean + z * logDeviation))
  }

  /// The estimate for the next cycle: moved by the drift, widened by the variation from one cycle
  /// to the next.
  public func forecast(drift: Double, betweenCyclesCV: Double) -> GainEstimate {
    var next = self
    next.logMean += drift
    next.logDeviation = hypot(logDeviation, Self.logDeviation(cv: betweenCyclesCV))
    return next
  }

  /// Takes in a measurement and returns the Kalman gain K = P/(P + r²).
  @discardableResult
  public mutating func update(measured: DosePerActivity, cv: Double) -> Double {
    let variance = logDeviation * logDeviation
    let noise = Self.logDeviation(cv: cv)
    let gain = variance / (variance + noise * noise)
    logMean += gain * (log(measured.grayPerGigabecquerel) - logMean)
    logDeviation = (variance * (1 - gain)).squareRoot()
    return gain
  }

  /// σ = √ln(1 + CV²) of a log-normal distribution.
  static func logDeviation(cv: Double) -> Double { log(1 + cv * cv).squareRoot() }
}

/// With which probability a limit must be kept.
public enum Compliance: Double, Sendable, Hashable, Codable, CaseIterable {
  case half = 0.5
  case fourInFive = 0.8
  case nineteenInTwenty = 0.95

  /// Quantile of the normal distribution.
  public var quantile: Double {
    switch self {
    case .half: 0
    case .fourInFive: 0.841_621_234
    case .nineteenInTwenty: 1.644_853_627
    }
  }
}
