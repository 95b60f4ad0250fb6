import Quantities

/// The vertical axis of plots of change: per cent of before, cut at the top, with the band that
/// noise explains.
struct ChangeAxis {
  /// Per cent.
  let range: ClosedRange<Double>
  let noise: ClosedRange<LogRatio>?

  /// Growth beyond this would flatten everything else; it is cut, and the number written.
  private static let most = 200.0

  init(_ changes: [Double], noise: ClosedRange<LogRatio>?) {
    let limits = noise.map { [$0.lowerBound.percent, $0.upperBound.percent] } ?? []
    let highest = (changes + limits).max() ?? 0
    let lowest = (changes + limits).min() ?? 0
    let top = min(max((highest * 1.1 / 25).rounded(.up) * 25, 25), Self.most)
    range = max(-100, (lowest * 1.1 / 25).rounded(.down) * 25)...top
    self.noise = noise
  }

  var ticks: [(Double, String)] {
    Ticks.linear(from: range.lowerBound, to: range.upperBound, about: 7)
      .map { ($0, NumberText.percentTick($0)) }
  }

  func isCut(_ percent: Double) -> Bool { percent > range.upperBound }

  func bandMarks(_ area: PlotArea) -> [Mark] {
    let band = noise.map {
      [area.band($0.lowerBound.percent...$0.upperBound.percent, Self.bandColour)]
    }
    return (band ?? []) + [
      .line(from: (area.left, area.y(0)), to: (area.right, area.y(0)), .axis)
    ]
  }

  var noiseText: String {
    guard let noise else { return "no test-retest data: noise is not marked" }
    return "grey band: 95 % repeatability, "
      + "\(NumberText.percentChange(noise.lowerBound.percent)) to "
      + NumberText.percentChange(noise.upperBound.percent)
  }

  private static let bandColour = RGB(grey: 0xE6)

  /// Blue for less, orange-red for more, grey within noise: the colours of the change maps.
  static func colour(_ percent: Double, isBeyondNoise: Bool?) -> RGB {
    guard isBeyondNoise ?? true else { return RGB(grey: 0x8C) }
    return ColourMap.change.colour(at: percent < 0 ? 0.12 : 0.88)
  }
}
