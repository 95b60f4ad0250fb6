import Geometry
import Kernels
import Volumes

/// The contours of one region gathered by the parallel planes they were drawn on.
struct ContourStack {
  private struct Plane {
    let offset: Double
    var polygons: [[SIMD3<Double>]]
  }

  private let planes: [Plane]
  /// Unit normal of the planes; in-plane axes complete it to a right-handed frame.
  private let axes: VoxelGrid.Axes
  /// Half the usual distance of neighbouring planes: how far a contour reaches along the normal.
  private let reach: Double

  /// Contours this close along the normal, in millimetres, lie on one plane.
  private static let planeTolerance = 0.05
  /// Cosine of the angle between two normals may differ from one by so much.
  private static let parallelTolerance = 1e-3

  /// `nil` when no contour encloses an area.
  init?(_ contours: [[PatientPoint]]) {
    let polygons = contours.map { $0.map(\.millimetres) }
    guard let normal = polygons.lazy.compactMap(Self.normal).first else { return nil }
    axes = Self.axes(normal)
    var planes: [Plane] = []
    let placed = polygons.map { polygon in
      (polygon, polygon.reduce(0) { $0 + $1.dot(normal) } / Double(polygon.count))
    }
    for (polygon, offset) in placed.sorted(by: { $0.1 < $1.1 }) {
      if let last = planes.last, offset - last.offset < Self.planeTolerance {
        planes[planes.count - 1].polygons.append(polygon)
      } else {
        planes.append(Plane(offset: offset, polygons: [polygon]))
      }
    }
    self.planes = planes
    let gaps = zip(planes, planes.dropFirst()).map { $1.offset - $0.offset }.sorted()
    reach = gaps.isEmpty ? 0 : gaps[gaps.count / 2] / 2
  }

  /// Voxels at least half covered. Each slice takes the contours of the nearest plane that lies
  /// within half the usual distance of the planes, so the region keeps its length on any grid.
  func mask(on grid: VoxelGrid) -> Mask {
    let isParallel = abs(abs(grid.axes.k.dot(axes.k)) - 1) < Self.parallelTolerance
    guard isParallel else { return throughOwnGrid(grid) }
    let perSlice = grid.size.x * grid.size.y
    var inside = [UInt8](repeating: 0, count: grid.voxelCount)
    for k in 0..<grid.size.z {
      let centre = grid.patientPoint(i: 0, j: 0, k: k).millimetres.dot(axes.k)
      guard let plane = nearestPlane(to: centre, halfSlice: halfSlice(grid, k)) else { continue }
      let polygons = plane.polygons.map { polygon in
        polygon.map { point in
          let p = grid.gridPoint(at: PatientPoint(millimetres: point)).ijk
          return SIMD2(p.x, p.y)
        }
      }
      let coverage = PolygonCoverage.run(polygons, columns: grid.size.x, rows: grid.size.y)
      for n in 0..<perSlice where coverage[n] >= 0.5 { inside[k * perSlice + n] = 1 }
    }
    return Mask(grid: grid) { inside[$0] != 0 }
  }

  private func halfSlice(_ grid: VoxelGrid, _ k: Int) -> Double {
    grid.voxelMillilitres(inSlice: k) * 1000 / (grid.spacing.x * grid.spacing.y) / 2
  }

  private func nearestPlane(to offset: Double, halfSlice: Double) -> Plane? {
    // A lone contour belongs to one slice; several reach half-way to their neighbours.
    let limit = (reach > 0 ? reach : halfSlice) + Self.planeTolerance
    let nearest = planes.min { abs($0.offset - offset) < abs($1.offset - offset) }
    guard let nearest, abs(nearest.offset - offset) <= limit else { return nil }
    return nearest
  }

  /// For an oblique grid: rasterise on the region's own planes, then resample.
  private func throughOwnGrid(_ grid: VoxelGrid) -> Mask {
    let points = planes.flatMap(\.polygons).joined()
    let step = min(grid.spacing.x, grid.spacing.y) / 2
    let thickness = reach > 0 ? 2 * reach : grid.spacing.z
    func range(_ axis: SIMD3<Double>) -> ClosedRange<Double> {
      let along = points.map { $0.dot(axis) }
      return ((along.min() ?? 0) - 2 * step)...((along.max() ?? 0) + 2 * step)
    }
    let (u, v) = (range(axes.i), range(axes.j))
    let w = (planes.first?.offset ?? 0) - thickness
    let length = (planes.last?.offset ?? 0) + thickness - w
    let origin = axes.i * u.lowerBound + axes.j * v.lowerBound + axes.k * w
    let own = try? VoxelGrid(
      size: [
        Int((u.upperBound - u.lowerBound) / step) + 1,
        Int((v.upperBound - v.lowerBound) / step) + 1, Int((length / thickness).rounded()) + 1,
      ], spacing: [step, step, thickness], axes: axes, origin: PatientPoint(millimetres: origin))
    return own.map { mask(on: $0).resampled(onto: grid) } ?? Mask(grid: grid)
  }

  /// Newell's normal of a polygon, robust against collinear corners; `nil` for no area.
  private static func normal(_ polygon: [SIMD3<Double>]) -> SIMD3<Double>? {
    var sum = SIMD3<Double>.zero
    for n in polygon.indices { sum += polygon[n].cross(polygon[(n + 1) % polygon.count]) }
    guard sum.length > 1e-6 else { return nil }
    let unit = sum.normalised
    // One sense for all contours, whichever way round they were drawn.
    let largest = max(abs(unit.x), abs(unit.y), abs(unit.z))
    let sign = [unit.x, unit.y, unit.z].first { abs($0) == largest } ?? 1
    return sign < 0 ? -unit : unit
  }

  private static func axes(_ normal: SIMD3<Double>) -> VoxelGrid.Axes {
    let helper: SIMD3<Double> = abs(normal.x) < 0.9 ? [1, 0, 0] : [0, 1, 0]
    let i = (helper - normal * helper.dot(normal)).normalised
    return VoxelGrid.Axes(i: i, j: normal.cross(i), k: normal)
  }
}
