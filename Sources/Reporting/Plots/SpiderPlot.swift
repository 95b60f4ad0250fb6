public import Quantities

/// The change of every lesion over time, one line each.
public struct SpiderPlot: Sendable, Hashable {
  public struct Line: Sendable, Hashable {
    public let name: String
    /// In the order of time; the baseline is added at 0 %.
    public let points: [Point]

    public init(name: String, points: [Point]) { (self.name, self.points) = (name, points) }
  }

  public struct Point: Sendable, Hashable {
    public let days: Double
    /// −100 where the lesion was not found any more.
    public let percent: Double
    public let isBeyondNoise: Bool?

    public init(days: Double, percent: Double, isBeyondNoise: Bool?) {
      (self.days, self.percent, self.isBeyondNoise) = (days, percent, isBeyondNoise)
    }
  }

  public let quantity: String
  public let lines: [Line]
  public let noise: ClosedRange<LogRatio>?
  /// Days of the administrations, drawn as vertical lines.
  public let cycles: [Double]

  public init(
    quantity: String, lines: [Line], noise: ClosedRange<LogRatio>?, cycles: [Double] = []
  ) {
    (self.quantity, self.lines, self.noise, self.cycles) = (quantity, lines, noise, cycles)
  }

  public func plot(named name: String) -> Plot {
    let points = lines.flatMap(\.points)
    let axis = ChangeAxis(points.map(\.percent), noise: noise)
    let days = points.map(\.days) + cycles
    let first = min(days.min() ?? 0, 0)
    let area = PlotArea(
      left: 64, top: 34, width: 590, height: 280,
      xRange: first...max((days.max() ?? 1) * 1.02, first + 1), yRange: axis.range)
    let ticks = Ticks.linear(from: area.xRange.lowerBound, to: area.xRange.upperBound, about: 8)
    let band = axis.bandMarks(area)
    var marks = Array(band.prefix(1))
    marks += area.axes(xTicks: ticks.map { ($0, NumberText.short($0)) }, yTicks: axis.ticks)
    marks += band.dropFirst()
    marks += cycles.map { cycle($0, area) }
    marks += ends(area, axis)
    marks += lines.flatMap { draw($0, area, axis) }
    marks += [
      Mark.text("Change of \(quantity) over time", at: (area.left, 18), .name),
      area.yTitle("change of \(quantity) (%)", beside: 48),
      area.xTitle("days since baseline · \(axis.noiseText)"),
    ]
    return Plot(
      name: name,
      caption: "Change of \(quantity) from baseline over time, one line per lesion, in %; "
        + "\(axis.noiseText)."
        + (cycles.isEmpty ? "" : " Dashed vertical lines: administrations.")
        + " Blue: less, orange: more, grey: within noise, at the last time point; triangles lie "
        + "beyond the axis.",
      kind: .spider,
      axes: [
        .init("time since baseline", unit: "d"), .init("change of \(quantity)", unit: "%"),
      ],
      drawing: Drawing(
        width: 760, height: area.bottom + 50, title: "Spider plot of \(quantity)",
        marks: marks))
  }

  private func cycle(_ day: Double, _ area: PlotArea) -> Mark {
    .line(from: (area.x(day), area.top), to: (area.x(day), area.bottom), .level)
  }

  private func draw(_ line: Line, _ area: PlotArea, _ axis: ChangeAxis) -> [Mark] {
    guard let last = line.points.last else { return [] }
    let colour = ChangeAxis.colour(last.percent, isBeyondNoise: last.isBeyondNoise)
    let places = line.points.map { ($0.days, $0.percent.clamped(to: axis.range)) }
    return [area.polyline([(0, 0)] + places, colour: colour, width: 1.8)]
      + zip(line.points, places).map { point, place in
        .symbol(
          axis.isCut(point.percent) ? .triangle : .disc, at: (area.x(place.0), area.y(place.1)),
          colour: colour, radius: 3)
      }
  }

  /// Names at the right, moved apart where they would overlap.
  private func ends(_ area: PlotArea, _ axis: ChangeAxis) -> [Mark] {
    let ends = lines.compactMap { line in
      line.points.last.map { (line.name, $0) }
    }.sorted { $0.1.percent > $1.1.percent }
    let step = min(14, (area.height + 20) / Double(max(ends.count, 1)))
    var floor = area.top - 10
    var places: [Double] = ends.map { end in
      floor = max(area.y(end.1.percent.clamped(to: axis.range)), floor + step)
      return floor
    }
    // What ran out at the bottom is pushed up again.
    var ceiling = area.bottom + 10 + step
    for n in places.indices.reversed() {
      places[n] = min(places[n], ceiling - step)
      ceiling = places[n]
    }
    let style = TextStyle(size: min(12, max(step * 0.92, 6)), colour: Ink.text)
    return zip(ends, places).flatMap { end, y in
      let value = NumberText.percentTick(end.1.percent.rounded())
      let at = (area.x(end.1.days), area.y(end.1.percent.clamped(to: axis.range)))
      return [
        Mark.line(from: at, to: (area.right + 8, y), .grid),
        .text("\(end.0) \(value) %", at: (area.right + 11, y + 4), style),
      ]
    }
  }
}
