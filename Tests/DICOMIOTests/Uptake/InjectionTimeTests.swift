import DICOMIO
import Foundation
import TestSupport
import Testing

/// Clocks, dates and offsets from UTC. All cases are F-18 one hour after injection unless said,
/// so the reference factor holds.
@Suite struct InjectionTimeTests {
  private func header(_ edit: (inout TinyDICOM) -> Void) throws -> PETHeader {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "0.dcm")
      var slice = TinyDICOM.pet(z: 0)
      slice.setInjection()
      edit(&slice)
      try slice.write(to: url)
      return try PETHeader([DICOMFile(contentsOf: url).header])
    }
  }

  private func ratio(_ edit: (inout TinyDICOM) -> Void) throws -> Double {
    try (SUVConversion(header(edit)).factor ?? 0) / SUVRuleTests.factor
  }

  /// The scanner's clock is an hour east of UTC; the injection is written in UTC.
  @Test func anInjectionInAnotherZoneCounts() throws {
    let found = try ratio {
      $0.set(0x0008_0201, "SH", "+0100")
      $0.setInjection(time: nil, dateTime: "20250101090000+0000")
    }
    #expect(abs(found - 1) < 1e-12)
  }

  /// With an offset stated, a bare clock time is of the scanner's day, not of UTC's: injection at
  /// 23:30 and scan at 0:30 local is one hour also where UTC has the same day.
  @Test(arguments: ["+0100", "-0500", "+1300"])
  func aBareTimeIsOfTheScannersDay(offset: String) throws {
    let found = try ratio {
      $0.set(0x0008_0201, "SH", offset)
      $0.setInjection(time: "233000", dateTime: nil)
      $0.setTimes(series: "003000", acquisition: "003000")
    }
    #expect(abs(found - 1) < 1e-12)
  }

  /// Night of 26 October 2025, clocks back from 3:00 to 2:00 CEST: injected 2:30 +02:00 and
  /// scanned 2:30 +01:00 are one hour apart. In spring, 30 March 2025: 1:30 +01:00 to 3:30 +02:00.
  @Test(arguments: [
    ("20251026", "023000", "+0100", "20251026023000+0200", "023000"),
    ("20250330", "033000", "+0200", "20250330013000+0100", "013000"),
  ])
  func offsetsMakeTheNightOfTheClockChangeExact(
    day: String, scan: String, offset: String, injection: String, clock: String
  ) throws {
    let facts = try header {
      $0.set(0x0008_0201, "SH", offset)
      $0.setInjection(time: clock, dateTime: injection)
      $0.setTimes(series: scan, acquisition: scan, day: day)
    }
    let conversion = try SUVConversion(facts)
    #expect(abs((conversion.factor ?? 0) / SUVRuleTests.factor - 1) < 1e-12)
    #expect(!conversion.warnings.contains { $0.contains("clocks are set") })
  }

  /// The same night without offsets may be an hour wrong, 46 % for F-18: 2^(3600/6586.2) = 1.461.
  @Test(arguments: [
    ("20251026", "013000", "023000", true), ("20251025", "013000", "023000", false),
    ("20251026", "090000", "100000", false), ("20250309", "013000", "033000", true),
    ("20250330", "013000", "033000", true), ("20251102", "013000", "023000", true),
  ])
  func anAmbiguousHourIsWarnedOf(day: String, injection: String, scan: String, warned: Bool)
    throws
  {
    let facts = try header {
      $0.setInjection(time: injection, dateTime: day + injection)
      $0.setTimes(series: scan, acquisition: scan, day: day)
    }
    let said = try SUVConversion(facts).warnings.filter { $0.contains("clocks are set") }
    #expect(said.isEmpty != warned)
    #expect(said.allSatisfy { $0.contains("46 %") })
  }

  @Test func anOffsetThatTheSeriesDoesNotShareIsSaid() throws {
    let facts = try header { $0.setInjection(time: nil, dateTime: "20250101100000+0200") }
    let conversion = try SUVConversion(facts)
    #expect(abs((conversion.factor ?? 0) / SUVRuleTests.factor - 1) < 1e-12)
    #expect(conversion.warnings.contains { $0.contains("(0008,0201)") })
  }

  @Test(arguments: [("100000.4", 0), ("100030", 1)])
  func roundedTimesAgreeAndOthersAreSaid(time: String, warnings: Int) throws {
    let facts = try header { $0.setInjection(time: time) }
    #expect(try SUVConversion(facts).warnings.count { $0.contains("differ by") } == warnings)
  }

  @Test func aShiftedDateIsMendedForShortLivedNuclidesOnly() throws {
    let shifted = try header { $0.setInjection(time: nil, dateTime: "19010203100000") }
    let conversion = try SUVConversion(shifted)
    #expect(abs((conversion.factor ?? 0) / SUVRuleTests.factor - 1) < 1e-12)
    #expect(conversion.warnings.contains { $0.contains("(0018,1078)") })
  }

  /// Users who restore a lost attribute put it beside the sequence, not inside.
  @Test func factsOutsideTheSequenceAreUsedAndSaid() throws {
    let facts = try header {
      $0.setInjection(time: nil, dateTime: nil)
      $0.set(0x0018_1072, "TM", "100000")
    }
    let conversion = try SUVConversion(facts)
    #expect(abs((conversion.factor ?? 0) / SUVRuleTests.factor - 1) < 1e-12)
    #expect(conversion.warnings.contains { $0.contains("(0054,0016)") })
  }

  @Test func aDynamicScanMayBeginBeforeTheInjection() throws {
    var facts = try header {
      $0.setInjection(time: "110010", dateTime: nil)
      $0.set(0x0054_1000, "CS", "DYNAMIC\\IMAGE")
    }
    // Ten seconds early: the dose at the reference counts up, 2^(10/T½).
    let expected = 70_000 / (368.08e6 * pow(2, 10 / 6586.2))
    #expect(abs((try SUVConversion(facts).factor ?? 0) / expected - 1) < 1e-12)
    facts.seriesType = "STATIC"
    #expect(throws: DICOMReadError.self) { try SUVConversion(facts) }
  }

  @Test func twoInjectionsAreNotChosenFrom() throws {
    var facts = SUVRuleTests.reference()
    facts.injectionCount = 2
    let error = #expect(throws: DICOMReadError.self) { try SUVConversion(facts) }
    #expect(error?.tag == DICOMTag(0x0054, 0x0016))
  }

  @Test(arguments: [(15e6, false), (2e6, true), (20e9, true)])
  func unusualDosesAreSaid(dose: Double, warned: Bool) throws {
    var facts = SUVRuleTests.reference()
    facts.dose = dose
    #expect(try SUVConversion(facts).warnings.contains { $0.contains("(0018,1074)") } == warned)
  }

  @Test func aHalfLifeOfAnotherNuclideIsSaid() throws {
    var facts = SUVRuleTests.reference()
    facts.radionuclide = "^18^Fluorine"
    #expect(try SUVConversion(facts).warnings.isEmpty)
    facts.radionuclide = "^68^Gallium"
    #expect(try SUVConversion(facts).warnings.contains { $0.contains("(0018,1075)") })
  }
}
