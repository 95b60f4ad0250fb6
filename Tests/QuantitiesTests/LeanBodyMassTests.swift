import Quantities
import Testing

@Suite struct LeanBodyMassTests {
  /// Computed by hand from Janmahasatian 2005: for 80 kg and 1.80 m the body mass index is
  /// 24.691, and 9270 · 80 / (6680 + 216 · 24.691) = 61.731.
  @Test(arguments: [
    (80.0, 180.0, Sex.male, 61.731), (65, 165, .female, 41.255), (120, 160, .female, 55.022),
  ])
  func janmahasatian(weight: Double, centimetres: Double, sex: Sex, expected: Double) {
    let lean = LeanBodyMass.janmahasatian(
      weight: .kilograms(weight), height: .metres(centimetres / 100), sex: sex)
    #expect(abs(lean.kilograms - expected) < 0.0005)
  }

  /// Worked by hand from a W − b (W/H)²: 1.10 · 80 − 128 · (80/180)² = 62.716.
  @Test(arguments: [
    (80.0, 180.0, Sex.male, 62.716), (65, 165, .female, 46.582), (120, 160, .female, 45.150),
  ])
  func james128(weight: Double, centimetres: Double, sex: Sex, expected: Double) {
    let lean = LeanBodyMass.james(
      weight: .kilograms(weight), height: .metres(centimetres / 100), sex: sex)
    #expect(abs(lean.kilograms - expected) < 0.0005)
  }

  @Test func otherSexIsTheMeanOfBoth() {
    func lean(_ sex: Sex) -> Double {
      LeanBodyMass.janmahasatian(weight: .kilograms(70), height: .metres(1.7), sex: sex).kilograms
    }
    #expect(abs(lean(.other) - (lean(.male) + lean(.female)) / 2) < 1e-12)
  }

  /// Du Bois: 80 kg and 180 cm have 1.9964 m².
  @Test func surfaceArea() {
    let area = LeanBodyMass.surfaceInSquareMetres(weight: .kilograms(80), height: .metres(1.8))
    #expect(abs(area - 1.9964) < 0.00005)
  }

  /// Sugawara 1999 for a man of 175 cm: 48.0 + 1.06 · 23 = 72.38 kg.
  @Test func idealWeight() {
    let ideal = LeanBodyMass.idealWeight(height: .metres(1.75), sex: .male)
    #expect(abs(ideal.kilograms - 72.38) < 1e-9)
  }
}
