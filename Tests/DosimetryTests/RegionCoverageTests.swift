import Dosimetry
import Foundation
import Geometry
import Quantities
import Testing
import Volumes

/// An organ drawn on CT, averaged onto a SPECT grid whose voxels are no multiple of the CT's.
@Suite struct RegionCoverageTests {
  private let frame = FrameOfReference(uid: "1.2.3")

  private func ball(radius: Double) throws -> Mask {
    let grid = try VoxelGrid(size: [64, 64, 40], spacing: [3.9, 3.9, 5])
    let centre = grid.centre
    return Mask(grid: grid) { n in
      grid.patientPoint(i: n % 64, j: n / 64 % 64, k: n / 4096).distance(to: centre) <= radius
    }
  }

  private func spect() throws -> VoxelGrid {
    try VoxelGrid(
      size: [60, 60, 50], spacing: [4.8, 4.8, 4.8], origin: PatientPoint(x: -7, y: -9, z: -11))
  }

  private func millilitres(_ region: RegionCoverage) -> Double {
    region.coverage.samples.reduce(0) { $0 + Double($1) } * region.coverage.grid.voxelMillilitres
  }

  @Test func theVolumeOfARegionIsKept() throws {
    let mask = try ball(radius: 50)
    let region = try RegionCoverage(
      name: "liver", kind: .organ, mask: mask, averagedOnto: try spect())
    #expect(abs(millilitres(region) / mask.volume.millilitres - 1) < 1e-5)
  }

  /// A raster that hits some voxels more often than others leaves the inside of an organ uneven.
  @Test func theInsideOfARegionIsCoveredEvenly() throws {
    let mask = try ball(radius: 50)
    let grid = try spect()
    let region = try RegionCoverage(name: "liver", kind: .organ, mask: mask, averagedOnto: grid)
    let centre = mask.grid.centre
    for n in region.coverage.samples.indices {
      let p = grid.patientPoint(i: n % 60, j: n / 60 % 60, k: n / 3600)
      if p.distance(to: centre) < 40 { #expect(abs(region.coverage.samples[n] - 1) < 1e-5) }
    }
  }

  @Test func aTurnedRegionKeepsItsVolumeToAHalfPerCent() throws {
    let mask = try ball(radius: 40)
    let turn = RigidTransform(
      from: frame, to: frame, rotationVector: [0.05, -0.03, 0.06], about: mask.grid.centre,
      translation: [4, -3, 5])
    let region = try RegionCoverage(
      name: "lesion", kind: .lesion, mask: mask, averagedOnto: try spect(), through: turn)
    #expect(abs(millilitres(region) / mask.volume.millilitres - 1) < 0.005)
  }

  @Test func aRegionOutsideTheImageCoversNothing() throws {
    let far = RigidTransform(from: frame, to: frame, translation: [5000, 0, 0])
    for transform in [
      far,
      RigidTransform(
        from: frame, to: frame, rotationVector: [0.1, 0, 0], translation: [5000, 0, 0]),
    ] {
      let region = try RegionCoverage(
        name: "spleen", kind: .organ, mask: try ball(radius: 20), averagedOnto: try spect(),
        through: transform)
      #expect(millilitres(region) == 0)
    }
  }
}
