import DICOMIO
import Foundation
import Geometry
import Quantities
import TestSupport
import Testing
import Volumes

@Suite struct StackOrientationTests {
  private static let stacks: [(String, SampledStack)] = [
    ("HFS", SampledStack()),
    ("HFP", SampledStack(row: [-1, 0, 0], column: [0, -1, 0])),
    ("FFS", SampledStack(row: [-1, 0, 0])),
    ("FFP", SampledStack(column: [0, -1, 0])),
    ("HFDR", SampledStack(row: [0, 1, 0], column: [-1, 0, 0])),
    ("FFDL", SampledStack(row: [0, 1, 0], column: [1, 0, 0])),
    ("HFS", SampledStack(row: [0, 1, 0], column: [0, 0, -1], step: [2, 0, 0])),
    ("HFS", SampledStack(column: [0, 0, -1], step: [0, 2, 0])),
    ("HFS", SampledStack(column: [0, 0.8, 0.6], step: [0, -1.2, 1.6])),
  ]

  /// Prone, feet first, on the side, sagittal, coronal and oblique: LPS coordinates tell each voxel
  /// its place, and nothing is odd about any of them.
  @Test(arguments: stacks)
  func everyVoxelLiesWhereThePatientCoordinatesSay(position: String, stack: SampledStack) throws {
    let slices = stack.slices(slopes).map { slice in
      var slice = slice
      slice.set(0x0018_5100, "CS", position)
      return slice
    }
    let ct = try loadCT(slices.reversed())
    #expect(ct.facts.warnings.isEmpty)
    for k in 0..<stack.size.z {
      let p = ct.volume.grid.patientPoint(i: 5, j: 7, k: k).millimetres
      #expect(abs(ct.volume[5, 7, k].inBaseUnit - slopes(p)) <= 0.5 + 1e-9)
    }
  }

  /// Lying on the back with head first, images turned by 180° are neither what the scanner sees nor
  /// the usual view.
  @Test func aPositionThatContradictsTheOrientationIsWarnedOf() throws {
    let slices = SampledStack(row: [-1, 0, 0], column: [0, -1, 0]).slices(slopes).map { slice in
      var slice = slice
      slice.set(0x0018_5100, "CS", "HFS")
      return slice
    }
    let ct = try loadCT(slices)
    #expect(ct.facts.warnings.contains { $0.contains("(0018,5100) HFS does not fit") })
    #expect(ct.volume.grid.axes.i == [-1, 0, 0])
  }

  @Test func aPositionThatChangesIsWarnedOf() throws {
    var slices = SampledStack().slices(slopes)
    for n in slices.indices { slices[n].set(0x0018_5100, "CS", n < 4 ? "HFS" : "FFS") }
    #expect(try loadCT(slices).facts.warnings.contains { $0.contains("changes within the series") })
  }

  @Test func twoOrientationsOrPixelSizesAreRefusedWithBothNames() throws {
    for (tag, value): (UInt32, String) in [
      (0x0020_0037, "0\\1\\0\\0\\0\\-1"), (0x0028_0030, "1.5\\1.2"),
    ] {
      var slices = SampledStack().slices(slopes)
      slices[3].set(tag, "DS", value)
      let error = #expect(throws: DICOMReadError.self) { try loadCT(slices) }
      #expect(error?.tag == DICOMTag(UInt16(tag >> 16), UInt16(tag & 0xFFFF)))
      #expect(error?.message.contains("-3'") == true)
    }
  }

  @Test func aSingleSliceHasItsThickness() throws {
    let slice = SampledStack().slices(slopes)[0]
    let grid = try loadCT([slice]).volume.grid
    #expect(grid.size == [24, 20, 1] && grid.spacing == [1, 1.5, 2])
    var thin = slice
    thin.remove(0x0018_0050)
    let error = #expect(throws: DICOMReadError.self) { try loadCT([thin]) }
    #expect(error?.tag == DICOMTag(0x0018, 0x0050))
  }
}
