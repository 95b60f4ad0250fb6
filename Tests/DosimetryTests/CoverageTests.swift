import Foundation
import Quantities
import Testing
import Volumes

@testable import Dosimetry

/// A patient whose truth is known, and one noisy set of scans of a region.
private struct VirtualPatient {
  let volume: Double
  let slow: Double
  let fast: Double
  let amplitude: Double

  init(_ draws: inout SeededDraws) {
    volume = 30 * exp(0.5 * draws.normal())
    slow = 60 * exp(0.2 * draws.normal())
    fast = 3 * exp(0.3 * draws.normal())
    amplitude = 50 * exp(0.4 * draws.normal())
  }

  func activity(_ t: Double) -> Double { amplitude * (exp2(-t / slow) - exp2(-t / fast)) }
  var tia: Double { amplitude * (slow - fast) / log(2.0) }
}

// 1000 patients with their own half-lives, sizes and levels: scans with 5 % noise, outlines wrong
// by what voxels and blur make them, calibration, recovery, density and S value off by what the
// budget says. The stated 95 % intervals of TIA and dose must hold the truth as often.
@Test func ninetyFivePercentIntervalsHoldTheTruthOfVirtualPatients() throws {
  let kernels = try TestKernels.lutetium.get()
  var inputs = DoseUncertainty.Inputs(
    outlineVoxel: .millimetres(1), outlineResolution: .millimetres(2),
    activityResolution: .millimetres(10))
  inputs.recovery = 0.03
  var draws = SeededDraws(state: 20_261_128)
  var (tiaHeld, doseHeld) = (0, 0)
  for _ in 0..<1000 {
    let patient = VirtualPatient(&draws)
    let truth = BlurredSphere(
      volume: .millilitres(patient.volume), resolution: .millimetres(10))
    let budgetSize = DoseUncertainty.volumeUncertainty(.millilitres(patient.volume), inputs) / 3
    let size = 1 + budgetSize * draws.normal()
    let outlined = TissueVolume.millilitres(patient.volume * size * size * size)
    // Counts inside the wrong outline over those inside the right one, to second order.
    let edge = truth.value(atMillimetres: truth.radius.millimetres * (1 + size) / 2)
    let counts = 1 + edge / truth.mean * (size * size * size - 1)
    let recovery = BlurredSphere(volume: outlined, resolution: .millimetres(10)).mean
    let measured =
      counts * truth.mean / recovery * (1 + 0.05 * draws.normal()) / (1 + 0.03 * draws.normal())
    let samples = [1.0, 4, 24, 72, 120, 168].map { t -> ActivitySample in
      let activity = patient.activity(t) * measured
      return ActivitySample(
        time: .hours(t), activity: .megabecquerels(activity * (1 + 0.05 * draws.normal())),
        standardDeviation: .megabecquerels(activity * 0.05))
    }
    let fit = try TimeActivityFit.fit(samples, radionuclide: .lutetium177)
    let tia = fit.timeIntegratedActivity
    let u = try #require(tia.standardUncertainty).megabecquerelHours
    // The fit knows nothing of calibration, recovery and outline: its own truth is scaled.
    if abs(tia.value.megabecquerelHours - patient.tia * measured) <= 1.96 * u { tiaHeld += 1 }
    let density = 1.06 * (1 + inputs.density * draws.normal())
    let result = try RegionDose(
      RegionDose.Input(
        region: "region", kind: .organ, kernels: kernels, administered: .gigabecquerels(7.4),
        volume: outlined, density: .init(gramsPerMillilitre: density, source: "test"),
        recoveryCoefficient: recovery, tissue: nil, uncertainty: inputs), fit: fit)
    let sphere = try SelfDose(
      kernels, mass: .grams(patient.volume * 1.06), density: 1.06)
    let gray =
      patient.tia * 3.6e9 * sphere.grayPerBecquerelSecond * (1 + inputs.sValue * draws.normal())
    let relative = try #require(result.dose.relativeUncertainty)
    if abs(log(result.dose.value.gray / gray)) <= 1.96 * relative { doseHeld += 1 }
  }
  print("figure: 95 % intervals of 1000 virtual patients hold TIA \(Double(tiaHeld) / 10) %, ")
  print("figure: … and dose \(Double(doseHeld) / 10) %")
  #expect((920...980).contains(tiaHeld))
  #expect((920...980).contains(doseHeld))
}
