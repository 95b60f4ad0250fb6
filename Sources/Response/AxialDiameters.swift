import Geometry
public import Quantities
public import Volumes

/// Longest diameter of a lesion in an axial plane, and its extent at right angles there: what
/// RECIST 1.1 measures (Eisenhauer 2009, Eur J Cancer 45:228).
public struct AxialDiameters: Sendable, Hashable, Codable {
  public let longest: Length
  /// The longest stretch inside the lesion at right angles to the longest diameter, in its plane.
  public let shortAxis: Length
  /// Place of the plane along its normal, in millimetres.
  public let planeMillimetres: Double

  public init(longest: Length, shortAxis: Length, planeMillimetres: Double) {
    (self.longest, self.shortAxis) = (longest, shortAxis)
    self.planeMillimetres = planeMillimetres
  }

  /// Closed curves of one plane, in millimetres along two axes at right angles.
  public struct Plane: Sendable, Hashable {
    public let millimetres: Double
    public let curves: [[SIMD2<Double>]]

    public init(millimetres: Double, curves: [[SIMD2<Double>]]) {
      (self.millimetres, self.curves) = (millimetres, curves)
    }
  }

  /// Measures the planes of an outline exactly, in each plane each closed curve for itself.
  ///
  /// - Returns: `nil` when no curve has two points apart from each other.
  public init?(_ planes: [Plane]) {
    var best: (diameter: ConvexHull.Diameter, curve: [SIMD2<Double>], plane: Double)?
    for plane in planes {
      for curve in plane.curves {
        guard let diameter = ConvexHull(curve).diameter, diameter.length > 0 else { continue }
        if diameter.length > best?.diameter.length ?? 0 {
          best = (diameter, curve, plane.millimetres)
        }
      }
    }
    guard let best else { return nil }
    longest = .millimetres(best.diameter.length)
    shortAxis = .millimetres(
      Self.longestChord(of: best.curve, along: best.diameter.direction.perpendicular))
    planeMillimetres = best.plane
  }

  /// The longest diameter of an outline's voxels in any slice. The edge runs half-way between the
  /// centres of inner and outer voxels, as a contour drawn through them would.
  public static func longest(of outline: Outline) -> Length? {
    let (grid, half) = (outline.grid, 0.5)
    let slices = Dictionary(grouping: outline.runs) { grid.ijk(at: $0.lowerBound).z }
    let lengths = slices.values.compactMap { runs -> Double? in
      let corners = runs.flatMap { run -> [SIMD2<Double>] in
        let first = grid.ijk(at: run.lowerBound)
        let (i, j) = (Double(first.x), Double(first.y))
        let last = i + Double(run.count - 1)
        return [[i - half, j], [last + half, j]]
          + [i, last].flatMap { [SIMD2($0, j - half), SIMD2($0, j + half)] }
      }
      return ConvexHull(corners.map { $0 * SIMD2(grid.spacing.x, grid.spacing.y) }).diameter?.length
    }
    return lengths.max().map { .millimetres($0) }
  }

  /// The length of the longest stretch inside a closed curve along a direction. The length of a
  /// stretch is linear between the curve's corners, so the longest passes through a corner.
  static func longestChord(of curve: [SIMD2<Double>], along direction: SIMD2<Double>) -> Double {
    let across = direction.perpendicular
    let places = Set(curve.map { $0.dot(across) }).sorted()
    guard let first = places.first, let last = places.last, last > first else { return 0 }
    // Just beside each corner, where the curve crosses the line cleanly on either side.
    let step = (last - first) * 1e-9
    var longest = 0.0
    for place in places {
      for beside in [place - step, place + step] where beside > first && beside < last {
        longest = max(longest, stretch(of: curve, at: beside, across: across, along: direction))
      }
    }
    return longest
  }

  private static func stretch(
    of curve: [SIMD2<Double>], at place: Double, across: SIMD2<Double>, along: SIMD2<Double>
  ) -> Double {
    var crossings: [Double] = []
    for n in curve.indices {
      let (a, b) = (curve[n], curve[(n + 1) % curve.count])
      let (u, v) = (a.dot(across) - place, b.dot(across) - place)
      guard (u < 0) != (v < 0) else { continue }
      crossings.append((a + (b - a) * (u / (u - v))).dot(along))
    }
    crossings.sort()
    return stride(from: 0, to: crossings.count - 1, by: 2)
      .map { crossings[$0 + 1] - crossings[$0] }.max() ?? 0
  }
}

/// The convex hull of points of a plane, anticlockwise (Andrew 1979, Inf Process Lett 9:216).
struct ConvexHull {
  let points: [SIMD2<Double>]

  struct Diameter {
    let length: Double
    let direction: SIMD2<Double>
  }

  init(_ points: [SIMD2<Double>]) {
    let sorted = points.sorted { ($0.x, $0.y) < ($1.x, $1.y) }
    func chain(_ points: [SIMD2<Double>]) -> [SIMD2<Double>] {
      var hull: [SIMD2<Double>] = []
      for p in points {
        while hull.count > 1,
          (hull[hull.count - 1] - hull[hull.count - 2]).cross(p - hull[hull.count - 2]) <= 0
        {
          hull.removeLast()
        }
        hull.append(p)
      }
      return hull
    }
    let (lower, upper) = (chain(sorted), chain(sorted.reversed()))
    self.points = Array(lower.dropLast() + upper.dropLast())
  }

  /// The two points farthest apart, by rotating calipers (Shamos 1978); `nil` for a single point.
  var diameter: Diameter? {
    guard points.count > 1 else { return nil }
    var best = (distance: 0.0, from: points[0], to: points[0])
    func look(_ a: SIMD2<Double>, _ b: SIMD2<Double>) {
      let distance = (b - a).length
      if distance > best.distance { best = (distance, a, b) }
    }
    guard points.count > 2 else {
      look(points[0], points[1])
      return best.distance > 0
        ? Diameter(length: best.distance, direction: (best.to - best.from) / best.distance) : nil
    }
    var far = 1
    for n in points.indices {
      let (a, b) = (points[n], points[(n + 1) % points.count])
      while (b - a).cross(points[(far + 1) % points.count] - a) > (b - a).cross(points[far] - a) {
        far = (far + 1) % points.count
      }
      look(a, points[far])
      look(b, points[far])
      // Sides that are parallel: both ends of the far one.
      look(a, points[(far + 1) % points.count])
      look(b, points[(far + 1) % points.count])
    }
    return Diameter(length: best.distance, direction: (best.to - best.from) / best.distance)
  }
}

extension SIMD2<Double> {
  var length: Double { (x * x + y * y).squareRoot() }
  var perpendicular: SIMD2<Double> { [-y, x] }
  func dot(_ b: SIMD2<Double>) -> Double { x * b.x + y * b.y }
  func cross(_ b: SIMD2<Double>) -> Double { x * b.y - y * b.x }
}
