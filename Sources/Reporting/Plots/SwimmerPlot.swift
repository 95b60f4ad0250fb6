/// What became of every lesion: one lane each, with its state at every scan and the cycles.
public struct SwimmerPlot: Sendable, Hashable {
  /// Told apart by shape and shade as well as by colour.
  public enum State: String, Sendable, Hashable, CaseIterable {
    case present, new, vanished
    case joined = "merged or split"
    case notAssessable = "not assessable"
  }

  public struct Lane: Sendable, Hashable {
    public let name: String
    /// At each scan, in the order of time.
    public let scans: [Scan]

    public init(name: String, scans: [Scan]) { (self.name, self.scans) = (name, scans) }
  }

  public struct Scan: Sendable, Hashable {
    public let days: Double
    public let state: State

    public init(days: Double, state: State) { (self.days, self.state) = (days, state) }
  }

  /// An administration.
  public struct Cycle: Sendable, Hashable {
    public let name: String
    public let days: Double

    public init(name: String, days: Double) { (self.name, self.days) = (name, days) }
  }

  public let lanes: [Lane]
  public let cycles: [Cycle]

  public init(lanes: [Lane], cycles: [Cycle]) { (self.lanes, self.cycles) = (lanes, cycles) }

  public func plot(named name: String) -> Plot {
    let lane = min(22, max(9, 520 / Double(max(lanes.count, 1))))
    let days = lanes.flatMap(\.scans).map(\.days) + cycles.map(\.days)
    let first = days.min() ?? 0
    let last = max(days.max() ?? 1, first + 1)
    let margin = (last - first) * 0.03
    let area = PlotArea(
      left: 120, top: 52, width: 600, height: lane * Double(max(lanes.count, 1)),
      xRange: (first - margin)...(last + margin), yRange: 0...1)
    let ticks = Ticks.linear(from: first, to: last, about: 8)
    var marks = cycles.flatMap { draw($0, area) }
    for (n, one) in lanes.enumerated() {
      marks += draw(one, area, y: area.top + lane * (Double(n) + 0.5), lane)
    }
    marks += area.axes(xTicks: ticks.map { ($0, NumberText.short($0)) }, yTicks: [])
    marks += [
      .text("What became of each lesion", at: (16, 18), .name),
      area.xTitle("days since baseline"),
    ]
    marks += key(y: area.bottom + 56)
    return Plot(
      name: name,
      caption: "One lane per lesion: a bar while it is present, a symbol for its state at each "
        + "scan; dashed lines are administrations.",
      kind: .swimmer,
      axes: [.init("time since baseline", unit: "d"), .init("lesion", unit: "")],
      drawing: Drawing(
        width: 760, height: area.bottom + 70, title: "Swimmer plot of all lesions", marks: marks))
  }

  private func draw(_ cycle: Cycle, _ area: PlotArea) -> [Mark] {
    let x = area.x(cycle.days)
    return [
      .line(from: (x, area.top - 8), to: (x, area.bottom), .level),
      .text(cycle.name, at: (x, area.top - 12), .note, anchor: .middle),
    ]
  }

  private func draw(_ lane: Lane, _ area: PlotArea, y: Double, _ height: Double) -> [Mark] {
    let style = TextStyle(size: min(12, height * 0.9), colour: Ink.text)
    var marks = [
      Mark.text(
        style.fitted(lane.name, within: area.left - 12), at: (area.left - 8, y + style.size * 0.35),
        style, anchor: .right)
    ]
    for (a, b) in zip(lane.scans, lane.scans.dropFirst()) {
      marks += bar(from: a, to: b, area, y: y, thickness: height * 0.42)
    }
    return marks
      + lane.scans.map { scan in
        .symbol(
          scan.state.shape, at: (area.x(scan.days), y), colour: scan.state.colour,
          radius: min(5, height * 0.3))
      }
  }

  /// Whole while the lesion is known to be there, faint where one end could not be judged.
  private func bar(
    from a: Scan, to b: Scan, _ area: PlotArea, y: Double, thickness: Double
  ) -> [Mark] {
    let isThere = [a, b].map { [.present, .new, .joined].contains($0.state) }
    guard isThere[0] || b.state == .notAssessable || isThere[1] else { return [] }
    guard a.state != .vanished else { return [] }
    let isSure = isThere[0] && (isThere[1] || b.state == .vanished)
    return [
      .box(
        x: area.x(a.days), y: y - thickness / 2, width: area.x(b.days) - area.x(a.days),
        height: thickness, fill: RGB(red: 0x8F, green: 0xB8, blue: 0xD8),
        opacity: isSure ? 1 : 0.35)
    ]
  }

  private func key(y: Double) -> [Mark] {
    var x = 16.0
    return State.allCases.flatMap { state -> [Mark] in
      let place = x
      x += 26 + TextStyle.note.width(of: state.rawValue) + 18
      return [
        .symbol(state.shape, at: (place + 6, y - 4), colour: state.colour, radius: 5),
        .text(state.rawValue, at: (place + 17, y), .note),
      ]
    }
  }
}

extension SwimmerPlot.State {
  fileprivate var shape: SymbolShape {
    switch self {
    case .present: .disc
    case .new: .triangle
    case .vanished: .cross
    case .joined: .diamond
    case .notAssessable: .square
    }
  }

  fileprivate var colour: RGB {
    switch self {
    case .present: SeriesColour.at(0)
    case .new: SeriesColour.at(1)
    case .vanished: Ink.text
    case .joined: SeriesColour.at(3)
    case .notAssessable: RGB(grey: 0x9A)
    }
  }
}
