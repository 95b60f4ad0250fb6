public import Geometry
public import Quantities

extension Outline {
  /// The voxels of `grid` whose centres lie within `radius` of a point.
  public init(grid: VoxelGrid, ball centre: PatientPoint, radius: Length) {
    let r = radius.millimetres
    let c = grid.alongAxes(centre)
    var runs: [Range<Int>] = []
    for k in 0..<grid.size.z {
      let dz = grid.sliceOffset(k) - c.z
      guard abs(dz) <= r else { continue }
      for j in 0..<grid.size.y {
        let dy = Double(j) * grid.spacing.y - c.y
        let left = r * r - dz * dz - dy * dy
        guard left >= 0 else { continue }
        let half = left.squareRoot()
        let first = max(Int(((c.x - half) / grid.spacing.x).rounded(.up)), 0)
        let last = min(Int(((c.x + half) / grid.spacing.x).rounded(.down)), grid.size.x - 1)
        guard first <= last else { continue }
        let start = grid.index(i: first, j: j, k: k)
        runs.append(start..<(start + last - first + 1))
      }
    }
    self.init(grid: grid, orderedRuns: runs)
  }
}
