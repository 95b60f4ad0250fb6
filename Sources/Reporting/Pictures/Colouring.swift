/// Turns samples into colours.
enum Colouring {
  /// Window and colour map, pixel by pixel.
  static func image<Value>(
    _ samples: [Float], width: Int, height: Int, window: DisplayWindow<Value>
  ) -> Canvas {
    let table = window.colourMap.colours
    var bytes = [UInt8](repeating: 0, count: samples.count * 3)
    for (n, sample) in samples.enumerated() {
      let colour = table[entry(window.fraction(sample))]
      bytes[3 * n] = colour.red
      bytes[3 * n + 1] = colour.green
      bytes[3 * n + 2] = colour.blue
    }
    return Canvas(width: width, height: height, samples: bytes)
  }

  /// A coloured image laid over a grey one.
  ///
  /// Opacity rises from 0 at the lower end of the upper window to its full value at a quarter
  /// of it, so that anatomy stays visible where there is little uptake.
  static func fused<Lower, Upper>(
    _ lower: [Float], _ lowerWindow: DisplayWindow<Lower>, _ upper: [Float],
    _ upperWindow: DisplayWindow<Upper>, opacity: Double, width: Int, height: Int
  ) -> Canvas {
    let (ground, cover) = (lowerWindow.colourMap.colours, upperWindow.colourMap.colours)
    let shares = (0..<256).map { Float(min(Double($0) / 64, 1) * opacity) }
    var bytes = [UInt8](repeating: 0, count: lower.count * 3)
    for n in lower.indices {
      let index = entry(upperWindow.fraction(upper[n]))
      let colour = ground[entry(lowerWindow.fraction(lower[n]))]
        .blended(with: cover[index], coverage: shares[index])
      bytes[3 * n] = colour.red
      bytes[3 * n + 1] = colour.green
      bytes[3 * n + 2] = colour.blue
    }
    return Canvas(width: width, height: height, samples: bytes)
  }

  /// Change over an image that is toned down, so that colour stands for change only.
  static func change(
    _ pixels: [ChangeLayer.Pixel], _ scale: ChangeScale, over ground: Canvas
  ) -> Canvas {
    var canvas = ground
    for (n, pixel) in pixels.enumerated() {
      guard let colour = pixel.colour(scale) else { continue }
      canvas[n % ground.width, n / ground.width] = colour
    }
    return canvas
  }

  /// An image faded towards white.
  static func faded(_ image: Canvas, keeping share: Float) -> Canvas {
    Canvas(
      width: image.width, height: image.height,
      samples: image.samples.map { UInt8(255 - (255 - Float($0)) * share) })
  }

  /// Table entry of a window fraction; not-a-number counts as the lower end.
  @inline(__always)
  private static func entry(_ fraction: Float) -> Int {
    fraction > 0 ? Int(min(fraction, 1) * 255 + 0.5) : 0
  }
}
