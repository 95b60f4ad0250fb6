import Foundation
import Geometry
import Phantoms
import Quantities
import Transport
import Volumes

/// The Monte Carlo in the virtual patient: decays per second and core, and the statistical error
/// of a lesion of 10 mL in the liver.
struct PatientRun {
  static let spacing = 4.8

  func run(_ arguments: [String]) throws {
    try MonteCarloTimer(arguments).run(patient(), "virtual patient")
  }

  /// Activity as a day after Lu-177 DOTATATE, density, and the voxels of the lesion.
  private func patient() throws -> MonteCarloTimer.Scene {
    let course = VirtualCourse()
    let size = SIMD3(84, 60, 160)
    let half = SIMD3(Double(size.x), Double(size.y), 0) * Self.spacing / 2
    let bounds = try course.grids(at: course.visits[0]).ct
    let grid = try VoxelGrid(
      size: size, spacing: SIMD3(repeating: Self.spacing),
      origin: PatientPoint(
        millimetres: [-half.x, -half.y, bounds.origin.millimetres.z]))
    var densities = [Float](repeating: 0.0012, count: grid.voxelCount)
    var decays = [Float](repeating: 0, count: grid.voxelCount)
    var liver: [Int] = []
    for voxel in 0..<grid.voxelCount {
      let at = grid.ijk(at: voxel)
      let region = course.region(at: grid.patientPoint(i: at.x, j: at.y, k: at.z)) ?? .air
      densities[voxel] = Float(region.density)
      decays[voxel] = uptake(region)
      if region == .liver { liver.append(voxel) }
    }
    let points = liver.map { SIMD3<Double>(grid.ijk(at: $0)) }
    let centre = points.reduce(.zero, +) / Double(points.count)
    let lesion = MonteCarloTimer.Scene.tenMillilitres(around: centre, grid)
    for voxel in lesion { decays[voxel] = 20 }
    return MonteCarloTimer.Scene(
      activity: try Volume(grid: grid, samples: decays),
      density: try Volume(grid: grid, samples: densities), lesion: lesion)
  }

  private func uptake(_ region: Region) -> Float {
    switch region {
    case .air: 0
    case .liver: 4
    case .leftKidney, .rightKidney: 12
    case .spleen: 15
    case .bladder: 8
    default: 0.4
    }
  }
}
