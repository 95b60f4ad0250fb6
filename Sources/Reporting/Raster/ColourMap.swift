import Foundation

/// 256 colours from the low to the high end of a window.
///
/// All maps are computed here in CIELAB: lightness changes by the same amount at each step, so
/// equal steps of the value look equal, and the order survives colour blindness and grey print.
public struct ColourMap: Sendable, Hashable, CustomStringConvertible {
  /// The name written to sidecars and colour bars.
  public let name: String
  /// Exactly 256 colours, low end first.
  public let colours: [RGB]

  public var description: String { name }

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
    // The hue turns from violet (−58°) through red to yellow (98°). Chroma swells and fades like
    // a sine, within what sRGB can show, so that no step stands out as a false edge.
    let swell = sin(.pi * pow(t, 0.85))
    return LCh(lightness: 1 + 96 * t, chroma: 3 + 72 * swell, hue: -58 + 156 * t)
  }

  /// Blue, neutral grey, orange-red: change, centred on no change. Blue is less, red is more.
  public static let change = ColourMap(name: "blue-grey-orange") { t in
    let d = 2 * t - 1
    // Chroma grows fast near the centre, so that a small change is told from none.
    return LCh(
      lightness: 87 - 50 * abs(d), chroma: 64 * sin(.pi / 2 * min(1, 1.25 * abs(d))),
      hue: d < 0 ? 268 : 46)
  }

  /// The colour at `fraction` of the window; values beyond the ends take the end colours.
  public func colour(at fraction: Double) -> RGB {
    colours[Int((min(max(fraction, 0), 1) * 255).rounded())]
  }
}
