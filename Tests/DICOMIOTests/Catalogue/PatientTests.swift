import DICOMIO
import Foundation
import TestSupport
import Testing

/// Whose images they are: nobody is joined or split in silence, and nobody is named.
@Suite struct PatientTests {
  private func scan(_ files: [(String, TinyDICOM)]) throws -> SeriesCatalogue {
    try withTemporaryFolder { folder in
      try TinyDICOM.write(files, below: folder)
      return try SeriesCatalogue.scan(folder: folder)
    }
  }

  private func series(
    _ name: String, study: String? = nil, _ edit: (inout TinyDICOM) -> Void
  ) -> [(String, TinyDICOM)] {
    TinyDICOM.series(name, { .pet(z: $0) }, at: [0, 3]) {
      $0.set(0x0010_0030, "DA", "19600101")
      if let study { $0.set(0x0020_000D, "UI", study) }
      edit(&$0)
    }
  }

  @Test func oneIDOfTwoPeopleIsSplitAndSaidWithoutValues() throws {
    let catalogue = try scan(
      series("a") { _ in }
        + series("b", study: "1.2.4") {
          $0.set(0x0010_0010, "PN", "Somebody^Else")
          $0.set(0x0010_0030, "DA", "19710203")
          $0.set(0x0020_0052, "UI", "1.2.4.7")
        })
    #expect(catalogue.patients.count == 2)
    let remark = try #require(catalogue.remarks.first)
    #expect(remark.contains("(0010,0010)") && remark.contains("(0010,0030)"))
    #expect(!remark.contains("Somebody") && !remark.contains("1971"))
  }

  @Test func aNewSurnameIsTheSamePersonWithARemark() throws {
    let catalogue = try scan(
      series("a") { _ in } + series("b", study: "1.2.4") { $0.set(0x0010_0010, "PN", "Nobody^Wed") }
    )
    #expect(catalogue.patients.count == 1)
    #expect(catalogue.patients[0].remarks.contains { $0.contains("(0010,0010)") })
  }

  @Test func spellingOfANameIsNoDifference() throws {
    let catalogue = try scan(
      series("a") { _ in } + series("b") { $0.set(0x0010_0010, "PN", "NOBODY^KNOWN^") })
    #expect(catalogue.patients.count == 1)
    #expect(catalogue.patients[0].remarks.isEmpty)
  }

  @Test func onePersonUnderTwoIDsIsKeptApartWithAHint() throws {
    let catalogue = try scan(
      series("a") { _ in }
        + series("b", study: "1.2.4") { $0.set(0x0010_0020, "LO", "NEW-ID") })
    #expect(catalogue.patients.count == 2)
    #expect(catalogue.remarks.contains { $0.contains("(0020,0052)") && $0.contains("patient-2") })
  }

  @Test func anonymousStudiesAreOnePersonWithAWarning() throws {
    func blank(_ d: inout TinyDICOM) {
      for tag: UInt32 in [0x0010_0010, 0x0010_0020, 0x0010_0030] { d.remove(tag) }
    }
    let one = try scan(series("a") { blank(&$0) } + series("b") { blank(&$0) })
    #expect(one.patients.count == 1 && one.patients[0].remarks.isEmpty)
    let two = try scan(series("a") { blank(&$0) } + series("b", study: "1.2.4") { blank(&$0) })
    #expect(two.patients.count == 1)
    #expect(two.patients[0].remarks.contains { $0.contains("2 studies") })
  }

  @Test func anObjectWithoutIDBelongsToItsStudy() throws {
    var outlines = TinyDICOM.structureSet(frame: "1.2.3.7", series: "1.2.3.2", images: [])
    outlines.remove(0x0010_0020)
    let catalogue = try scan(series("a") { _ in } + [("rs", outlines)])
    #expect(catalogue.patients.count == 1)
    #expect(catalogue.series.count == 2)
  }

  @Test func aSeriesOfTwoPatientsIsRefusedOnBothSides() throws {
    let files = series("a") { _ in }
    var other = files[1].1
    other.set(0x0010_0020, "LO", "OTHER-ID")
    let catalogue = try scan([files[0], ("b", other)])
    #expect(catalogue.patients.count == 2)
    #expect(catalogue.series.allSatisfy { $0.refusal?.contains("(0010,0020)") == true })
  }
}
