import DICOMIO
import Foundation
import Geometry
import Quantities
import TestSupport
import Testing
import Volumes

@Suite struct SliceGapTests {
  /// Every gap on the way: the usual distance is 3 mm, and the hole is named in patient coordinates
  /// also where the normal points down.
  @Test(arguments: [
    (SampledStack(step: [0, 0, 2]), "z = 4 mm", "z = 8 mm"),
    (SampledStack(row: [-1, 0, 0], step: [0, 0, 2]), "z = 4 mm", "z = 8 mm"),
    (
      SampledStack(row: [0, 1, 0], column: [0, 0, -1], step: [2, 0, 0]), "x = -8 mm", "x = -4 mm"
    ),
    (SampledStack(column: [0, 0, -1], step: [0, 2, 0]), "y = -5 mm", "y = -1 mm"),
  ])
  func aMissingSliceIsNamedOnItsPatientAxis(
    stack: SampledStack, from: String, to: String
  ) throws {
    var slices = stack.slices(slopes)
    slices.remove(at: 3)
    let error = #expect(throws: DICOMReadError.self) { try loadCT(slices) }
    let message = try #require(error?.message)
    #expect(message.contains("1 slice is missing"))
    #expect(message.contains(from) && message.contains(to), "\(message)")
  }

  @Test func aDuplicateSliceIsNamedInMillimetres() throws {
    var slices = SampledStack().slices(slopes)
    var copy = slices[5]
    copy.set(0x0008_0018, "UI", "1.2.3.4.5")
    slices.append(copy)
    let error = #expect(throws: DICOMReadError.self) { try loadCT(slices) }
    #expect(error?.message.contains("at z = 10 mm") == true)
  }

  /// Every third slice is missing: half of the gaps are holes, and the usual distance is still 2.
  @Test func theUsualDistanceIsThatOfTheWholeGaps() throws {
    let slices = SampledStack(size: [24, 20, 9]).slices(slopes)
    let left = slices.indices.filter { $0 % 3 != 2 }.map { slices[$0] }
    let error = #expect(throws: DICOMReadError.self) { try loadCT(left) }
    guard case .missingSlices(let count, _, let from, let to)? = error else {
      Issue.record("another error: \(String(describing: error))")
      return
    }
    #expect((count, from.millimetres, to.millimetres) == (1, 2, 6))
  }

  /// The phantom is linear, so interpolation is exact, and every slice that stands in is recorded.
  @Test func allowedGapsAreInterpolatedAndRecorded() throws {
    let stack = SampledStack()
    let whole = try loadCT(stack.slices { 4 * $0.x + 6 * $0.z })
    var slices = stack.slices { 4 * $0.x + 6 * $0.z }
    for n in [6, 5, 2] { slices.remove(at: n) }
    let ct = try loadCT(slices, gaps: .interpolate)
    #expect(ct.volume.grid == whole.volume.grid)
    #expect(ct.volume.samples == whole.volume.samples)
    #expect(ct.facts.interpolatedSlices.map(\.slice) == [2, 5, 6])
    #expect(
      ct.facts.interpolatedSlices.map(\.position.description) == [
        "z = 4 mm", "z = 10 mm", "z = 12 mm",
      ])
    #expect(ct.facts.warnings.contains { $0.contains("3 missing slices were interpolated") })
    #expect(whole.facts.interpolatedSlices.isEmpty)
  }

  @Test func moreMissingThanThereIsNotInterpolated() throws {
    let slices = SampledStack(size: [24, 20, 40]).slices(slopes)
    let error = #expect(throws: DICOMReadError.self) {
      try loadCT(Array(slices.prefix(4)) + [slices[39]], gaps: .interpolate)
    }
    guard case .missingSlices(35, _, _, _)? = error else {
      Issue.record("another error: \(String(describing: error))")
      return
    }
  }

  /// A PET slice that stands in takes the factor of its neighbour; the values are the line.
  @Test func interpolatedPETBecomesSUVAsWell() throws {
    try withTemporaryFolder { folder in
      let slices = [0.0, 3, 9, 12].map { z in
        TinyDICOM.pet(z: z, pixels: [Int16(10 + z), 0, 0, 0, 0, 0])
      }
      let files = try write(slices, in: folder)
      let pet = try PETSeries.load(files: files, gaps: .interpolate)
      let suv = try pet.suvVolume()
      #expect(suv.grid.size.z == 5)
      #expect(abs(suv[0, 0, 2].inBaseUnit / suv[0, 0, 0].inBaseUnit - 1.6) < 1e-6)
      #expect(throws: DICOMReadError.self) { try PETSeries.load(files: files) }
    }
  }

  @Test func slicesThinnerThanTheirDistanceAreWarnedOf() throws {
    let slices = SampledStack(step: [0, 0, 4]).slices(slopes)
    #expect(
      try loadCT(slices).facts.warnings.contains { $0.contains("4.0 mm apart but are 2.0 mm") })
  }

  /// Some writers count all images of a series of several acquisitions in each of them.
  @Test func twoAcquisitionsThatBothAnnounceTheWholeAreComplete() throws {
    var slices = SampledStack().slices(slopes)
    for n in slices.indices {
      slices[n].set(0x0020_0012, "IS", n < 4 ? "1" : "2")
      slices[n].set(0x0020_1002, "IS", "8")
    }
    #expect(try loadCT(slices).facts.incompleteness == nil)
  }

  @Test(arguments: [
    (UInt32(0x0054_0081), "Number of Slices (0054,0081)"),
    (UInt32(0x0020_1002), "Images in Acquisition (0020,1002)"),
  ])
  func aHalfTransferredSeriesIsFlagged(tag: UInt32, name: String) throws {
    var slices = SampledStack().slices(slopes)
    for n in slices.indices { slices[n].set(tag, "IS", "11") }
    let facts = try loadCT(slices).facts
    let found = try #require(facts.incompleteness)
    #expect((found.present, found.announced) == (8, 11))
    #expect(facts.warnings.contains { $0.contains("incomplete: 8 of 11 slices") })
    #expect(facts.warnings.contains { $0.contains(name) })
  }
}
