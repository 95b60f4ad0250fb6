import DICOMIO
import Foundation
import TestSupport
import Testing

@Suite struct CatalogueTests {
  private func scan(_ files: [(String, TinyDICOM)], extra: [String: String] = [:]) throws
    -> SeriesCatalogue
  {
    try withTemporaryFolder { folder in
      for (path, file) in files {
        let url = folder.appending(path: path)
        try FileManager.default.createDirectory(
          at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try file.write(to: url)
      }
      for (path, text) in extra {
        try Data(text.utf8).write(to: folder.appending(path: path))
      }
      return try SeriesCatalogue.scan(folder: folder)
    }
  }

  @Test func seriesAreGroupedWhateverTheirNames() throws {
    let catalogue = try scan(
      [
        ("a/x", .ct(z: 0)), ("b/y.bin", .ct(z: 3)), ("a/p", .pet(z: 0)), ("q/r/s", .pet(z: 3)),
      ], extra: ["notes.txt": "not DICOM"])
    #expect(catalogue.patients.map(\.name) == ["patient-1"])
    #expect(catalogue.patients[0].studies.map(\.name) == ["study-1"])
    #expect(catalogue.series.map(\.role) == [.ct, .pet])
    #expect(catalogue.series[0].files == ["a/x", "b/y.bin"])
    #expect(catalogue.series[1].problems.isEmpty)
    #expect(catalogue.series[1].uptake?.units == "BQML")
    #expect(catalogue.skipped.map(\.path) == ["notes.txt"])
    let grid = try #require(catalogue.series[0].grid)
    #expect((grid.columns, grid.rows, grid.slices) == (3, 2, 2))
  }

  @Test func noIdentityIsInTheCatalogue() throws {
    let catalogue = try scan([("x", .pet(z: 0)), ("y", .pet(z: 3))])
    let text = String(decoding: try JSONEncoder().encode(catalogue), as: UTF8.self)
    #expect(!text.contains("Nobody") && !text.contains("SECRET-ID"))
  }

  @Test func patientsAreNumberedByTheirFirstStudy() throws {
    var later = TinyDICOM.pet(z: 0)
    later.set(0x0010_0020, "LO", "A-FIRST-BY-NAME")
    later.set(0x0020_000D, "UI", "1.2.4")
    later.set(0x0020_000E, "UI", "1.2.4.1")
    later.set(0x0008_0020, "DA", "20260101")
    let catalogue = try scan([("a", later), ("b", .pet(z: 0))])
    #expect(catalogue.patients.map { $0.studies[0].series[0].uid } == ["1.2.3.2", "1.2.4.1"])
  }

  @Test func aSeriesOfTwoPatientsIsAProblem() throws {
    var other = TinyDICOM.pet(z: 3)
    other.set(0x0010_0020, "LO", "OTHER-ID")
    let catalogue = try scan([("a", .pet(z: 0)), ("b", other)])
    #expect(catalogue.series[0].problems.contains { $0.contains("(0010,0020)") })
  }

  @Test func rolesAreToldApart() throws {
    func pet(_ uid: String, _ change: (inout TinyDICOM) -> Void) -> TinyDICOM {
      var d = TinyDICOM.pet(z: 0)
      d.set(0x0020_000E, "UI", uid)
      change(&d)
      return d
    }
    var topogram = TinyDICOM.ct(z: 0)
    topogram.set(0x0008_0008, "CS", "ORIGINAL\\PRIMARY\\LOCALIZER")
    let catalogue = try scan([
      ("a", topogram),
      ("b", pet("1.2.3.21") { $0.set(0x0028_0051, "CS", "DECY") }),
      ("c", pet("1.2.3.22") { $0.set(0x0008_0008, "CS", "DERIVED\\SECONDARY") }),
    ])
    #expect(
      catalogue.series.map(\.role) == [.localiser, .petWithoutAttenuationCorrection, .derivedPET])
  }

  @Test func problemsAreFoundInTheHeaders() throws {
    let slices = [0.0, 3, 6, 12].enumerated().map { ("s\($0)", TinyDICOM.ct(z: $1)) }
    let gap = try scan(slices)
    #expect(gap.series[0].problems.contains { $0.contains("missing") })
    var light = TinyDICOM.pet(z: 0)
    light.set(0x0010_1030, "DS", "0")
    let weightless = try scan([("p", light)])
    #expect(weightless.series[0].problems.contains { $0.contains("(0010,1030)") })
    #expect(weightless.series[0].uptake?.hasPatientWeight == false)
  }

  @Test func anEmptyFolderIsSaidToBeEmpty() throws {
    try withTemporaryFolder { folder in
      let error = #expect(throws: DICOMReadError.self) {
        try SeriesCatalogue.scan(folder: folder)
      }
      #expect(error?.message.contains("holds no files") == true)
    }
  }

  @Test func linksOutOfTheFolderAreNotFollowed() throws {
    try withTemporaryFolder { outside in
      try TinyDICOM.ct(z: 9).write(to: outside.appending(path: "secret"))
      try withTemporaryFolder { folder in
        try TinyDICOM.ct(z: 0).write(to: folder.appending(path: "a"))
        try FileManager.default.createSymbolicLink(
          at: folder.appending(path: "b"), withDestinationURL: outside.appending(path: "secret"))
        let catalogue = try SeriesCatalogue.scan(folder: folder)
        #expect(catalogue.series[0].files == ["a"])
        #expect(catalogue.skipped.map(\.path) == ["b"])
      }
    }
  }

  @Test(.enabled(if: RealData.scans != nil, Comment(rawValue: RealData.absent)))
  func realScansAreListed() throws {
    let folder = try #require(RealData.scans).appending(path: "sts")
    let catalogue = try SeriesCatalogue.scan(folder: folder)
    #expect(catalogue.patients.count == 3)
    let whole = try #require(catalogue.series.first { $0.instanceCount == 267 })
    #expect(whole.role == .pet)
    #expect(whole.problems.isEmpty)
    #expect(catalogue.series.count { $0.role == .structureSet } >= 3)
    #expect(catalogue.skipped.map(\.path) == ["LICENSE.txt"])
  }
}
