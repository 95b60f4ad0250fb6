import Foundation
import Quantities

/// Which of the fitted families is taken, and how much the others weigh.
///
/// Rules of doi 10.1186/s40658-021-00427-x: what the points do not determine is set aside, then
/// AICc decides; Akaike weights w = exp(−ΔAICc/2) / Σ.
struct FamilySelection {
  typealias FamilyFit = TimeActivityFitting.FamilyFit

  let best: FamilyFit?
  let candidates: [TimeActivityFit.Candidate]

  /// An uptake that has come this close to its end at the first scan leaves no trace in the data.
  private static let uptakeLeft = 1e-6

  init(
    _ fits: [FamilyFit], points: TimeActivitySamples, options: TimeActivityFit.Options
  ) {
    var rejected = fits.map { Self.rejection($0, points, options) }
    // Something has to be taken.
    if !rejected.contains(nil), let least = fits.indices.min(by: { Self.rank(fits[$0], fits[$1]) })
    {
      rejected[least] = nil
    }
    let accepted = fits.indices.filter { rejected[$0] == nil }
    let comparable = accepted.allSatisfy { fits[$0].aicc != nil }
    // Where AICc cannot compare, the families stand in order of preference.
    let chosen =
      comparable ? accepted.min { Self.rank(fits[$0], fits[$1]) } : accepted.first
    best = chosen.map { fits[$0] }
    let least = accepted.compactMap { fits[$0].aicc }.min() ?? 0
    let likelihoods = fits.indices.map { n in
      comparable && rejected[n] == nil ? fits[n].aicc.map { exp(-($0 - least) / 2) } ?? 0 : 0
    }
    let total = likelihoods.reduce(0, +)
    candidates = fits.indices.map { n in
      let (variation, correlation) = Self.goodness(fits[n])
      return TimeActivityFit.Candidate(
        family: fits[n].family, aicc: fits[n].aicc,
        weight: comparable && total > 0 ? likelihoods[n] / total : nil,
        timeIntegratedActivity: fits[n].tia, standardUncertainty: fits[n].fitUncertainty,
        largestVariation: variation, largestCorrelation: correlation,
        rejected: rejected[n]
          ?? (comparable || n == chosen
            ? nil : "too few points for AICc; a region is empty at administration"))
    }
  }

  private static func rank(_ a: FamilyFit, _ b: FamilyFit) -> Bool {
    (a.aicc ?? .infinity) < (b.aicc ?? .infinity)
  }

  /// Σ wᵢ TIAᵢ with the unconditional variance Σ wᵢ (uᵢ² + (TIAᵢ − mean)²) (Burnham and Anderson
  /// 2002, Model Selection and Multimodel Inference, 4.3).
  var averaged: Estimate<TimeIntegratedActivity>? {
    let weighted = candidates.compactMap { candidate in
      candidate.weight.map { (weight: $0, candidate: candidate) }
    }.filter { $0.weight > 0 }
    guard candidates.count > 1, !weighted.isEmpty else { return nil }
    let mean = weighted.reduce(TimeIntegratedActivity.zero) {
      $0 + $1.candidate.timeIntegratedActivity * $1.weight
    }
    var variance = 0.0
    for (weight, candidate) in weighted {
      guard let u = candidate.standardUncertainty?.inBaseUnit else {
        return Estimate(mean, noUncertaintyBecause: "a candidate has no standard uncertainty")
      }
      let off = (candidate.timeIntegratedActivity - mean).inBaseUnit
      variance += weight * (u * u + off * off)
    }
    return Estimate(mean, standardUncertainty: .becquerelSeconds(variance.squareRoot()))
  }

  private static func rejection(
    _ fit: FamilyFit, _ points: TimeActivitySamples, _ options: TimeActivityFit.Options
  ) -> String? {
    guard options.family == nil else { return nil }
    if fit.family == .uptakeAndClearance,
      let fastest = fit.curve.terms.map(\.decayPerHour).max(),
      exp(-fastest * points.hours[0]) < uptakeLeft
    {
      return "its uptake is over before the first scan"
    }
    // With one point more than parameters the scatter itself is hardly known.
    guard fit.aicc != nil, let variation = goodness(fit).variation,
      variation > options.largestVariation
    else { return nil }
    return "a parameter is uncertain by \(Int(min(variation * 100, 9999).rounded())) %"
  }

  /// Largest coefficient of variation of TIA and rates, and largest correlation of parameters.
  static func goodness(_ fit: FamilyFit) -> (variation: Double?, correlation: Double?) {
    guard let covariance = fit.covariance else { return (nil, nil) }
    let q = fit.solution.parameters
    var variances = [covariance[0, 0], covariance[1, 1]]
    if fit.family.parameterCount > 2 {
      // ln k_fast = q1 + ln(1 + e^q2).
      let slope = 1 / (1 + exp(-q[2]))
      variances.append(
        covariance[1, 1] + slope * slope * covariance[2, 2] + 2 * slope * covariance[1, 2])
    }
    var correlation = 0.0
    for a in 0..<covariance.size {
      for b in 0..<a where covariance[a, a] > 0 && covariance[b, b] > 0 {
        let product = (covariance[a, a] * covariance[b, b]).squareRoot()
        correlation = max(correlation, abs(covariance[a, b]) / product)
      }
    }
    return ((variances.max() ?? 0).squareRoot(), correlation)
  }
}
