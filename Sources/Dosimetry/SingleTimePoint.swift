import Foundation
import Quantities

/// One scan and a known effective half-life.
struct SingleTimePoint {
  let sample: ActivitySample
  let halfLifeHours: Double
  let halfLifeRelativeUncertainty: Double?

  private var decayPerHour: Double { log(2.0) / halfLifeHours }

  private var curve: ActivityCurve {
    let start = sample.activity * exp(decayPerHour * sample.hours)
    return ActivityCurve(terms: [.init(amplitude: start, decayPerHour: decayPerHour)])
  }

  /// ∂ ln TIA / ∂ ln T = 1 − k t: nil error where the scan is taken at t = 1/k.
  private var relativeUncertainty: Double? {
    guard let noise = sample.standardDeviation, let halfLife = halfLifeRelativeUncertainty
    else { return nil }
    return hypot(noise / sample.activity, (1 - decayPerHour * sample.hours) * halfLife)
  }

  var fit: TimeActivityFit {
    let tia = curve.integral
    let linear =
      curve.integral(afterHours: sample.hours)
      + .becquerelSeconds(sample.activity.inBaseUnit * sample.hours * 1800)
    let uncertainty = relativeUncertainty.map { tia * $0 }
    return TimeActivityFit(
      samples: [sample], family: .monoExponential, curve: curve,
      timeIntegratedActivity: uncertainty.map { Estimate(tia, standardUncertainty: $0) }
        ?? Estimate(
          tia,
          noUncertaintyBecause:
            "one scan: give the standard deviation of its activity and of the half-life"),
      fitUncertainty: uncertainty, shapeUncertainty: .zero, backExtrapolated: tia,
      linearFromZero: linear, earlyPhase: .backExtrapolated,
      extrapolatedFraction: curve.integral(afterHours: sample.hours) / tia,
      effectiveHalfLifeHours: halfLifeHours, coverageFactor95: StudentT.normal95,
      parameterNames: CurveFamily.monoExponential.parameterNames,
      parameters: [log(tia.megabecquerelHours), log(decayPerHour)], covariance: nil,
      candidates: [],
      warnings: ["one scan with a given effective half-life: the shape is assumed, not measured"])
  }
}
