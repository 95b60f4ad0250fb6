import Geometry
import Kernels
public import Quantities

extension Outline {
  /// The voxels of either outline. Both lie on one grid.
  public func union(_ other: Outline) -> Outline {
    precondition(grid == other.grid, "outlines lie on different grids")
    return Outline(grid: grid, offsets: offsets + other.offsets)
  }

  /// The voxels of this outline for which `isKept` holds.
  public func filter(_ isKept: (Int) -> Bool) -> Outline {
    Outline(grid: grid, offsets: offsets.filter(isKept))
  }

  /// The voxels of this outline that are not in the other. Both lie on one grid.
  public func subtracting(_ other: Outline) -> Outline {
    precondition(grid == other.grid, "outlines lie on different grids")
    return filter { !other.contains(offset: $0) }
  }

  /// How many voxels the two have in common. Both lie on one grid.
  public func commonVoxelCount(with other: Outline) -> Int {
    precondition(grid == other.grid, "outlines lie on different grids")
    var (a, b, count) = (0, 0, 0)
    while a < runs.count, b < other.runs.count {
      let (p, q) = (runs[a], other.runs[b])
      count += max(0, min(p.upperBound, q.upperBound) - max(p.lowerBound, q.lowerBound))
      if p.upperBound < q.upperBound { a += 1 } else { b += 1 }
    }
    return count
  }

  /// The 26-connected parts, in order of their first voxel.
  public var parts: [Outline] {
    guard let box = box(grownBy: 0) else { return [] }
    return ConnectedComponents.run(box.inside, size: box.size).map { runs in
      Outline(grid: grid, offsets: runs.joined().compactMap(box.offset(of:)))
    }
  }

  /// All voxels whose centre lies within `margin` of a voxel centre of this outline.
  public func dilated(by margin: Length) -> Outline {
    guard let box = box(grownBy: margin.millimetres) else { return self }
    let squared = DistanceTransform.squared(box.inside, positions: box.positions)
    let limit = Float(margin.millimetres * margin.millimetres)
    return Outline(
      grid: grid,
      offsets: squared.indices.lazy.filter { squared[$0] <= limit }.compactMap(box.offset(of:)))
  }

  /// For each voxel in order, the distance to the nearest voxel centre outside, in millimetres.
  /// Voxels beyond the grid's edge count as outside.
  public var depths: [Double] {
    guard let box = box(grownBy: 1e-9) else { return [] }
    let outside = box.inside.map { 1 - $0 }
    let squared = DistanceTransform.squared(outside, positions: box.positions)
    return box.inside.indices.lazy.filter { box.inside[$0] != 0 }
      .map { Double(squared[$0]).squareRoot() }
  }

  /// The block of voxels around the outline, at least `margin` millimetres wider on each side.
  private func box(grownBy margin: Double) -> Box? {
    guard let bounds else { return nil }
    let nearest = (1..<max(grid.size.z, 2)).lazy
      .map { grid.sliceOffset($0) - grid.sliceOffset($0 - 1) }.min()
    let thinnest = grid.size.z > 1 ? nearest ?? grid.spacing.z : grid.spacing.z
    func voxels(_ spacing: Double) -> Int { Int((margin / spacing).rounded(.up)) }
    let pad = SIMD3(voxels(grid.spacing.x), voxels(grid.spacing.y), voxels(thinnest))
    return Box(self, first: bounds.first &- pad, last: bounds.last &+ pad)
  }

  /// A dense block cut around an outline; it may reach beyond the grid.
  private struct Box {
    let grid: VoxelGrid
    let first: SIMD3<Int>
    let size: SIMD3<Int>
    var inside: [UInt8]

    init(_ outline: Outline, first: SIMD3<Int>, last: SIMD3<Int>) {
      grid = outline.grid
      self.first = first
      size = last &- first &+ 1
      inside = [UInt8](repeating: 0, count: size.x * size.y * size.z)
      for run in outline.runs {
        let q = outline.grid.ijk(at: run.lowerBound) &- first
        let start = q.x + size.x * (q.y + size.y * q.z)
        for n in start..<(start + run.count) { inside[n] = 1 }
      }
    }

    /// The grid's linear offset of a voxel of the block; `nil` beyond the grid's edge.
    func offset(of n: Int) -> Int? {
      let row = n / size.x
      let q = first &+ SIMD3(n % size.x, row % size.y, row / size.y)
      guard q.min() >= 0, q.x < grid.size.x, q.y < grid.size.y, q.z < grid.size.z else {
        return nil
      }
      return grid.index(i: q.x, j: q.y, k: q.z)
    }

    var positions: [[Double]] {
      [
        (0..<size.x).map { Double(first.x + $0) * grid.spacing.x },
        (0..<size.y).map { Double(first.y + $0) * grid.spacing.y },
        (0..<size.z).map { slicePosition(first.z + $0) },
      ]
    }

    /// Slices beyond the grid's ends go on at the mean distance.
    private func slicePosition(_ k: Int) -> Double {
      if k < 0 { return Double(k) * grid.spacing.z }
      let last = grid.size.z - 1
      return k <= last
        ? grid.sliceOffset(k) : grid.sliceOffset(last) + Double(k - last) * grid.spacing.z
    }
  }
}
