import Foundation
import Quantities
import Radiobiology
import Testing

private func tissue(_ alphaBeta: Double = 2.6, repair: Double = 2.8) throws -> TissueRadiobiology {
  try TissueRadiobiology(
    alphaBeta: .gray(alphaBeta), repairHalfTime: .hours(repair), source: "test")
}

private func course(
  _ doses: [Double], halfLife: Double, gap: Double
) throws -> DoseRateCourse {
  try DoseRateCourse(
    doses.enumerated().map { n, dose in
      .init(
        start: .hours(gap * Double(n)),
        rate: try DoseRateCurve(dose: .gray(dose), effectiveHalfLife: .hours(halfLife)))
    })
}

/// RE = 1 + (2/(D α/β)) ∫ R I dt with dI/dt = R − μI, stepped through numerically.
private func quadrature(_ course: DoseRateCourse, _ tissue: TissueRadiobiology) -> Double {
  let (step, end) = (0.01, 3000.0)
  var (intensity, sum, time) = (0.0, 0.0, 0.0)
  func rate(_ t: Double) -> Double {
    var total = 0.0
    for cycle in course.cycles where cycle.startHours <= t {
      let since = t - cycle.startHours
      for term in cycle.rate.terms {
        total += term.grayPerHour * exp(-term.decayPerHour * since)
      }
    }
    return total
  }
  while time < end {
    // Midpoint rule for both integrals; I decays exactly within a step.
    let middle = rate(time + step / 2)
    let half = exp(-tissue.repairPerHour * step / 2)
    let atMiddle = intensity * half + middle * step / 2 * half.squareRoot()
    sum += middle * atMiddle * step
    intensity = intensity * half * half + middle * step * half
    time += step
  }
  let dose = course.dose.gray
  return dose + 2 * sum / tissue.alphaBeta.gray
}

@Test func farCyclesAddUpAndCloseOnesDoMore() throws {
  let kidney = try tissue()
  let far = try course([5, 5, 5, 5], halfLife: 50, gap: 8 * 168)
  #expect(abs(far.biologicallyEffectiveDose(kidney).gray - 22.03963) < 5e-5)
  #expect(abs(far.sumOfCycles(kidney).gray - 22.03963) < 5e-6)
  // Together at once they are one dose of 20 Gy: 28.15851 Gy.
  let once = try course([5, 5, 5, 5], halfLife: 50, gap: 0)
  #expect(abs(once.biologicallyEffectiveDose(kidney).gray - 28.15851) < 5e-6)
  let near = try course([5, 5, 5, 5], halfLife: 50, gap: 48)
  let bed = near.biologicallyEffectiveDose(kidney).gray
  #expect(bed > 22.04 && bed < 28.15)
}

@Test(arguments: [(24.0, 1.0), (72, 2.8), (168, 40)])
func theCourseFactorAgreesWithQuadrature(gap: Double, repair: Double) throws {
  let tissue = try tissue(3, repair: repair)
  let one = try course([4, 7, 2], halfLife: 40, gap: gap)
  #expect(
    abs(one.biologicallyEffectiveDose(tissue).gray / quadrature(one, tissue) - 1) < 1e-5)
  // A cycle with an uptake phase after one of two clearing terms.
  let mixed = try DoseRateCourse([
    .init(
      start: .zero,
      rate: try DoseRateCurve(terms: [
        .init(grayPerHour: 0.2, decayPerHour: 0.07), .init(grayPerHour: 0.05, decayPerHour: 0.01),
      ])),
    .init(
      start: .hours(gap),
      rate: try DoseRateCurve(terms: [
        .init(grayPerHour: 0.3, decayPerHour: 0.02), .init(grayPerHour: -0.3, decayPerHour: 0.4),
      ])),
  ])
  #expect(
    abs(mixed.biologicallyEffectiveDose(tissue).gray / quadrature(mixed, tissue) - 1) < 1e-5)
}

// The formula divides by μ − λ; where they meet it must go on smoothly.
@Test func equalRatesOfRepairAndDecayAreNoTrap() throws {
  let values = try [39.999, 40, 40.001].map {
    try course([4, 4], halfLife: 40, gap: 100).biologicallyEffectiveDose(tissue(3, repair: $0)).gray
  }
  #expect(abs(values[0] + values[2] - 2 * values[1]) < 1e-6)
}

// Half at 10 Gy, half at 50 Gy, α 0.3 per Gy: 12.31047 Gy.
@Test func theEquivalentUniformDoseFollowsTheSurvivors() throws {
  let halves = [DosePart(gray: 10, volume: 2), DosePart(gray: 50, volume: 2)]
  let found = try EquivalentUniform.biologicallyEffectiveDose(halves, alphaPerGray: 0.3).gray
  #expect(abs(found - 12.31047) < 5e-6)
  let even = [DosePart(gray: 2000, volume: 1), DosePart(gray: 2000, volume: 3)]
  #expect(
    try EquivalentUniform.biologicallyEffectiveDose(even, alphaPerGray: 0.3).gray == 2000)
  #expect(abs(try EquivalentUniform.mean(halves).gray - 30) < 1e-12)
  #expect(try EquivalentUniform.dose(halves, exponent: 50).gray > 48)
  #expect(try EquivalentUniform.dose(halves, exponent: -10).gray < 11)
  #expect(throws: RadiobiologyError.self) {
    try EquivalentUniform.mean([DosePart(gray: .nan, volume: 1)])
  }
}

@Test func alphasAreLinearAndKeptApart() throws {
  let tissue = try tissue(10, repair: 1.5)
  let field = try MixedField(lowLET: .gray(1), highLET: .gray(4), rbe: 5)
  let bed = field.biologicallyEffectiveDose(tissue, protraction: 0.1).gray
  #expect(abs(bed - (1 * (1 + 0.1 * 1 / 10) + 20)) < 1e-12)
  #expect(field.weightedGray == 21)
  let back = MixedField.absorbedDose(
    .gray(bed), highLETShare: field.highLETShare, rbe: 5, tissue, protraction: 0.1)
  #expect(abs(back.gray - 5) < 1e-9)
  #expect(throws: RadiobiologyError.rbeBelowOne(0)) {
    try MixedField(lowLET: .gray(1), highLET: .gray(1), rbe: 0)
  }
}
