/// Measured activity over time with its fitted curve: one small plot per organ or lesion.
public struct TimeActivityPlot: Sendable, Hashable, Codable {
  public struct Point: Sendable, Hashable, Codable {
    /// Hours after the administration.
    public let hours: Double
    public let value: Double
    /// k = 1, in the unit of `value`; `nil` when it is not known.
    public let standardUncertainty: Double?
    /// Known up to a factor, which the other points gave: drawn as a cross.
    public let isScaled: Bool

    public init(
      hours: Double, value: Double, standardUncertainty: Double? = nil, isScaled: Bool = false
    ) {
      (self.hours, self.value, self.standardUncertainty) = (hours, value, standardUncertainty)
      self.isScaled = isScaled
    }
  }

  public struct Region: Sendable, Hashable, Codable {
    public let name: String
    /// What was fitted, for example `mono-exponential, T½ 48 h`, or why nothing was.
    public let fit: String
    public let measured: [Point]
    /// Dense points of the fitted curve; empty when the fit was refused.
    public let curve: [Point]

    public init(name: String, fit: String, measured: [Point], curve: [Point]) {
      (self.name, self.fit, self.measured, self.curve) = (name, fit, measured, curve)
    }
  }

  public let regions: [Region]
  /// Unit of all values: `MBq`.
  public let unit: String

  public init(regions: [Region], unit: String) { (self.regions, self.unit) = (regions, unit) }

  private static let cell = (width: 300.0, height: 210.0)
  /// Three in a row, or two by two.
  private var columns: Int { regions.count == 4 ? 2 : 3 }

  public func plot(named name: String) -> Plot {
    let rows = (regions.count + columns - 1) / columns
    let width = Self.cell.width * Double(min(max(regions.count, 1), columns))
    let cells = regions.enumerated().flatMap { n, region in
      draw(
        region, atX: Self.cell.width * Double(n % columns),
        y: Self.cell.height * Double(n / columns), colour: SeriesColour.at(0))
    }
    return Plot(
      name: name,
      caption: "Activity in \(unit) over hours after administration: measured points with "
        + "standard uncertainty and the fitted curve."
        + (regions.contains { $0.measured.contains(where: \.isScaled) }
          ? " Crosses: planar scans, brought to the level of the others." : ""),
      kind: .timeActivity,
      axes: [.init("time after administration", unit: "h"), .init("activity", unit: unit)],
      drawing: Drawing(
        width: width, height: Self.cell.height * Double(max(rows, 1)),
        title: "Time-activity curves", marks: cells))
  }

  private func draw(_ region: Region, atX x: Double, y: Double, colour: RGB) -> [Mark] {
    let all = region.measured + region.curve
    let top = all.map { $0.value + ($0.standardUncertainty ?? 0) }.max() ?? 1
    let last = all.map(\.hours).max() ?? 1
    let area = PlotArea(
      left: x + 48, top: y + 44, width: Self.cell.width - 64, height: Self.cell.height - 86,
      xRange: 0...max(last * 1.04, 1), yRange: 0...max(top * 1.08, .leastNormalMagnitude))
    let head = [
      Mark.text(region.name, at: (x + 8, y + 16), .name),
      Mark.text(region.fit, at: (x + 8, y + 32), .note),
    ]
    let axes = area.axes(
      xTicks: Ticks.linear(from: 0, to: area.xRange.upperBound, about: 6),
      yTicks: Ticks.linear(from: 0, to: area.yRange.upperBound, about: 5))
    let curve =
      region.curve.count > 1
      ? [area.polyline(region.curve.map { ($0.hours, $0.value) }, colour: colour, width: 2)] : []
    return head + axes + [area.xTitle("hours after administration · \(unit)")] + curve
      + region.measured.flatMap { marks($0, area) }
  }

  private func marks(_ point: Point, _ area: PlotArea) -> [Mark] {
    let place = (area.x(point.hours), area.y(point.value))
    let symbol = Mark.symbol(
      point.isScaled ? .cross : .disc, at: place, colour: Ink.text, radius: 3.6)
    guard let u = point.standardUncertainty else {
      return [symbol]
    }
    let low = (place.0, area.y(max(point.value - u, 0)))
    let high = (place.0, area.y(point.value + u))
    return [Mark.line(from: low, to: high, .whisker), symbol]
  }
}
