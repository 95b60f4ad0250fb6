import Foundation

extension Drawing {
  /// The drawing as an element of a page. Text stays text, and enters escaped.
  var markup: Markup {
    .element(
      "svg",
      [
        "class": "plot", "role": "img", "aria-label": title,
        "viewBox": "0 0 \(SVGNumber.text(width)) \(SVGNumber.text(height))",
        "width": SVGNumber.text(width), "height": SVGNumber.text(height),
        "font-family": "DejaVu Sans, Segoe UI, Helvetica, Arial, sans-serif",
      ], [.element("title", [:], [.text(title)])] + marks.map(\.markup))
  }

  /// The drawing as a file of its own, sized in millimetres; only there the name space has to
  /// be said.
  var svgFile: String {
    let size = [width, height].map { SVGNumber.text($0 / Self.unitsPerMillimetre) + "mm" }
    let element = Markup.element(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "role": "img", "aria-label": title,
        "viewBox": "0 0 \(SVGNumber.text(width)) \(SVGNumber.text(height))",
        "width": size[0], "height": size[1],
        "font-family": "DejaVu Sans, Segoe UI, Helvetica, Arial, sans-serif",
      ],
      [
        .element("title", [:], [.text(title)]),
        .empty("rect", ["width": "100%", "height": "100%", "fill": RGB.white.hex], isClosed: true),
      ] + marks.map(\.markup))
    return element.source + "\n"
  }
}

/// Numbers as SVG wants them: two decimals at most, ASCII, no locale.
enum SVGNumber {
  static func text(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let sign = hundredths < 0 ? "-" : ""
    let (whole, part) = (abs(hundredths) / 100, abs(hundredths) % 100)
    guard part != 0 else { return "\(sign)\(whole)" }
    let digits = part % 10 == 0 ? "\(part / 10)" : (part < 10 ? "0\(part)" : "\(part)")
    return "\(sign)\(whole).\(digits)"
  }
}

extension Mark {
  fileprivate var markup: Markup {
    switch self {
    case .line(let points, let style):
      return .empty(
        "polyline",
        [
          "points": Self.listed(points), "fill": "none", "stroke": style.colour.hex,
          "stroke-width": SVGNumber.text(style.width), "stroke-linejoin": "round",
          "stroke-dasharray": style.dash.map {
            "\(SVGNumber.text($0.on)) \(SVGNumber.text($0.off))"
          } ?? "none",
        ], isClosed: true)
    case .area(let points, let colour, let opacity):
      return .empty(
        "polygon",
        [
          "points": Self.listed(points), "fill": colour.hex,
          "fill-opacity": SVGNumber.text(opacity),
        ], isClosed: true)
    case .text(let text, let place, let style, let anchor, let isUpright):
      let (x, y) = (SVGNumber.text(place.x), SVGNumber.text(place.y))
      return .element(
        "text",
        [
          "x": x, "y": y, "font-size": SVGNumber.text(style.size),
          "font-weight": style.isBold ? "600" : "400", "fill": style.colour.hex,
          "text-anchor": anchor.svgName, "transform": isUpright ? "rotate(-90 \(x) \(y))" : "",
        ], [.text(text)])
    }
  }

  private static func listed(_ points: [SIMD2<Double>]) -> String {
    points.map { "\(SVGNumber.text($0.x)),\(SVGNumber.text($0.y))" }.joined(separator: " ")
  }
}

extension Lettering.Anchor {
  fileprivate var svgName: String {
    switch self {
    case .left: "start"
    case .middle: "middle"
    case .right: "end"
    }
  }
}
