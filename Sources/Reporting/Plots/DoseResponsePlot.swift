public import Quantities

/// Absorbed dose of each lesion against its change, both with their uncertainty.
public struct DoseResponsePlot: Sendable, Hashable {
  public struct Point: Sendable, Hashable {
    public let name: String
    public let gray: Double
    /// k = 1; `nil` when it is not known.
    public let grayUncertainty: Double?
    /// −100 for a lesion that vanished.
    public let percent: Double
    /// The change's own 95 % interval in per cent; `nil` when it is not known.
    public let percentInterval: ClosedRange<Double>?

    public init(
      name: String, gray: Double, grayUncertainty: Double?, percent: Double,
      percentInterval: ClosedRange<Double>?
    ) {
      (self.name, self.gray, self.grayUncertainty) = (name, gray, grayUncertainty)
      (self.percent, self.percentInterval) = (percent, percentInterval)
    }
  }

  /// `SUVpeak`
  public let quantity: String
  /// `base to fu1`
  public let interval: String
  public let points: [Point]
  public let noise: ClosedRange<LogRatio>?
  /// Lesions without a point, with the reason.
  public let others: [String]

  public init(
    quantity: String, interval: String, points: [Point], noise: ClosedRange<LogRatio>?,
    others: [String] = []
  ) {
    (self.quantity, self.interval, self.points) = (quantity, interval, points)
    (self.noise, self.others) = (noise, others)
  }

  private static let width = 760.0

  public func plot(named name: String) -> Plot {
    let axis = ChangeAxis(
      points.flatMap { [$0.percent, $0.percentInterval?.lowerBound ?? $0.percent] }, noise: noise)
    let furthest = points.map { $0.gray + ($0.grayUncertainty ?? 0) }.max() ?? 1
    let area = PlotArea(
      left: 64, top: 48, width: Self.width - 110, height: 300,
      xRange: 0...max(furthest * 1.06, .leastNormalMagnitude), yRange: axis.range)
    let ticks = Ticks.linear(from: 0, to: area.xRange.upperBound, about: 8)
    let band = axis.bandMarks(area)
    let notes = notes
    var marks = Array(band.prefix(1))
    marks += area.axes(xTicks: Array(zip(ticks, Ticks.labels(ticks))), yTicks: axis.ticks)
    marks += band.dropFirst()
    marks += points.flatMap { draw($0, area, axis) }
    marks += [
      Mark.text("Dose and change of \(quantity), \(interval)", at: (area.left, 18), .name),
      area.yTitle("change of \(quantity) (%)", beside: 48),
      area.xTitle("mean absorbed dose of the lesion (Gy) · \(axis.noiseText)"),
    ]
    for (n, line) in notes.enumerated() {
      marks.append(.text(line, at: (area.left, area.bottom + 54 + 16 * Double(n)), .note))
    }
    return Plot(
      name: name,
      caption: "Absorbed dose of each lesion against its change of \(quantity), \(interval). Bars: "
        + "± 1 standard uncertainty of the dose, 95 % interval of the change; \(axis.noiseText). "
        + "Few lesions of one patient: a picture, not a dose-response relation.",
      kind: .doseResponse,
      axes: [
        .init("mean absorbed dose", unit: "Gy"), .init("change of \(quantity)", unit: "%"),
      ],
      drawing: Drawing(
        width: Self.width, height: area.bottom + 46 + 16 * Double(notes.count),
        title: "Dose-response scatter plot", marks: marks))
  }

  private var notes: [String] {
    guard !others.isEmpty else { return [] }
    return Lettering(size: TextStyle.note.size).wrapped(
      "Without a point: " + others.joined(separator: "; "), within: Self.width - 84)
  }

  private func draw(_ point: Point, _ area: PlotArea, _ axis: ChangeAxis) -> [Mark] {
    let percent = point.percent.clamped(to: axis.range)
    let isBeyond = noise.map {
      point.percent < $0.lowerBound.percent || point.percent > $0.upperBound.percent
    }
    let colour = ChangeAxis.colour(point.percent, isBeyondNoise: isBeyond)
    let style = LineStyle(colour: colour, width: 1.2)
    var marks: [Mark] = []
    if let u = point.grayUncertainty {
      marks += area.whisker(
        from: (point.gray - u, percent), to: (point.gray + u, percent), style: style)
    }
    if let range = point.percentInterval {
      marks += area.whisker(
        from: (point.gray, range.lowerBound), to: (point.gray, range.upperBound), style: style)
    }
    let place = (area.x(point.gray), area.y(percent))
    let shape: SymbolShape = axis.isCut(point.percent) ? .triangle : .disc
    let text =
      axis.isCut(point.percent)
      ? "\(point.name) (\(NumberText.percentTick(point.percent.rounded())) %)" : point.name
    return marks + [
      .symbol(shape, at: place, colour: colour, radius: 4.2),
      .text(text, at: (place.0 + 7, place.1 - 6), .label),
    ]
  }
}
