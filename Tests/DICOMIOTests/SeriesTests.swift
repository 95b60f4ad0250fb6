import DICOMIO
import Foundation
import Geometry
import Quantities
import TestSupport
import Testing
import Volumes

/// Writes slices under names that do not sort by position and returns them.
func write(_ slices: [TinyDICOM], in folder: URL) throws -> [URL] {
  try slices.enumerated().map { n, slice in
    let url = folder.appending(path: "IM\((n * 7) % 10)-\(n)")
    try slice.write(to: url)
    return url
  }
}

@Suite struct SeriesTests {
  @Test func slicesAreSortedAlongTheNormalAndRescaled() throws {
    try withTemporaryFolder { folder in
      let files = try write(
        [4.0, 1, 7].map { .ct(z: $0, pixels: [Int16($0), 24, 2000, 0, 0, -1000]) }, in: folder)
      let ct = try CTSeries.load(files: files)
      let grid = ct.volume.grid
      #expect(grid.size == [3, 2, 3])
      // Pixel Spacing is (row, column) distance: 4 between rows, 5 between columns.
      #expect(grid.spacing == [5, 4, 3])
      #expect(grid.origin == PatientPoint(x: -10, y: -20, z: 1))
      #expect((0..<3).map { ct.volume[0, 0, $0].inBaseUnit } == [-1023, -1020, -1017])
      #expect(ct.volume[1, 0, 0].inBaseUnit == -1000)
      #expect(ct.volume[2, 1, 2].inBaseUnit == -2024)
    }
  }

  /// Columns run towards the head here, so the normal points down and back; axes stay right-handed.
  @Test func aCoronalStackHasRightHandedAxes() throws {
    try withTemporaryFolder { folder in
      let slices = [0.0, 3, 6].map { y in
        var slice = TinyDICOM.ct(z: y)
        slice.set(0x0020_0037, "DS", "1\\0\\0\\0\\0\\-1")
        slice.set(0x0020_0032, "DS", "0\\\(y)\\100")
        return slice
      }
      let grid = try CTSeries.load(files: write(slices, in: folder)).volume.grid
      #expect(grid.axes.k == [0, 1, 0])
      #expect(grid.axes.j == [0, 0, -1])
      #expect(grid.origin == PatientPoint(x: 0, y: 0, z: 100))
    }
  }

  @Test func eachSliceHasItsOwnSlope() throws {
    try withTemporaryFolder { folder in
      let slices = [0.0, 3].map { z in
        var slice = TinyDICOM.pet(z: z)
        slice.set(0x0028_1053, "DS", z == 0 ? "2" : "0.5")
        return slice
      }
      let pet = try PETSeries.load(files: write(slices, in: folder))
      #expect(pet.rescaled[2, 1, 0].inBaseUnit == 10)
      #expect(pet.rescaled[2, 1, 1].inBaseUnit == 2.5)
      let (volume, reference) = try pet.concentrationVolume()
      #expect(volume.samples == pet.rescaled.samples)
      // 2025-01-01 11:00:00 is 1 735 729 200 s after the epoch.
      #expect(reference == Date(timeIntervalSince1970: 1_735_729_200))
    }
  }

  /// 70 kg and 1.75 m: BMI 22.857; a woman's lean mass is 9270 · 70 / (8780 + 244 · 22.857).
  @Test func leanUptakeIsScaledByLeanMassOverWeight() throws {
    try withTemporaryFolder { folder in
      let pet = try PETSeries.load(files: write([.pet(z: 0), .pet(z: 3)], in: folder))
      let lean = 9270.0 / (8780 + 244 * 70 / (1.75 * 1.75))
      let suv = try pet.suvVolume()[2, 1, 1].inBaseUnit
      #expect(abs(try pet.sulVolume()[2, 1, 1].inBaseUnit / suv / lean - 1) < 1e-6)
    }
  }

  @Test func leanUptakeNeedsHeightAndSex() throws {
    try withTemporaryFolder { folder in
      let slices = [0.0, 3].map { z in
        var slice = TinyDICOM.pet(z: z)
        slice.remove(0x0010_1020)
        return slice
      }
      let pet = try PETSeries.load(files: write(slices, in: folder))
      let error = #expect(throws: DICOMReadError.self) { try pet.sulVolume() }
      #expect(error?.tag == DICOMTag(0x0010, 0x1020))
    }
  }

  @Test func timesFollowTheOffsetFromUTC() throws {
    try withTemporaryFolder { folder in
      let slices = [0.0, 3].map { z in
        var slice = TinyDICOM.ct(z: z)
        slice.set(0x0008_0201, "SH", "+0130")
        return slice
      }
      let ct = try CTSeries.load(files: write(slices, in: folder))
      #expect(ct.facts.start == Date(timeIntervalSince1970: 1_735_729_200 - 5400))
    }
  }

  /// Bed joins: 3.27 mm, once 3.19 and once 3.29, as on a real scanner.
  @Test func slightlyUnevenGapsAreKept() throws {
    try withTemporaryFolder { folder in
      let positions = [0, 3.27, 6.46, 9.73, 13.02, 16.29]
      let ct = try CTSeries.load(files: write(positions.map { .ct(z: $0) }, in: folder))
      let offsets = try #require(ct.volume.grid.sliceOffsets)
      #expect(zip(offsets, positions).allSatisfy { abs($0 - $1) < 1e-9 })
      #expect(ct.facts.warnings.isEmpty)
    }
  }

  @Test func aMissingSliceIsRefusedAndNamedInMillimetres() throws {
    try withTemporaryFolder { folder in
      let files = try write([0.0, 3, 6, 12, 15].map { .ct(z: $0) }, in: folder)
      let error = try #require(
        #expect(throws: DICOMReadError.self) { try CTSeries.load(files: files) })
      guard case .missingSlices(let count, _, let from, let to) = error else {
        Issue.record("another error: \(error)")
        return
      }
      #expect((count, from.millimetres, to.millimetres) == (1, 6, 12))
      #expect(error.message.contains("z = 6 mm") && error.message.contains("z = 12 mm"))
    }
  }

  @Test func aDuplicateSliceIsRefusedWithBothNames() throws {
    try withTemporaryFolder { folder in
      let files = try write([0.0, 3, 6, 3].map { .ct(z: $0) }, in: folder)
      let error = try #require(
        #expect(throws: DICOMReadError.self) { try CTSeries.load(files: files) })
      #expect(error.message.contains("IM7-1") && error.message.contains("IM1-3"))
      #expect(error.tag == DICOMTag(0x0020, 0x0032))
    }
  }

  @Test(
    arguments: [
      (0x0010_0020, "LO", "OTHER-ID"), (0x0020_000E, "UI", "1.2.3.98"),
      (0x0020_0052, "UI", "1.2.3.97"), (0x0054_1001, "CS", "CNTS"),
    ] as [(UInt32, String, String)])
  func filesThatDoNotBelongTogetherAreRefused(tag: UInt32, vr: String, value: String) throws {
    try withTemporaryFolder { folder in
      var odd = TinyDICOM.pet(z: 3)
      odd.set(tag, vr, value)
      let files = try write([.pet(z: 0), odd, .pet(z: 6)], in: folder)
      let error = try #require(
        #expect(throws: DICOMReadError.self) { try PETSeries.load(files: files) })
      #expect(error.tag == DICOMTag(UInt16(tag >> 16), UInt16(tag & 0xFFFF)))
      #expect(!error.description.contains("ID") || !error.description.contains("OTHER-ID"))
    }
  }

  /// Some writers give the padding of signed images as an unsigned number.
  @Test(arguments: ["SS", "US"])
  func paddingOutsideTheFieldOfViewBecomesAir(vr: String) throws {
    try withTemporaryFolder { folder in
      let slices = [0.0, 3].map { z in
        var slice = TinyDICOM.ct(z: z, pixels: [-2000, 1024, 0, 0, 0, 0])
        slice.set(0x0028_0120, vr, bytes: littleEndian(Int16(-2000)))
        return slice
      }
      let ct = try CTSeries.load(files: write(slices, in: folder))
      #expect(ct.volume[0, 0, 0] == CTSeries.padding)
      #expect(ct.volume[1, 0, 0].inBaseUnit == 0)
    }
  }

  @Test func theResultDoesNotDependOnTheOrderOfTheFiles() throws {
    try withTemporaryFolder { folder in
      let files = try write((0..<40).map { .pet(z: Double($0) * 3) }, in: folder)
      let one = try PETSeries.load(files: files)
      let other = try PETSeries.load(files: files.reversed())
      #expect(one.rescaled.samples == other.rescaled.samples)
      #expect(one.rescaled.grid == other.rescaled.grid)
    }
  }
}
