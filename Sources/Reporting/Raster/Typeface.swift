/// Letters as outlines, drawn at any size with exact coverage: no font file, no font library,
/// and the same bytes on every machine.
public struct Typeface: Sendable {
  struct Glyph: Sendable {
    /// Width to the next letter, in em.
    var advance = 0.0
    /// Closed contours in em, y up from the baseline; curves already flattened.
    var contours: [[SIMD2<Double>]] = []
  }

  private let glyphs: [UInt32: Glyph]

  public static let regular = Typeface(outlines: TypefaceRegularOutlines.text)
  public static let bold = Typeface(outlines: TypefaceBoldOutlines.text)

  /// Height of a capital letter in em (DejaVu Sans: 0.729).
  public static let capHeight = 0.729

  private init(outlines: String) {
    var reader = OutlineReader(text: outlines)
    glyphs = reader.glyphs()
  }

  /// Whether every character of `text` has an outline; others are drawn as `?`.
  public func canDraw(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { glyphs[$0.value] != nil }
  }

  /// Width of a line of text in pixels at the given em size.
  public func width(of text: String, size: Double) -> Double {
    text.unicodeScalars.reduce(0) { $0 + glyph($1).advance } * size
  }

  /// The outlines of a line of text; `origin` is the left end of the baseline.
  func path(of text: String, size: Double, origin: SIMD2<Double>) -> Path {
    var path = Path()
    var pen = origin
    for scalar in text.unicodeScalars {
      let glyph = glyph(scalar)
      for contour in glyph.contours {
        path.add(contour.map { SIMD2(pen.x + $0.x * size, pen.y - $0.y * size) })
      }
      pen.x += glyph.advance * size
    }
    return path
  }

  private func glyph(_ scalar: Unicode.Scalar) -> Glyph {
    glyphs[scalar.value] ?? glyphs[0x3F] ?? Glyph()
  }
}

/// Reads the outline tables; see scripts/extract-outlines.c for the format.
private struct OutlineReader {
  private var tokens: ArraySlice<Substring>
  private static let unitsPerEm = 1024.0
  /// Pieces per curve: at 40 px per em the error stays below a hundredth of a pixel.
  private static let curvePieces = 6

  init(text: String) {
    tokens = text.split { $0 == " " || $0 == "\n" }[...]
  }

  mutating func glyphs() -> [UInt32: Typeface.Glyph] {
    var result: [UInt32: Typeface.Glyph] = [:]
    while tokens.popFirst() == "g" {
      let code = UInt32(number())
      result[code] = glyph(advance: number())
    }
    return result
  }

  private mutating func glyph(advance: Double) -> Typeface.Glyph {
    var glyph = Typeface.Glyph(advance: advance / Self.unitsPerEm)
    var contour: [SIMD2<Double>] = []
    while let operation = tokens.first, operation != "g" {
      tokens.removeFirst()
      let last = contour.last ?? .zero
      switch operation {
      case "m":
        glyph.contours.append(contour)
        contour = [point()]
      case "l":
        contour.append(last + point())
      default:
        let (control, end) = (last + point(), last + point())
        contour += Self.flattened(from: last, control, end)
      }
    }
    glyph.contours.append(contour)
    glyph.contours.removeAll { $0.count < 3 }
    return glyph
  }

  /// A quadratic Bézier curve as straight pieces, without its first point.
  private static func flattened(
    from a: SIMD2<Double>, _ b: SIMD2<Double>, _ c: SIMD2<Double>
  ) -> [SIMD2<Double>] {
    (1...curvePieces).map {
      let t = Double($0) / Double(curvePieces)
      return a * ((1 - t) * (1 - t)) + b * (2 * t * (1 - t)) + c * (t * t)
    }
  }

  private mutating func number() -> Double { tokens.popFirst().flatMap { Double($0) } ?? 0 }

  private mutating func point() -> SIMD2<Double> {
    let x = number()
    return SIMD2(x, number()) / Self.unitsPerEm
  }
}
