import Geometry
import Volumes

/// Traces the outlines of a mask slice by slice: marching squares at one half.
///
/// Vertices lie half-way between a voxel inside and its neighbour outside, so outlines follow
/// the voxel edges with the corners cut: every inside voxel is covered by more than half (a lone
/// voxel by exactly half, centre included) and every outside voxel by at most an eighth. A
/// reader that fills by coverage or by voxel centre gets the same mask back. Voxels that meet
/// only at a corner are outlined apart. Holes are outlines of their own, turning the other way.
struct ContourTracer {
  /// One closed outline: (column, row) positions in voxels of its slice.
  struct Contour {
    let slice: Int
    var vertices: [SIMD2<Double>]
  }

  /// The sides of a cell of four voxel centres, where an outline may cross.
  private enum Side { case top, right, bottom, left }

  /// From which side to which an outline runs, by which corners are inside (top left 1, top
  /// right 2, bottom right 4, bottom left 8); the inside is on its right.
  private static let steps: [[(from: Side, to: Side)]] = [
    [], [(.top, .left)], [(.right, .top)], [(.right, .left)],
    [(.bottom, .right)], [(.top, .left), (.bottom, .right)], [(.bottom, .top)],
    [(.bottom, .left)],
    [(.left, .bottom)], [(.top, .bottom)], [(.right, .top), (.left, .bottom)],
    [(.right, .bottom)],
    [(.left, .right)], [(.top, .right)], [(.left, .top)], [],
  ]

  static func contours(of mask: Mask) -> [Contour] {
    (0..<mask.grid.size.z).flatMap { contours(of: mask, slice: $0) }
  }

  static func contours(of mask: Mask, slice k: Int) -> [Contour] {
    guard let box = box(mask, k) else { return [] }
    let width = box.columns.count + 2
    // Two crossings per voxel: towards its right neighbour, then towards the one below.
    var next = [Int32](repeating: -1, count: 2 * width * (box.rows.count + 2))
    var starts: [Int] = []
    for row in 0...(box.rows.count) {
      for column in 0...(box.columns.count) {
        let i = box.columns.lowerBound + column - 1
        let j = box.rows.lowerBound + row - 1
        let pattern =
          inside(mask, i, j, k) | inside(mask, i + 1, j, k) << 1
          | inside(mask, i + 1, j + 1, k) << 2 | inside(mask, i, j + 1, k) << 3
        for step in steps[pattern] {
          let from = crossing(step.from, column, row, width)
          next[from] = Int32(crossing(step.to, column, row, width))
          starts.append(from)
        }
      }
    }
    let corner = SIMD2(Double(box.columns.lowerBound - 1), Double(box.rows.lowerBound - 1))
    return follow(&next, from: starts, width: width).map { loop in
      Contour(slice: k, vertices: straightened(loop).map { $0 + corner })
    }
  }

  private static func inside(_ mask: Mask, _ i: Int, _ j: Int, _ k: Int) -> Int {
    guard i >= 0, j >= 0, i < mask.grid.size.x, j < mask.grid.size.y else { return 0 }
    return mask[i, j, k] ? 1 : 0
  }

  private static func crossing(_ side: Side, _ column: Int, _ row: Int, _ width: Int) -> Int {
    switch side {
    case .top: 2 * (column + width * row)
    case .bottom: 2 * (column + width * (row + 1))
    case .left: 2 * (column + width * row) + 1
    case .right: 2 * (column + 1 + width * row) + 1
    }
  }

  private static func follow(
    _ next: inout [Int32], from starts: [Int], width: Int
  ) -> [[SIMD2<Double>]] {
    var loops: [[SIMD2<Double>]] = []
    for start in starts where next[start] >= 0 {
      var loop: [SIMD2<Double>] = []
      var at = start
      while next[at] >= 0 {
        let voxel = at / 2
        let half: SIMD2<Double> = at % 2 == 0 ? [0.5, 0] : [0, 0.5]
        loop.append(SIMD2(Double(voxel % width), Double(voxel / width)) + half)
        let following = Int(next[at])
        next[at] = -1
        at = following
      }
      loops.append(loop)
    }
    return loops
  }

  /// Leaves out vertices on a straight line between their neighbours.
  private static func straightened(_ loop: [SIMD2<Double>]) -> [SIMD2<Double>] {
    loop.indices.compactMap { n in
      let before = loop[n] - loop[(n + loop.count - 1) % loop.count]
      let after = loop[(n + 1) % loop.count] - loop[n]
      let turns = before.x * after.y != before.y * after.x
      return turns ? loop[n] : nil
    }
  }

  /// The smallest range of columns and rows that holds the slice's voxels.
  private static func box(
    _ mask: Mask, _ k: Int
  ) -> (columns: Range<Int>, rows: Range<Int>)? {
    let size = mask.grid.size
    var (low, high) = (size, SIMD3(repeating: -1))
    for j in 0..<size.y {
      for i in 0..<size.x where mask[i, j, k] {
        low = SIMD3(min(low.x, i), min(low.y, j), 0)
        high = SIMD3(max(high.x, i), j, 0)
      }
    }
    return high.x < 0 ? nil : (low.x..<(high.x + 1), low.y..<(high.y + 1))
  }
}
