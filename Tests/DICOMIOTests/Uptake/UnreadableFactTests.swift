import DICOMIO
import Foundation
import TestSupport
import Testing

/// Header facts that are there and say less, or something else, than they seem to.
@Suite struct UnreadableFactTests {
  private func series(_ edit: (inout TinyDICOM) -> Void) throws -> PETSeries {
    try withTemporaryFolder { folder in
      let urls = try [0.0, 3, 6].map { z in
        var slice = TinyDICOM.pet(z: z)
        slice.setInjection()
        edit(&slice)
        let url = folder.appending(path: "IM\(Int(z))")
        try slice.write(to: url)
        return url
      }
      return try PETSeries.load(files: urls)
    }
  }

  private func isReference(_ conversion: SUVConversion) -> Bool {
    abs((conversion.factor ?? 0) / SUVRuleTests.factor - 1) < 1e-12
  }

  // MARK: When the dose was given

  /// Midnight would be eleven hours before the scan: an SUV 50 times too large that nothing shows.
  @Test(arguments: ["20250101", "2025010110", "20250231100000", "2025-01-01 10:00"])
  func aDateWithoutItsMinuteIsNoInjectionTime(text: String) throws {
    let found = try series { $0.setInjection(time: nil, dateTime: text) }
    let error = try #require(#expect(throws: DICOMReadError.self) { try found.suvConversion() })
    #expect(error.tag == DICOMTag(0x0018, 0x1078))
    #expect(error.message.contains("minute"))
  }

  @Test func anHourAloneIsNoInjectionTime() throws {
    let found = try series { $0.setInjection(time: "10", dateTime: nil) }
    let error = #expect(throws: DICOMReadError.self) { try found.suvConversion() }
    #expect(error?.tag == DICOMTag(0x0018, 0x1072))
  }

  @Test(arguments: ["20250101", "2025010110"])
  func aDateIsUsedWithTheTimeBesideIt(text: String) throws {
    let conversion = try series { $0.setInjection(dateTime: text) }
      .suvConversion()
    #expect(isReference(conversion))
    #expect(conversion.warnings.contains { $0.contains("(0018,1078)") && $0.contains("date") })
  }

  @Test func anImpossibleDateLeavesTheTimeAndIsSaid() throws {
    let conversion = try series { $0.setInjection(dateTime: "20250231100000") }
      .suvConversion()
    #expect(isReference(conversion))
    #expect(conversion.warnings.contains { $0.contains("(0018,1078)") && $0.contains("not used") })
  }

  // MARK: Dates that clash

  /// One of the dates was shifted by 25 years: no candidate may be infinite, and the SUV is that of
  /// the clock times, said with both tags.
  @Test(arguments: [0x0008_0021, 0x0008_0022] as [UInt32])
  func aShiftedDateIsSaidWithItsTag(tag: UInt32) throws {
    let conversion = try series { $0.set(tag, "DA", "20000101") }.suvConversion()
    #expect(isReference(conversion))
    #expect(conversion.candidates.allSatisfy { $0.factor?.isFinite ?? true })
    #expect(!conversion.warnings.isEmpty)
    if tag == 0x0008_0021 {
      #expect(conversion.rule == .earliestAcquisition)
      let warning = conversion.warnings.first { $0.contains("(0008,0021)") }
      #expect(warning?.contains("(0008,0022)") == true)
    }
  }

  /// With Zr-89 a day more or less would be 19 % that nobody sees.
  @Test func withALongHalfLifeDatesThatClashAreRefused() throws {
    let found = try series {
      $0.setInjection(time: nil, dateTime: "20241230100000", halfLife: "282276")
      $0.set(0x0008_0021, "DA", "20241231")
    }
    let error = #expect(throws: DICOMReadError.self) { try found.suvConversion() }
    #expect(error?.tag == DICOMTag(0x0008, 0x0021))
  }

  // MARK: Whose private number it is

  /// Another owner holds block 10 of the group; Philips' factors stand in block 11.
  @Test func philipsFactorsAreFoundByTheirOwner() throws {
    let conversion = try series {
      $0.set(0x0054_1001, "CS", "CNTS")
      $0.set(0x7053_0010, "LO", "SOMEBODY ELSE")
      $0.set(0x7053_0011, "LO", "Philips PET Private Group")
      $0.set(0x7053_1000, "DS", "7")
      $0.set(0x7053_1100, "DS", "0.0005")
    }.suvConversion()
    #expect(conversion.scales == [0.0005, 0.0005, 0.0005])
  }

  @Test func aFactorOfAnotherOwnerIsNotTaken() throws {
    let found = try series {
      $0.set(0x0054_1001, "CS", "CNTS")
      $0.set(0x7053_0010, "LO", "SOMEBODY ELSE")
      $0.set(0x7053_1000, "DS", "7")
    }
    let error = #expect(throws: DICOMReadError.self) { try found.suvConversion() }
    #expect(error?.tag == DICOMTag(0x0054, 0x1001))
  }

  // MARK: Values

  @Test func storedSUVWithoutAttenuationCorrectionIsRefused() throws {
    let found = try series {
      $0.set(0x0054_1001, "CS", "GML")
      $0.set(0x0028_0051, "CS", "DECY\\SCAT")
    }
    let error = #expect(throws: DICOMReadError.self) { try found.suvConversion() }
    #expect(error?.tag == DICOMTag(0x0028, 0x0051))
  }

  @Test func aPETWithoutRescaleSlopeIsRefused() {
    let error = #expect(throws: DICOMReadError.self) { try series { $0.remove(0x0028_1053) } }
    #expect(error?.tag == DICOMTag(0x0028, 0x1053))
  }

  @Test func bitsThatDoNotEndAtTheHighBitAreNamed() {
    let error = #expect(throws: DICOMReadError.self) {
      try series { $0.set(0x0028_0101, unsigned: [12]) }
    }
    #expect(error?.tag == DICOMTag(0x0028, 0x0102))
  }
}
