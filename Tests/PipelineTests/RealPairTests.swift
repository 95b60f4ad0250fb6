import DICOMIO
import Foundation
import Geometry
import Quantities
import Registration
import TestSupport
import Testing
import Volumes

/// Real scans, moved by known maps. The moved image keeps its samples and gets another grid, so
/// that no interpolation makes it easier.
@Suite(.enabled(if: RealData.scans != nil, Comment(rawValue: RealData.absent)))
struct RealPairTests {
  private let here = FrameOfReference(uid: "2.25.1")
  private let there = FrameOfReference(uid: "2.25.2")

  private func files(_ folder: String) throws -> [URL] {
    let folder = try #require(RealData.scans).appending(path: "sts").appending(path: folder)
    return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .sorted { $0.path < $1.path }
  }

  private func moved<Q: Quantity>(
    _ volume: Volume<Q>, by pose: RigidTransform
  ) throws -> Volume<Q> {
    let (grid, zero) = (volume.grid, pose(PatientPoint(x: 0, y: 0, z: 0)).millimetres)
    func turned(_ v: SIMD3<Double>) -> SIMD3<Double> {
      pose(PatientPoint(millimetres: v)).millimetres - zero
    }
    return try Volume(
      grid: VoxelGrid(
        size: grid.size, spacing: grid.spacing,
        axes: .init(i: turned(grid.axes.i), j: turned(grid.axes.j), k: turned(grid.axes.k)),
        origin: pose(grid.origin)),
      samples: volume.samples)
  }

  /// Every other slice of a series, at the slices' mean distance.
  private func everyOther<Q: Quantity>(_ volume: Volume<Q>, from first: Int) throws -> Volume<Q> {
    let (grid, perSlice) = (volume.grid, volume.grid.size.x * volume.grid.size.y)
    let kept = Array(stride(from: first, to: grid.size.z, by: 2))
    return try Volume(
      grid: VoxelGrid(
        size: [grid.size.x, grid.size.y, kept.count],
        spacing: [grid.spacing.x, grid.spacing.y, 2 * grid.spacing.z], axes: grid.axes,
        origin: grid.patientPoint(i: 0, j: 0, k: first)),
      samples: kept.flatMap { volume.samples[($0 * perSlice)..<(($0 + 1) * perSlice)] })
  }

  private func error(
    _ link: RigidTransform, _ truth: RigidTransform, over grid: VoxelGrid
  ) -> Double {
    let points = stride(from: 0, to: grid.voxelCount, by: max(1, grid.voxelCount / 500)).map {
      let at = grid.ijk(at: $0)
      return grid.patientPoint(i: at.x, j: at.y, k: at.z)
    }
    return points.reduce(0) { $0 + link($1).distance(to: truth($1)) } / Double(points.count)
  }

  /// A whole-body PET without CT: odd slices are one scan, even ones the other, with noise of
  /// their own, after a table shift of 30 mm and a turn of 4°.
  @Test(arguments: [SIMD3<Double>(0, 0, 30), SIMD3(30, 0, 0), SIMD3(-8, 30, -20)])
  func aPETAloneIsFoundAfterATableShift(shift: SIMD3<Double>) throws {
    let pet = try PETSeries.load(files: files("STS_001_raw/image")).rescaled
    let pose = RigidTransform(
      from: here, to: there, rotationVector: [0.02, -0.03, 0.06], about: pet.grid.centre,
      translation: shift)
    let fixed = try everyOther(pet, from: 0)
    let link = try EmissionRegistration.register(
      fixed: fixed, fixedFrame: here, moving: moved(everyOther(pet, from: 1), by: pose),
      movingFrame: there)
    #expect(error(link.fixedToMoving, pose, over: fixed.grid) < 2)
    #expect(link.quality.verdict.isAssessable)
  }

  /// Crops of a thigh, 15 cm across and filled by the tumour, end 6 to 10 mm from the scanner's
  /// own alignment, mostly along the limb: too little to be passed as a link.
  @Test(arguments: ["STS_002", "STS_019"])
  func aCropOfALimbIsNotAssessable(patient: String) throws {
    let pet = try PETSeries.load(files: files("\(patient)/PET/image")).rescaled
    let ct = try CTSeries.load(files: files("\(patient)/CT/image")).volume
    let poses: [(turn: SIMD3<Double>, shift: SIMD3<Double>)] = [
      (.zero, .zero), ([0, 0.01, 0.05], [12, -8, 15]), ([-0.06, 0.04, 0], [-20, 10, -10]),
    ]
    for (turn, shift) in poses {
      let pose = RigidTransform(
        from: here, to: there, rotationVector: turn, about: pet.grid.centre, translation: shift)
      let link = try EmissionCTRegistration.register(
        ct: ct, ctFrame: here, emission: moved(pet, by: pose), emissionFrame: there)
      let miss = error(link.fixedToMoving, pose, over: pet.grid)
      print("\(patient): \(miss) mm from the scanner's own alignment, \(link.quality.verdict)")
      #expect(miss < 15)
      #expect(!link.quality.verdict.isAssessable)
    }
  }
}
