import Geometry
import Kernels
import Quantities
import Volumes

/// Takes the voxels of a segment, as boxes, to another grid.
struct SegmentRaster {
  private let planes: [[Float]?]
  private let grid: VoxelGrid

  /// Places along each edge of a target voxel that is turned against the segmentation.
  private static let places = 8

  init(_ planes: [[Float]?], on grid: VoxelGrid) {
    (self.planes, self.grid) = (planes, grid)
  }

  func region(_ target: VoxelGrid) -> RasterisedRegion {
    let volume = planes.enumerated().reduce(0.0) { sum, plane in
      let covered = plane.element?.reduce(0.0) { $0 + Double($1) } ?? 0
      return sum + covered * grid.voxelMillilitres(inSlice: plane.offset)
    }
    guard let box else {
      return RasterisedRegion(
        grid: target, slices: [], givenVolume: .millilitres(0), isWithinGrid: true, warnings: [])
    }
    let corners = corners(of: box)
    let slices =
      isInLine(with: target)
      ? overlaps(target, corners)
      : Subvoxels.slices(on: target, corners: corners, places: Self.places, value)
    return RasterisedRegion(
      grid: target, slices: slices, givenVolume: .millilitres(volume),
      isWithinGrid: corners.allSatisfy { target.contains(PatientPoint(millimetres: $0)) },
      warnings: [])
  }

  /// Whether the axes of the two grids are the same, whichever way they point.
  private func isInLine(with target: VoxelGrid) -> Bool {
    let (a, b) = (grid.axes, target.axes)
    return [a.i.dot(b.i), a.j.dot(b.j), a.k.dot(b.k)].allSatisfy { 1 - abs($0) < 1e-9 }
  }

  /// The exact overlap of boxes whose faces are parallel.
  private func overlaps(_ target: VoxelGrid, _ corners: [SIMD3<Double>]) -> [SliceWindow] {
    guard let window = Subvoxels.window(on: target, corners: corners) else { return [] }
    let along = [window.columns, window.rows, window.slices].enumerated().map { axis, range in
      range.map { shares(of: $0, target, axis: axis) }
    }
    return Slabs.map(of: window.slices.count) { slab in
      slab.map { n in
        var coverage = [Float](repeating: 0, count: window.columns.count * window.rows.count)
        for (k, depth) in along[2][n] {
          guard let plane = planes[k] else { continue }
          for (row, ofRow) in along[1].enumerated() {
            for (j, height) in ofRow {
              for (column, ofColumn) in along[0].enumerated() {
                for (i, width) in ofColumn {
                  coverage[row * window.columns.count + column] +=
                    plane[j * grid.size.x + i] * (width * height * depth)
                }
              }
            }
          }
        }
        return SliceWindow(
          slice: window.slices.lowerBound + n, columns: window.columns, rows: window.rows,
          coverage: coverage)
      }
    }.flatMap { $0 }
  }

  /// The source voxels that a target voxel overlaps along one axis, and which part of it each is.
  private func shares(
    of voxel: Int, _ target: VoxelGrid, axis: Int
  ) -> [(source: Int, part: Float)] {
    let start = target.alongAxes(grid.origin)[axis]
    let (a, b) = (grid.axes, target.axes)
    let sense = [a.i.dot(b.i), a.j.dot(b.j), a.k.dot(b.k)][axis]
    let own = Self.faces(target, voxel, axis)
    return (0..<grid.size[axis]).compactMap { n in
      let faces = Self.faces(grid, n, axis)
      let ends = [start + sense * faces.lowerBound, start + sense * faces.upperBound].sorted()
      let overlap = min(ends[1], own.upperBound) - max(ends[0], own.lowerBound)
      guard overlap > 0 else { return nil }
      return (n, Float(overlap / (own.upperBound - own.lowerBound)))
    }
  }

  private static func faces(_ grid: VoxelGrid, _ n: Int, _ axis: Int) -> ClosedRange<Double> {
    guard axis < 2 else { return grid.sliceFaces(n) }
    return ((Double(n) - 0.5) * grid.spacing[axis])...((Double(n) + 0.5) * grid.spacing[axis])
  }

  private func value(_ point: SIMD3<Double>) -> Float {
    let q = grid.gridPoint(at: PatientPoint(millimetres: point)).ijk.rounded(
      .toNearestOrAwayFromZero)
    guard q.x >= 0, q.y >= 0, q.z >= 0, q.x < Double(grid.size.x), q.y < Double(grid.size.y),
      q.z < Double(grid.size.z), let plane = planes[Int(q.z)]
    else { return 0 }
    return plane[Int(q.y) * grid.size.x + Int(q.x)]
  }

  /// First and last voxel that is not empty.
  private var box: (low: SIMD3<Int>, high: SIMD3<Int>)? {
    var (low, high) = (grid.size, SIMD3(repeating: -1))
    for (k, plane) in planes.enumerated() {
      guard let plane else { continue }
      for j in 0..<grid.size.y {
        let row = plane[(j * grid.size.x)..<((j + 1) * grid.size.x)]
        guard let first = row.firstIndex(where: { $0 > 0 }),
          let last = row.lastIndex(where: { $0 > 0 })
        else { continue }
        let start = j * grid.size.x
        low = pointwiseMin(low, [first - start, j, k])
        high = pointwiseMax(high, [last - start, j, k])
      }
    }
    return high.x < 0 ? nil : (low, high)
  }

  private func corners(of box: (low: SIMD3<Int>, high: SIMD3<Int>)) -> [SIMD3<Double>] {
    let x = [Double(box.low.x) - 0.5, Double(box.high.x) + 0.5].map { $0 * grid.spacing.x }
    let y = [Double(box.low.y) - 0.5, Double(box.high.y) + 0.5].map { $0 * grid.spacing.y }
    let z = [
      grid.sliceFaces(box.low.z).lowerBound, grid.sliceFaces(box.high.z).upperBound,
    ]
    return z.flatMap { z in
      y.flatMap { y in x.map { x in grid.patientPoint(alongAxes: [x, y, z]).millimetres } }
    }
  }
}
