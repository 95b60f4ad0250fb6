/// How a line of text is set on a canvas.
public struct Lettering: Sendable {
  public enum Anchor: Sendable, Hashable { case left, middle, right }

  /// Pixels per em.
  public var size: Double
  public var isBold: Bool
  public var colour: RGB
  /// A soft rim in this colour keeps text readable on images; `nil` for text on plain ground.
  public var rim: RGB?

  public init(size: Double, isBold: Bool = false, colour: RGB = .black, rim: RGB? = nil) {
    (self.size, self.isBold, self.colour, self.rim) = (size, isBold, colour, rim)
  }

  var typeface: Typeface { isBold ? .bold : .regular }
  var capHeight: Double { size * Typeface.capHeight }

  public func width(of text: String) -> Double { typeface.width(of: text, size: size) }

  /// `text`, or its beginning with an ellipsis when it is wider than `limit` pixels.
  func fitted(_ text: String, within limit: Double) -> String {
    guard width(of: text) > limit else { return text }
    var kept = text
    while !kept.isEmpty, width(of: kept + "…") > limit { kept.removeLast() }
    return kept + "…"
  }

  /// `text` broken at spaces into lines no wider than `limit` pixels.
  func wrapped(_ text: String, within limit: Double) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, width(of: last + " " + word) <= limit {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(fitted(String(word), within: limit))
      }
    }
    return lines
  }
}

extension Canvas {
  /// Draws one line of text; (x, y) is its left end, middle or right end on the baseline.
  public mutating func draw(
    _ text: String, atX x: Double, baseline y: Double, _ style: Lettering,
    anchor: Lettering.Anchor = .left
  ) {
    let width = style.width(of: text)
    let left: Double =
      switch anchor {
      case .left: x
      case .middle: x - width / 2
      case .right: x - width
      }
    // Whole pixels keep the stems of repeated labels alike.
    let origin = SIMD2(left.rounded(), y.rounded())
    if let rim = style.rim {
      let reach = max(1, style.size / 14)
      for step in [
        SIMD2(1.0, 0), [-1, 0], [0, 1], [0, -1], [0.7, 0.7], [-0.7, 0.7], [0.7, -0.7],
        [-0.7, -0.7],
      ] {
        let path = style.typeface.path(
          of: text, size: style.size, origin: origin + step * reach)
        fill(path, with: rim, opacity: 0.6)
      }
    }
    fill(style.typeface.path(of: text, size: style.size, origin: origin), with: style.colour)
  }
}
