import Foundation
import Quantities
import Radiobiology

/// One limit of one region, and the activity it allows.
struct RegionLimit {
  let forecast: RegionForecast
  let limit: LimitPack.Limit

  var usedGy: Double {
    switch limit.quantity {
    case .absorbedDose: forecast.usedDose.gray
    case .biologicallyEffectiveDose: forecast.usedBED?.gray ?? 0
    }
  }

  /// A limit of BED says nothing about alphas without an RBE.
  var isAssessable: Bool {
    limit.quantity == .absorbedDose || DoseEffect(forecast.highLET) != nil
  }

  /// The same limit when the gain is known as `gain`.
  func with(gain: GainEstimate) -> RegionLimit {
    RegionLimit(
      forecast: RegionForecast(
        region: forecast.region, kind: forecast.kind, steps: forecast.steps, gain: gain,
        tissue: forecast.tissue, doseRate: forecast.doseRate, highLET: forecast.highLET,
        usedDose: forecast.usedDose, usedBED: forecast.usedBED, warnings: forecast.warnings),
      limit: limit)
  }

  func with(limit: LimitPack.Limit) -> RegionLimit {
    RegionLimit(forecast: forecast, limit: limit)
  }

  /// The activity of each of `cycles` equal cycles that just keeps the limit, when the gain is at
  /// the quantile of `compliance`: d = [−1 + √(1 + 4aB/n)] / 2a with a = G/(α/β), over the gain;
  /// with alphas as ``DoseEffect`` has it.
  func allowed(cycles: Int, _ compliance: Compliance) -> Activity {
    let share = max(limit.valueGy - usedGy, 0) / Double(cycles)
    let gain = forecast.gain.quantile(compliance.quantile).grayPerGigabecquerel
    return .gigabecquerels(dose(share).gray / gain)
  }

  private func dose(_ share: Double) -> AbsorbedDose {
    guard limit.quantity == .biologicallyEffectiveDose, let tissue = forecast.tissue,
      let protraction = forecast.protraction, let effect = DoseEffect(forecast.highLET)
    else { return .gray(share) }
    return effect.dose(.gray(share), tissue, protraction: protraction)
  }
}

/// Finds the allowed activity a second time by another way, so that a slip in either shows.
///
/// The quantile comes from the error function by bisection, the BED from integrating the repair
/// equation dI/dt = R − μI, BED = D + (2/(α/β)) ∫ R I dt (Dale 1985), and the activity from
/// bisection on the total after all cycles.
struct NumericCheck {
  let limits: [RegionLimit]
  let cycles: Int

  func activity() -> Activity {
    let prepared = limits.map { limit in
      let isDose = limit.limit.quantity == .absorbedDose
      let high = isDose ? nil : limit.forecast.highLET
      return (
        limit: limit, gain: quantile95(limit.forecast.gain), extra: extra(limit),
        high: high?.share ?? 0, rbe: high?.rbe ?? 1
      )
    }
    func isKept(_ gigabecquerels: Double) -> Bool {
      prepared.allSatisfy { item in
        let dose = item.gain * gigabecquerels
        let (high, low) = (dose * item.high, dose * (1 - item.high))
        let effect = item.rbe * high + low + item.extra * low * low
        return item.limit.usedGy + Double(cycles) * effect <= item.limit.limit.valueGy
      }
    }
    return .gigabecquerels(bisect(from: 0, to: 1000, isKept))
  }

  private func bisect(from low: Double, to high: Double, _ holds: (Double) -> Bool) -> Double {
    var (low, high) = (low, high)
    for _ in 0..<80 {
      let middle = (low + high) / 2
      if holds(middle) { low = middle } else { high = middle }
    }
    return low
  }

  /// The gain below which 95 % of the distribution lies.
  private func quantile95(_ gain: GainEstimate) -> Double {
    bisect(from: 0, to: gain.median.grayPerGigabecquerel * 1000) {
      let z = (log($0) - gain.logMean) / max(gain.logDeviation, 1e-12)
      return (1 + erf(z / 2.0.squareRoot())) / 2 <= 0.95
    }
  }

  /// BED per squared dose beyond the dose itself, in 1/Gy; 0 for a limit of absorbed dose.
  private func extra(_ limit: RegionLimit) -> Double {
    guard limit.limit.quantity == .biologicallyEffectiveDose, let tissue = limit.forecast.tissue
    else { return 0 }
    guard let curve = limit.forecast.doseRate else { return 1 / tissue.alphaBeta.gray }
    return 2 / tissue.alphaBeta.gray * repairIntegral(curve, tissue.repairPerHour)
  }

  /// ∫ R I dt over D², by the midpoint rule in steps of a hundredth of the fastest time constant,
  /// for 20 of the slowest.
  private func repairIntegral(_ curve: DoseRateCurve, _ mu: Double) -> Double {
    let rates = curve.terms.map(\.decayPerHour)
    let step = 0.01 / max(rates.max() ?? mu, mu)
    let end = 20 / (rates.min() ?? mu)
    var (damage, dose, integral, t) = (0.0, 0.0, 0.0, step / 2)
    while t < end {
      let rate = curve.terms.reduce(0) { $0 + $1.grayPerHour * exp(-$1.decayPerHour * t) }
      let next = damage + step * (rate - mu * damage)
      integral += step * rate * (damage + next) / 2
      dose += step * rate
      damage = next
      t += step
    }
    return integral / (dose * dose)
  }
}
