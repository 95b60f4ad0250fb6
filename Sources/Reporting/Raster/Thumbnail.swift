extension Canvas {
  /// The picture no wider than `width` pixels, each the mean of what it covers.
  public func reduced(toWidth width: Int) -> Canvas {
    guard width < self.width, width > 0 else { return self }
    let height = max(1, (self.height * width + self.width / 2) / self.width)
    let columns = Self.shares(of: self.width, in: width)
    let rows = Self.shares(of: self.height, in: height)
    var samples = [UInt8](repeating: 0, count: width * height * 3)
    for y in 0..<height {
      for x in 0..<width {
        var sum = SIMD3<Float>.zero
        for (row, rowShare) in rows[y] {
          for (column, share) in columns[x] {
            let n = (row * self.width + column) * 3
            let colour = SIMD3<Float>(
              Float(self.samples[n]), Float(self.samples[n + 1]), Float(self.samples[n + 2]))
            sum += colour * (share * rowShare)
          }
        }
        for channel in 0..<3 { samples[(y * width + x) * 3 + channel] = UInt8(sum[channel] + 0.5) }
      }
    }
    return Canvas(width: width, height: height, samples: samples)
  }

  /// For each of `count` cells the pixels it covers, with shares that add up to 1.
  private static func shares(of pixels: Int, in count: Int) -> [[(Int, Float)]] {
    let scale = Double(pixels) / Double(count)
    return (0..<count).map { cell in
      let (low, high) = (Double(cell) * scale, Double(cell + 1) * scale)
      return (Int(low)..<min(pixels, Int(high.rounded(.up)))).map { n in
        (n, Float((min(high, Double(n + 1)) - max(low, Double(n))) / scale))
      }
    }
  }
}
