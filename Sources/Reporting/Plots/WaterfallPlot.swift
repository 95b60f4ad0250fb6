public import Quantities

/// One bar per lesion, sorted by how much it changed.
public struct WaterfallPlot: Sendable, Hashable {
  public struct Bar: Sendable, Hashable {
    public let name: String
    /// −100 for a lesion that vanished.
    public let percent: Double
    /// `nil` where no repeatability is known.
    public let isBeyondNoise: Bool?
    /// `vanished`, `merged with L2`: written at the bar.
    public let note: String

    public init(name: String, percent: Double, isBeyondNoise: Bool?, note: String = "") {
      (self.name, self.percent, self.note) = (name, percent, note)
      self.isBeyondNoise = isBeyondNoise
    }
  }

  /// `SUVpeak`
  public let quantity: String
  /// `base to fu1`
  public let interval: String
  public let bars: [Bar]
  public let noise: ClosedRange<LogRatio>?
  /// Lesions that have no bar, with the reason: `L7: new`.
  public let others: [String]

  public init(
    quantity: String, interval: String, bars: [Bar], noise: ClosedRange<LogRatio>?,
    others: [String] = []
  ) {
    (self.quantity, self.interval, self.noise) = (quantity, interval, noise)
    self.others = others
    self.bars = bars.sorted { ($0.percent, $1.name) > ($1.percent, $0.name) }
  }

  private static let width = 760.0

  public func plot(named name: String) -> Plot {
    let axis = ChangeAxis(bars.map(\.percent), noise: noise)
    let area = PlotArea(
      left: 64, top: 48, width: Self.width - 84, height: 280, xRange: 0...1, yRange: axis.range)
    let notes = others.isEmpty ? [] : lines(of: "Without a bar: " + others.joined(separator: "; "))
    let band = axis.bandMarks(area)
    var marks = Array(band.prefix(1))
    marks += area.axes(xTicks: [], yTicks: axis.ticks)
    marks += band.dropFirst()
    marks += bars.indices.flatMap { draw($0, area, axis) }
    marks += [
      Mark.text("Change of \(quantity), \(interval)", at: (area.left, 18), .name),
      area.yTitle("change of \(quantity) (%)", beside: 48),
      .text("lesions; \(axis.noiseText)", at: (area.left, area.bottom + 62), .note),
    ]
    for (n, line) in notes.enumerated() {
      marks.append(.text(line, at: (area.left, area.bottom + 80 + 16 * Double(n)), .note))
    }
    return Plot(
      name: name,
      caption: "Change of \(quantity) from \(interval), one bar per lesion, in % of before; "
        + "\(axis.noiseText). Blue: less, orange: more, grey: within noise.",
      kind: .waterfall,
      axes: [.init("lesion", unit: ""), .init("change of \(quantity)", unit: "%")],
      drawing: Drawing(
        width: Self.width, height: area.bottom + 74 + 16 * Double(notes.count),
        title: "Waterfall plot of \(quantity), \(interval)", marks: marks))
  }

  private func draw(_ n: Int, _ area: PlotArea, _ axis: ChangeAxis) -> [Mark] {
    let bar = bars[n]
    let slot = area.width / Double(max(bars.count, 1))
    let thickness = min(slot * 0.78, 46)
    let middle = area.left + (Double(n) + 0.5) * slot
    let end = area.y(bar.percent.clamped(to: axis.range))
    let (top, bottom) = (min(end, area.y(0)), max(end, area.y(0)))
    let isUp = bar.percent >= 0
    var marks = [
      Mark.box(
        x: middle - thickness / 2, y: top, width: thickness, height: max(bottom - top, 1),
        fill: ChangeAxis.colour(bar.percent, isBeyondNoise: bar.isBeyondNoise))
    ]
    let isRoomy = slot >= 34
    let value = NumberText.percentTick(bar.percent.rounded())
    if isRoomy || axis.isCut(bar.percent) {
      marks.append(
        .text(
          value, at: (middle, isUp ? top - 5 : min(bottom + 14, area.bottom - 4)),
          isUp || bottom + 14 < area.bottom ? .label : .onBar, anchor: .middle))
    }
    if axis.isCut(bar.percent) {
      // A white gap says that the bar goes on.
      marks.append(
        .area(
          [
            [middle - thickness / 2 - 1, top + 16], [middle + thickness / 2 + 1, top + 9],
            [middle + thickness / 2 + 1, top + 13], [middle - thickness / 2 - 1, top + 20],
          ], .white, opacity: 1))
    }
    let label = bar.name + (bar.note.isEmpty ? "" : ", \(bar.note)")
    return marks + [nameMark(label, middle, slot, area)]
  }

  private func nameMark(_ text: String, _ x: Double, _ slot: Double, _ area: PlotArea) -> Mark {
    if TextStyle.note.width(of: text) <= slot - 2 {
      return .text(text, at: (x, area.bottom + 17), .note, anchor: .middle)
    }
    let size = min(12, max(slot * 0.9, 6))
    let style = TextStyle(size: size, colour: Ink.muted)
    return .text(
      style.fitted(text, within: 44), at: (x + size * 0.35, area.bottom + 5), style,
      anchor: .right, isUpright: true)
  }

  private func lines(of text: String) -> [String] {
    Lettering(size: TextStyle.note.size).wrapped(text, within: Self.width - 84)
  }
}

extension TextStyle {
  /// Numbers written into a dark bar.
  static let onBar = TextStyle(size: 12, isBold: true, colour: .white)
}
