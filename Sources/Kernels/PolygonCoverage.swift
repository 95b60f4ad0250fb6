/// How much of each pixel of a raster lies inside a set of polygons.
public enum PolygonCoverage {
  /// Lines sampled per pixel row. Along a line the overlap is exact, so 8 lines give the coverage
  /// of a pixel to a few per cent.
  public static let linesPerRow = 8

  /// Coverage of each pixel, 0 to 1, columns fastest.
  ///
  /// Inside is decided by the even-odd rule over all polygons together, so that an inner polygon
  /// is a hole (exclusive or) and a keyhole polygon needs no special care.
  ///
  /// - Parameters:
  ///   - polygons: Closed polygons in pixel units: (column, row), whole numbers at pixel centres.
  public static func run(
    _ polygons: [[SIMD2<Double>]], columns: Int, rows: Int
  ) -> [Float] {
    var coverage = [Float](repeating: 0, count: columns * rows)
    let edges = polygons.flatMap { polygon in
      polygon.indices.map { (polygon[$0], polygon[($0 + 1) % polygon.count]) }
    }
    guard let lowest = edges.map({ min($0.0.y, $0.1.y) }).min(),
      let highest = edges.map({ max($0.0.y, $0.1.y) }).max(),
      highest >= -0.5, lowest <= Double(rows) - 0.5
    else { return coverage }
    let first = max(0, Int((lowest + 0.5).rounded(.down)))
    let last = min(rows - 1, Int((highest + 0.5).rounded(.down)))
    guard first <= last else { return coverage }
    for row in first...last {
      for line in 0..<linesPerRow {
        let y = Double(row) - 0.5 + (Double(line) + 0.5) / Double(linesPerRow)
        let crossings = edges.compactMap { crossing(of: $0, atRow: y) }.sorted()
        var n = 0
        while n + 1 < crossings.count {
          addSpan(from: crossings[n], to: crossings[n + 1], row: row, columns, &coverage)
          n += 2
        }
      }
    }
    return coverage
  }

  /// Where an edge meets a horizontal line; half-open in y, so a corner counts once.
  private static func crossing(
    of edge: (SIMD2<Double>, SIMD2<Double>), atRow y: Double
  ) -> Double? {
    let (a, b) = edge
    guard (a.y <= y) != (b.y <= y) else { return nil }
    return a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x)
  }

  private static func addSpan(
    from start: Double, to end: Double, row: Int, _ columns: Int, _ coverage: inout [Float]
  ) {
    let lower = max(start, -0.5)
    let upper = min(end, Double(columns) - 0.5)
    guard lower < upper else { return }
    let first = Int((lower + 0.5).rounded(.down))
    let last = min(columns - 1, Int((upper + 0.5).rounded(.down)))
    for column in first...last {
      let overlap = min(upper, Double(column) + 0.5) - max(lower, Double(column) - 0.5)
      if overlap > 0 { coverage[row * columns + column] += Float(overlap) / Float(linesPerRow) }
    }
  }
}
