/// How sure each limit is kept when a given activity is administered.
public struct PlannerChart: Sendable, Hashable, Codable {
  public struct Point: Sendable, Hashable, Codable {
    public let gigabecquerels: Double
    /// 0 to 1.
    public let compliance: Double
    public init(gigabecquerels: Double, compliance: Double) {
      (self.gigabecquerels, self.compliance) = (gigabecquerels, compliance)
    }
  }

  public struct Curve: Sendable, Hashable, Codable {
    /// `kidney BED ≤ 40 Gy`
    public let limit: String
    public let isBinding: Bool
    public let points: [Point]
    public init(limit: String, isBinding: Bool, points: [Point]) {
      (self.limit, self.isBinding, self.points) = (limit, isBinding, points)
    }
  }

  public let curves: [Curve]
  /// The largest activity at each level of compliance.
  public let levels: [Point]
  /// The activity that is not exceeded whatever the dose says; `nil` when there is none.
  public let capGigabecquerels: Double?

  public init(curves: [Curve], levels: [Point], capGigabecquerels: Double? = nil) {
    (self.curves, self.levels) = (curves, levels)
    self.capGigabecquerels = capGigabecquerels
  }

  public func plot(named name: String) -> Plot {
    let shown = curves.flatMap(\.points).map(\.gigabecquerels)
    let first = shown.min() ?? 0
    let last = max(shown.max() ?? 1, first + 1e-9)
    let area = PlotArea(
      left: 52, top: 14, width: 470, height: 240, xRange: first...last, yRange: 0...100)
    let axes = area.axes(
      xTicks: Ticks.linear(from: first, to: last, about: 7), yTicks: [0, 20, 40, 60, 80, 100])
    return Plot(
      name: name,
      caption: "Probability that each limit is kept, in %, against the next activity in GBq. "
        + "Dashed: the largest activity at each level of compliance.",
      kind: .compliance,
      axes: [
        .init("next activity", unit: "GBq"), .init("probability that the limit is kept", unit: "%"),
      ],
      drawing: Drawing(
        width: 860, height: 304, title: "Activity and compliance",
        marks: axes + levels.flatMap { level($0, area) } + cap(area) + lines(area) + legend(area)
          + [area.xTitle("next activity (GBq) · compliance (%)")]))
  }

  private func lines(_ area: PlotArea) -> [Mark] {
    curves.enumerated().map { n, curve in
      area.polyline(
        curve.points.map { ($0.gigabecquerels, $0.compliance * 100) }, colour: SeriesColour.at(n),
        width: curve.isBinding ? 3.2 : 1.8)
    }
  }

  private func level(_ point: Point, _ area: PlotArea) -> [Mark] {
    guard area.xRange.contains(point.gigabecquerels) else { return [] }
    let place = (area.x(point.gigabecquerels), area.y(point.compliance * 100))
    return [
      Mark.line(from: (area.left, place.1), to: place, .level),
      Mark.line(from: place, to: (place.0, area.top + area.height), .level),
      Mark.dot(at: place, colour: Ink.text),
    ]
  }

  private func cap(_ area: PlotArea) -> [Mark] {
    guard let cap = capGigabecquerels, area.xRange.contains(cap) else { return [] }
    let x = area.x(cap)
    return [Mark.line(from: (x, area.top), to: (x, area.top + area.height), .limit)]
  }

  private func legend(_ area: PlotArea) -> [Mark] {
    let x = area.left + area.width + 22
    var rows = curves.enumerated().flatMap { n, curve in
      let y = area.top + 14 + 22 * Double(n)
      return [
        Mark.box(x: x, y: y - 6, width: 20, height: 4, fill: SeriesColour.at(n)),
        Mark.text(
          curve.limit + (curve.isBinding ? ", binding" : ""), at: (x + 28, y),
          curve.isBinding ? .name : .label),
      ]
    }
    var y = area.top + 26 + 22 * Double(curves.count)
    for level in levels {
      let text =
        "\(NumberText.short(level.compliance * 100)) %: "
        + "\(NumberText.significant(level.gigabecquerels)) GBq"
      rows.append(Mark.text(text, at: (x, y), .note))
      y += 18
    }
    if let cap = capGigabecquerels {
      rows.append(
        Mark.text("cap (red line): \(NumberText.significant(cap)) GBq", at: (x, y), .note))
    }
    return rows
  }
}
