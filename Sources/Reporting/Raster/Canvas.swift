/// An 8-bit RGB picture under construction. Pixel (0, 0) is the upper left one; a coordinate
/// names the upper left corner of its pixel, so pixel (x, y) covers x…x+1, y…y+1.
public struct Canvas: Sendable, Hashable {
  public let width: Int
  public let height: Int
  /// Red, green, blue, row by row from the top.
  public private(set) var samples: [UInt8]

  public init(width: Int, height: Int, filledWith colour: RGB = .white) {
    precondition(width > 0 && height > 0, "a picture has at least one pixel")
    self.width = width
    self.height = height
    samples = [UInt8](repeating: colour.red, count: width * height * 3)
    guard colour.red != colour.green || colour.green != colour.blue else { return }
    fill(PixelBox(x: 0, y: 0, width: width, height: height), with: colour)
  }

  /// For samples this module has just made to measure.
  init(width: Int, height: Int, samples: [UInt8]) {
    precondition(samples.count == width * height * 3, "samples do not fill the picture")
    (self.width, self.height, self.samples) = (width, height, samples)
  }

  public subscript(x: Int, y: Int) -> RGB {
    get {
      let n = (y * width + x) * 3
      return RGB(red: samples[n], green: samples[n + 1], blue: samples[n + 2])
    }
    set {
      let n = (y * width + x) * 3
      samples[n] = newValue.red
      samples[n + 1] = newValue.green
      samples[n + 2] = newValue.blue
    }
  }

  /// Fills a box; what lies outside the picture is left out.
  public mutating func fill(_ box: PixelBox, with colour: RGB, opacity: Double = 1) {
    for y in max(0, box.y)..<max(0, min(height, box.maxY)) {
      for x in max(0, box.x)..<max(0, min(width, box.maxX)) {
        self[x, y] = self[x, y].blended(with: colour, coverage: Float(opacity))
      }
    }
  }

  /// Draws a one-pixel frame just inside a box.
  public mutating func frame(_ box: PixelBox, with colour: RGB) {
    fill(PixelBox(x: box.x, y: box.y, width: box.width, height: 1), with: colour)
    fill(PixelBox(x: box.x, y: box.maxY - 1, width: box.width, height: 1), with: colour)
    fill(PixelBox(x: box.x, y: box.y, width: 1, height: box.height), with: colour)
    fill(PixelBox(x: box.maxX - 1, y: box.y, width: 1, height: box.height), with: colour)
  }

  /// Copies another picture in, its upper left corner at (x, y); the overhang is cut off.
  public mutating func draw(_ picture: Canvas, atX x: Int, y: Int) {
    let columns = max(0, -x)..<max(0, -x, min(picture.width, width - x))
    let rows = max(0, -y)..<max(0, -y, min(picture.height, height - y))
    guard !columns.isEmpty else { return }
    for row in rows {
      let source = (row * picture.width + columns.lowerBound) * 3
      let target = ((y + row) * width + x + columns.lowerBound) * 3
      let count = columns.count * 3
      samples.replaceSubrange(
        target..<(target + count), with: picture.samples[source..<(source + count)])
    }
  }

  /// Blends `colour` in by the share of each pixel that `path` covers.
  public mutating func fill(_ path: Path, with colour: RGB, opacity: Double = 1) {
    guard let coverage = path.coverage(width: width, height: height) else { return }
    let box = coverage.box
    for row in 0..<box.height {
      for column in 0..<box.width {
        let share = coverage.shares[row * box.width + column] * Float(opacity)
        // Shares below half a grey step change nothing.
        guard share > 0.002 else { continue }
        let (x, y) = (box.x + column, box.y + row)
        self[x, y] = self[x, y].blended(with: colour, coverage: share)
      }
    }
  }

  /// Draws the straight pieces of a line with round joints.
  public mutating func stroke(_ points: [SIMD2<Double>], width: Double, with colour: RGB) {
    fill(Path(stroking: points, width: width), with: colour)
  }
}

/// A box of whole pixels.
public struct PixelBox: Sendable, Hashable, Codable {
  public var x, y, width, height: Int

  public init(x: Int, y: Int, width: Int, height: Int) {
    (self.x, self.y, self.width, self.height) = (x, y, width, height)
  }

  public var maxX: Int { x + width }
  public var maxY: Int { y + height }
  public var middleX: Double { Double(x) + Double(width) / 2 }
  public var middleY: Double { Double(y) + Double(height) / 2 }
}
