import Foundation
import Quantities
import Testing
import Volumes

@testable import Dosimetry

// Worked example in the scheme of Gear 2018: 20 mL, 4.42 mm voxels, 10 mm resolution,
// R = 1 − 1/(1 + v/2.5 mL), c₂ = 0.98.
@Test func theWorkedExampleOfTheSchemeIsReproduced() {
  var inputs = DoseUncertainty.Inputs(
    outlineVoxel: .millimetres(4.42), outlineResolution: .millimetres(10),
    activityResolution: .millimetres(10))
  inputs.calibration = 0.05
  inputs.recovery = 0.03
  // Not in the paper's scheme.
  inputs.density = 0
  inputs.sValue = 0
  let volume = TissueVolume.millilitres(20)
  let recovery = 1 - 1 / (1 + 20 / 2.5)
  // ∂ln R/∂ln v of that curve is 1/(1 + v/b₁).
  let result = DoseUncertainty(
    inputs, volume: volume, timeIntegratedActivity: 0.06, recoveryCoefficient: recovery,
    recoverySlope: 1 / (1 + 20 / 2.5), volumeExponent: 0.98)
  #expect(abs(result.volume - 0.5586) < 5e-5)
  #expect(abs(DoseUncertainty.spillOut(volume, .millimetres(10)) - 0.7988) < 5e-5)
  #expect(abs(result.volumeSensitivity + 0.6418) < 5e-5)
  #expect(abs(result.dose - 0.3681) < 5e-5)
  #expect(abs(result.recovery - 0.03) < 1e-12)
  #expect(result.dominant?.source == .outline)
  #expect(abs(result.parts.reduce(0) { $0 + $1.share } - 1) < 1e-12)
  // What is left when the outline is known is the rest in squares.
  let rest = (0.05 * 0.05 + 0.03 * 0.03 + 0.06 * 0.06 as Double).squareRoot()
  #expect(abs(result.withoutDominant - rest) < 1e-12)
}

private func budget(
  millilitres: Double, voxel: Double = 1, outline: Double = 2, registration: Double = 0
) -> (DoseUncertainty, DoseUncertainty.Inputs) {
  var inputs = DoseUncertainty.Inputs(
    outlineVoxel: .millimetres(voxel), outlineResolution: .millimetres(outline),
    activityResolution: .millimetres(10))
  inputs.registration = .millimetres(registration)
  let volume = TissueVolume.millilitres(millilitres)
  func recovery(_ factor: Double) -> Double {
    BlurredSphere(volume: volume * factor, resolution: .millimetres(10)).mean
  }
  let budget = DoseUncertainty(
    inputs, volume: volume, timeIntegratedActivity: 0.04, recoveryCoefficient: recovery(1),
    recoverySlope: log(recovery(1.02) / recovery(1 / 1.02)) / (2 * log(1.02)),
    volumeExponent: 0.99)
  return (budget, inputs)
}

// Where errors are small the linear budget and simulated measurements must agree.
@Test(arguments: [(20.0, 1.0, 2.0), (150, 1, 2), (1500, 2, 4), (5, 0.5, 1)])
func theLinearBudgetAgreesWithSimulatedMeasurements(
  millilitres: Double, voxel: Double, outline: Double
) {
  let (linear, inputs) = budget(millilitres: millilitres, voxel: voxel, outline: outline)
  let simulated = SimulatedUncertainty(
    linear, volume: .millilitres(millilitres), resolution: inputs.activityResolution,
    isCorrected: true, draws: 20_000)
  let (a, b) = ((linear.dose * 1e4).rounded() / 100, (simulated.relative * 1e4).rounded() / 100)
  print("figure: \(millilitres) mL: u(D)/D linear \(a) %, simulated \(b) %")
  #expect(abs(simulated.relative / linear.dose - 1) < 0.05)
  #expect(simulated.low95 < 1 && simulated.high95 > 1)
}

@Test func aDisplacedOutlineLosesCountsAndTheBudgetSaysSo() {
  let (still, _) = budget(millilitres: 5)
  let (moved, _) = budget(millilitres: 5, registration: 5)
  let (far, _) = budget(millilitres: 5, registration: 10)
  #expect(still.registration == 0)
  #expect((0.02...0.3).contains(moved.registration))
  #expect(far.registration > 2 * moved.registration)
  #expect(moved.dose > still.dose)
}

// Exact recovery of blurred spheres in a cold surrounding: mean and centre.
@Test(arguments: [
  (5.0, 10.0, 0.522, 0.864), (5, 37, 0.863, 1), (7, 13, 0.491, 0.812), (7, 22, 0.684, 0.997),
  (10, 10, 0.215, 0.291), (10, 17, 0.452, 0.739), (12, 28, 0.584, 0.944), (15, 10, 0.091, 0.107),
  (15, 37, 0.604, 0.962),
])
func aBlurredSphereRecoversTheKnownFraction(
  fwhm: Double, diameter: Double, mean: Double, centre: Double
) {
  let sphere = BlurredSphere(
    volume: .millilitres(Double.pi / 6 * diameter * diameter * diameter / 1000),
    resolution: .millimetres(fwhm))
  #expect(abs(sphere.mean - mean) < 0.001)
  #expect(abs(sphere.centre - centre) < 0.001)
}

@Test func densitiesFollowTheStraightLinesOfSchneider() {
  func density(_ hu: Double) -> Double {
    TissueDensity.gramsPerMillilitre(.hounsfieldUnits(hu))
  }
  #expect(abs(density(0) - 1.018) < 1e-12)
  #expect(abs(density(50) - 1.06145) < 1e-12)
  #expect(abs(density(1000) - 1.609) < 1e-12)
  #expect(density(-1000) < 0.01)
  #expect((0.2...0.3).contains(density(-750)))
}
