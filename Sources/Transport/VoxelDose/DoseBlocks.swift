import Kernels

/// Decays and densities of a part of a dose grid in blocks of voxels.
struct DoseBlocks {
  /// First voxel of the first block.
  let first: SIMD3<Int>
  /// Voxels per block and axis.
  let factor: SIMD3<Int>
  /// Blocks per axis.
  let size: SIMD3<Int>
  /// Of blocks, in millimetres.
  let spacing: SIMD3<Double>
  let decays: [Float]
  /// Mean over the voxels that the block holds.
  let density: [Float]

  /// - Parameters:
  ///   - box: The part of the grid that is wanted; blocks at its far side may hold fewer voxels.
  ///   - length: Blocks are as many voxels long as come nearest to it, in millimetres.
  init(
    decays: [Float], density: [Float], in box: BodyBox, spacing: SIMD3<Double>, length: Double
  ) {
    let factor = SIMD3<Int>((length / spacing).rounded(.toNearestOrAwayFromZero))
    let voxels = pointwiseMax(factor, [1, 1, 1])
    let size = (box.size &+ voxels &- 1) / voxels
    first = box.first
    self.factor = voxels
    self.size = size
    self.spacing = spacing * SIMD3<Double>(voxels)
    let parts = Slabs.map(of: size.y * size.z) { rows in
      rows.map { row in
        Self.row(row % size.y, row / size.y, decays, density, box, voxels, size.x)
      }
    }.joined()
    self.decays = parts.flatMap(\.decays)
    self.density = parts.flatMap(\.density)
  }

  private static func row(
    _ y: Int, _ z: Int, _ decays: [Float], _ density: [Float], _ box: BodyBox,
    _ factor: SIMD3<Int>, _ count: Int
  ) -> (decays: [Float], density: [Float]) {
    var sums = [Float](repeating: 0, count: count)
    var means = sums
    var lines = 0
    for k in (z * factor.z)..<min((z + 1) * factor.z, box.size.z) {
      for j in (y * factor.y)..<min((y + 1) * factor.y, box.size.y) {
        let line = box.offset(inGrid: box.size.x * (j + box.size.y * k))
        lines += 1
        for x in 0..<count {
          for n in (line + x * factor.x)..<(line + min((x + 1) * factor.x, box.size.x)) {
            sums[x] += decays[n]
            means[x] += density[n]
          }
        }
      }
    }
    for x in 0..<count {
      means[x] /= Float(lines * (min((x + 1) * factor.x, box.size.x) - x * factor.x))
    }
    return (sums, means)
  }
}
