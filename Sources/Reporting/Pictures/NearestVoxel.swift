import Geometry

/// Finds the voxel of one grid that is nearest to a voxel of another.
struct NearestVoxel {
  private let grid: VoxelGrid
  /// Steps in source millimetres along its axes; a rigid link keeps them constant.
  private let start, stepI, stepJ, stepK: SIMD3<Double>

  init(of grid: VoxelGrid, from target: VoxelGrid, through targetToSource: RigidTransform?) {
    func along(_ i: Int, _ j: Int, _ k: Int) -> SIMD3<Double> {
      // Target stacks have even slices, so three steps describe them.
      let p = target.patientPoint(i: i, j: j, k: k)
      let offset = (targetToSource?(p) ?? p).millimetres - grid.origin.millimetres
      return [offset.dot(grid.axes.i), offset.dot(grid.axes.j), offset.dot(grid.axes.k)]
    }
    self.grid = grid
    start = along(0, 0, 0)
    stepI = along(1, 0, 0) - start
    stepJ = along(0, 1, 0) - start
    stepK = along(0, 0, 1) - start
  }

  @inline(__always)
  func index(i: Int, j: Int, k: Int) -> Int? {
    let mm = start + stepI * Double(i) + stepJ * Double(j) + stepK * Double(k)
    let p = mm / grid.spacing + 0.5
    guard p.x >= 0, p.y >= 0, p.x < Double(grid.size.x), p.y < Double(grid.size.y) else {
      return nil
    }
    guard let slice = slice(at: mm.z, even: p.z) else { return nil }
    return Int(p.x) + grid.size.x * (Int(p.y) + grid.size.y * slice)
  }

  @inline(__always)
  private func slice(at mm: Double, even: Double) -> Int? {
    guard let offsets = grid.sliceOffsets else {
      return even >= 0 && even < Double(grid.size.z) ? Int(even) : nil
    }
    let last = offsets.count - 1
    guard mm >= -grid.spacing.z / 2, mm <= offsets[last] + grid.spacing.z / 2 else { return nil }
    var (low, high) = (0, last)
    while high - low > 1 {
      let middle = (low + high) / 2
      if offsets[middle] <= mm { low = middle } else { high = middle }
    }
    return mm - offsets[low] <= offsets[high] - mm ? low : high
  }
}
