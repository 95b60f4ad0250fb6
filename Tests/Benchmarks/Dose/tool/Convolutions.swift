import Foundation
import Geometry
import Quantities
import Transport
import Volumes

/// A dose map of the size of a whole-body scan, activity in every voxel, so that nothing can be
/// left out: electrons by their kernel and each voxel's mass, photons to 20 cm.
struct Convolutions {
  static let size = SIMD3(200, 200, 190)
  static let spacing = SIMD3(4.07, 4.07, 3.0)
  let folder: String?

  func run() throws {
    let grid = try VoxelGrid(size: Self.size, spacing: Self.spacing)
    let activity = try Volume<TimeIntegratedActivity>(grid: grid, samples: decays(grid))
    let density = try Volume<MassDensity>(grid: grid, samples: densities(grid))
    let point = try PointKernel(DecayScheme(symbol: "Lu-177"), histories: 50_000)
    let kernel = try VoxelKernel(point, spacing: grid.spacing)
    // The same two convolutions as the peer; then the dose as it is given to people.
    let two = try timed(SplitKernelDose(kernel, photons: .water), activity, density)
    let whole = try timed(SplitKernelDose(kernel), activity, density)
    let result = two.result
    print(
      """
      {"case": "split kernel, 200 x 200 x 190", "wall_s": \(two.wall), "cpu_s": \(two.processor), \
      "with_densities_wall_s": \(whole.wall), "with_densities_cpu_s": \(whole.processor), \
      "photon_kernel": "\(kernel.photons.size)", "electron_kernel": "\(kernel.electrons.size)"}
      """)
    guard let folder else { return }
    let target = URL(filePath: folder)
    try write(activity.samples, "activity.f32", target)
    try write(density.samples, "density.f32", target)
    try write(result.dose.samples, "dose.f32", target)
    try write(kernel.electrons.values, "electrons.f32", target)
    try write(kernel.photons.values, "photons.f32", target)
    let sizes = [Self.size, kernel.electrons.size, kernel.photons.size]
    let text = sizes.map { "[\($0.x), \($0.y), \($0.z)]" }.joined(separator: ", ")
    try """
    {"size": \(text.isEmpty ? "" : "[" + text + "]"), "voxel_mL": \(grid.voxelMillilitres)}
    """.write(to: target.appending(path: "scene.json"), atomically: true, encoding: .utf8)
  }

  /// Medians of five runs after one.
  private func timed(
    _ method: SplitKernelDose, _ activity: Volume<TimeIntegratedActivity>,
    _ density: Volume<MassDensity>
  ) throws -> (result: SplitKernelDose.Result, wall: Double, processor: Double) {
    var result = try method.run(activity, density: density)
    var walls: [Double] = []
    var processors: [Double] = []
    for _ in 0..<5 {
      let watch = Stopwatch()
      result = try method.run(activity, density: density)
      walls.append(watch.wall)
      processors.append(watch.processor)
    }
    return (result, walls.sorted()[2], processors.sorted()[2])
  }

  /// Smooth uptake with hot spots and noise: 10⁹ decays per voxel where it is 1.
  private func decays(_ grid: VoxelGrid) -> [Float] {
    var state: UInt64 = 7
    return (0..<grid.voxelCount).map { n in
      let at = grid.ijk(at: n)
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let noise = Float(state >> 40) / Float(1 << 24)
      let hot: Float = (at.x / 8 + at.y / 8 + at.z / 8) % 11 == 0 ? 20 : 1
      return 1e9 * hot * (0.5 + noise)
    }
  }

  private func densities(_ grid: VoxelGrid) -> [Float] {
    (0..<grid.voxelCount).map { n in
      let at = grid.ijk(at: n)
      return [1.0, 0.3, 1.05, 1.4][(at.x / 25 + at.y / 25 + at.z / 25) % 4]
    }
  }

  private func write(_ samples: [Float], _ name: String, _ folder: URL) throws {
    let data = unsafe samples.withUnsafeBytes { unsafe Data($0) }
    try data.write(to: folder.appending(path: name))
  }
}
