import Foundation
import Quantities
import Testing

@testable import Dosimetry

private let ln2 = log(2.0 as Double)

private func samples(
  _ hours: [Double], relativeNoise: Double? = nil, _ activity: (Double) -> Double
) -> [ActivitySample] {
  hours.map {
    ActivitySample(
      time: .hours($0), activity: .megabecquerels(activity($0)),
      standardDeviation: relativeNoise.map { noise in .megabecquerels(activity(0.001) * noise) })
  }
}

private func isWithin(_ tolerance: Double, _ a: Double, of b: Double) -> Bool {
  abs(a / b - 1) <= tolerance
}

private func fit(
  _ samples: [ActivitySample], _ family: CurveFamily? = nil
) throws -> TimeActivityFit {
  try TimeActivityFit.fit(samples, radionuclide: .lutetium177, options: .init(family: family))
}

private func row(_ number: Int, _ hours: Double) -> DosimetryError.Row {
  DosimetryError.Row(number: number, hours: hours)
}

// SNMMI Lu-177 challenge patient 4, left kidney, as fitted by PyTheranostics
// (tests/data/voxel_dosimetry_validation): 7593.7526 MBq h.
@Test func aChallengeKidneyHasThePublishedTimeIntegratedActivity() throws {
  let kidney = zip(
    [3.741111, 27.725278, 103.094167, 123.983611], [98.561432, 73.599408, 25.39568, 19.04661]
  ).map { ActivitySample(time: .hours($0), activity: .megabecquerels($1)) }
  let result = try fit(kidney)
  #expect(result.family == .uptakeAndClearance)
  let tia = result.timeIntegratedActivity.value.megabecquerelHours
  print("figure: challenge kidney, default model: TIA \((tia / 7593.7526 - 1) * 100) % off")
  #expect(isWithin(0.001, tia, of: 7593.7526))
  #expect(isWithin(0.001, log(2.0) / result.effectiveHalfLifeHours, of: 0.0140814))
  #expect(result.candidates.map(\.family) == [.uptakeAndClearance, .monoExponential])
  // One exponential stays within its own uncertainty.
  let mono = try fit(kidney, .monoExponential)
  let off = abs(mono.timeIntegratedActivity.value.megabecquerelHours - 7593.7526)
  let u = try #require(mono.timeIntegratedActivity.standardUncertainty)
  #expect(off < 3 * u.megabecquerelHours)
}

// Four scans of shapes that organs and lesions show, from quick to late uptake: the default must
// find their integrals whatever they are.
@Test(arguments: [
  (60.0, 1.0), (60, 4), (90, 8), (120, 0.3), (30, 2), (45, 12), (140, 6),
])
func fourScansOfAnyUptakeAreFittedByDefault(slow: Double, fast: Double) throws {
  let truth = samples([3.74, 27.7, 103.1, 124]) { 80 * (exp2(-$0 / slow) - exp2(-$0 / fast)) }
  let result = try fit(truth)
  #expect(
    isWithin(
      0.005, result.timeIntegratedActivity.value.megabecquerelHours, of: 80 * (slow - fast) / ln2))
}

// Closed form: 100 MBq with 50 h is 100 · 50 / ln 2.
@Test(arguments: [
  [4.0, 96], [4, 24, 96], [4, 24, 96, 120], [0, 4, 24, 96], [1, 4, 24, 72, 168],
])
func aMonoExponentialIsRecoveredExactly(hours: [Double]) throws {
  let result = try fit(samples(hours) { 100 * exp2(-$0 / 50) })
  #expect(result.family == .monoExponential)
  #expect(isWithin(1e-7, result.timeIntegratedActivity.value.megabecquerelHours, of: 7213.475))
  #expect(isWithin(1e-6, result.effectiveHalfLifeHours, of: 50))
  let last = try #require(hours.last)
  #expect(isWithin(1e-6, result.extrapolatedFraction, of: exp2(-last / 50)))
}

@Test func anUptakeCurveIsRecoveredExactly() throws {
  let truth = samples([1, 4, 24, 72, 120, 168]) {
    108.742067511 * (exp(-0.014081426 * $0) - exp(-0.845429128 * $0))
  }
  let result = try fit(truth)
  #expect(result.family == .uptakeAndClearance)
  #expect(isWithin(1e-5, result.timeIntegratedActivity.value.megabecquerelHours, of: 7593.7526))
}

@Test func aTwoPhaseClearanceIsRecoveredAndChosen() throws {
  let truth = samples([1, 4, 12, 24, 48, 96, 168]) { 80 * exp2(-$0 / 6) + 40 * exp2(-$0 / 70) }
  let result = try fit(truth)
  #expect(result.family == .biExponentialClearance)
  let expected = 80 * 6 / ln2 + 40 * 70 / ln2
  #expect(isWithin(1e-5, result.timeIntegratedActivity.value.megabecquerelHours, of: expected))
  #expect(result.candidates.count == 5)
  #expect(abs(result.candidates.reduce(0) { $0 + ($1.weight ?? 0) } - 1) < 1e-12)
}

@Test func aSampleAtAdministrationLeavesOnlyCurvesThatClear() throws {
  let truth = samples([0, 1, 4, 12, 24, 48, 96, 168]) {
    80 * exp2(-$0 / 6) + 40 * exp2(-$0 / 70)
  }
  let result = try fit(truth)
  #expect(result.family == .biExponentialClearance)
  #expect(result.candidates.map(\.family) == [.monoExponential, .biExponentialClearance])
}

@Test func threePointsThatRiseAndFallAreFittedWithUptake() throws {
  let truth = samples([4, 24, 96]) { 60 * (exp2(-$0 / 80) - exp2(-$0 / 8)) }
  let result = try fit(truth)
  #expect(result.family == .uptakeAndClearance)
  #expect(
    isWithin(1e-4, result.timeIntegratedActivity.value.megabecquerelHours, of: 60 * 72 / ln2))
  #expect(result.timeIntegratedActivity.standardUncertainty == nil)
}

@Test(arguments: [[10.0, 20], [10, 20, 25], [10, 8, 12]])
func anUptakePhaseIsNotFittedAsDecay(activities: [Double]) {
  let rising = zip([4.0, 24, 96], activities).map {
    ActivitySample(time: .hours($0), activity: .megabecquerels($1))
  }
  #expect(throws: DosimetryError.uptakePhaseOnly(row(rising.count, rising[rising.count - 1].hours)))
  {
    try fit(rising)
  }
}

@Test func impossibleSamplesAreRefusedWithTheReason() {
  let good = samples([4, 24, 96]) { 100 * exp2(-$0 / 50) }
  #expect(throws: DosimetryError.timesNotIncreasing(row(2, 4), previousHours: 24)) {
    try fit([good[1], good[0]])
  }
  #expect(throws: DosimetryError.timesNotIncreasing(row(2, 4), previousHours: 4)) {
    try fit([good[0], good[0]])
  }
  #expect(throws: DosimetryError.timeNotPositive(row(1, -4))) {
    try fit([ActivitySample(time: .hours(-4), activity: .megabecquerels(1)), good[1]])
  }
  #expect(throws: DosimetryError.risesInClearance(row(2, 24), family: "mono-exponential")) {
    try fit(
      [good[0], ActivitySample(time: .hours(24), activity: .megabecquerels(200)), good[2]],
      .monoExponential)
  }
  #expect(throws: DosimetryError.tooFewTimePoints(found: 1, needed: 2, family: "mono-exponential"))
  { try fit([good[0]]) }
  #expect(throws: DosimetryError.activityNotPositive(row(2, 24))) {
    try fit([good[0], ActivitySample(time: .hours(24), activity: .zero), good[2]])
  }
  #expect(throws: DosimetryError.activityNotPositive(row(2, 24))) {
    try fit([good[0], ActivitySample(time: .hours(24), activity: .becquerels(.nan)), good[2]])
  }
  #expect(throws: DosimetryError.standardDeviationNotPositive(row(1, 4))) {
    try fit([
      good[0],
      ActivitySample(
        time: .hours(24), activity: .megabecquerels(50), standardDeviation: .megabecquerels(5)),
    ])
  }
  let tooMuch = #expect(throws: DosimetryError.self) {
    try TimeActivityFit.fit(good, radionuclide: .lutetium177, administered: .megabecquerels(80))
  }
  #expect(tooMuch?.row == row(1, 4))
}

@Test func theTailIsNeverSlowerThanPhysicalDecay() throws {
  let slow = samples([4, 24, 96]) { 100 * exp2(-$0 / 400) }
  let result = try fit(slow)
  #expect(isWithin(1e-9, result.effectiveHalfLifeHours, of: 6.6443 * 24))
  #expect(result.warnings.contains { $0.contains("physical decay") })
  var options = TimeActivityFit.Options()
  options.allowsTailSlowerThanPhysicalDecay = true
  let free = try TimeActivityFit.fit(slow, radionuclide: .lutetium177, options: options)
  #expect(isWithin(1e-6, free.effectiveHalfLifeHours, of: 400))
}

@Test func bothEarlyPhaseRulesAreReported() throws {
  let truth = samples([4, 24, 96], relativeNoise: 0.05) { 100 * exp2(-$0 / 50) }
  let back = try fit(truth)
  var options = TimeActivityFit.Options()
  options.earlyPhase = .linearFromZero
  let linear = try TimeActivityFit.fit(truth, radionuclide: .lutetium177, options: options)
  #expect(back.timeIntegratedActivity.value == back.backExtrapolated)
  #expect(linear.timeIntegratedActivity.value == back.linearFromZero)
  // By hand: after 4 h 2^(-4/50) of the whole, plus the triangle 2 h · A(4 h).
  let left = exp2(-4.0 / 50)
  let expected = 7213.475 * left + 100 * left * 2
  #expect(isWithin(1e-6, back.linearFromZero.megabecquerelHours, of: expected))
}

// TIA = A 2^(t/T) T / ln 2; at t = 1/k an error of the half-life drops out to first order.
@Test func oneScanWithAKnownHalfLifeIsExact() throws {
  for hours in [4.0, 24, 96, 72.1348] {
    let sample = ActivitySample(
      time: .hours(hours), activity: .megabecquerels(100 * exp2(-hours / 50)),
      standardDeviation: .megabecquerels(exp2(-hours / 50)))
    let result = try TimeActivityFit.singleTimePoint(
      sample, effectiveHalfLife: .hours(50), halfLifeRelativeUncertainty: 0.1)
    #expect(isWithin(1e-7, result.timeIntegratedActivity.value.megabecquerelHours, of: 7213.475))
    let u = try #require(result.timeIntegratedActivity.relativeUncertainty)
    let expected = hypot(0.01, 0.1 * (1 - ln2 * hours / 50))
    #expect(abs(u - expected) < 1e-9)
  }
}

@Test func scalingTheActivitiesScalesTheResult() throws {
  let one = samples([4, 24, 72, 120, 168], relativeNoise: 0.03) { 5 * exp2(-$0 / 60) + 0.1 }
  let thousand = one.map {
    ActivitySample(
      time: .hours($0.hours), activity: $0.activity * 1000,
      standardDeviation: $0.standardDeviation.map { $0 * 1000 })
  }
  let (a, b) = (try fit(one), try fit(thousand))
  #expect(a.family == b.family)
  let ratio = b.timeIntegratedActivity.value / a.timeIntegratedActivity.value
  #expect(isWithin(1e-7, ratio, of: 1000))
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same draws on every machine.
struct SeededDraws {
  var state: UInt64

  mutating func uniform() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return (Double((z ^ (z >> 31)) >> 11) + 0.5) / 9_007_199_254_740_992
  }

  mutating func normal() -> Double {
    (-2 * log(uniform())).squareRoot() * cos(2 * Double.pi * uniform())
  }
}

/// Share of 1000 noisy draws whose 95 % interval holds the true time-integrated activity.
private func coverage(
  hours: [Double], knownNoise: Bool, family: CurveFamily?, truth: Double,
  _ activity: (Double) -> Double
) throws -> Double {
  var draws = SeededDraws(state: 20_260_112)
  var held = 0
  // 2 % of the highest activity at every scan, as noise that does not fall with the activity.
  let sigma = 0.02 * (hours.map(activity).max() ?? 0)
  for _ in 0..<1000 {
    let noisy = hours.map {
      ActivitySample(
        time: .hours($0), activity: .megabecquerels(activity($0) + sigma * draws.normal()),
        standardDeviation: knownNoise ? .megabecquerels(sigma) : nil)
    }
    let result = try fit(noisy, family)
    let u = try #require(result.fitUncertainty).megabecquerelHours * result.coverageFactor95
    held += abs(result.backExtrapolated.megabecquerelHours - truth) <= u ? 1 : 0
  }
  print("coverage of 95 % intervals with \(hours.count) scans: \(Double(held) / 1000)")
  return Double(held) / 1000
}

@Test(arguments: [
  ([4.0, 24, 96], true), ([4, 24, 72, 120, 168], true), ([4, 24, 72, 120], false),
])
func theIntervalOfTheFitHoldsTheTruthInNinetyFivePercent(
  hours: [Double], knownNoise: Bool
) throws {
  let share = try coverage(
    hours: hours, knownNoise: knownNoise, family: .monoExponential, truth: 100 * 50 / ln2
  ) { 100 * exp2(-$0 / 50) }
  #expect((0.92...0.98).contains(share), "covered \(share)")
}

@Test func theIntervalHoldsWithAnUptakePhaseToo() throws {
  let share = try coverage(
    hours: [1, 4, 12, 24, 72, 120, 168], knownNoise: true, family: .uptakeAndClearance,
    truth: 100 * (60 - 4) / ln2
  ) { 100 * (exp2(-$0 / 60) - exp2(-$0 / 4)) }
  #expect((0.92...0.98).contains(share), "covered \(share)")
}
