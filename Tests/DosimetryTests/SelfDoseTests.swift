import Foundation
import Quantities
import Testing

@testable import Dosimetry

private func isWithin(_ tolerance: Double, _ a: Double, of b: Double) -> Bool {
  abs(a / b - 1) <= tolerance
}

// Electron energy per decay of ICRP 107, recomputed from its lines; ours comes from ENSDF.
@Test(arguments: [
  (Radionuclide.lutetium177, 0.14792), (.yttrium90, 0.93311), (.iodine131, 0.19185),
  (.terbium161, 0.20249),
])
func electronEnergyPerDecayAgreesWithICRP107(nuclide: Radionuclide, expected: Double) throws {
  #expect(isWithin(0.005, try DecayEnergies(nuclide).electronMeV, of: expected))
}

@Test(arguments: [(Radionuclide.lutetium177, 0.03510), (.iodine131, 0.38276)])
func photonEnergyPerDecayAgreesWithICRP107(nuclide: Radionuclide, expected: Double) throws {
  // The 208 keV yield of Lu-177 is 5.4 % higher in ICRP 107 than in ENSDF.
  #expect(isWithin(0.06, try DecayEnergies(nuclide).photonMeV, of: expected))
}

// Full-decay constants, local deposition: Lu-177 electrons 0.08532 Gy g/(MBq h); Y-90 49.69 Gy
// kg/GBq with ENSDF energies.
@Test func fullDecayConstantsAreThePublishedOnes() throws {
  let lutetium = try DecayEnergies(.lutetium177).electronMeV * SelfDose.joulePerMeV
  #expect(isWithin(0.002, lutetium * 1e3 * 1e6 * 3600, of: 0.08532))
  let yttrium = try DecayEnergies(.yttrium90).electronMeV * SelfDose.joulePerMeV
  let decays = 1e9 * Radionuclide.yttrium90.halfLife.inSeconds / log(2.0 as Double)
  #expect(isWithin(0.0005, yttrium * decays, of: 49.69))
}

// PyTheranostics sphere table (Apache-2.0), Lu-177, soft tissue 1.03 g/mL, Gy/(Bq s).
@Test(arguments: [
  (0.539, 4.27e-11), (0.932, 2.49e-11), (4.31, 5.46e-12), (14.6, 1.63e-12), (116, 2.07e-13),
  (539, 4.54e-14),
])
func lutetiumSphereDosesAgreeWithPublishedOnes(grams: Double, s: Double) throws {
  let dose = try SelfDose(.lutetium177, mass: .grams(grams), density: 1.03)
  #expect(isWithin(0.010, dose.grayPerBecquerelSecond, of: s))
}

// Full simulation of electrons and photons in water spheres, ICRP 107 spectra.
@Test(arguments: [
  (Radionuclide.lutetium177, 1.0, 2.337e-11), (.lutetium177, 10, 2.367e-12),
  (.lutetium177, 100, 2.421e-13), (.lutetium177, 300, 8.13e-14), (.lutetium177, 1000, 2.472e-14),
  (.iodine131, 1, 3.034e-11), (.iodine131, 10, 3.220e-12), (.iodine131, 100, 3.486e-13),
  (.iodine131, 1000, 4.024e-14), (.yttrium90, 1, 1.033e-10), (.yttrium90, 100, 1.394e-12),
])
func sphereDosesAgreeWithAFullSimulation(
  nuclide: Radionuclide, grams: Double, s: Double
) throws {
  let dose = try SelfDose(nuclide, mass: .grams(grams), density: 1)
  // One part in four of the I-131 dose in 1 kg is photons, whose model is the coarser one.
  let tolerance = nuclide == .iodine131 ? 0.02 : 0.015
  #expect(isWithin(tolerance, dose.grayPerBecquerelSecond, of: s))
}

// OpenDose (doi 10.2967/jnumed.119.240366): left kidney of the adult male, 152.983 g.
@Test func anOrganIsNearlyASphere() throws {
  let dose = try SelfDose(.lutetium177, mass: .grams(152.983), density: 1.05)
  #expect(isWithin(0.02, dose.grayPerBecquerelSecond, of: 1.5662e-13))
}

@Test func theCollisionProbabilityIsContinuousWhereTheSeriesEnds() {
  let below = PhotonSelfAbsorption.collisionProbability(0.02 - 1e-9)
  let above = PhotonSelfAbsorption.collisionProbability(0.02 + 1e-9)
  #expect(abs(above / below - 1) < 1e-6)
  #expect(PhotonSelfAbsorption.collisionProbability(1e4) > 0.9999)
}

@Test func absorbedFractionsGrowWithMass() throws {
  let masses = [0.02, 0.5, 5, 50, 500, 2000, 20_000]
  for nuclide in [Radionuclide.lutetium177, .yttrium90, .iodine131] {
    let doses = try masses.map {
      try SelfDose(nuclide, mass: .grams($0), density: 1)
    }
    for (small, large) in zip(doses, doses.dropFirst()) {
      #expect(small.electronAbsorbedFraction < large.electronAbsorbedFraction)
      #expect(small.photonMeV <= large.photonMeV)
      #expect(small.grayPerBecquerelSecond > large.grayPerBecquerelSecond)
    }
    #expect(doses[doses.count - 1].electronAbsorbedFraction < 1)
  }
}

@Test func impossibleSpheresAreRefused() {
  #expect(throws: DosimetryError.notPositive(quantity: "mass of the region")) {
    try SelfDose(.lutetium177, mass: .zero, density: 1)
  }
  #expect(throws: DosimetryError.densityNotTissue(gramsPerMillilitre: 0.001)) {
    try SelfDose(.lutetium177, mass: .grams(1), density: 0.001)
  }
  #expect(throws: DosimetryError.self) {
    try SelfDose(.lutetium177, mass: .grams(0.001), density: 1)
  }
  #expect(throws: DosimetryError.self) {
    try SelfDose(.fluorine18, mass: .grams(1), density: 1)
  }
}
