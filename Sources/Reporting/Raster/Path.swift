import Foundation

/// Closed polygons, filled with exact area coverage: the one way letters, lines and outlines
/// reach the picture.
///
/// Coverage is found by summing signed areas: each edge adds to a row the area between itself
/// and the right border, and a running sum along the row gives the share of each pixel inside.
public struct Path: Sendable, Hashable {
  /// Closed contours; the last point joins the first.
  public private(set) var contours: [[SIMD2<Double>]] = []

  public init() {}

  public mutating func add(_ contour: [SIMD2<Double>]) {
    if contour.count > 2 { contours.append(contour) }
  }

  /// The band of the given width around a line, as overlapping pieces of one winding.
  public init(stroking points: [SIMD2<Double>], width: Double) {
    let half = width / 2
    for (a, b) in zip(points, points.dropFirst()) where a != b {
      let along = (b - a) / ((b - a) * (b - a)).sum().squareRoot()
      let side = SIMD2(-along.y, along.x) * half
      add([a + side, a - side, b - side, b + side])
    }
    // Joints show only on lines wider than a pixel and a half.
    guard width > 1.5 else { return }
    for p in points {
      add(
        (0..<8).map {
          let angle = Double($0) * .pi / 4
          return p + SIMD2(cos(angle), sin(angle)) * half
        })
    }
  }

  struct Coverage {
    let box: PixelBox
    /// Share of each pixel of `box` that is inside, 0 to 1, row by row.
    let shares: [Float]
  }

  /// Coverage of the pixels of a picture; `nil` when nothing of the path is in it.
  func coverage(width: Int, height: Int) -> Coverage? {
    let points = contours.joined()
    guard let first = points.first else { return nil }
    var (low, high) = (first, first)
    for p in points {
      low = pointwiseMin(low, p)
      high = pointwiseMax(high, p)
    }
    let limit = SIMD2(Double(width), Double(height))
    low = pointwiseMax(low, .zero).rounded(.down)
    high = pointwiseMin(high, limit).rounded(.up)
    guard low.x < high.x, low.y < high.y else { return nil }
    let box = PixelBox(
      x: Int(low.x), y: Int(low.y), width: Int(high.x - low.x), height: Int(high.y - low.y))
    var sums = SignedAreas(width: box.width, height: box.height)
    for contour in contours {
      var last = contour[contour.count - 1] - low
      for point in contour {
        sums.addEdge(from: last, to: point - low)
        last = point - low
      }
    }
    return Coverage(box: box, shares: sums.shares())
  }
}

/// The signed-area buffer of one path.
private struct SignedAreas {
  let width: Int
  let height: Int
  /// One extra column takes what lies right of the box.
  private var sums: [Float]

  init(width: Int, height: Int) {
    (self.width, self.height) = (width, height)
    sums = [Float](repeating: 0, count: (width + 1) * height)
  }

  mutating func addEdge(from a: SIMD2<Double>, to b: SIMD2<Double>) {
    guard a.y != b.y else { return }
    let (top, bottom, sign) = a.y < b.y ? (a, b, 1.0) : (b, a, -1.0)
    let slope = (bottom.x - top.x) / (bottom.y - top.y)
    let firstRow = max(0, Int(top.y.rounded(.down)))
    let lastRow = min(height, Int(bottom.y.rounded(.up)))
    guard firstRow < lastRow else { return }
    for row in firstRow..<lastRow {
      let y0 = max(top.y, Double(row))
      let y1 = min(bottom.y, Double(row + 1))
      guard y1 > y0 else { continue }
      let x0 = top.x + (y0 - top.y) * slope
      let x1 = top.x + (y1 - top.y) * slope
      add(row: row, from: min(x0, x1), to: max(x0, x1), height: (y1 - y0) * sign)
    }
  }

  /// Adds a piece of edge that stays within one row, split at pixel borders.
  private mutating func add(row: Int, from left: Double, to right: Double, height: Double) {
    let span = right - left
    var x = left
    repeat {
      let cell = x.rounded(.down)
      let end = span > 0 ? min(right, cell + 1) : right
      let share = span > 0 ? height * (end - x) / span : height
      deposit(row: row, column: Int(cell), middle: (x + end) / 2 - cell, height: share)
      x = end
    } while x < right
  }

  private mutating func deposit(row: Int, column: Int, middle: Double, height: Double) {
    let base = row * (width + 1)
    guard column < width else { return }
    guard column >= 0 else {
      sums[base] += Float(height)
      return
    }
    sums[base + column] += Float(height * (1 - middle))
    sums[base + column + 1] += Float(height * middle)
  }

  /// Running sums; overlapping pieces of one winding count once.
  func shares() -> [Float] {
    var result = [Float](repeating: 0, count: width * height)
    for row in 0..<height {
      var sum: Float = 0
      for column in 0..<width {
        sum += sums[row * (width + 1) + column]
        result[row * width + column] = min(abs(sum), 1)
      }
    }
    return result
  }
}
