import Foundation
import Geometry
import Kernels

/// Points where an image crosses a level, to a fraction of a voxel, with the surface normals.
struct IsoSurface: Sendable {
  private(set) var points: [SIMD3<Double>] = []
  private(set) var normals: [SIMD3<Double>] = []

  /// Crossings of `level` between neighbouring voxels for which `counts` holds.
  ///
  /// - Parameter counts: Told the offsets of both voxels; leaves out inner surfaces.
  init(_ image: LevelImage, level: Double, where counts: (Int, Int) -> Bool) {
    // One voxel from the rim, so that each voxel has neighbours for its gradient.
    let slices = max(0, image.grid.size.z - 3)
    let parts = Slabs.map(of: slices) { range in
      var part = IsoSurface()
      for k in range { part.add(image, slice: k + 1, level: Float(level), where: counts) }
      return part
    }
    points = parts.flatMap(\.points)
    normals = parts.flatMap(\.normals)
  }

  private init() {}

  private mutating func add(
    _ image: LevelImage, slice k: Int, level threshold: Float, where counts: (Int, Int) -> Bool
  ) {
    let size = image.grid.size
    let strides = [1, size.x, size.x * size.y]
    for j in stride(from: 1, to: size.y - 2, by: 1) {
      for i in stride(from: 1, to: size.x - 2, by: 1) {
        let a = i + size.x * j + strides[2] * k
        let isHigh = image.samples[a] > threshold
        for axis in 0..<3 {
          let b = a + strides[axis]
          guard (image.samples[b] > threshold) != isHigh, counts(a, b) else { continue }
          add(image, a, b, at: SIMD3(i, j, k), axis: axis, threshold: threshold)
        }
      }
    }
  }

  private mutating func add(
    _ image: LevelImage, _ a: Int, _ b: Int, at voxel: SIMD3<Int>, axis: Int, threshold: Float
  ) {
    let (va, vb) = (image.samples[a], image.samples[b])
    let fraction = Double((threshold - va) / (vb - va))
    var position = SIMD3(Double(voxel.x), Double(voxel.y), Double(voxel.z))
    position[axis] += fraction
    let gradient =
      Self.gradient(image, a) * (1 - fraction) + Self.gradient(image, b) * fraction
    guard gradient.length > 0 else { return }
    points.append(image.grid.patientPoint(at: GridPoint(ijk: position)).millimetres)
    normals.append(gradient.normalised)
  }

  /// Central differences, per millimetre on patient axes.
  private static func gradient(_ image: LevelImage, _ n: Int) -> SIMD3<Double> {
    let (nx, nxy) = (image.grid.size.x, image.grid.size.x * image.grid.size.y)
    func difference(_ stride: Int) -> Double {
      Double(image.samples[n + stride] - image.samples[n - stride]) / 2
    }
    let g = SIMD3(difference(1), difference(nx), difference(nxy)) / image.grid.spacing
    return image.grid.axes.i * g.x + image.grid.axes.j * g.y + image.grid.axes.k * g.z
  }
}

/// Distances between two surfaces after a transform.
enum SurfaceDistance {
  /// Distances beyond this, in millimetres, are counted as this.
  static let farthest = 24.0
  /// Surface points asked per direction.
  private static let queries = 4000

  /// From points of `fixed` to `moving` and back, in millimetres, where the other image sees.
  static func both(
    _ fixed: IsoSurface, on fixedGrid: VoxelGrid, _ moving: IsoSurface, on movingGrid: VoxelGrid,
    through fixedToMoving: RigidTransform
  ) -> [Double] {
    let movingToFixed = fixedToMoving.inverse
    return both(
      fixed, on: fixedGrid, moving, on: movingGrid, there: { fixedToMoving($0) },
      back: { movingToFixed($0) })
  }

  /// The same through any map and its inverse; points that cannot be mapped are left out.
  static func both(
    _ fixed: IsoSurface, on fixedGrid: VoxelGrid, _ moving: IsoSurface, on movingGrid: VoxelGrid,
    there: (PatientPoint) -> PatientPoint?, back: (PatientPoint) -> PatientPoint?
  ) -> [Double] {
    oneWay(fixed, to: moving, on: movingGrid, through: there)
      + oneWay(moving, to: fixed, on: fixedGrid, through: back)
  }

  private static func oneWay(
    _ from: IsoSurface, to: IsoSurface, on grid: VoxelGrid,
    through map: (PatientPoint) -> PatientPoint?
  ) -> [Double] {
    guard let lookup = PointLookup(to.points) else { return [] }
    // Close to a sampled surface the distance to its tangent plane is the true one; the distance
    // to the nearest sample would stay near half a voxel for perfectly aligned surfaces.
    let near = 1.5 * grid.spacing.max()
    let step = max(1, from.points.count / queries)
    return stride(from: 0, to: from.points.count, by: step).compactMap { n in
      guard let p = map(PatientPoint(millimetres: from.points[n])), sees(grid, p) else {
        return nil
      }
      guard let hit = lookup.nearest(to: p.millimetres, within: farthest) else { return farthest }
      let offset = p.millimetres - to.points[hit]
      let distance = offset.length
      return distance < near ? abs(offset.dot(to.normals[hit])) : distance
    }
  }

  /// Whether the point lies at least two voxels inside the grid.
  private static func sees(_ grid: VoxelGrid, _ p: PatientPoint) -> Bool {
    let q = grid.gridPoint(at: p).ijk
    let last = grid.size &- 3
    return q.min() >= 2 && q.x <= Double(last.x) && q.y <= Double(last.y) && q.z <= Double(last.z)
  }
}

/// Points sorted into cubic cells, to find the nearest one.
struct PointLookup {
  private static let cell = 8.0
  private let points: [SIMD3<Double>]
  private let low: SIMD3<Double>
  private let size: SIMD3<Int>
  /// Offsets into `order` where each cell begins, and the end.
  private var starts: [Int]
  private var order: [Int]

  init?(_ points: [SIMD3<Double>]) {
    guard let first = points.first else { return nil }
    let low = points.reduce(first) { pointwiseMin($0, $1) }
    let high = points.reduce(first) { pointwiseMax($0, $1) }
    let n = ((high - low) / Self.cell).rounded(.down)
    (self.points, self.low) = (points, low)
    size = SIMD3(Int(n.x) + 1, Int(n.y) + 1, Int(n.z) + 1)
    starts = [Int](repeating: 0, count: size.x * size.y * size.z + 1)
    order = [Int](repeating: 0, count: points.count)
    let cells = points.map { index(cell(of: $0)) }
    for c in cells { starts[c + 1] += 1 }
    for c in 1..<starts.count { starts[c] += starts[c - 1] }
    var next = starts
    for (n, c) in cells.enumerated() {
      order[next[c]] = n
      next[c] += 1
    }
  }

  private func cell(of p: SIMD3<Double>) -> SIMD3<Int> {
    let q = ((p - low) / Self.cell).rounded(.down)
    return SIMD3(Int(q.x), Int(q.y), Int(q.z))
  }
  private func index(_ c: SIMD3<Int>) -> Int { c.x + size.x * (c.y + size.y * c.z) }

  /// The nearest point no farther than `limit`; `nil` if there is none.
  func nearest(to p: SIMD3<Double>, within limit: Double) -> Int? {
    let home = cell(of: p)
    var best: (index: Int, squared: Double)?
    for ring in 0...Int((limit / Self.cell).rounded(.up)) {
      // Whatever lies in this ring is at least (ring − 1) cells away.
      let reach = Double(max(0, ring - 1)) * Self.cell
      if let best, best.squared <= reach * reach { break }
      visit(ring, around: home) { c in
        for n in starts[index(c)]..<starts[index(c) + 1] {
          let d = points[order[n]] - p
          let squared = d.dot(d)
          if squared < best?.squared ?? limit * limit { best = (order[n], squared) }
        }
      }
    }
    return best?.index
  }

  /// The cells at Chebyshev distance `ring` from `home` that exist.
  private func visit(_ ring: Int, around home: SIMD3<Int>, _ body: (SIMD3<Int>) -> Void) {
    let low = pointwiseMax(home &- ring, .zero)
    let high = pointwiseMin(home &+ ring, size &- 1)
    guard low.x <= high.x, low.y <= high.y, low.z <= high.z else { return }
    for z in low.z...high.z {
      for y in low.y...high.y {
        let onShell = abs(z - home.z) == ring || abs(y - home.y) == ring
        let xs = onShell ? Array(low.x...high.x) : [home.x - ring, home.x + ring]
        for x in xs where x >= low.x && x <= high.x { body(SIMD3(x, y, z)) }
      }
    }
  }
}
