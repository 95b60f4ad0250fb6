import Geometry
import Volumes

/// A dense block of voxels around an outline with one spare voxel on each side, so that the 26
/// neighbours of any inner voxel are at fixed steps.
struct LocalBlock {
  let grid: VoxelGrid
  let first: SIMD3<Int>
  let size: SIMD3<Int>
  /// Steps to the 26 neighbours in the block's own linear offsets.
  let neighbours: [Int]

  /// `nil` for an empty outline.
  init?(around outline: Outline, grownBy voxels: SIMD3<Int> = .zero) {
    guard let bounds = outline.bounds else { return nil }
    grid = outline.grid
    let lower = pointwiseMax(bounds.first &- voxels, .zero)
    let upper = pointwiseMin(bounds.last &+ voxels, outline.grid.size &- 1)
    first = lower &- 1
    size = upper &- lower &+ 3
    let (nx, nxy) = (size.x, size.x * size.y)
    neighbours = (-1...1).flatMap { dk in
      (-1...1).flatMap { dj in (-1...1).map { di in di + nx * dj + nxy * dk } }
    }.filter { $0 != 0 }
  }

  var count: Int { size.x * size.y * size.z }

  /// Place in the block of a voxel of the grid that lies in its inner part.
  func place(of offset: Int) -> Int {
    let q = grid.ijk(at: offset) &- first
    return q.x + size.x * (q.y + size.y * q.z)
  }

  /// The grid's offset of a place in the block; `nil` on the spare rim.
  func offset(of place: Int) -> Int? {
    let row = place / size.x
    let q = SIMD3(place % size.x, row % size.y, row / size.y)
    guard q.min() > 0, q.x < size.x - 1, q.y < size.y - 1, q.z < size.z - 1 else { return nil }
    return grid.index(i: first.x + q.x, j: first.y + q.y, k: first.z + q.z)
  }
}
