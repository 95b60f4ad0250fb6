import DICOMIO
import Foundation
import Quantities
import Testing

@Suite struct SUVNormalisationTests {
  private static func body(_ kilograms: Double, _ metres: Double, _ sex: Sex) -> PETHeader {
    var header = SUVRuleTests.reference()
    (header.weight, header.height, header.sex) = (kilograms, metres, sex)
    return header
  }

  /// Lean masses by hand (the same cases as in LeanBodyMassTests): SUL / SUVbw is lean mass over
  /// weight. Surface area of 80 kg and 180 cm: 1.9964 m².
  @Test(arguments: [
    (80.0, 1.80, Sex.male, SUVType.leanBodyMassJanmahasatian, 61.731),
    (80, 1.80, .male, .leanBodyMassJames, 62.716), (80, 1.80, .male, .leanBodyMass120, 64.296),
    (65, 1.65, .female, .leanBodyMassJanmahasatian, 41.255),
    (65, 1.65, .female, .leanBodyMassJames, 46.582),
    (120, 1.60, .female, .leanBodyMassJanmahasatian, 55.022),
    (120, 1.60, .female, .leanBodyMassJames, 45.150), (80, 1.80, .male, .bodyWeight, 80),
    (80, 1.80, .male, .bodySurfaceArea, 19.964), (80, 1.75, .male, .idealBodyWeight, 72.38),
  ])
  func factorIsInProportionToTheBodySize(
    kilograms: Double, metres: Double, sex: Sex, type: SUVType, size: Double
  ) throws {
    let header = Self.body(kilograms, metres, sex)
    let weight = try #require(SUVConversion(header).factor)
    let other = try #require(SUVConversion(header, as: type).factor)
    #expect(abs(other / weight * kilograms - size) < 0.0006)
  }

  /// From any stored type to any asked for and back is the identity; the same type needs no body.
  @Test(arguments: SUVType.allCases)
  func storedTypesConvertIntoEachOther(stored: SUVType) throws {
    var header = Self.body(80, 1.80, .male)
    header.units = stored == .bodySurfaceArea ? "CM2ML" : "GML"
    header.suvType = stored.dicomTerm
    for wanted in SUVType.allCases {
      let there = try SUVConversion(header, as: wanted).scales[0]
      var target = header
      target.units = wanted == .bodySurfaceArea ? "CM2ML" : "GML"
      target.suvType = wanted.dicomTerm
      let back = try SUVConversion(target, as: stored).scales[0]
      #expect(abs(there * back - 1) < 1e-12)
    }
    (header.weight, header.height, header.sex) = (nil, nil, nil)
    #expect(try SUVConversion(header, as: stored).scales[0] == 1)
  }

  /// James turns down at a body mass index of 1.10/(2·128)·10⁴ = 42.97 for men and
  /// 1.07/(2·148)·10⁴ = 36.15 for women.
  @Test(arguments: [
    (42.9, Sex.male, false), (43.1, .male, true), (36.1, .female, false), (36.2, .female, true),
  ])
  func jamesInObesityIsWarnedOf(index: Double, sex: Sex, warned: Bool) throws {
    let header = Self.body(index * 1.70 * 1.70, 1.70, sex)
    let conversion = try SUVConversion(header, as: .leanBodyMassJames)
    #expect(conversion.warnings.contains { $0.contains("James") } == warned)
  }

  @Test(arguments: [
    (SUVType.leanBodyMassJanmahasatian, DICOMTag(0x0010, 0x0040)),
    (.idealBodyWeight, DICOMTag(0x0010, 0x0040)), (.bodySurfaceArea, DICOMTag(0x0010, 0x1020)),
  ])
  func aMissingBodyFactIsNamed(type: SUVType, tag: DICOMTag) throws {
    var header = Self.body(80, 1.80, .male)
    header.sex = nil
    if type == .bodySurfaceArea { header.height = nil }
    let error = #expect(throws: DICOMReadError.self) { try SUVConversion(header, as: type) }
    #expect(error?.tag == tag)
    #expect(try SUVConversion(header).factor != nil)
  }

  @Test func theOtherSexIsSaid() throws {
    let conversion = try SUVConversion(Self.body(80, 1.8, .other), as: .idealBodyWeight)
    #expect(conversion.warnings.contains { $0.contains("(0010,0040)") })
  }

  /// Philips' own factor gives SUVbw per count; another type scales it by the body size.
  @Test func philipsFactorBecomesOtherTypes() throws {
    var header = Self.body(80, 1.80, .male)
    header.units = "CNTS"
    header.philipsSUVFactor = 0.0005
    let scale = try SUVConversion(header, as: .leanBodyMassJames).scales[0]
    #expect(abs(scale / 0.0005 * 80 - 62.716) < 0.0006)
  }

  @Test func philipsFactorsThatDisagreeAreSaid() throws {
    var header = SUVRuleTests.reference()
    header.units = "CNTS"
    header.philipsSUVFactor = SUVRuleTests.factor * 2
    header.philipsActivityFactor = 2
    #expect(try SUVConversion(header).warnings.isEmpty)
    header.weight = 60
    #expect(try SUVConversion(header).warnings.contains { $0.contains("(7053,1009)") })
  }
}
