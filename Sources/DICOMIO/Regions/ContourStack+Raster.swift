import Geometry
import Kernels

extension ContourStack {
  /// A tilt between planes and slices that moves no part of the region by more than this fraction
  /// of a slice is rounding.
  private static let parallelTolerance = 0.05

  /// Exact coverage where the grid's slices are parallel to the contour planes, and coverage by
  /// sub-voxels where they are not.
  func slices(on grid: VoxelGrid) -> [SliceWindow] {
    let corners = corners
    guard let first = corners.first else { return [] }
    let centre = corners.reduce(SIMD3<Double>.zero, +) / Double(corners.count)
    let sense: Double = grid.axes.k.dot(axes.k) < 0 ? -1 : 1
    let tilt = (grid.axes.k * sense - axes.k).length
    guard tilt * (first - centre).length <= Self.parallelTolerance * grid.spacing.z else {
      return SubvoxelRaster(self, on: grid)?.slices ?? []
    }
    return ParallelRaster(self, on: grid, centre: centre, sense: sense)?.slices ?? []
  }

  /// Coverage of a raster by one layer.
  ///
  /// - Parameter place: Takes a point of the planes' own axes to (column, row).
  func coverage(
    of content: Content, columns: Int, rows: Int, pixel: SIMD2<Double>,
    _ place: (SIMD2<Double>) -> SIMD2<Double>
  ) -> [Float] {
    func shapes(_ n: Int) -> [PolygonCoverage.Shape] { planes[n].shapes.map { $0.mapped(place) } }
    switch content {
    case .drawn(let n):
      return PolygonCoverage.run(shapes(n), columns: columns, rows: rows)
    case .between(let n, let fraction):
      return PolygonBlend.coverage(
        from: shapes(n), to: shapes(n + 1), fraction: fraction, columns: columns, rows: rows,
        pixel: pixel)
    }
  }
}

/// Rasterises on slices parallel to the contour planes.
private struct ParallelRaster {
  private let stack: ContourStack
  private let grid: VoxelGrid
  private let columns: Range<Int>
  private let rows: Range<Int>
  /// Layers with their extent in millimetres along the grid's k axis from its first slice.
  private let layers: [ContourStack.Layer]
  /// Where the single plane of unknown thickness lies.
  private let lonePlane: Double?
  private let centreOffset: Double

  init?(_ stack: ContourStack, on grid: VoxelGrid, centre: SIMD3<Double>, sense: Double) {
    self.stack = stack
    self.grid = grid
    centreOffset = centre.dot(stack.axes.k)
    let shift = grid.alongAxes(PatientPoint(millimetres: centre)).z - sense * centreOffset
    layers = stack.layers.map { layer in
      let ends = [layer.extent.lowerBound, layer.extent.upperBound].map { sense * $0 + shift }
      return .init(extent: min(ends[0], ends[1])...max(ends[0], ends[1]), content: layer.content)
    }
    lonePlane = stack.layers.isEmpty ? stack.planes.first.map { sense * $0.offset + shift } : nil
    let places = stack.corners.map { grid.gridPoint(at: PatientPoint(millimetres: $0)).ijk }
    guard
      let columns = Self.range(places.map(\.x), count: grid.size.x),
      let rows = Self.range(places.map(\.y), count: grid.size.y)
    else { return nil }
    (self.columns, self.rows) = (columns, rows)
  }

  /// Pixels that reach into a stretch of the raster; `nil` when none does.
  private static func range(_ places: [Double], count: Int) -> Range<Int>? {
    guard let low = places.min(), let high = places.max() else { return nil }
    let first = max(0, (low + 0.5).rounded(.down))
    let last = min(Double(count - 1), (high + 0.5).rounded(.down))
    return first <= last ? Int(first)..<(Int(last) + 1) : nil
  }

  var slices: [SliceWindow] {
    Slabs.map(of: grid.size.z) { range in range.compactMap(slice) }.flatMap { $0 }
  }

  private func slice(_ k: Int) -> SliceWindow? {
    let faces = grid.sliceFaces(k)
    if let lonePlane {
      // The upper face belongs to the next slice, so that no plane fills two.
      guard lonePlane >= faces.lowerBound, lonePlane < faces.upperBound else { return nil }
      return SliceWindow(
        slice: k, columns: columns, rows: rows, coverage: coverage(of: .drawn(0)))
    }
    let length = faces.upperBound - faces.lowerBound
    var total: [Float] = []
    for layer in layers {
      let overlap =
        min(layer.extent.upperBound, faces.upperBound)
        - max(layer.extent.lowerBound, faces.lowerBound)
      // Less than this is rounding of positions, and not worth a raster.
      guard overlap > 1e-6 * length else { continue }
      let weight = Float(overlap / length)
      let part = coverage(of: layer.content)
      total =
        total.isEmpty ? part.map { $0 * weight } : zip(total, part).map { $0 + $1 * weight }
    }
    return total.isEmpty
      ? nil : SliceWindow(slice: k, columns: columns, rows: rows, coverage: total)
  }

  private func coverage(of content: ContourStack.Content) -> [Float] {
    let axes = stack.axes
    return stack.coverage(
      of: content, columns: columns.count, rows: rows.count,
      pixel: [grid.spacing.x, grid.spacing.y]
    ) { [columns, rows] p in
      let point = axes.i * p.x + axes.j * p.y + axes.k * centreOffset
      let q = grid.gridPoint(at: PatientPoint(millimetres: point)).ijk
      return [q.x - Double(columns.lowerBound), q.y - Double(rows.lowerBound)]
    }
  }
}

/// Rasterises on slices of any other orientation: each layer is drawn on a fine raster of its own
/// plane, and each voxel asks it at 6 × 6 × 6 places.
private struct SubvoxelRaster {
  let slices: [SliceWindow]

  private static let places = 6
  /// The fine raster is made coarser before it takes more memory than this.
  private static let mostCells = 40_000_000.0

  init?(_ stack: ContourStack, on grid: VoxelGrid) {
    let layers = stack.layers.isEmpty ? Self.lone(stack, grid) : stack.layers
    guard let window = PlaneWindow(stack.planes.flatMap(\.shapes)) else { return nil }
    let extent = window.high - window.low
    let fine = grid.spacing.min() / Double(Self.places)
    let bound = (extent.x * extent.y * Double(layers.count) / Self.mostCells).squareRoot()
    let step = max(fine, bound)
    let columns = Int(extent.x / step) + 1
    let rows = Int(extent.y / step) + 1
    let rasters = Slabs.map(of: layers.count) { range in
      range.map { n in
        stack.coverage(
          of: layers[n].content, columns: columns, rows: rows, pixel: [step, step]
        ) { ($0 - window.low) / step - 0.5 }
      }
    }.flatMap { $0 }
    let axes = stack.axes
    slices = Subvoxels.slices(
      on: grid, corners: stack.corners, places: Self.places
    ) { point in
      let u = Int(((point.dot(axes.i) - window.low.x) / step).rounded(.down))
      let v = Int(((point.dot(axes.j) - window.low.y) / step).rounded(.down))
      guard u >= 0, v >= 0, u < columns, v < rows else { return 0 }
      guard let n = Self.layer(at: point.dot(axes.k), layers) else { return 0 }
      return rasters[n][v * columns + u]
    }
  }

  /// A single plane is as thick as the voxels are across it.
  private static func lone(_ stack: ContourStack, _ grid: VoxelGrid) -> [ContourStack.Layer] {
    let across = [grid.axes.i, grid.axes.j, grid.axes.k].map { abs($0.dot(stack.axes.k)) }
    let steepest = across.indices.max { across[$0] < across[$1] } ?? 2
    let half = grid.spacing[steepest] / 2
    return stack.planes.indices.map { n in
      let offset = stack.planes[n].offset
      return .init(extent: (offset - half)...(offset + half), content: .drawn(n))
    }
  }

  private static func layer(at offset: Double, _ layers: [ContourStack.Layer]) -> Int? {
    var (low, high) = (0, layers.count)
    while low < high {
      let middle = (low + high) / 2
      if layers[middle].extent.upperBound <= offset { low = middle + 1 } else { high = middle }
    }
    return low < layers.count && layers[low].extent.lowerBound <= offset ? low : nil
  }
}
