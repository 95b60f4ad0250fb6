/// Doses of organs and lesions as bars with their uncertainty, and the limits as marks.
public struct DoseChart: Sendable, Hashable, Codable {
  public struct Bar: Sendable, Hashable, Codable {
    public let name: String
    public let value: Double
    /// k = 1, in the unit of the chart; `nil` when it is not known.
    public let standardUncertainty: Double?
    /// What must not be exceeded; `nil` when there is no limit.
    public let limit: Double?

    public init(name: String, value: Double, standardUncertainty: Double?, limit: Double? = nil) {
      (self.name, self.value) = (name, value)
      (self.standardUncertainty, self.limit) = (standardUncertainty, limit)
    }
  }

  /// `Absorbed dose`, `Cumulative BED`.
  public let quantity: String
  public let unit: String
  public let bars: [Bar]

  public init(quantity: String, unit: String, bars: [Bar]) {
    (self.quantity, self.unit, self.bars) = (quantity, unit, bars)
  }

  private static let rowHeight = 26.0
  private static let width = 760.0

  public func plot(named name: String) -> Plot {
    let top = bars.map { max($0.value + ($0.standardUncertainty ?? 0), $0.limit ?? 0) }.max() ?? 1
    let area = PlotArea(
      left: 150, top: 8, width: Self.width - 250, height: Self.rowHeight * Double(bars.count),
      xRange: 0...max(top * 1.05, .leastNormalMagnitude), yRange: 0...1)
    let ticks = Ticks.linear(from: 0, to: area.xRange.upperBound, about: 6)
    let grid = ticks.map {
      Mark.line(from: (area.x($0), area.top), to: (area.x($0), area.top + area.height), .grid)
    }
    let rows = bars.enumerated().flatMap { n, bar in
      draw(bar, area, middle: area.top + Self.rowHeight * (Double(n) + 0.5))
    }
    let hasLimits = bars.contains { $0.limit != nil }
    return Plot(
      name: name,
      caption: "\(quantity) in \(unit); whiskers are ± 1 standard uncertainty"
        + (hasLimits ? ", red marks are limits." : "."),
      kind: .doseChart, axes: [.init(quantity, unit: unit), .init("region", unit: "")],
      drawing: Drawing(
        width: Self.width, height: area.height + 56, title: quantity,
        marks: grid + area.axes(xTicks: ticks, yTicks: []) + rows
          + [area.xTitle("\(quantity) (\(unit))")]))
  }

  private func draw(_ bar: Bar, _ area: PlotArea, middle: Double) -> [Mark] {
    let isOver = bar.limit.map { bar.value > $0 } ?? false
    var marks = [
      Mark.text(bar.name, at: (area.left - 8, middle + 4), .label, anchor: .right),
      Mark.box(
        x: area.left, y: middle - 8, width: max(area.x(bar.value) - area.left, 0.5), height: 16,
        fill: isOver ? SeriesColour.at(1) : SeriesColour.at(0)),
    ]
    if let u = bar.standardUncertainty {
      let (low, high) = (area.x(max(bar.value - u, 0)), area.x(bar.value + u))
      marks += [
        Mark.line(from: (low, middle), to: (high, middle), .whisker),
        Mark.line(from: (low, middle - 4), to: (low, middle + 4), .whisker),
        Mark.line(from: (high, middle - 4), to: (high, middle + 4), .whisker),
      ]
    }
    if let limit = bar.limit {
      let x = area.x(limit)
      marks.append(Mark.line(from: (x, middle - 11), to: (x, middle + 11), .limit))
    }
    let text =
      bar.standardUncertainty.map { NumberText.value(bar.value, uncertainty: $0) }
      ?? NumberText.significant(bar.value)
    marks.append(Mark.text(text, at: (area.left + area.width + 8, middle + 4), .note))
    return marks
  }
}
