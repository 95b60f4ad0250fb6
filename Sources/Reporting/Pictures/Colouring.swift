import Quantities

/// Turns samples into colours.
enum Colouring {
  /// Window and colour map, pixel by pixel.
  static func image<Value>(
    _ samples: [Float], width: Int, height: Int, window: DisplayWindow<Value>
  ) -> Canvas {
    paint(samples, ramp(window), colours: bytes(window.colourMap), width: width, height: height)
  }

  /// A coloured image laid over a grey one.
  ///
  /// Opacity rises from 0 at the lower end of the upper window to its full value at a quarter
  /// of it, so that anatomy stays visible where there is little uptake.
  static func fused<Lower, Upper>(
    _ lower: [Float], _ lowerWindow: DisplayWindow<Lower>, _ upper: [Float],
    _ upperWindow: DisplayWindow<Upper>, opacity: Double, width: Int, height: Int
  ) -> Canvas {
    blend(
      lower, ramp(lowerWindow), colours: bytes(lowerWindow.colourMap), under: upper,
      ramp(upperWindow), colours: bytes(upperWindow.colourMap),
      shares: (0..<256).map { Float(min(Double($0) / 64, 1) * opacity) }, width: width,
      height: height)
  }

  /// Turns a base-unit sample into a table entry. Plain numbers, so that the loops below are
  /// compiled once and for all quantities.
  private struct Ramp {
    let lower: Float
    let entriesPerUnit: Float

    /// Not-a-number counts as the lower end.
    @inline(__always)
    func entry(_ sample: Float) -> Int {
      let entry = (sample - lower) * entriesPerUnit
      return entry > 0 ? Int(min(entry, 255) + 0.5) : 0
    }
  }

  private static func ramp<Value>(_ window: DisplayWindow<Value>) -> Ramp {
    Ramp(
      lower: Float(window.lower.inBaseUnit),
      entriesPerUnit: Float(255 / (window.upper.inBaseUnit - window.lower.inBaseUnit)))
  }

  /// Red, green, blue of all entries in one row.
  private static func bytes(_ map: ColourMap) -> [UInt8] {
    map.colours.flatMap { [$0.red, $0.green, $0.blue] }
  }

  private static func paint(
    _ samples: [Float], _ ramp: Ramp, colours: [UInt8], width: Int, height: Int
  ) -> Canvas {
    var bytes = [UInt8](repeating: 0, count: samples.count * 3)
    for n in samples.indices {
      let entry = 3 * ramp.entry(samples[n])
      bytes[3 * n] = colours[entry]
      bytes[3 * n + 1] = colours[entry + 1]
      bytes[3 * n + 2] = colours[entry + 2]
    }
    return Canvas(width: width, height: height, samples: bytes)
  }

  private static func blend(
    _ lower: [Float], _ lowerRamp: Ramp, colours ground: [UInt8], under upper: [Float],
    _ upperRamp: Ramp, colours cover: [UInt8], shares: [Float], width: Int, height: Int
  ) -> Canvas {
    precondition(lower.count == upper.count, "two images of one size")
    var bytes = [UInt8](repeating: 0, count: lower.count * 3)
    for n in lower.indices {
      let below = 3 * lowerRamp.entry(lower[n])
      let entry = upperRamp.entry(upper[n])
      let share = shares[entry]
      for channel in 0..<3 {
        let base = Float(ground[below + channel])
        let mixed = base + (Float(cover[3 * entry + channel]) - base) * share
        bytes[3 * n + channel] = UInt8(mixed + 0.5)
      }
    }
    return Canvas(width: width, height: height, samples: bytes)
  }

  /// Change over an image that is toned down, so that colour stands for change only.
  static func change(
    _ pixels: [ChangeLayer.Pixel], _ scale: ChangeScale, over ground: Canvas,
    noiseOpacity: Double = 1
  ) -> Canvas {
    var canvas = ground
    for (n, pixel) in pixels.enumerated() {
      let (x, y) = (n % ground.width, n / ground.width)
      let below = canvas[x, y]
      if let colour = pixel.colour(scale, over: below, noiseOpacity) { canvas[x, y] = colour }
    }
    return canvas
  }

  /// An image faded towards white.
  static func faded(_ image: Canvas, keeping share: Float) -> Canvas {
    Canvas(
      width: image.width, height: image.height,
      samples: image.samples.map { UInt8(255 - (255 - Float($0)) * share) })
  }
}
