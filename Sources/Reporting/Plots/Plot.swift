/// A drawn plot: SVG source, to be set into the page or written to a file of its own.
public struct Plot: Sendable, Hashable {
  /// File stem.
  public let name: String
  public let caption: String
  let drawing: Markup

  /// The plot as a file of its own; only there the name space has to be said.
  public var svg: String {
    "<svg xmlns=\"http://www.w3.org/2000/svg\"" + drawing.source.dropFirst("<svg".count) + "\n"
  }
}

/// Colours of lines and bars: the palette of Okabe and Ito (2008), made for colour-blind readers.
enum SeriesColour {
  static let all = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#B07C00", "#3C96C8"]
  static func at(_ n: Int) -> String { all[n % all.count] }
}

/// The axes of a plot: maps values to places and draws ticks and their labels.
struct PlotArea {
  let left, top, width, height: Double
  let xRange: ClosedRange<Double>
  let yRange: ClosedRange<Double>

  func x(_ value: Double) -> Double {
    left + (value - xRange.lowerBound) / (xRange.upperBound - xRange.lowerBound) * width
  }
  func y(_ value: Double) -> Double {
    top + height - (value - yRange.lowerBound) / (yRange.upperBound - yRange.lowerBound) * height
  }

  /// Grid lines with labels below and to the left.
  func axes(xTicks: [Double], yTicks: [Double]) -> [Markup] {
    let xLabels = Ticks.labels(xTicks)
    let yLabels = Ticks.labels(yTicks)
    let vertical = zip(xTicks, xLabels).flatMap { value, label in
      [
        SVG.line(from: (x(value), top + height), to: (x(value), top + height + 4), "axis"),
        SVG.text(label, at: (x(value), top + height + 17), "tick", anchor: "middle"),
      ]
    }
    let horizontal = zip(yTicks, yLabels).flatMap { value, label in
      [
        SVG.line(from: (left, y(value)), to: (left + width, y(value)), "grid"),
        SVG.text(label, at: (left - 6, y(value) + 4), "tick", anchor: "end"),
      ]
    }
    let base = SVG.line(from: (left, top + height), to: (left + width, top + height), "axis")
    return horizontal + vertical + [base]
  }

  func xTitle(_ text: String, below offset: Double = 34) -> Markup {
    SVG.text(text, at: (left + width / 2, top + height + offset), "axis-title", anchor: "middle")
  }

  func polyline(_ points: [(Double, Double)], colour: String, width: Double) -> Markup {
    let listed = points.map { "\(SVG.number(x($0.0))),\(SVG.number(y($0.1)))" }
    return .element(
      "polyline",
      [
        "points": listed.joined(separator: " "), "fill": "none", "stroke": colour,
        "stroke-width": SVG.number(width),
      ])
  }
}

/// The few SVG elements plots are made of.
enum SVG {
  typealias Place = (Double, Double)

  /// Two decimals at most, ASCII, no locale.
  static func number(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let sign = hundredths < 0 ? "-" : ""
    let (whole, part) = (abs(hundredths) / 100, abs(hundredths) % 100)
    guard part != 0 else { return "\(sign)\(whole)" }
    let digits = part % 10 == 0 ? "\(part / 10)" : (part < 10 ? "0\(part)" : "\(part)")
    return "\(sign)\(whole).\(digits)"
  }

  static func line(from a: Place, to b: Place, _ style: String) -> Markup {
    .element(
      "line",
      [
        "x1": number(a.0), "y1": number(a.1), "x2": number(b.0), "y2": number(b.1),
        "class": style,
      ])
  }

  static func text(
    _ text: String, at place: Place, _ style: String, anchor: String = "start"
  ) -> Markup {
    .element(
      "text",
      [
        "x": number(place.0), "y": number(place.1), "class": style, "text-anchor": anchor,
      ], [.text(text)])
  }

  static func box(x: Double, y: Double, width: Double, height: Double, fill: String) -> Markup {
    .element(
      "rect",
      [
        "x": number(x), "y": number(y), "width": number(width), "height": number(height),
        "fill": fill,
      ])
  }

  static func dot(at place: Place, colour: String) -> Markup {
    .element(
      "circle",
      ["cx": number(place.0), "cy": number(place.1), "r": "3.6", "fill": colour])
  }

  static func picture(
    width: Double, height: Double, title: String, _ children: [Markup]
  ) -> Markup {
    Markup.element(
      "svg",
      [
        "class": "plot", "role": "img",
        "viewBox": "0 0 \(number(width)) \(number(height))", "width": number(width),
        "height": number(height),
      ], [.element("title", [:], [.text(title)]), style] + children
    )
  }

  private static let style = Markup.style(
    """
    .plot text { font-family: "DejaVu Sans", "Segoe UI", Helvetica, Arial, sans-serif;
      font-size: 12px; fill: #1b222c; }
    .plot .tick, .plot .axis-title, .plot .note { fill: #5a6572; }
    .plot .name { font-weight: 600; font-size: 13px; }
    .plot .axis { stroke: #5a6572; stroke-width: 1; }
    .plot .grid { stroke: #dfe4e9; stroke-width: 1; }
    .plot .whisker { stroke: #1b222c; stroke-width: 1.4; }
    .plot .limit { stroke: #b3261e; stroke-width: 2.2; }
    .plot .level { stroke: #5a6572; stroke-width: 1; stroke-dasharray: 4 3; }
    """)
}
