import Foundation
import Quantities
import Testing
import Transport
import Volumes

@testable import Dosimetry

// RC(v) = 1 − 1/(1 + (v/b₁)^b₂) from inserts of 0.5 to 113 mL, 3 % noise.
@Test func aRecoveryCurveIsFoundAndItsBandHoldsIt() throws {
  let truth = RecoveryCurve.fitted(b1: 2.5, b2: 1)
  var draws = SeededDraws(state: 3)
  var held = 0
  for _ in 0..<200 {
    let inserts = try [0.5, 1.15, 2.57, 5.57, 11.49, 26.52, 113].map { v in
      let recovery = try #require(truth.recovery(of: .millilitres(v)))
      return RecoveryCurve.Insert(
        volume: .millilitres(v), recovery: recovery * (1 + 0.03 * draws.normal()),
        standardDeviation: recovery * 0.03)
    }
    let curve = try RecoveryCurve(fitting: inserts)
    let u = try #require(curve.relativeUncertainty(of: .millilitres(20)))
    let off = try #require(curve.recovery(of: .millilitres(20))) / (8 / 9.0) - 1
    held += abs(off) <= 1.96 * u ? 1 : 0
  }
  #expect((180...200).contains(held))
  // 20 mL: 0.8889, slope 0.1111 (worked example of the EANM scheme).
  #expect(abs(try #require(truth.recovery(of: .millilitres(20))) - 0.8889) < 5e-5)
  #expect(abs(try #require(truth.slope(of: .millilitres(20))) - 0.1111) < 5e-5)
  #expect(throws: DosimetryError.self) { try RecoveryCurve(fitting: []) }
}

@Test func aSourceThatDecaysDuringItsScanCalibratesAllTheSame() throws {
  // 500 MBq Y-90 at noon, scanned 10 h later for 2 h at 9.5 cps/MBq.
  let nuclide = Radionuclide.yttrium90
  let lambda = log(2.0) / nuclide.halfLife.inHours
  let atStart = 500 * exp(-lambda * 10)
  let counts = 9.5 * 3600 * atStart * (1 - exp(-lambda * 2)) / lambda
  let calibration = try CameraCalibration(
    counts: counts, duration: .hours(2), activity: .megabecquerels(500), elapsed: .hours(10),
    radionuclide: nuclide)
  #expect(abs(calibration.countsPerSecondPerMegabecquerel - 9.5) < 1e-9)
  let back = calibration.activity(counts: counts, duration: .hours(2), radionuclide: nuclide)
  #expect(abs(back.megabecquerels - atStart) < 1e-9)
  #expect(throws: DosimetryError.self) {
    try CameraCalibration(
      counts: 0, duration: .hours(1), total: .megabecquerels(1), radionuclide: nuclide)
  }
}

@Test(arguments: [100.0, 20_000, 150_000])
func deadTimeIsUndone(rate: Double) throws {
  let tau = 1.5e-6
  let paralysed = rate * exp(-rate * tau)
  let found = try DeadTime.paralysable(.seconds(tau)).trueRate(observed: paralysed)
  #expect(abs(found / rate - 1) < 1e-9)
  let other = rate / (1 + rate * tau)
  #expect(
    abs(try DeadTime.nonParalysable(.seconds(tau)).trueRate(observed: other) / rate - 1) < 1e-9)
  #expect(throws: DosimetryError.self) {
    try DeadTime.paralysable(.seconds(tau)).trueRate(observed: 0.37 / tau)
  }
}

@Test func crossDoseIsTheSumOverOtherRegions() throws {
  let table = try SValueTable(
    [
      .init(source: "liver", target: "left kidney", grayPerBecquerelSecond: 1e-16),
      .init(source: "spleen", target: "left kidney", grayPerBecquerelSecond: 4e-16),
      .init(source: "left kidney", target: "left kidney", grayPerBecquerelSecond: 1e-13),
    ], source: "test")
  let cross = table.crossDose(
    to: "left kidney",
    from: [
      "liver": .megabecquerelHours(10_000), "spleen": .megabecquerelHours(1000),
      "left kidney": .megabecquerelHours(5000),
    ])
  #expect(cross.map(\.source) == ["liver", "spleen"])
  #expect(abs(cross[0].dose.gray - 1e4 * 3.6e9 * 1e-16) < 1e-15)
  #expect(throws: DosimetryError.self) {
    try SValueTable(
      [.init(source: "a", target: "b", grayPerBecquerelSecond: -1)], source: "test")
  }
}

// Fractions that do not depend on energy: S is all emitted energy times the fraction.
@Test func sValuesFollowFromAbsorbedFractions() throws {
  let scheme = try DecayScheme(.lutetium177)
  let fractions = try SpecificAbsorbedFractions(
    [0.01, 3].map {
      .init(
        source: "liver", target: "spleen", particle: .photon, energyMeV: $0, perKilogram: 0.02)
    })
  let table = try fractions.sValues(of: scheme, source: "test")
  let expected = scheme.energies.photonMeV * joulesPerMeV * 0.02
  #expect(abs(table.entries[0].grayPerBecquerelSecond / expected - 1) < 1e-9)
}
