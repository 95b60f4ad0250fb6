import Foundation
import Quantities
import Testing

@Suite struct ActivityTests {
  /// Lu-177, T½ = 6.6443 d (ENSDF). By hand, after 24 h:
  /// 7400 MBq × 2^(−1/6.6443) = 7400 × 0.900934 = 6666.91 MBq.
  @Test func lutetiumAfterOneDay() {
    let left = Activity.gigabecquerels(7.4)
      .decayed(over: .hours(24), halfLife: Radionuclide.lutetium177.halfLife)
    #expect(abs(left.megabecquerels - 6666.91) < 0.01)
  }

  @Test(arguments: [0.5, 1, 2, 10])
  func oneHalfLifeHalves(halfLifeInHours hours: Double) {
    let left = Activity.megabecquerels(100).decayed(over: .hours(hours), halfLife: .hours(hours))
    #expect(abs(left / .megabecquerels(50) - 1) < 1e-12)
  }

  @Test(arguments: ["Lu-177", "lu177", "177Lu", "^177^Lutetium", "Lutetium 177"])
  func aNuclideIsFoundByEveryCommonSpelling(text: String) {
    #expect(Radionuclide(symbol: text) == .lutetium177)
  }

  @Test func anUnknownNuclideIsNotGuessed() {
    #expect(Radionuclide(symbol: "Lu-176") == nil)
    #expect(Radionuclide(symbol: "Unobtainium") == nil)
    #expect(Radionuclide(symbol: "") == nil)
  }

  @Test func timeIntegratedActivityConvertsBetweenItsTwoUsualUnits() {
    #expect(TimeIntegratedActivity.megabecquerelHours(1).inBaseUnit == 3.6e9)
    #expect(TimeIntegratedActivity.becquerelSeconds(7.2e9).megabecquerelHours == 2)
  }
}

@Suite struct EstimateTests {
  @Test func aRelativeUncertaintyIsTheRatioOfTheTwo() {
    let kidney = Estimate(AbsorbedDose.gray(4), standardUncertainty: .gray(0.5))
    #expect(kidney.relativeUncertainty == 0.125)
  }

  @Test func anUnknownUncertaintyIsNotZero() {
    let kidney = Estimate(AbsorbedDose.gray(4), noUncertaintyBecause: "one measurement only")
    #expect(kidney.standardUncertainty == nil)
    #expect(kidney.relativeUncertainty == nil)
  }

  @Test func aQuantityIsWrittenAsABareNumberInItsBaseUnit() throws {
    let text = try JSONEncoder().encode([Activity.megabecquerels(2)])
    #expect(String(bytes: text, encoding: .utf8) == "[2000000]")
    #expect(try JSONDecoder().decode([Activity].self, from: text) == [.megabecquerels(2)])
  }
}
