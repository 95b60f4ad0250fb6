import DICOMIO
import Foundation
import TestSupport
import Testing

/// Files that are there twice, and files that are not there.
@Suite struct RepeatedFileTests {
  private let series = TinyDICOM.series("a", { .pet(z: $0) }, at: [0, 3, 6])

  private func scan(_ files: [(String, TinyDICOM)]) throws -> SeriesCatalogue {
    try withTemporaryFolder { folder in
      try TinyDICOM.write(files, below: folder)
      return try SeriesCatalogue.scan(folder: folder)
    }
  }

  @Test func aCopyInAnotherFolderIsUsedOnceAndSaidSo() throws {
    let catalogue = try scan(series + series.map { ("copy/" + $0.0, $0.1) })
    #expect(catalogue.series.map(\.files) == [["a/0", "a/1", "a/2"]])
    #expect(catalogue.series[0].problems.isEmpty)
    #expect(catalogue.skipped.map(\.path) == ["copy/a/0", "copy/a/1", "copy/a/2"])
    #expect(catalogue.skipped[0].reason.contains("'a/0'"))
  }

  @Test func aSliceTwiceInOneFolderIsRefusedWithItsPlace() throws {
    let catalogue = try scan(series + [("a/copy", series[1].1)])
    #expect(catalogue.series[0].grid == nil)
    #expect(
      catalogue.series[0].problems.contains { $0.contains("z = 3 mm") || $0.contains("z = 3.0 mm") }
    )
  }

  @Test func oneUIDWithTwoContentsIsRefused() throws {
    var other = series[1].1
    other.setPixels([9, 9, 9, 9, 9, 9])
    let catalogue = try scan(series + [("other", other)])
    let refusal = try #require(catalogue.series[0].refusal)
    #expect(
      refusal.contains("(0008,0018)") && refusal.contains("'a/1'") && refusal.contains("'other'"))
    #expect(SeriesChoice.emission(among: catalogue.series).chosen == nil)
  }

  @Test func twoSeriesWithCommonUIDsBothStandAndSaySo() throws {
    let other = series.map { path, file in
      var file = file
      file.set(0x0020_000E, "UI", "1.2.3.88")
      return ("other/" + path, file)
    }
    let catalogue = try scan(series + other)
    #expect(catalogue.series.count == 2)
    for one in catalogue.series {
      #expect(one.refusal == nil)
      #expect(one.problems.contains { $0.contains("(0008,0018)") })
    }
  }

  @Test func aSeriesSentAgainUnderAnotherStudyIsUsedOnce() throws {
    let sameImages = try scan(
      series
        + series.map { path, file in
          var file = file
          file.set(0x0020_000D, "UI", "1.2.99")
          return ("again/" + path, file)
        })
    #expect(sameImages.series.count == 1)
    #expect(sameImages.skipped.allSatisfy { $0.reason.contains("(0020,000D)") })
    let allNew = try scan(
      series
        + TinyDICOM.series("b", { .pet(z: $0) }, at: [0, 3, 6]) {
          $0.set(0x0020_000D, "UI", "1.2.99")
        })
    #expect(allNew.series.map(\.instanceCount) == [3])
    #expect(allNew.skipped.map(\.path) == ["b/0", "b/1", "b/2"])
  }

  @Test func anotherScanOfTheSameKindIsNoCopy() throws {
    let catalogue = try scan(
      series
        + TinyDICOM.series("b", { .pet(z: $0, pixels: [5, 4, 3, 2, 1, 0]) }, at: [0, 3, 6]) {
          $0.set(0x0020_000D, "UI", "1.2.99")
        })
    #expect(catalogue.series.count == 2)
  }

  @Test func aHalfTransferredSeriesSaysHowMuchIsThere() throws {
    let catalogue = try scan(
      TinyDICOM.series("a", { .pet(z: $0) }, at: [0, 3, 6]) { $0.set(0x0054_0081, unsigned: [7]) })
    #expect(catalogue.series[0].isIncomplete)
    #expect(catalogue.series[0].problems.contains { $0.contains("3 of 7") })
  }

  // MARK: DICOMDIR

  @Test func filesThatADICOMDIRNamesAndThatAreMissingAreReported() throws {
    try withTemporaryFolder { folder in
      try TinyDICOM.write(
        [("DICOM/IM1", series[0].1), ("extra", series[1].1)], below: folder)
      let directory = TinyDICOM.mediaDirectory(naming: [
        ["DICOM", "IM1"], ["dicom", "im1"], ["DICOM", "IM2"], ["..", "secret"], ["", "etc"],
      ])
      try directory.write(to: folder.appending(path: "DICOMDIR"))
      for place in [folder, folder.appending(path: "DICOMDIR")] {
        let catalogue = try SeriesCatalogue.scan(folder: place)
        #expect(catalogue.series.map(\.files) == [["DICOM/IM1", "extra"]])
        #expect(catalogue.remarks.count == 2)
        #expect(catalogue.remarks[0].contains("1 file that is not there: 'DICOM/IM2'"))
        #expect(catalogue.remarks[1].contains("2 files outside"))
        #expect(catalogue.skipped.map(\.path) == ["DICOMDIR"])
      }
    }
  }
}
