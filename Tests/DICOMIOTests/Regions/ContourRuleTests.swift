import DICOMIO
import Foundation
import Geometry
import Quantities
import TestSupport
import Testing
import Volumes

/// How contours of one plane combine, and what happens between planes.
@Suite struct ContourRuleTests {
  private func grid(slices: Int = 12, spacing: Double = 1) throws -> VoxelGrid {
    try VoxelGrid(size: [30, 30, slices], spacing: [1, 1, spacing])
  }

  private func square(_ low: Double, _ high: Double, z: Double = 2) -> [SIMD3<Double>] {
    DrawnRegion.square(from: low, to: high, z: z)
  }

  /// Voxels of the one slice a lone plane fills.
  private func area(_ contours: [[SIMD3<Double>]], type: String = "CLOSED_PLANAR") throws -> Int {
    try DrawnRegion.raster(contours, on: grid(), type: type).mask().voxelCount
  }

  @Test func theSenseOfRotationDoesNotMatter() throws {
    let (outer, inner) = (square(2.5, 22.5), square(5.5, 8.5))
    #expect(try area([outer, inner]) == 400 - 9)
    #expect(try area([outer, inner.reversed()]) == 400 - 9)
    #expect(try area([inner, outer.reversed()]) == 400 - 9)
  }

  @Test func anIslandInAHoleIsInside() throws {
    let rings = [square(0.5, 24.5), square(4.5, 20.5), square(10.5, 14.5)]
    #expect(try area(rings) == 24 * 24 - 16 * 16 + 4 * 4)
  }

  @Test func aHoleAtTheRimIsAHole() throws {
    #expect(try area([square(2.5, 22.5), square(2.5, 8.5)]) == 400 - 36)
  }

  /// 10 × 10 twice, sharing 5 × 5: even-odd would give 150.
  @Test func contoursThatOverlapInPartAreUnited() throws {
    #expect(try area([square(2.5, 12.5), square(7.5, 17.5)]) == 175)
  }

  @Test func aHoleInBothOfTwoOverlappingContoursIsAHole() throws {
    #expect(try area([square(2.5, 12.5), square(7.5, 17.5), square(8.5, 10.5)]) == 171)
  }

  @Test func exclusiveContoursAreCombinedByExclusiveOr() throws {
    let type = "CLOSEDPLANAR_XOR"
    #expect(try area([square(2.5, 12.5), square(7.5, 17.5)], type: type) == 150)
  }

  @Test func aContourDrawnTwiceCountsOnce() throws {
    let drawn = try DrawnRegion.raster([square(2.5, 12.5), square(2.5, 12.5)], on: grid())
    #expect(drawn.mask().voxelCount == 100)
    #expect(drawn.warnings == ["1 contours are drawn twice on one plane; one of each was taken"])
  }

  /// A figure of eight of two triangles with bases and heights of 10: 50 + 50, corners apart.
  @Test func aContourThatCrossesItselfIsReported() throws {
    let eight: [SIMD3<Double>] = [[2, 2, 2], [22, 12, 2], [22, 2, 2], [2, 12, 2]]
    let drawn = try DrawnRegion.raster([eight], on: grid())
    let voxels = drawn.volume.millilitres * 1000
    #expect(abs(voxels - 100) < 1)
    #expect(drawn.warnings.count == 1)
    #expect(drawn.warnings[0].contains("cross themselves"))
  }

  // MARK: Between planes

  /// Planes at 1, 2, 3, 5, 6: the one at 4 is missing, and 7 × 1 mm are filled.
  @Test(arguments: [([1.0, 2, 3, 5, 6], 1), ([1, 2, 3, 6, 7], 2)])
  func missingPlanesAreInterpolated(heights: [Double], missing: Int) throws {
    let drawn = try DrawnRegion.raster(heights.map { square(2.5, 12.5, z: $0) }, on: grid())
    #expect(drawn.mask().voxelCount == 100 * (heights.count + missing))
    #expect(drawn.warnings.count == 1)
    #expect(drawn.warnings[0].hasPrefix("\(missing) contour planes are missing"))
  }

  /// Half-way between circles of radius 4 and 10 about one centre lies a circle of radius 7.
  @Test func theMissingPlaneHasTheShapeBetween() throws {
    let centre: SIMD2<Double> = [15, 15]
    let contours = [(1.0, 4.0), (2, 4), (4, 10), (5, 10)].map {
      DrawnRegion.circle(radius: $0.1, centre: centre, z: $0.0)
    }
    let drawn = try DrawnRegion.raster(contours, on: grid())
    let samples = try drawn.coverage.samples
    let ofSlice = samples[(3 * 900)..<(4 * 900)].reduce(0.0) { $0 + Double($1) }
    #expect(abs(ofSlice / (.pi * 49) - 1) < 0.01)
    #expect(abs(try #require(drawn.givenVolume) / drawn.volume - 1) < 0.01)
  }

  /// Two pieces of two planes each, 5 mm apart with planes every 1 mm.
  @Test func aWideGapSplitsTheRegion() throws {
    let drawn = try DrawnRegion.raster(
      [1, 2, 7, 8].map { square(2.5, 12.5, z: $0) }, on: grid())
    #expect(drawn.mask().voxelCount == 400)
    #expect(
      drawn.warnings == ["gaps of 5.0 mm between contour planes are too wide to fill; left empty"])
  }

  /// Planes every 3 mm from 3 to 9 stand for 1.5 to 10.5; a slice that is covered by 0.5 is in.
  @Test func endPlanesReachHalfASpacingBeyond() throws {
    let drawn = try DrawnRegion.raster([3, 6, 9].map { square(2.5, 12.5, z: $0) }, on: grid())
    #expect(abs(drawn.volume.millilitres * 1000 - 900) < 1e-3)
    #expect(drawn.givenVolume?.millilitres == 0.9)
    let mask = drawn.mask()
    #expect(!mask[6, 6, 1] && mask[6, 6, 2] && mask[6, 6, 10] && !mask[6, 6, 11])
  }

  @Test func aLonePlaneFillsTheSliceItLiesIn() throws {
    let drawn = try DrawnRegion.raster([square(2.5, 12.5, z: 6.9)], on: grid(spacing: 3))
    #expect(drawn.mask().voxelCount == 100)
    #expect(drawn.mask()[6, 6, 2])
    #expect(drawn.givenVolume == nil)
  }

  /// Contour Slab Thickness 4 mm: from 5 to 9, that is half of slices 5 and 9.
  @Test func aLonePlaneWithAThicknessHasIt() throws {
    var contour = DrawnRegion.contour(square(2.5, 12.5, z: 7))
    contour.set(0x3006_0044, "DS", "4")
    let drawn = try DrawnRegion.raster([], on: grid()) { [contour] in
      $0.set(0x3006_0039, items: [DrawnRegion.drawn(5, [contour])])
    }
    #expect(drawn.givenVolume?.millilitres == 0.4)
    #expect(abs(drawn.volume.millilitres - 0.4) < 1e-6)
  }

  @Test func planesOfTwoOrientationsAreRefused() throws {
    let axial = square(2.5, 12.5, z: 2)
    let sagittal = axial.map { SIMD3($0.z, $0.x, $0.y) }
    let set = try DrawnRegion.load(DrawnRegion.file([axial, sagittal]))
    let error = #expect(throws: DICOMReadError.self) {
      try set.mask(of: set.regions[0], on: grid(), frame: DrawnRegion.frame)
    }
    #expect(error?.tag == DICOMTag(0x3006, 0x0050))
  }

  @Test func manyContoursOfOnePlaneTakeNoTime() throws {
    let many = (0..<2000).map { n in square(2.5, 12.5 + Double(n) * 1e-3) }
    let clock = ContinuousClock()
    var drawn: RasterisedRegion?
    let time = try clock.measure { drawn = try DrawnRegion.raster(many, on: grid()) }
    #expect(time < .seconds(30))
    #expect(try #require(drawn).warnings.count == 1)
  }
}
