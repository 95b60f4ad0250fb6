import Geometry
import Kernels

/// A region as a stack of prisms: each contour plane stands for the tissue half-way to its
/// neighbours.
///
/// - The first and last prism reach half the usual plane spacing beyond their plane (end caps).
/// - One or two planes missing between two drawn ones are filled by shape-based interpolation.
/// - Across a wider gap the region is in two pieces, each with its own end cap.
struct ContourStack {
  /// A prism, and what it is made of.
  struct Layer {
    /// Along ``axes``.k, in millimetres.
    let extent: ClosedRange<Double>
    let content: Content
  }

  enum Content {
    case drawn(Int)
    /// Between a plane and the next, at a fraction of the way.
    case between(Int, fraction: Double)
  }

  /// A plane with contours.
  struct Plane {
    /// Along the normal, in millimetres.
    let offset: Double
    /// In millimetres along ``axes``.i and j.
    let shapes: [PolygonCoverage.Shape]
  }

  /// k is the unit normal of the planes.
  let axes: VoxelGrid.Axes
  let planes: [Plane]
  /// In order along k; empty when there is a single plane of unknown thickness.
  let layers: [Layer]
  /// Usual distance of neighbouring planes; `nil` for a single plane of unknown thickness.
  let spacing: Double?
  let warnings: [String]

  /// Contours this close along the normal, in millimetres, lie on one plane.
  private static let planeTolerance = 0.1
  /// Points may lie this far off the plane of their contour, in millimetres: more than rounding
  /// gives, and less than a slice.
  private static let flatness = 0.5
  /// A gap of more than this many usual distances means that a plane is missing …
  private static let missingPlane = 1.5
  /// … and of more than this many, that the region ends and begins again.
  private static let separatePieces = 3.5
  /// Less than this area in square millimetres is a line or a point.
  private static let leastArea = 1e-3

  /// - Parameter thickness: Contour Slab Thickness, where the file states one.
  /// - Throws: ``ContourFault`` when the contours enclose no area or do not lie in parallel
  ///   planes.
  init(
    _ contours: [[PatientPoint]], exclusive: Bool = false, thickness: Double? = nil
  ) throws(ContourFault) {
    let polygons = contours.map { $0.map(\.millimetres) }
    let normals = polygons.map(Self.normal)
    let largest = normals.indices.max { normals[$0].length < normals[$1].length }
    guard let largest, normals[largest].length > Self.leastArea else { throw .noArea }
    axes = Self.axes(Self.signed(normals[largest].normalised))
    var placed: [(polygon: [SIMD3<Double>], offset: Double)] = []
    for (polygon, normal) in zip(polygons, normals) where normal.length > Self.leastArea {
      let heights = polygon.map { [axes] in $0.dot(axes.k) }
      let mean = heights.reduce(0, +) / Double(heights.count)
      let farthest = heights.map { abs($0 - mean) }.max() ?? 0
      guard farthest <= Self.flatness else { throw .notParallel(millimetres: farthest) }
      placed.append((polygon, mean))
    }
    var notes = PlaneNotes(flat: polygons.count - placed.count)
    planes = Self.planes(placed, axes, exclusive: exclusive, &notes)
    spacing = Self.usualSpacing(planes.map(\.offset)) ?? thickness
    layers = spacing.map { [planes] in Self.layers(planes, spacing: $0, &notes) } ?? []
    warnings = notes.warnings
  }

  private static func planes(
    _ placed: [(polygon: [SIMD3<Double>], offset: Double)], _ axes: VoxelGrid.Axes,
    exclusive: Bool, _ notes: inout PlaneNotes
  ) -> [Plane] {
    var groups: [(offset: Double, polygons: [[SIMD2<Double>]])] = []
    for (polygon, offset) in placed.sorted(by: { $0.offset < $1.offset }) {
      let flat = polygon.map { SIMD2($0.dot(axes.i), $0.dot(axes.j)) }
      if let last = groups.last, offset - last.offset < planeTolerance {
        groups[groups.count - 1].polygons.append(flat)
      } else {
        groups.append((offset, [flat]))
      }
    }
    return groups.map { group in
      let nesting = ContourNesting(group.polygons, exclusive: exclusive)
      notes.add(nesting)
      return Plane(offset: group.offset, shapes: nesting.shapes)
    }
  }

  /// The lower median, so that a missing plane in a short region does not count as usual.
  private static func usualSpacing(_ offsets: [Double]) -> Double? {
    let gaps = zip(offsets, offsets.dropFirst()).map { $1 - $0 }.sorted()
    return gaps.isEmpty ? nil : gaps[(gaps.count - 1) / 2]
  }

  private static func layers(
    _ planes: [Plane], spacing: Double, _ notes: inout PlaneNotes
  ) -> [Layer] {
    var layers: [Layer] = []
    var lower = planes[0].offset - spacing / 2
    for (n, plane) in planes.enumerated() {
      guard n + 1 < planes.count else {
        layers.append(Layer(extent: lower...(plane.offset + spacing / 2), content: .drawn(n)))
        break
      }
      let gap = planes[n + 1].offset - plane.offset
      guard gap <= separatePieces * spacing else {
        layers.append(Layer(extent: lower...(plane.offset + spacing / 2), content: .drawn(n)))
        lower = planes[n + 1].offset - spacing / 2
        notes.split(gap)
        continue
      }
      let missing = gap > missingPlane * spacing ? Int((gap / spacing).rounded()) - 1 : 0
      let step = gap / Double(missing + 1)
      layers.append(Layer(extent: lower...(plane.offset + step / 2), content: .drawn(n)))
      for m in 0..<missing {
        let start = plane.offset + (Double(m) + 0.5) * step
        let fraction = Double(m + 1) / Double(missing + 1)
        layers.append(
          Layer(extent: start...(start + step), content: .between(n, fraction: fraction)))
      }
      lower = planes[n + 1].offset - step / 2
      notes.filled(missing)
    }
    return layers
  }

  /// Newell's normal of a polygon, twice its area long; where its lobes cancel, as in a figure
  /// of eight, that of its widest triangle.
  private static func normal(_ polygon: [SIMD3<Double>]) -> SIMD3<Double> {
    guard let anchor = polygon.first else { return .zero }
    let triangles = polygon.indices.map { n in
      (polygon[n] - anchor).cross(polygon[(n + 1) % polygon.count] - anchor)
    }
    let sum = triangles.reduce(.zero, +)
    guard sum.length <= leastArea else { return sum }
    return triangles.max { $0.length < $1.length } ?? .zero
  }

  /// One sense for all contours, whichever way round they were drawn.
  private static func signed(_ unit: SIMD3<Double>) -> SIMD3<Double> {
    let largest = max(abs(unit.x), abs(unit.y), abs(unit.z))
    let sign = [unit.x, unit.y, unit.z].first { abs($0) == largest } ?? 1
    return sign < 0 ? -unit : unit
  }

  private static func axes(_ normal: SIMD3<Double>) -> VoxelGrid.Axes {
    let other: SIMD3<Double> = abs(normal.x) < 0.9 ? [1, 0, 0] : [0, 1, 0]
    let i = (other - normal * other.dot(normal)).normalised
    return VoxelGrid.Axes(i: i, j: normal.cross(i), k: normal)
  }
}

/// Why contours make no solid.
enum ContourFault: Error {
  case noArea
  case notParallel(millimetres: Double)
}

/// What was met while the planes of one region were put together.
private struct PlaneNotes {
  private let flat: Int
  private var repeated = 0
  private var selfCrossing = 0
  private var unsorted = 0
  private var filledPlanes = 0
  private var splits: [Double] = []

  init(flat: Int) { self.flat = flat }

  mutating func add(_ nesting: ContourNesting) {
    repeated += nesting.repeated
    selfCrossing += nesting.selfCrossing
    unsorted += nesting.isUnsorted ? 1 : 0
  }

  mutating func filled(_ planes: Int) { filledPlanes += planes }
  mutating func split(_ gap: Double) { splits.append((gap * 100).rounded() / 100) }

  var warnings: [String] {
    func note(_ count: Int, _ text: String) -> String? { count > 0 ? "\(count) \(text)" : nil }
    let gaps = splits.map { "\($0)" }.joined(separator: ", ")
    return [
      note(flat, "contours enclose no area and were left out"),
      note(repeated, "contours are drawn twice on one plane; one of each was taken"),
      note(selfCrossing, "contours cross themselves; even-odd decides what is inside"),
      note(unsorted, "planes have too many contours to sort; even-odd decides what is inside"),
      note(filledPlanes, "contour planes are missing and were interpolated from their neighbours"),
      splits.isEmpty
        ? nil : "gaps of \(gaps) mm between contour planes are too wide to fill; left empty",
    ].compactMap { $0 }
  }
}
