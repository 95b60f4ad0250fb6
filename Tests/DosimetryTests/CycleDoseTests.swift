import Foundation
import Quantities
import Radiobiology
import Testing
import Transport

@testable import Dosimetry

private let ln2 = log(2.0 as Double)

private let uncertainty = DoseUncertainty.Inputs(
  outlineVoxel: .millimetres(1), outlineResolution: .millimetres(2),
  activityResolution: .millimetres(11))

private func tissue() throws -> TissueRadiobiology {
  try TissueRadiobiology(alphaBeta: .gray(2.6), repairHalfTime: .hours(2.8), source: "test")
}

/// Scans of regions with mono-exponential activity, as the transfer matrix would return them.
private func scans(
  _ activities: [String: (atZero: Double, halfLife: Double)], hours: [Double] = [4, 24, 96]
) -> [CycleDose.Scan] {
  hours.map { t in
    CycleDose.Scan(
      time: .hours(t),
      activities: RegionActivities(
        regions: activities.sorted { $0.key < $1.key }.map { name, curve in
          let activity = Activity.megabecquerels(curve.atZero * exp2(-t / curve.halfLife))
          return RegionActivity(
            region: name, kind: .organ, volume: .millilitres(150),
            activity: Estimate(activity, standardUncertainty: activity * 0.04),
            uncorrected: activity, recoveryCoefficient: 0.9, warnings: [])
        }, notCovered: [], condition: nil, options: .init(fullWidthHalfMaximum: .millimetres(11))))
  }
}

private func options() throws -> CycleDose.Options {
  var options = CycleDose.Options(uncertainty: uncertainty)
  options.tissues["left kidney"] = try tissue()
  return options
}

// SNMMI Lu-177 challenge patient 4, left kidney: 7593.7526 MBq h give 2.741417 Gy by a
// voxel method with cross-dose (PyTheranostics); local electrons alone give 0.93 of it
// (0.1479 MeV per decay), and the kidney's own photons lie between.
@Test func aChallengeKidneyLiesBetweenLocalDepositionAndFullTransport() throws {
  let kidney = zip(
    [3.741111, 27.725278, 103.094167, 123.983611], [98.561432, 73.599408, 25.39568, 19.04661]
  ).map { ActivitySample(time: .hours($0), activity: .megabecquerels($1)) }
  let fit = try TimeActivityFit.fit(
    kidney, radionuclide: .lutetium177, options: .init(family: .uptakeAndClearance))
  // Local deposition 2.56 Gy at 1.05 g/mL fixes the volume.
  let mass = 7593.7526 * 3.6e9 * 0.1479 * joulesPerMeV * 1e3 / 2.56
  let input = RegionDose.Input(
    region: "left kidney", kind: .organ, kernels: try TestKernels.lutetium.get(),
    administered: .megabecquerels(7210.43), volume: .millilitres(mass / 1.05),
    density: .init(gramsPerMillilitre: 1.05, source: "challenge"), recoveryCoefficient: nil,
    tissue: try tissue(), uncertainty: uncertainty)
  let dose = try RegionDose(input, fit: fit)
  #expect((2.56...2.741417).contains(dose.dose.value.gray))
  let g = try #require(dose.effect).protraction
  #expect(abs(g - 0.0536214) < 1e-5)
}

// D = 0.125 C 2^(t/T) T with C in MBq/g and T in h (Hänscheid 2017 for Lu-177, electrons and
// self-photons of a small mass): here written as D = 0.125 ln2 TIA / m.
@Test func oneGigabecquerelHourInAKidneyHasThePublishedDose() throws {
  let cycle = CycleDose(
    cycle: 1, radionuclide: .lutetium177, kernels: try TestKernels.lutetium.get(),
    administered: .gigabecquerels(7.4),
    scans: scans(["left kidney": (200, 50)]), options: try options())
  let kidney = try #require(cycle.doses.first)
  let tia = 200 * 50 / ln2
  #expect(abs(kidney.dose.value.gray / (0.125 * ln2 * tia / kidney.mass.grams) - 1) < 0.02)
  #expect(abs(kidney.mass.grams - 157.5) < 1e-9)
  let gain = kidney.dosePerActivity.value.grayPerGigabecquerel
  #expect(abs(gain * 7.4 - kidney.dose.value.gray) < 1e-12)
  let effect = try #require(kidney.effect)
  #expect(abs(effect.protraction - 2.8 / 52.8) < 1e-6)
  let bed = effect.biologicallyEffectiveDose.value.gray
  let d = kidney.dose.value.gray
  #expect(abs(bed - d * (1 + effect.protraction * d / 2.6)) < 1e-12)
  #expect(kidney.dose.relativeUncertainty ?? 0 > 0.05)
}

@Test func aRegionThatCannotBeFittedDoesNotStopTheOthers() throws {
  let cycle = CycleDose(
    cycle: 1, radionuclide: .lutetium177, kernels: try TestKernels.lutetium.get(),
    administered: .gigabecquerels(7.4),
    scans: scans(["left kidney": (200, 50), "spleen": (10, -40)]), options: try options())
  #expect(cycle.doses.map(\.region) == ["left kidney"])
  #expect(cycle.notAssessable.map(\.region) == ["spleen"])
  #expect(cycle.notAssessable[0].reason.contains("uptake phase"))
}

@Test func oneScanIsRefusedUnlessAnEarlierCycleOrAPopulationGivesTheCurve() throws {
  let one = scans(["left kidney": (200, 50)], hours: [24])
  var options = try options()
  func dose(_ options: CycleDose.Options) throws -> CycleDose {
    CycleDose(
      cycle: 2, radionuclide: .lutetium177, kernels: try TestKernels.lutetium.get(),
      administered: .gigabecquerels(7.4), scans: one, options: options)
  }
  #expect(try dose(options).notAssessable.map(\.region) == ["left kidney"])
  options.halfLifePriors["left kidney"] = try .init(median: .hours(50), variation: 0.2)
  let guessed = try #require(try dose(options).doses.first).fit.timeIntegratedActivity
  #expect(abs(guessed.value.megabecquerelHours / (200 * 50 / ln2) - 1) < 1e-9)
  let earlier = CycleDose(
    cycle: 1, radionuclide: .lutetium177, kernels: try TestKernels.lutetium.get(),
    administered: .gigabecquerels(7.4), scans: scans(["left kidney": (100, 50)]), options: options)
  options.earlierFits["left kidney"] = earlier.doses[0].fit
  let known = try #require(try dose(options).doses.first).fit.timeIntegratedActivity
  #expect(abs(known.value.megabecquerelHours / (200 * 50 / ln2) - 1) < 1e-6)
  // The patient's own curve says more than a population does.
  let (a, b) = (known.relativeUncertainty ?? 1, guessed.relativeUncertainty ?? 0)
  #expect(a < b)
}

private func fourCycles(weeksApart: Double) throws -> [CycleDose] {
  try (1...4).map {
    CycleDose(
      cycle: $0, start: .days(7 * weeksApart * Double($0 - 1)), radionuclide: .lutetium177,
      kernels: try TestKernels.lutetium.get(), administered: .gigabecquerels(7.4),
      scans: scans(["left kidney": (200, 50)]), options: try options())
  }
}

@Test func sharedCalibrationAddsLinearlyAndTheRestInSquares() throws {
  let course = try fourCycles(weeksApart: 8)
  let sum = try #require(try CumulativeDose.sums(course).first)
  let one = try #require(course[0].doses.first)
  let budget = try #require(one.uncertainty)
  #expect(abs(sum.dose.value.gray - 4 * one.dose.value.gray) < 1e-12)
  let expected = hypot(budget.calibration, budget.independent / 2)
  #expect(abs((sum.dose.relativeUncertainty ?? 0) - expected) < 1e-12)
  // Eight weeks apart the BED of the course is the sum of its cycles', not that of one dose.
  let bed = try #require(sum.biologicallyEffectiveDose).value.gray
  let cycleBED = try #require(one.effect).biologicallyEffectiveDose.value.gray
  #expect(abs(bed / (4 * cycleBED) - 1) < 1e-5)
  #expect(abs(try #require(sum.effect).sumOfCycles.gray - 4 * cycleBED) < 1e-12)
  #expect(sum.missingCycles.isEmpty)
}

/// Four administrations at once are one of four times the dose: D (1 + G D/(α/β)) with all of D.
@Test func theCourseHoldsWhatOneCycleLeavesForTheNext() throws {
  let one = try #require(try fourCycles(weeksApart: 8)[0].doses.first)
  let effect = try #require(one.effect)
  let dose = 4 * one.dose.value.gray
  let once = dose * (1 + effect.protraction * dose / effect.tissue.alphaBeta.gray)
  func bed(weeksApart: Double) throws -> Estimate<BiologicallyEffectiveDose> {
    let sum = try #require(try CumulativeDose.sums(fourCycles(weeksApart: weeksApart)).first)
    return try #require(sum.biologicallyEffectiveDose)
  }
  #expect(abs(try bed(weeksApart: 0).value.gray / once - 1) < 1e-9)
  let week = try bed(weeksApart: 1).value.gray
  let eight = try bed(weeksApart: 8).value.gray
  #expect(week > eight && week < once)
  // All cycles' doses 1 % higher: the linear part of the uncertainty is that change.
  let slope = (1 + 2 * effect.protraction * dose / effect.tissue.alphaBeta.gray) * dose
  let budget = try #require(one.uncertainty)
  let expected = hypot(slope * budget.calibration, slope * budget.independent / 2)
  let found = try #require(try bed(weeksApart: 0).standardUncertainty).gray
  #expect(abs(found / expected - 1) < 1e-3)
}

@Test func cyclesWithoutARegionAreNamedAsMissing() throws {
  let course = try [1, 2].map {
    CycleDose(
      cycle: $0, radionuclide: .lutetium177, kernels: try TestKernels.lutetium.get(),
      administered: .gigabecquerels(7.4),
      scans: scans($0 == 1 ? ["left kidney": (200, 50)] : ["spleen": (30, 50)]),
      options: try options())
  }
  let sums = try CumulativeDose.sums(course)
  #expect(sums.map(\.missingCycles) == [[2], [1]])
  #expect(throws: DosimetryError.courseIsEmpty) { try CumulativeDose.sums([]) }
}

@Test func resultsSurviveJSONAndNameTheirUnits() throws {
  let cycle = CycleDose(
    cycle: 1, radionuclide: .lutetium177, kernels: try TestKernels.lutetium.get(),
    administered: .gigabecquerels(7.4),
    scans: scans(["left kidney": (200, 50)]), options: try options())
  let json = try JSONEncoder().encode(cycle)
  #expect(try JSONDecoder().decode(CycleDose.self, from: json) == cycle)
  let text = try #require(String(data: json, encoding: .utf8))
  for key in ["dose_Gy", "bed_Gy", "tia_Bq_s", "mass_g", "dose_per_activity_Gy_per_GBq"] {
    #expect(text.contains("\"\(key)\""))
  }
}

/// One scan sets the level, planar values on a scale of their own the course.
@Test func planarValuesGiveTheCourseOfARegionWithOneScan() throws {
  let one = scans(["left kidney": (200, 50), "spleen": (90, 60)], hours: [24])
  var options = try options()
  options.planar["left kidney"] = .init(
    kind: .organ,
    samples: [3.0, 22, 70, 140].map {
      ActivitySample(
        time: .hours($0), activity: .megabecquerels(731 * 200 * exp2(-$0 / 50)), isPlanar: true)
    })
  options.planar["liver"] = options.planar["left kidney"]
  let cycle = CycleDose(
    cycle: 1, radionuclide: .lutetium177, kernels: try TestKernels.lutetium.get(),
    administered: .gigabecquerels(7.4), scans: one, options: options)
  let fit = try #require(cycle.doses.first).fit
  #expect(cycle.doses.map(\.region) == ["left kidney"])
  #expect(
    abs(fit.timeIntegratedActivity.value.megabecquerelHours / (200 * 50 / ln2) - 1) < 1e-6)
  let factor = try #require(fit.planarFactor)
  #expect(abs(factor / 731 - 1) < 1e-6)
  #expect(fit.planarFactorRelativeUncertainty != nil)
  // All samples on one scale leave nothing between the curve and piecewise integration.
  #expect(
    fit.samples.allSatisfy { sample in
      let fitted = fit.curve.activity(hours: sample.hours)
      return abs(fit.activity(of: sample) / fitted - 1) < 1e-6
    })
  #expect(fit.warnings.contains { $0.contains("4 planar and 1 quantitative") })
  #expect(Set(cycle.notAssessable.map(\.region)) == ["liver", "spleen"])
  #expect(cycle.notAssessable.first { $0.region == "liver" }?.reason.contains("SPECT") == true)
}

/// A planar course that rises is told by planar values alone, wherever their scale puts them.
@Test func onlyScansOfOneKindAreComparedBeforeTheFit() throws {
  func samples(_ planar: (Double) -> Double) -> [ActivitySample] {
    [ActivitySample(time: .hours(96), activity: .megabecquerels(40))].joined(
      with: [4.0, 24, 48, 72].map {
        ActivitySample(time: .hours($0), activity: .megabecquerels(planar($0)), isPlanar: true)
      })
  }
  let falling = try TimeActivityFit.fit(
    samples { 1e-3 * exp2(-$0 / 70) }, radionuclide: .lutetium177)
  #expect(abs(falling.effectiveHalfLifeHours / 70 - 1) < 1e-5)
  #expect(throws: DosimetryError.self) {
    try TimeActivityFit.fit(samples { 1e3 * $0 }, radionuclide: .lutetium177)
  }
  let uptake = try TimeActivityFit.fit(
    samples { 500 * (exp2(-$0 / 70) - exp2(-$0 / 9)) }, radionuclide: .lutetium177)
  #expect(abs(uptake.effectiveHalfLifeHours / 70 - 1) < 1e-3)
  #expect(uptake.family == .uptakeAndClearance)
}
