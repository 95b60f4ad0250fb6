/// A drawing of lines, shapes and text, from which both SVG and PNG are made.
///
/// Units are those of CSS pixels, 96 to the inch; x to the right, y down.
struct Drawing: Sendable, Hashable {
  typealias Place = (Double, Double)

  let width: Double
  let height: Double
  /// What it shows, for those who cannot see it.
  let title: String
  let marks: [Mark]

  /// Units per millimetre of paper.
  static let unitsPerMillimetre = 96 / 25.4
}

/// One element of a drawing.
enum Mark: Sendable, Hashable {
  case line([SIMD2<Double>], LineStyle)
  case area([SIMD2<Double>], RGB, opacity: Double)
  case text(String, SIMD2<Double>, TextStyle, Lettering.Anchor, isUpright: Bool)

  static func line(from a: Drawing.Place, to b: Drawing.Place, _ style: LineStyle) -> Mark {
    .line([SIMD2(a.0, a.1), SIMD2(b.0, b.1)], style)
  }

  static func text(
    _ text: String, at place: Drawing.Place, _ style: TextStyle,
    anchor: Lettering.Anchor = .left, isUpright: Bool = false
  ) -> Mark {
    .text(text, SIMD2(place.0, place.1), style, anchor, isUpright: isUpright)
  }

  static func box(
    x: Double, y: Double, width: Double, height: Double, fill: RGB, opacity: Double = 1
  ) -> Mark {
    .area(
      [[x, y], [x + width, y], [x + width, y + height], [x, y + height]], fill, opacity: opacity)
  }

  /// A data point; the shape tells groups apart where colour does not.
  static func symbol(
    _ shape: SymbolShape, at place: Drawing.Place, colour: RGB, radius: Double = 3.8
  ) -> Mark {
    .area(
      shape.corners.map { SIMD2(place.0, place.1) + $0 * radius }, colour, opacity: 1)
  }

  static func dot(at place: Drawing.Place, colour: RGB) -> Mark {
    symbol(.disc, at: place, colour: colour, radius: 3.6)
  }
}

/// The shape of a data point, within a radius of about 1.
enum SymbolShape: Sendable, Hashable, CaseIterable {
  case disc, square, triangle, diamond, cross

  static func at(_ n: Int) -> SymbolShape { allCases[n % allCases.count] }

  var corners: [SIMD2<Double>] {
    switch self {
    case .disc:
      // Sixteen sides: within two hundredths of the radius of a circle.
      Self.sixteen
    case .square: [[-0.88, -0.88], [0.88, -0.88], [0.88, 0.88], [-0.88, 0.88]]
    case .triangle: [[0, -1.2], [1.05, 0.8], [-1.05, 0.8]]
    case .diamond: [[0, -1.25], [1.25, 0], [0, 1.25], [-1.25, 0]]
    case .cross:
      [
        [-1, -0.4], [-0.4, -1], [0, -0.6], [0.4, -1], [1, -0.4], [0.6, 0], [1, 0.4], [0.4, 1],
        [0, 0.6], [-0.4, 1], [-1, 0.4], [-0.6, 0],
      ]
    }
  }

  private static let sixteen: [SIMD2<Double>] = [
    [1, 0], [0.9239, 0.3827], [0.7071, 0.7071], [0.3827, 0.9239], [0, 1], [-0.3827, 0.9239],
    [-0.7071, 0.7071], [-0.9239, 0.3827], [-1, 0], [-0.9239, -0.3827], [-0.7071, -0.7071],
    [-0.3827, -0.9239], [0, -1], [0.3827, -0.9239], [0.7071, -0.7071], [0.9239, -0.3827],
  ]
}

/// How a line is drawn.
struct LineStyle: Sendable, Hashable {
  let colour: RGB
  let width: Double
  /// Lengths of dash and gap; `nil` for a whole line.
  var dash: (on: Double, off: Double)? {
    isDashed ? (4, 3) : nil
  }
  var isDashed = false

  static let axis = LineStyle(colour: Ink.muted, width: 1)
  static let grid = LineStyle(colour: RGB(red: 0xDF, green: 0xE4, blue: 0xE9), width: 1)
  static let whisker = LineStyle(colour: Ink.text, width: 1.4)
  static let limit = LineStyle(colour: RGB(red: 0xB3, green: 0x26, blue: 0x1E), width: 2.2)
  static let level = LineStyle(colour: Ink.muted, width: 1, isDashed: true)
}

/// How text in a drawing is set.
struct TextStyle: Sendable, Hashable {
  let size: Double
  var isBold = false
  let colour: RGB

  static let label = TextStyle(size: 12, colour: Ink.text)
  static let name = TextStyle(size: 13, isBold: true, colour: Ink.text)
  /// Ticks, axis titles and notes.
  static let note = TextStyle(size: 12, colour: Ink.muted)

  /// Width of a line in the built-in typeface, which browsers' fonts come close to.
  func width(of text: String) -> Double {
    Lettering(size: size, isBold: isBold).width(of: text)
  }

  /// `text`, or its beginning with an ellipsis when it is wider than `limit`.
  func fitted(_ text: String, within limit: Double) -> String {
    Lettering(size: size, isBold: isBold).fitted(text, within: limit)
  }
}
