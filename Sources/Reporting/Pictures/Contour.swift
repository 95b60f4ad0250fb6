import Geometry
import Volumes

/// A mask cut down to the voxels it needs, so that its outline is found quickly anywhere.
struct Region: Sendable {
  /// The set voxels with a margin of one; `nil` when the mask is empty.
  private let mask: Mask?

  init(_ mask: Mask) { self.mask = mask.cropped() }

  /// The pixels of a picture that the region can reach.
  fileprivate func reach(
    on grid: PictureGrid, through maskToPicture: RigidTransform?
  ) -> (columns: Range<Int>, rows: Range<Int>)? {
    guard let mask else { return nil }
    var low = SIMD2<Double>(repeating: .infinity)
    var high = -low
    for corner in mask.grid.corners {
      let p = grid.voxelGrid.gridPoint(at: maskToPicture?(corner) ?? corner).ijk
      low = pointwiseMin(low, [p.x, p.y])
      high = pointwiseMax(high, [p.x, p.y])
    }
    low = pointwiseMax(low.rounded(.down), .zero)
    high = pointwiseMin(
      high.rounded(.up), [Double(grid.width - 1), Double(grid.height - 1)])
    guard low.x < high.x, low.y < high.y else { return nil }
    return (Int(low.x)..<Int(high.x) + 1, Int(low.y)..<Int(high.y) + 1)
  }

  fileprivate func coverage(at point: PatientPoint) -> Double { mask?.coverage(at: point) ?? 0 }
}

/// The outline of a region where a picture cuts it.
struct Contour {
  /// Straight pieces in pixel positions.
  private(set) var segments: [(SIMD2<Double>, SIMD2<Double>)] = []

  /// The outline at half coverage between pixel centres.
  init(of region: Region, on grid: PictureGrid, through pictureToMask: RigidTransform? = nil) {
    guard let (columns, rows) = region.reach(on: grid, through: pictureToMask?.inverse) else {
      return
    }
    march(columns, rows, level: 0.5) { j in
      columns.map { i in
        let p = grid.voxelGrid.patientPoint(i: i, j: j, k: 0)
        return region.coverage(at: pictureToMask?(p) ?? p)
      }
    }
  }

  /// The line of equal value through the samples of a picture, row by row from the top.
  init(of samples: [Float], width: Int, height: Int, level: Float) {
    precondition(samples.count == width * height, "samples do not fill the picture")
    march(0..<width, 0..<height, level: Double(level)) { j in
      samples[(j * width)..<((j + 1) * width)].map(Double.init)
    }
  }

  /// Marching squares (Lorensen and Cline's method in two dimensions); saddle cells are joined
  /// through the mean of their corners.
  private mutating func march(
    _ columns: Range<Int>, _ rows: Range<Int>, level: Double, row: (Int) -> [Double]
  ) {
    guard columns.count > 1, rows.count > 1 else { return }
    var upper = row(rows.lowerBound)
    for j in rows.dropFirst() {
      let lower = row(j)
      for n in 0..<(columns.count - 1) {
        let corners = SIMD4(upper[n], upper[n + 1], lower[n + 1], lower[n])
        guard corners.min() < level, corners.max() >= level else { continue }
        let origin = SIMD2(Double(columns.lowerBound + n) + 0.5, Double(j - 1) + 0.5)
        segments += Self.pieces(of: corners, level: level).map { (origin + $0.0, origin + $0.1) }
      }
      upper = lower
    }
  }

  /// Pieces within one cell; corners clockwise from the upper left.
  private static func pieces(
    of v: SIMD4<Double>, level: Double
  ) -> [(SIMD2<Double>, SIMD2<Double>)] {
    let corners: [SIMD2<Double>] = [[0, 0], [1, 0], [1, 1], [0, 1]]
    var crossings: [SIMD2<Double>] = []
    for a in 0..<4 {
      let b = (a + 1) % 4
      guard (v[a] >= level) != (v[b] >= level) else { continue }
      let t = (level - v[a]) / (v[b] - v[a])
      crossings.append(corners[a] + (corners[b] - corners[a]) * t)
    }
    guard crossings.count == 4 else { return [(crossings[0], crossings[1])] }
    // Crossings are in edge order; the mean tells whether the inside corners touch.
    let joined = (v.sum() / 4 >= level) == (v[0] >= level)
    return joined
      ? [(crossings[0], crossings[1]), (crossings[2], crossings[3])]
      : [(crossings[3], crossings[0]), (crossings[1], crossings[2])]
  }

  /// The point that lies furthest in a direction, where a label finds room.
  func furthest(towards direction: SIMD2<Double>) -> SIMD2<Double>? {
    segments.map(\.0).max { ($0 * direction).sum() < ($1 * direction).sum() }
  }

  /// Draws the outline with a rim, so that it shows on any ground.
  func draw(
    on canvas: inout Canvas, atX x: Int, y: Int, width: Double, colour: RGB, rim: RGB?
  ) {
    guard !segments.isEmpty else { return }
    let offset = SIMD2(Double(x), Double(y))
    if let rim { canvas.fill(path(width: width + 2, offset: offset), with: rim, opacity: 0.55) }
    canvas.fill(path(width: width, offset: offset), with: colour)
  }

  private func path(width: Double, offset: SIMD2<Double>) -> Path {
    var path = Path()
    for (a, b) in segments {
      for piece in Path(stroking: [a + offset, b + offset], width: width).contours {
        path.add(piece)
      }
    }
    return path
  }
}

extension Mask {
  /// Trilinear share of inside at a patient point; 0 beyond the grid.
  fileprivate func coverage(at point: PatientPoint) -> Double {
    let p = grid.gridPoint(at: point).ijk
    let low = p.rounded(.down)
    let f = p - low
    let (i, j, k) = (Int(low.x), Int(low.y), Int(low.z))
    func value(_ i: Int, _ j: Int, _ k: Int) -> Double {
      guard i >= 0, j >= 0, k >= 0, i < grid.size.x, j < grid.size.y, k < grid.size.z else {
        return 0
      }
      return Double(inside[grid.index(i: i, j: j, k: k)])
    }
    func alongI(_ j: Int, _ k: Int) -> Double {
      value(i, j, k) * (1 - f.x) + value(i + 1, j, k) * f.x
    }
    let near = alongI(j, k) * (1 - f.y) + alongI(j + 1, k) * f.y
    let far = alongI(j, k + 1) * (1 - f.y) + alongI(j + 1, k + 1) * f.y
    return near * (1 - f.z) + far * f.z
  }

  /// The smallest mask that holds the set voxels and one more on each side, inside the grid.
  fileprivate func cropped() -> Mask? {
    guard let (low, high) = setIndices() else { return nil }
    let last = grid.size &- 1
    let first = pointwiseMax(low &- 1, .zero)
    let end = pointwiseMin(high &+ 1, last)
    guard let small = try? grid.part(from: first, through: end) else { return nil }
    var mask = Mask(grid: small)
    for k in 0..<small.size.z {
      for j in 0..<small.size.y {
        for i in 0..<small.size.x where self[i + first.x, j + first.y, k + first.z] {
          mask[i, j, k] = true
        }
      }
    }
    return mask
  }

  /// Lowest and highest index of the set voxels.
  private func setIndices() -> (low: SIMD3<Int>, high: SIMD3<Int>)? {
    var low = grid.size
    var high = SIMD3(repeating: -1)
    for row in 0..<(grid.size.y * grid.size.z) {
      let samples = inside[(row * grid.size.x)..<((row + 1) * grid.size.x)]
      guard let first = samples.firstIndex(of: 1), let last = samples.lastIndex(of: 1) else {
        continue
      }
      let (j, k) = (row % grid.size.y, row / grid.size.y)
      low = pointwiseMin(low, [first - samples.startIndex, j, k])
      high = pointwiseMax(high, [last - samples.startIndex, j, k])
    }
    return high.x < 0 ? nil : (low, high)
  }
}

extension VoxelGrid {
  /// Centres of the eight corner voxels.
  var corners: [PatientPoint] {
    (0..<8).map { n in
      patientPoint(
        i: n & 1 == 0 ? 0 : size.x - 1, j: n & 2 == 0 ? 0 : size.y - 1,
        k: n & 4 == 0 ? 0 : size.z - 1)
    }
  }

  /// The voxels from `first` through `last`, on a grid of their own.
  func part(from first: SIMD3<Int>, through last: SIMD3<Int>) throws(GridError) -> VoxelGrid {
    let start = patientPoint(i: first.x, j: first.y, k: first.z)
    let size = last &- first &+ 1
    guard let offsets = sliceOffsets, size.z > 1 else {
      return try VoxelGrid(size: size, spacing: spacing, axes: axes, origin: start)
    }
    return try VoxelGrid(
      columns: size.x, rows: size.y, columnSpacing: spacing.x, rowSpacing: spacing.y,
      sliceOffsets: offsets[first.z...last.z].map { $0 - offsets[first.z] }, axes: axes,
      origin: start)
  }
}
