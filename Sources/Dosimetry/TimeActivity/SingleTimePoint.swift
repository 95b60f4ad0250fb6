import Foundation
import Quantities

extension TimeActivityFit {
  /// What stands in for the scans that were not made.
  public enum SingleTimePointMethod: Sendable, Hashable {
    /// TIA = A · 2^(t/T) · T / ln 2 with a known effective half-life; `relativeUncertainty` is its
    /// standard uncertainty over it, `nil` leaves the result without uncertainty.
    case halfLife(Duration, relativeUncertainty: Double?)
    /// The same with the median of a log-normal half-life; its spread goes into the uncertainty.
    case prior(HalfLifePrior)
    /// The curve that an earlier cycle of the same patient showed, scaled to this scan.
    /// `variation`: coefficient of variation of ln(TIA/A) from cycle to cycle beyond the fit.
    case shape(of: TimeActivityFit, variation: Double)
    /// TIA = 2 t A / ln 2 without any half-life: Hänscheid 2018, doi 10.2967/jnumed.117.193706.
    case haenscheid
    /// TIA = A e^(kt) / k with the half-life of a population: Madsen 2018, doi 10.1002/mp.12886.
    case madsen(Duration)
  }

  /// The result of one scan.
  ///
  /// - Throws: ``DosimetryError`` for a sample or half-life that is not positive.
  public static func singleTimePoint(
    _ sample: ActivitySample, by method: SingleTimePointMethod
  ) throws(DosimetryError) -> TimeActivityFit {
    try TimeActivitySamples.check([sample])
    switch method {
    case .halfLife(let halfLife, _), .madsen(let halfLife):
      guard halfLife > .zero else { throw .notPositive(quantity: "effective half-life") }
    case .haenscheid:
      guard sample.hours > 0 else {
        throw .timeNotPositive(.init(number: 1, hours: sample.hours))
      }
    case .shape(let earlier, _):
      guard earlier.curve.activity(hours: sample.hours) > .zero else {
        throw .notPositive(quantity: "activity of the earlier cycle's curve at this time")
      }
    case .prior: break
    }
    return SingleTimePoint(sample: sample, method: method).fit
  }

  /// ``SingleTimePointMethod/halfLife(_:relativeUncertainty:)``.
  public static func singleTimePoint(
    _ sample: ActivitySample, effectiveHalfLife: Duration,
    halfLifeRelativeUncertainty: Double? = nil
  ) throws(DosimetryError) -> TimeActivityFit {
    try singleTimePoint(
      sample,
      by: .halfLife(effectiveHalfLife, relativeUncertainty: halfLifeRelativeUncertainty))
  }
}

/// One scan, and an assumption in place of the others.
struct SingleTimePoint {
  let sample: ActivitySample
  let method: TimeActivityFit.SingleTimePointMethod

  var fit: TimeActivityFit {
    let (curve, family) = curve
    let tia = curve.integral
    let triangle = TimeIntegratedActivity.becquerelSeconds(
      sample.activity.inBaseUnit * sample.hours * 1800)
    let slowest = curve.terms.map(\.decayPerHour).min() ?? 0
    let noise = sample.standardDeviation.map { $0 / sample.activity }
    let uncertainty = relativeUncertainty.map { tia * $0 }
    return TimeActivityFit(
      samples: [sample], family: family, curve: curve,
      timeIntegratedActivity: uncertainty.map { Estimate(tia, standardUncertainty: $0) }
        ?? Estimate(
          tia,
          noUncertaintyBecause:
            "one scan: give the standard deviation of its activity and of what is assumed"),
      fitUncertainty: noise.map { tia * $0 },
      shapeUncertainty: shapeVariation.map { tia * $0 } ?? .zero, backExtrapolated: tia,
      linearFromZero: curve.integral(afterHours: sample.hours) + triangle,
      earlyPhase: .backExtrapolated, piecewise: nil, averaged: nil,
      extrapolatedFraction: curve.integral(afterHours: sample.hours) / tia,
      effectiveHalfLifeHours: log(2.0) / slowest,
      halfLifeRelativeUncertainty: halfLifeVariation, coverageFactor95: StudentT.normal95,
      planarFactor: nil, planarFactorRelativeUncertainty: nil,
      parameterNames: CurveFamily.monoExponential.parameterNames,
      parameters: [log(tia.megabecquerelHours), log(slowest)], covariance: nil,
      candidates: [], warnings: [warning])
  }

  private var curve: (ActivityCurve, CurveFamily) {
    func exponential(_ halfLife: Double) -> (ActivityCurve, CurveFamily) {
      let k = log(2.0) / halfLife
      let start = sample.activity * exp(k * sample.hours)
      return (
        ActivityCurve(terms: [.init(amplitude: start, decayPerHour: k)]), .monoExponential
      )
    }
    switch method {
    case .halfLife(let halfLife, _), .madsen(let halfLife): return exponential(halfLife.inHours)
    case .prior(let prior): return exponential(prior.medianHours)
    // An exponential with T = t through the scan has just this integral.
    case .haenscheid: return exponential(sample.hours)
    case .shape(let earlier, _):
      let scale = sample.activity / earlier.curve.activity(hours: sample.hours)
      return (
        ActivityCurve(
          terms: earlier.curve.terms.map {
            .init(amplitude: $0.amplitude * scale, decayPerHour: $0.decayPerHour)
          }), earlier.family
      )
    }
  }

  private var relativeUncertainty: Double? {
    guard let noise = sample.standardDeviation, let shape = shapeVariation else { return nil }
    return hypot(noise / sample.activity, shape)
  }

  private var halfLifeVariation: Double? {
    switch method {
    case .halfLife(_, let relative): relative
    case .prior(let prior): prior.logStandardDeviation
    case .shape(let earlier, _): earlier.halfLifeRelativeUncertainty
    case .haenscheid, .madsen: nil
    }
  }

  /// Standard deviation of ln TIA from what is assumed.
  private var shapeVariation: Double? {
    switch method {
    case .halfLife(let halfLife, let relative):
      // ∂ ln TIA / ∂ ln T = 1 − k t: no error where the scan is taken at t = 1/k.
      return relative.map { abs(1 - log(2.0) * sample.hours / halfLife.inHours) * $0 }
    case .prior(let prior):
      return Self.variation(
        log(2.0) * sample.hours / prior.medianHours, logDeviation: prior.logStandardDeviation)
    case .shape(let earlier, let variation):
      return earlier.shapeVariation(atHours: sample.hours).map { hypot($0, variation) }
    // For half-lives from t/2.5 to t/0.75 the ratio to truth, 2x·2^(−x) with x = t/T, goes from
    // 0.884 to 1.061: a rectangle.
    case .haenscheid: return (1.0615 - 0.8839) / 12.0.squareRoot()
    case .madsen: return nil
    }
  }

  /// Root mean square of ln TIA − ln TIA(median) for a log-normal rate k = k₀ e^(σz):
  /// kt − ln k gives x (e^(σz) − 1) − σz with x = k₀t, whose second moment is closed.
  static func variation(_ x: Double, logDeviation s: Double) -> Double {
    let square = x * x * (exp(2 * s * s) - 2 * exp(s * s / 2) + 1)
    return (square - 2 * x * s * s * exp(s * s / 2) + s * s).squareRoot()
  }

  private var warning: String {
    switch method {
    case .halfLife: "one scan with a given effective half-life: the shape is assumed, not measured"
    case .prior(let prior):
      "one scan with a half-life of \(rounded(prior.medianHours)) h from a population: the shape "
        + "is assumed, not measured"
    case .shape: "one scan on the curve of an earlier cycle: the shape is taken to be the same"
    case .haenscheid:
      "one scan without a half-life (Hänscheid): right within -11 to +6 % only for half-lives "
        + "from \(rounded(sample.hours / 2.5)) to \(rounded(sample.hours / 0.75)) h"
    case .madsen(let halfLife):
      "one scan with the half-life of a population (Madsen): never too high, and too low by "
        + "\(madsenLoss(halfLife)) if the patient's half-life differs by a factor of 1.5"
    }
  }

  /// Ratio to truth r·x-dependent; at the recommended time t = 1/k it is r e^(1−r), r = k_true/k.
  private func madsenLoss(_ halfLife: Duration) -> String {
    let x = log(2.0) * sample.hours / halfLife.inHours
    let losses = [1.5, 1 / 1.5].map { r in 1 - r * exp(x * (1 - r)) }
    return "\(Int((losses.map(abs).max() ?? 0) * 100 + 0.5)) %"
  }
}

extension TimeActivityFit {
  /// Standard deviation of ln(TIA/A(t)) of this fit: how well its shape is known, whatever its
  /// scale. `nil` when the fit has no covariance.
  func shapeVariation(atHours hours: Double) -> Double? {
    guard let covariance, covariance.count >= family.parameterCount else { return nil }
    let h = 1e-5
    // Physical decay only matters for the minute-long rise of one family.
    func shape(_ q: [Double]) -> Double {
      let curve = family.curve(q, physicalPerHour: 0)
      return log(curve.integral.inBaseUnit / curve.activity(hours: hours).inBaseUnit)
    }
    let slopes = (0..<family.parameterCount).map { n in
      var (up, down) = (parameters, parameters)
      up[n] += h
      down[n] -= h
      return (shape(up) - shape(down)) / (2 * h)
    }
    var variance = 0.0
    for a in slopes.indices {
      for b in slopes.indices { variance += slopes[a] * slopes[b] * covariance[a][b] }
    }
    let shapeTerm = shapeUncertainty / backExtrapolated
    return (max(variance, 0) + shapeTerm * shapeTerm).squareRoot()
  }
}

/// Log-normal quantities.
enum Lognormal {
  /// σ of the logarithm from the coefficient of variation: √ln(1 + c²).
  static func logDeviation(variation: Double) -> Double {
    log(1 + variation * variation).squareRoot()
  }
}
