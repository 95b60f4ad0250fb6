import Geometry
import Quantities
import Testing
import Volumes

@Suite struct VolumeTests {
  private func sphere(radius: Double, spacing: Double) throws -> Mask {
    let n = Int(2 * radius / spacing) + 4
    let grid = try VoxelGrid(size: [n, n, n], spacing: [spacing, spacing, spacing])
    let centre = grid.centre
    return Mask(grid: grid) { offset in
      let (i, j, k) = (offset % n, offset / n % n, offset / n / n)
      return grid.patientPoint(i: i, j: j, k: k).distance(to: centre) <= radius
    }
  }

  @Test func samplesMustFillTheGrid() throws {
    let grid = try VoxelGrid(size: [2, 2, 2], spacing: [1, 1, 1])
    #expect(throws: VolumeError.sampleCount(expected: 8, found: 7)) {
      try Volume<Hounsfield>(grid: grid, samples: [Float](repeating: 0, count: 7))
    }
  }

  /// 4/3 π r³ = 14.137 mL for r = 15 mm; counting whole voxels of 1 mm leaves one to two
  /// per cent.
  @Test func theMaskOfASphereHasItsVolumeAndCentre() throws {
    let mask = try sphere(radius: 15, spacing: 1)
    #expect(abs(mask.volume.millilitres / 14.137 - 1) < 0.02)
    let centroid = try #require(mask.centroid)
    #expect(centroid.distance(to: mask.grid.centre) < 1e-9)
  }

  @Test func anEmptyMaskHasNoCentre() throws {
    #expect(Mask(grid: try VoxelGrid(size: [3, 3, 3], spacing: [1, 1, 1])).centroid == nil)
  }

  @Test func masksOnDifferentGridsDoNotCombine() throws {
    let a = try sphere(radius: 5, spacing: 1)
    let b = try sphere(radius: 6, spacing: 1)
    #expect(throws: VolumeError.gridsDiffer) { try a.union(b) }
  }

  /// A volume seen through a known motion: the sample at R·x + t of the source appears at x.
  @Test func resamplingThroughALinkFetchesFromWhereThePointLies() throws {
    let frame = FrameOfReference(uid: "1")
    let grid = try VoxelGrid(size: [9, 9, 9], spacing: [2, 2, 2])
    let ramp = try Volume<Hounsfield>(
      grid: grid, samples: (0..<729).map { Float($0 % 9) * 2 + Float($0 / 9 % 9) * 20 })
    let shift = RigidTransform(from: frame, to: frame, translation: [1, 2, 0])
    let moved = ramp.resampled(onto: grid, through: shift, outside: .hounsfieldUnits(-1000))
    // Source value at (x, y) is x + 10 y in mm; at x = 4, y = 6 it is fetched from (5, 8).
    #expect(abs(moved[2, 3, 4].inBaseUnit - 85) < 1e-4)
    #expect(moved[8, 8, 0].inBaseUnit == -1000)
  }

  @Test func blockAveragingKeepsWhereThingsAre() throws {
    let grid = try VoxelGrid(size: [8, 8, 8], spacing: [1, 1, 2])
    let ramp = try Volume<Hounsfield>(grid: grid, samples: (0..<512).map { Float($0 % 8) })
    let coarse = try ramp.blockAveraged(by: [2, 2, 2])
    #expect(coarse.grid.spacing == [2, 2, 4])
    #expect(coarse.grid.origin == PatientPoint(x: 0.5, y: 0.5, z: 1))
    #expect(coarse[1, 0, 0].inBaseUnit == coarse.grid.patientPoint(i: 1, j: 0, k: 0).millimetres.x)
  }

  @Test func aMaskOnAFinerGridKeepsItsVolume() throws {
    let mask = try sphere(radius: 12, spacing: 2)
    let fine = try VoxelGrid(
      size: mask.grid.size &* 2, spacing: [1, 1, 1], origin: PatientPoint(x: -0.5, y: -0.5, z: -0.5)
    )
    #expect(abs(mask.resampled(onto: fine).volume / mask.volume - 1) < 0.05)
  }
}
