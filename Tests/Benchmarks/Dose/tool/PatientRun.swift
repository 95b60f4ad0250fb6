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
    let symbol = arguments.first ?? "Lu-177"
    let histories = arguments.dropFirst().first.flatMap { Int($0) } ?? 2_000_000
    let (activity, density, lesion) = try patient()
    let simulation = MonteCarloDose(try DecayScheme(symbol: symbol))
    _ = try simulation.run(activity, density: density, histories: 32_000)
    let watch = Stopwatch()
    let map = try simulation.run(activity, density: density, histories: histories)
    let (wall, cpu) = (watch.wall, watch.processor)
    let dose = lesion.reduce(0) { $0 + Double(map.dose.samples[$1]) } / Double(lesion.count)
    // Voxels of a lesion share histories at their edges only.
    let variance = lesion.reduce(0.0) { sum, voxel in
      let s = Double(map.statisticalUncertainty.samples[voxel])
      return sum + s * s
    }
    let error = variance.squareRoot() / Double(lesion.count) / dose
    let toOnePercent = wall * (error / 0.01) * (error / 0.01)
    print(
      """
      {"case": "montecarlo \(symbol)", "decays": \(map.histories), "wall_s": \(wall), \
      "cpu_s": \(cpu), "decays_per_cpu_s": \(Double(map.histories) / cpu), \
      "lesion_voxels": \(lesion.count), "lesion_relative_error": \(error), \
      "wall_s_to_one_percent": \(toOnePercent)}
      """)
  }

  /// Activity as a day after Lu-177 DOTATATE, density, and the voxels of the lesion.
  private func patient() throws -> (
    Volume<TimeIntegratedActivity>, Volume<MassDensity>, [Int]
  ) {
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
    let lesion = ball(of: liver, grid)
    for voxel in lesion { decays[voxel] = 20 }
    return (
      try Volume(grid: grid, samples: decays), try Volume(grid: grid, samples: densities), lesion
    )
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

  /// 10 mL around the middle of the liver's voxels.
  private func ball(of voxels: [Int], _ grid: VoxelGrid) -> [Int] {
    let points = voxels.map { SIMD3<Double>(grid.ijk(at: $0)) }
    let centre = points.reduce(.zero, +) / Double(points.count)
    let radius = cbrt(10_000 * 3 / (4 * .pi)) / Self.spacing
    return zip(voxels, points).filter {
      ((($0.1 - centre) * ($0.1 - centre)).sum()) < radius * radius
    }
    .map(\.0)
  }
}
