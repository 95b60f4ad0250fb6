import Foundation
import Quantities
import Testing

@testable import Dosimetry

private func sample(_ hours: Double, _ megabecquerels: Double) -> ActivitySample {
  ActivitySample(
    time: .hours(hours), activity: .megabecquerels(megabecquerels),
    standardDeviation: .megabecquerels(megabecquerels * 0.05))
}

private func ratio(
  _ halfLife: Double, at hours: Double, _ method: TimeActivityFit.SingleTimePointMethod
) throws -> Double {
  let result = try TimeActivityFit.singleTimePoint(
    sample(hours, 100 * exp2(-hours / halfLife)), by: method)
  return result.timeIntegratedActivity.value.megabecquerelHours / (100 * halfLife / log(2.0))
}

// Hänscheid over the exact integral of one exponential is 2x·2^(−x), x = t/T.
@Test(arguments: [
  (0.5, 0.7071), (0.75, 0.8919), (1, 1), (1.25, 1.0511), (1.4427, 1.0615), (2, 1), (2.5, 0.8839),
  (3, 0.75),
])
func haenscheidHasTheKnownBias(x: Double, expected: Double) throws {
  #expect(abs(try ratio(50, at: 50 * x, .haenscheid) - expected) < 5e-5)
}

// Madsen at t = 1/k_pop is r e^(1−r), r = k_true/k_pop: never too high.
@Test(arguments: [
  (0.5, 0.824), (0.7, 0.945), (0.8, 0.977), (1.2, 0.983), (1.3, 0.963), (1.5, 0.910), (2, 0.736),
])
func madsenHasTheKnownBias(r: Double, expected: Double) throws {
  let population = 60.0
  let found = try ratio(population / r, at: population / log(2.0), .madsen(.hours(population)))
  #expect(abs(found - r * exp(1 - r)) < 1e-9)
  // The table is rounded, once upwards.
  #expect(abs(found - expected) < 6e-4)
}

// The spread of the half-life reaches the result as a Monte Carlo over the prior says.
@Test(arguments: [(24.0, 0.2), (72, 0.3), (120, 0.25)])
func aPriorCarriesItsSpread(hours: Double, variation: Double) throws {
  let prior = try TimeActivityFit.HalfLifePrior(median: .hours(50), variation: variation)
  let result = try TimeActivityFit.singleTimePoint(sample(hours, 40), by: .prior(prior))
  var draws = SeededDraws(state: 5)
  let middle = result.timeIntegratedActivity.value.megabecquerelHours
  var sum = 0.0
  for _ in 0..<40_000 {
    let halfLife = 50 * exp(prior.logStandardDeviation * draws.normal())
    let tia = 40 * exp2(hours / halfLife) * halfLife / log(2.0)
    sum += pow(log(tia / middle), 2)
  }
  let expected = hypot(0.05, (sum / 40_000).squareRoot())
  let found = try #require(result.timeIntegratedActivity.relativeUncertainty)
  #expect(abs(found / expected - 1) < 0.03)
}

@Test func aPriorPullsAFitOfTwoScansOnlyAsFarAsTheNoiseLets() throws {
  let truth = [sample(24, 100 * exp2(-24.0 / 40)), sample(96, 100 * exp2(-96.0 / 40))]
  var options = TimeActivityFit.Options()
  options.halfLifePrior = try .init(median: .hours(60), variation: 0.2)
  let pulled = try TimeActivityFit.fit(truth, radionuclide: .lutetium177, options: options)
  let free = try TimeActivityFit.fit(truth, radionuclide: .lutetium177)
  #expect((40...44).contains(pulled.effectiveHalfLifeHours))
  #expect(pulled.effectiveHalfLifeHours > free.effectiveHalfLifeHours)
  let (a, b) = (
    pulled.timeIntegratedActivity.relativeUncertainty ?? 1,
    free.timeIntegratedActivity.relativeUncertainty ?? 0
  )
  #expect(a < b)
  let bare = truth.map { ActivitySample(time: .hours($0.hours), activity: $0.activity) }
  #expect(throws: DosimetryError.priorNeedsNoise) {
    try TimeActivityFit.fit(bare, radionuclide: .lutetium177, options: options)
  }
}

// The patient's own curve of cycle 1 and one later scan of cycle 2: exact where the shape is the
// same, whatever the level.
@Test(arguments: [4.0, 24, 96])
func anEarlierCycleGivesTheShape(hours: Double) throws {
  func activity(_ t: Double) -> Double { 60 * (exp2(-t / 80) - exp2(-t / 3)) }
  let first = try TimeActivityFit.fit(
    [1, 4, 24, 72, 120, 168].map { sample($0, activity($0)) }, radionuclide: .lutetium177)
  let second = try TimeActivityFit.singleTimePoint(
    sample(hours, 1.7 * activity(hours)), by: .shape(of: first, variation: 0.05))
  let expected = 1.7 * 60 * 77 / log(2.0)
  let tia = second.timeIntegratedActivity
  #expect(abs(tia.value.megabecquerelHours / expected - 1) < 1e-4)
  // Noise of the scan and variation between cycles, and how well the shape is known at this time.
  #expect((tia.relativeUncertainty ?? 0) > hypot(0.05, 0.05))
  #expect((tia.relativeUncertainty ?? 1) < 0.2)
}

// Planar images with a wrong level and one SPECT: shape from the first, level from the second.
@Test func oneSPECTSetsTheLevelOfAPlanarCurve() throws {
  func activity(_ t: Double) -> Double { 80 * exp2(-t / 55) }
  let planar = [4.0, 24, 72, 144].map {
    ActivitySample(
      time: .hours($0), activity: .megabecquerels(activity($0) * 1.37), isPlanar: true)
  }
  let spect = ActivitySample(time: .hours(24), activity: .megabecquerels(activity(24)))
  let hybrid = Array(planar.prefix(2)) + [spect] + Array(planar.suffix(2))
  let result = try TimeActivityFit.fit(hybrid, radionuclide: .lutetium177)
  let tia = result.timeIntegratedActivity.value.megabecquerelHours
  #expect(abs(tia / (80 * 55 / log(2.0)) - 1) < 1e-3)
  #expect(abs((result.planarFactor ?? 0) - 1.37) < 1e-3)
  #expect(throws: DosimetryError.planarOnly) {
    try TimeActivityFit.fit(planar, radionuclide: .lutetium177)
  }
}
