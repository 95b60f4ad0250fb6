import Foundation
import Geometry
import Quantities
import Transport
import Volumes

/// Times the Monte Carlo in a patient: decays per second and core, and how long 10 mL take to 1 %.
struct MonteCarloTimer {
  struct Scene {
    let activity: Volume<TimeIntegratedActivity>
    let density: Volume<MassDensity>
    /// Voxels of the lesion.
    let lesion: [Int]

    /// Voxels whose centres lie in a ball of 10 mL around a place in voxels.
    static func tenMillilitres(around centre: SIMD3<Double>, _ grid: VoxelGrid) -> [Int] {
      let radius = cbrt(10_000 * 3 / (4 * Double.pi))
      return (0..<grid.voxelCount).filter { voxel in
        let apart = (SIMD3<Double>(grid.ijk(at: voxel)) - centre) * grid.spacing
        return (apart * apart).sum() < radius * radius
      }
    }
  }

  private let symbol: String
  private let histories: Int

  /// - Parameter arguments: The nuclide and the number of decays.
  init(_ arguments: [String]) {
    symbol = arguments.first ?? "Lu-177"
    histories = arguments.dropFirst().first.flatMap { Int($0) } ?? 2_000_000
  }

  func run(_ scene: Scene, _ name: String) throws {
    let simulation = MonteCarloDose(try DecayScheme(symbol: symbol))
    _ = try simulation.run(scene.activity, density: scene.density, histories: 32_000)
    let watch = Stopwatch()
    let map = try simulation.run(
      scene.activity, density: scene.density, histories: histories, regions: [scene.lesion])
    let (wall, cpu) = (watch.wall, watch.processor)
    let mean = map.regionMeans[0]
    let error = mean.statistical.gray / mean.dose.gray
    let toOnePercent = wall * (error / 0.01) * (error / 0.01)
    let size = scene.activity.grid.size
    print(
      """
      {"case": "montecarlo \(symbol), \(name)", "voxels": [\(size.x), \(size.y), \(size.z)], \
      "decays": \(map.histories), "wall_s": \(wall), "cpu_s": \(cpu), \
      "decays_per_cpu_s": \(Double(map.histories) / cpu), \
      "lesion_voxels": \(scene.lesion.count), "lesion_relative_error": \(error), \
      "wall_s_to_one_percent": \(toOnePercent)}
      """)
  }
}
