/// How much of each pixel of a raster lies inside a region drawn with polygons.
///
/// The plane is cut by evenly spaced lines. Along a line the overlap with each pixel is exact;
/// across lines it is the mean of ``linesPerRow`` lines.
public enum PolygonCoverage {
  /// Lines sampled per pixel row: a straight edge is off by less than 1/32 of a pixel in its
  /// worst direction, and not at all in the mean.
  public static let linesPerRow = 16

  /// An area and what is cut out of it.
  public struct Shape: Sendable, Hashable {
    /// Closed polygons taken together by the even-odd rule, so that a keyhole polygon, or an
    /// inner polygon among them, makes a hole.
    public var outlines: [[SIMD2<Double>]]
    /// Closed polygons, each filled by the even-odd rule on its own, that are taken away.
    public var holes: [[SIMD2<Double>]]

    public init(outlines: [[SIMD2<Double>]], holes: [[SIMD2<Double>]] = []) {
      self.outlines = outlines
      self.holes = holes
    }

    /// The shape with every corner moved by `move`.
    public func mapped(_ move: (SIMD2<Double>) -> SIMD2<Double>) -> Shape {
      Shape(outlines: outlines.map { $0.map(move) }, holes: holes.map { $0.map(move) })
    }
  }

  /// Coverage of each pixel by the union of the shapes, 0 to 1, columns fastest.
  ///
  /// - Parameter shapes: In pixel units: (column, row), whole numbers at pixel centres.
  public static func run(_ shapes: [Shape], columns: Int, rows: Int) -> [Float] {
    var coverage = [Float](repeating: 0, count: columns * rows)
    let step = 1 / Double(linesPerRow)
    let lines = ScanLines(
      shapes, first: -0.5 + step / 2, step: step, count: rows * linesPerRow)
    lines.forEach { line, spans in
      for span in spans {
        add(span, row: line / linesPerRow, columns, &coverage)
      }
    }
    return coverage
  }

  /// Area of the union of the shapes, in square units of their coordinates.
  public static func area(_ shapes: [Shape], lines count: Int = 512) -> Double {
    let heights = shapes.flatMap(\.outlines).joined().map(\.y)
    guard let lowest = heights.min(), let highest = heights.max(), highest > lowest else {
      return 0
    }
    let step = (highest - lowest) / Double(count)
    var length = 0.0
    ScanLines(shapes, first: lowest + step / 2, step: step, count: count).forEach { _, spans in
      for span in spans { length += span.upperBound - span.lowerBound }
    }
    return length * step
  }

  private static func add(
    _ span: ClosedRange<Double>, row: Int, _ columns: Int, _ coverage: inout [Float]
  ) {
    let lower = max(span.lowerBound, -0.5)
    let upper = min(span.upperBound, Double(columns) - 0.5)
    guard lower < upper else { return }
    let first = Int((lower + 0.5).rounded(.down))
    let last = min(columns - 1, Int((upper + 0.5).rounded(.down)))
    for column in first...last {
      let overlap = min(upper, Double(column) + 0.5) - max(lower, Double(column) - 0.5)
      if overlap > 0 { coverage[row * columns + column] += Float(overlap) / Float(linesPerRow) }
    }
  }
}

/// Where the edges of shapes meet evenly spaced lines of constant y.
private struct ScanLines {
  private struct Crossing {
    let line: Int
    /// Which outline set or hole the edge belongs to.
    let part: Int
    let x: Double
  }

  private struct Part {
    let shape: Int
    let isHole: Bool
  }

  private var parts: [Part] = []
  private var crossings: [Crossing] = []

  init(_ shapes: [PolygonCoverage.Shape], first: Double, step: Double, count: Int) {
    for (n, shape) in shapes.enumerated() {
      parts.append(Part(shape: n, isHole: false))
      for outline in shape.outlines { add(outline, first, step, count) }
      for hole in shape.holes {
        parts.append(Part(shape: n, isHole: true))
        add(hole, first, step, count)
      }
    }
    crossings.sort { ($0.line, $0.part, $0.x) < ($1.line, $1.part, $1.x) }
  }

  /// An edge meets the lines y with low ≤ y < high: half-open, so that a corner counts once.
  private mutating func add(
    _ polygon: [SIMD2<Double>], _ first: Double, _ step: Double, _ count: Int
  ) {
    func line(atOrAbove y: Double) -> Int {
      Int(min(max(((y - first) / step).rounded(.up), 0), Double(count)))
    }
    for n in polygon.indices {
      let (a, b) = (polygon[n], polygon[(n + 1) % polygon.count])
      let slope = (b.x - a.x) / (b.y - a.y)
      let start = line(atOrAbove: min(a.y, b.y))
      let end = line(atOrAbove: max(a.y, b.y))
      guard start < end else { continue }
      for line in start..<end {
        let y = first + Double(line) * step
        crossings.append(Crossing(line: line, part: parts.count - 1, x: a.x + (y - a.y) * slope))
      }
    }
  }

  /// Calls `body` with each line that meets the shapes, and the stretches of it inside them,
  /// disjoint and in order.
  func forEach(_ body: (Int, [ClosedRange<Double>]) -> Void) {
    var n = 0
    while n < crossings.count {
      let line = crossings[n].line
      var ofShape: [(shape: Int, outline: [ClosedRange<Double>], holes: [ClosedRange<Double>])] = []
      while n < crossings.count, crossings[n].line == line {
        let part = parts[crossings[n].part]
        let spans = takeSpans(from: &n)
        if ofShape.last?.shape != part.shape { ofShape.append((part.shape, [], [])) }
        if part.isHole {
          ofShape[ofShape.count - 1].holes += spans
        } else {
          ofShape[ofShape.count - 1].outline += spans
        }
      }
      let all = ofShape.flatMap { Self.subtract(Self.united($0.holes), from: $0.outline) }
      body(line, ofShape.count == 1 ? all : Self.united(all))
    }
  }

  /// The even-odd stretches of one part of one line; moves `n` past its crossings.
  private func takeSpans(from n: inout Int) -> [ClosedRange<Double>] {
    let first = n
    while n < crossings.count, crossings[n].line == crossings[first].line,
      crossings[n].part == crossings[first].part
    {
      n += 1
    }
    return stride(from: first, to: n - 1, by: 2).map { crossings[$0].x...crossings[$0 + 1].x }
  }

  private static func united(_ spans: [ClosedRange<Double>]) -> [ClosedRange<Double>] {
    guard spans.count > 1 else { return spans }
    var result: [ClosedRange<Double>] = []
    for span in spans.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = result.last, span.lowerBound <= last.upperBound {
        result[result.count - 1] = last.lowerBound...max(last.upperBound, span.upperBound)
      } else {
        result.append(span)
      }
    }
    return result
  }

  /// Both lists are disjoint and in order.
  private static func subtract(
    _ holes: [ClosedRange<Double>], from spans: [ClosedRange<Double>]
  ) -> [ClosedRange<Double>] {
    guard !holes.isEmpty else { return spans }
    var result: [ClosedRange<Double>] = []
    for span in spans {
      var start = span.lowerBound
      for hole in holes where hole.upperBound > start && hole.lowerBound < span.upperBound {
        if hole.lowerBound > start { result.append(start...hole.lowerBound) }
        start = hole.upperBound
      }
      if start < span.upperBound { result.append(start...span.upperBound) }
    }
    return result
  }
}
