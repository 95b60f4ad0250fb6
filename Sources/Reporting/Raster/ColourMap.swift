/// 256 colours from the low to the high end of a window.
///
/// All maps are computed here in CIELAB: lightness changes by the same amount at each step, so
/// equal steps of the value look equal, and the order survives colour blindness and grey print.
public struct ColourMap: Sendable, Hashable {
  /// The name written to sidecars and colour bars.
  public let name: String
  /// Exactly 256 colours, low end first.
  public let colours: [RGB]

  private init(name: String, _ colour: (Double) -> LCh) {
    self.name = name
    self.colours = (0..<256).map { colour(Double($0) / 255).displayable }
  }

  /// Black to white, for CT.
  public static let grey = ColourMap(name: "grey") { t in
    LCh(lightness: 100 * t, chroma: 0, hue: 0)
  }

  /// White to black: how emission images are printed.
  public static let inverseGrey = ColourMap(name: "inverse grey") { t in
    LCh(lightness: 100 * (1 - t), chroma: 0, hue: 0)
  }

  /// Black, violet, red, orange, pale yellow: for emission laid over CT, and for dose.
  public static let ember = ColourMap(name: "ember") { t in
    // The hue turns from violet (−55°) through red to yellow (100°); chroma swells and fades so
    // that both ends are nearly neutral.
    let hue = -55 + 155 * t
    return LCh(
      lightness: 2 + 94 * t, chroma: 100 * min(1, 3.2 * t) * min(1, 2.2 * (1.12 - t)),
      hue: hue)
  }

  /// Blue, neutral grey, orange-red: change, centred on no change. Blue is less, red is more.
  public static let change = ColourMap(name: "blue-grey-orange") { t in
    let d = 2 * t - 1
    return LCh(
      lightness: 88 - 50 * abs(d), chroma: 82 * min(1, 1.5 * abs(d)), hue: d < 0 ? 270 : 44)
  }

  /// The colour at `fraction` of the window; values beyond the ends take the end colours.
  public func colour(at fraction: Double) -> RGB {
    colours[Int((min(max(fraction, 0), 1) * 255).rounded())]
  }
}
