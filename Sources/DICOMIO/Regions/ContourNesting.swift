import Kernels

/// Which contours of one plane are outlines and which are holes.
///
/// PS3.3 C.8.8.6 leaves it open how several closed contours of one plane combine, and programs
/// differ. The rule here: a contour that lies inside another is a hole in it, one inside a hole
/// is an island, and so on; contours that overlap in part are united. The sense of rotation does
/// not matter, since programs do not agree on it. Contours of the type CLOSEDPLANAR_XOR are
/// combined by exclusive or, as their type says.
struct ContourNesting {
  let shapes: [PolygonCoverage.Shape]
  /// Contours that repeat another one of the plane, and were left out.
  let repeated: Int
  /// Contours that cross themselves; what they enclose an even number of times is outside.
  let selfCrossing: Int
  /// Whether there were too many contours to sort, so that even-odd decided for all of them.
  let isUnsorted: Bool

  /// A contour of which at least this fraction lies in another one lies inside it. Holes share
  /// stretches of border with their outline, rounded to a tenth of a millimetre.
  private static let insideFraction = 0.99
  /// The even-odd area of a contour that does not cross itself equals its signed area; sampling
  /// by lines is good to a fraction of this.
  private static let areaTolerance = 0.02
  /// Pairs of contours that are looked at; real planes have a few hundred.
  private static let mostPairs = 20_000

  init(_ polygons: [[SIMD2<Double>]], exclusive: Bool) {
    let areas = polygons.map { PolygonCoverage.area([.init(outlines: [$0])], lines: 128) }
    selfCrossing = zip(polygons, areas).count { polygon, area in
      abs(abs(Self.signedArea(polygon)) - area) > Self.areaTolerance * area
    }
    guard !exclusive, polygons.count > 1 else {
      shapes = [.init(outlines: polygons)]
      (repeated, isUnsorted) = (0, false)
      return
    }
    let boxes = polygons.map(Box.init)
    let order = polygons.indices.sorted { (areas[$1], $0) < (areas[$0], $1) }
    var kept: [Int] = []
    var level = [Int](repeating: 0, count: polygons.count)
    var containers = [[Int]](repeating: [], count: polygons.count)
    var (pairs, copies) = (0, 0)
    for n in order {
      var isCopy = false
      for outer in kept where boxes[outer].contains(boxes[n]) {
        pairs += 1
        guard Self.isInside(polygons[n], areas[n], polygons[outer]) else { continue }
        if areas[n] >= Self.insideFraction * areas[outer] { isCopy = true }
        containers[n].append(outer)
        level[n] = max(level[n], level[outer] + 1)
      }
      if isCopy { copies += 1 } else { kept.append(n) }
      if pairs > Self.mostPairs { break }
    }
    isUnsorted = pairs > Self.mostPairs
    repeated = isUnsorted ? 0 : copies
    shapes =
      isUnsorted
      ? [.init(outlines: polygons)]
      : kept.filter { level[$0] % 2 == 0 }.map { outline in
        let holes = kept.filter {
          level[$0] == level[outline] + 1 && containers[$0].contains(outline)
        }
        return .init(outlines: [polygons[outline]], holes: holes.map { polygons[$0] })
      }
  }

  private static func isInside(
    _ inner: [SIMD2<Double>], _ area: Double, _ outer: [SIMD2<Double>]
  ) -> Bool {
    let sticksOut = PolygonCoverage.area(
      [.init(outlines: [inner], holes: [outer])], lines: 128)
    return sticksOut <= (1 - insideFraction) * area
  }

  /// Shoelace formula.
  static func signedArea(_ polygon: [SIMD2<Double>]) -> Double {
    polygon.indices.reduce(0.0) { sum, n in
      let (a, b) = (polygon[n], polygon[(n + 1) % polygon.count])
      return sum + (a.x * b.y - b.x * a.y) / 2
    }
  }
}

/// The smallest upright rectangle round a polygon.
private struct Box {
  let low: SIMD2<Double>
  let high: SIMD2<Double>

  init(_ polygon: [SIMD2<Double>]) {
    low = polygon.dropFirst().reduce(polygon[0]) { pointwiseMin($0, $1) }
    high = polygon.dropFirst().reduce(polygon[0]) { pointwiseMax($0, $1) }
  }

  /// Whether the other box lies inside, give or take a hundredth of its size.
  func contains(_ other: Box) -> Bool {
    let slack = (other.high - other.low) / 100
    return all(low .<= other.low + slack) && all(high .>= other.high - slack)
  }
}
