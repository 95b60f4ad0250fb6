import Quantities
import Radiobiology
import Testing

private let ln2 = 0.693_147_180_559_945_3

/// Kidney with α/β 2.6 Gy and 2.8 h repair: the tissue of the known answers below.
private func kidney() throws -> TissueRadiobiology {
  try TissueRadiobiology(
    alphaBeta: .gray(2.6), repairHalfTime: .hours(2.8), source: "known answers")
}

private func curve(_ dose: Double, _ hours: Double) throws -> DoseRateCurve {
  try DoseRateCurve(dose: .gray(dose), effectiveHalfLife: .hours(hours))
}

private func isClose(_ a: Double, _ b: Double, within tolerance: Double) -> Bool {
  abs(a - b) <= tolerance
}

// Closed formula, checked by quadrature when the table was made.
@Test(arguments: [
  (5.0, 70.0, 0.038462, 5.36982, 3.03512), (7, 50, 0.053030, 7.99942, 4.52141),
  (23, 50, 0.053030, 33.78963, 19.09848), (30, 60, 0.044586, 45.43361, 25.67987),
])
func monoExponentialKidneyDosesHaveTheKnownBED(
  dose: Double, halfLife: Double, g: Double, bed: Double, eqd2: Double
) throws {
  let tissue = try kidney()
  let rate = try curve(dose, halfLife)
  let result = rate.biologicallyEffectiveDose(tissue)
  #expect(isClose(rate.leaCatcheside(tissue), g, within: 5e-7))
  #expect(isClose(result.gray, bed, within: 5e-6))
  #expect(isClose(result.equivalentDoseIn2GyFractions(tissue).gray, eqd2, within: 5e-6))
}

@Test func fourCyclesOfFiveGrayDoLessThanOneOfTwenty() throws {
  let tissue = try kidney()
  let cycle = try curve(5, 50).biologicallyEffectiveDose(tissue)
  #expect(isClose((cycle * 4).gray, 22.03963, within: 5e-6))
  #expect(isClose(try curve(20, 50).biologicallyEffectiveDose(tissue).gray, 28.15851, within: 5e-6))
}

@Test func aTwoPhaseDoseRateHasTheKnownProtractionFactor() throws {
  let tissue = try kidney()
  let rate = try DoseRateCurve(terms: [
    .init(grayPerHour: 0.10, decayPerHour: ln2 / 10),
    .init(grayPerHour: 0.02, decayPerHour: ln2 / 60),
  ])
  #expect(isClose(rate.dose.gray, 3.173929, within: 5e-7))
  #expect(isClose(rate.leaCatcheside(tissue), 0.0929078, within: 5e-8))
  #expect(isClose(rate.biologicallyEffectiveDose(tissue).gray, 3.533905, within: 5e-7))
}

// A left kidney with an uptake phase: amplitudes ±108.742067511 MBq, 2.741417 Gy.
@Test func anUptakePhaseIsANegativeTerm() throws {
  let tissue = try kidney()
  let (clearance, uptake) = (0.014081426, 0.845429128)
  let unit = 1 / clearance - 1 / uptake
  let rate = try DoseRateCurve(terms: [
    .init(grayPerHour: 2.741417 / unit, decayPerHour: clearance),
    .init(grayPerHour: -2.741417 / unit, decayPerHour: uptake),
  ])
  #expect(isClose(rate.leaCatcheside(tissue), 0.0536214, within: 5e-8))
  #expect(isClose(rate.biologicallyEffectiveDose(tissue).gray, 2.896411, within: 5e-7))
}

@Test func aTwoHourUptakeLowersTheKidneyFactorSlightly() throws {
  let tissue = try kidney()
  #expect(isClose(try curve(1, 51.6).leaCatcheside(tissue), 0.0514706, within: 5e-8))
  let (clearance, uptake) = (ln2 / 51.6, ln2 / 2)
  let rate = try DoseRateCurve(terms: [
    .init(grayPerHour: 1, decayPerHour: clearance), .init(grayPerHour: -1, decayPerHour: uptake),
  ])
  #expect(isClose(rate.leaCatcheside(tissue), 0.0506704, within: 5e-8))
}

// Kidney pair α/β 2.5 Gy, 2.8 h, closed formula.
@Test(arguments: [
  (6.6, 50.0, 7.5240), (5, 52, 5.5109), (4, 50, 4.3394), (2.74, 49.2, 2.9017),
])
func anAlphaBetaOfTwoAndAHalfGivesTheKnownBED(
  dose: Double, halfLife: Double, bed: Double
) throws {
  let tissue = try TissueRadiobiology(
    alphaBeta: .gray(2.5), repairHalfTime: .hours(2.8), source: "known answers")
  let result = try curve(dose, halfLife).biologicallyEffectiveDose(tissue)
  #expect(isClose(result.gray, bed, within: 5e-5))
}

@Test(arguments: [(13.0, 10.67551), (10, 8.51957), (27, 19.35736), (40, 26.10284)])
func theDoseForAGivenBEDIsKnown(bed: Double, dose: Double) throws {
  let tissue = try kidney()
  let g = try curve(1, 50).leaCatcheside(tissue)
  let result = BiologicallyEffectiveDose.gray(bed).absorbedDose(tissue, protraction: g)
  #expect(isClose(result.gray, dose, within: 5e-6))
}

@Test func theInverseUndoesBEDForAnyProtraction() throws {
  let tissue = try kidney()
  for g in [0, 1e-12, 0.05, 1] {
    for dose in [0.01, 1, 30] {
      let bed = AbsorbedDose.gray(dose).biologicallyEffective(tissue, protraction: g)
      let back = bed.absorbedDose(tissue, protraction: g)
      #expect(isClose(back.gray, dose, within: 1e-12 * dose))
    }
  }
}

@Test func splittingATermChangesNothing() throws {
  let tissue = try kidney()
  let whole = try curve(7, 50)
  let term = whole.terms[0]
  let half = DoseRateCurve.Term(
    grayPerHour: term.grayPerHour / 2, decayPerHour: term.decayPerHour)
  let split = try DoseRateCurve(terms: [half, half])
  #expect(
    isClose(split.leaCatcheside(tissue), whole.leaCatcheside(tissue), within: 1e-14))
}

@Test func tissuesWithoutPositiveNumbersAreRefused() {
  #expect(throws: RadiobiologyError.self) {
    try TissueRadiobiology(alphaBeta: .gray(0), repairHalfTime: .hours(2.8), source: "")
  }
  #expect(throws: RadiobiologyError.self) {
    try TissueRadiobiology(alphaBeta: .gray(2.6), repairHalfTime: .hours(0), source: "")
  }
  #expect(throws: RadiobiologyError.noDose) {
    try DoseRateCurve(terms: [.init(grayPerHour: 0, decayPerHour: 1)])
  }
}
