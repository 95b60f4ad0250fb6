/// A drawn plot, to be set into the page as SVG or written as PNG and SVG.
public struct Plot: Sendable, Hashable {
  /// File stem.
  public let name: String
  public let caption: String
  public let kind: PictureSidecar.Kind
  /// The horizontal axis first.
  public let axes: [PictureSidecar.Axis]
  let drawing: Drawing

  /// The plot as a file of its own.
  public var svg: String { drawing.svgFile }

  /// The plot in pixels, with its sidecar and its SVG.
  ///
  /// A unit of the drawing is a CSS pixel, so its 12-pixel labels are 3.2 mm high in print.
  public func picture(pixelsPerInch: Double = 300, software: String) -> Picture {
    let canvas = drawing.canvas(pixelsPerInch: pixelsPerInch)
    var sidecar = PictureSidecar(
      kind: kind, timePoints: [], layers: [], at: .nowhere, canvas: canvas,
      style: PictureStyle(
        textMillimetres: TextStyle.label.size / Drawing.unitsPerMillimetre,
        pixelsPerInch: pixelsPerInch),
      legend: [caption], software: software)
    sidecar.axes = axes
    return Picture(name: name, canvas: canvas, sidecar: sidecar, svg: svg)
  }
}

/// Colours of lines and bars: the blue and vermillion of Okabe and Ito (2008), and four that stay
/// apart from them and from each other (ΔE*ab above 20) under protanopia and deuteranopia, which
/// their other colours do not do as thin lines on white.
enum SeriesColour {
  static let all = [
    RGB(red: 0x00, green: 0x72, blue: 0xB2), RGB(red: 0xD5, green: 0x5E, blue: 0x00),
    RGB(red: 0x00, green: 0x51, blue: 0x3B), RGB(red: 0x3F, green: 0x00, blue: 0x7D),
    RGB(red: 0x5F, green: 0xB0, blue: 0xDD), RGB(red: 0x7F, green: 0xB8, blue: 0xAA),
  ]
  static func at(_ n: Int) -> RGB { all[n % all.count] }
}

/// The axes of a plot: maps values to places and draws ticks and their labels.
struct PlotArea {
  let left, top, width, height: Double
  let xRange: ClosedRange<Double>
  let yRange: ClosedRange<Double>

  var right: Double { left + width }
  var bottom: Double { top + height }

  func x(_ value: Double) -> Double {
    left + (value - xRange.lowerBound) / (xRange.upperBound - xRange.lowerBound) * width
  }
  func y(_ value: Double) -> Double {
    top + height - (value - yRange.lowerBound) / (yRange.upperBound - yRange.lowerBound) * height
  }

  /// Grid lines with labels below and to the left.
  func axes(xTicks: [Double], yTicks: [Double]) -> [Mark] {
    axes(
      xTicks: Array(zip(xTicks, Ticks.labels(xTicks))),
      yTicks: Array(zip(yTicks, Ticks.labels(yTicks))))
  }

  func axes(xTicks: [(Double, String)], yTicks: [(Double, String)]) -> [Mark] {
    let vertical = xTicks.flatMap { value, label in
      [
        Mark.line(from: (x(value), bottom), to: (x(value), bottom + 4), .axis),
        .text(label, at: (x(value), bottom + 17), .note, anchor: .middle),
      ]
    }
    let horizontal = yTicks.flatMap { value, label in
      [
        Mark.line(from: (left, y(value)), to: (right, y(value)), .grid),
        .text(label, at: (left - 6, y(value) + 4), .note, anchor: .right),
      ]
    }
    return horizontal + vertical + [.line(from: (left, bottom), to: (right, bottom), .axis)]
  }

  func xTitle(_ text: String, below offset: Double = 34) -> Mark {
    .text(text, at: (left + width / 2, bottom + offset), .note, anchor: .middle)
  }

  /// Beside the axis, from the bottom to the top.
  func yTitle(_ text: String, beside offset: Double = 42) -> Mark {
    .text(
      text, at: (left - offset, top + height / 2), .note, anchor: .middle, isUpright: true)
  }

  func polyline(
    _ points: [(Double, Double)], colour: RGB, width: Double, isDashed: Bool = false
  ) -> Mark {
    .line(
      points.map { SIMD2(x($0.0), y($0.1)) },
      LineStyle(colour: colour, width: width, isDashed: isDashed))
  }

  /// A band of values across the whole width, behind everything.
  func band(_ range: ClosedRange<Double>, _ colour: RGB) -> Mark {
    let high = min(range.upperBound, yRange.upperBound)
    let low = max(range.lowerBound, yRange.lowerBound)
    return .box(
      x: left, y: y(high), width: width, height: max(y(low) - y(high), 0), fill: colour)
  }

  /// An error bar with end strokes, cut at the axes' ends.
  func whisker(
    from a: (Double, Double), to b: (Double, Double), style: LineStyle = .whisker
  ) -> [Mark] {
    func place(_ p: (Double, Double)) -> (Double, Double) {
      (x(p.0.clamped(to: xRange)), y(p.1.clamped(to: yRange)))
    }
    let (p, q) = (place(a), place(b))
    // End strokes lie across the bar.
    let (dx, dy) = abs(q.0 - p.0) > abs(q.1 - p.1) ? (0.0, 4.0) : (4.0, 0.0)
    return [
      .line(from: p, to: q, style),
      .line(from: (p.0 - dx, p.1 - dy), to: (p.0 + dx, p.1 + dy), style),
      .line(from: (q.0 - dx, q.1 - dy), to: (q.0 + dx, q.1 + dy), style),
    ]
  }
}

extension Comparable {
  func clamped(to range: ClosedRange<Self>) -> Self {
    min(max(self, range.lowerBound), range.upperBound)
  }
}
