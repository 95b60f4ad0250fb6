import Quantities

/// A vertical colour bar with its ticks; low values at the bottom.
struct ColourBar {
  struct Tick {
    /// 0 at the bottom, 1 at the top.
    let fraction: Double
    let text: String
  }

  /// Heading lines above the bar: quantity, then unit.
  let heading: [String]
  let ticks: [Tick]
  /// Colour at a fraction of the bar's height.
  let colour: (Double) -> RGB
  /// Shares of the colour, side by side; one for an ordinary bar.
  var opacities = [1.0]

  init<Value>(_ window: DisplayWindow<Value>) {
    heading = [Value.displayName, Value.displayUnit]
    let (low, high) = (window.lowerDisplayed, window.upperDisplayed)
    let values = Ticks.linear(from: low, to: high)
    ticks = zip(values, Ticks.labels(values)).map {
      Tick(fraction: ($0 - low) / (high - low), text: $1)
    }
    colour = { window.colourMap.colour(at: $0) }
  }

  init(_ scale: ChangeScale, _ change: ChangeLayer?) {
    self.init(scale, noise: change?.noiseLimits)
    opacities = change?.confidence?.opacities ?? [1]
  }

  init(_ scale: ChangeScale, noise: ClosedRange<LogRatio>?) {
    heading = ["Change", "% of before"]
    ticks = scale.ticks.map {
      Tick(fraction: scale.fraction($0.inBaseUnit), text: NumberText.percentTick($0.percent))
    }
    colour = { fraction in
      if let noise, noise.contains(scale.value(at: fraction)) { return Ink.withinNoise }
      return scale.colourMap.colour(at: fraction)
    }
  }

  /// Pixels the bar, its ticks and its heading need sideways.
  func width(_ style: PictureStyle) -> Int {
    let labels = ticks.map { style.small().width(of: $0.text) }.max() ?? 0
    let ticked = Double(barWidth(style)) + style.textSize * 0.7 + labels
    let headed = heading.map { style.small().width(of: $0) }.max() ?? 0
    return Int(max(ticked, headed).rounded(.up))
  }

  /// Pixels below which its ticks would stand on each other.
  func leastHeight(_ style: PictureStyle) -> Int {
    Int((Double(heading.count + ticks.count + 1) * style.small().size * 1.25).rounded(.up))
  }

  private func barWidth(_ style: PictureStyle) -> Int {
    Int(style.textSize * (opacities.count > 1 ? 1.5 : 1))
  }

  /// Draws the bar from the upper left corner of `box` to its bottom.
  func draw(in box: PixelBox, on canvas: inout Canvas, style: PictureStyle, ground: Ground) {
    let small = style.small(ground.ink)
    let step = small.size * 1.25
    for (n, line) in heading.enumerated() {
      canvas.draw(
        line, atX: Double(box.x), baseline: Double(box.y) + small.capHeight + Double(n) * step,
        small)
    }
    let top = box.y + Int(Double(heading.count) * step + small.size * 0.4)
    let bar = PixelBox(
      x: box.x, y: top, width: barWidth(style),
      height: box.maxY - top - Int(small.capHeight / 2))
    guard bar.height > 0 else { return }
    for y in 0..<bar.height {
      let fraction = 1 - (Double(y) + 0.5) / Double(bar.height)
      for (n, opacity) in opacities.enumerated() {
        let left = bar.width * n / opacities.count
        let right = bar.width * (n + 1) / opacities.count
        // Over the grey of soft tissue, as the map lies over CT.
        let shade = RGB(grey: 0x80).blended(with: colour(fraction), coverage: Float(opacity))
        canvas.fill(
          PixelBox(x: bar.x + left, y: bar.y + y, width: right - left, height: 1), with: shade)
      }
    }
    canvas.frame(bar, with: ground == .dark ? RGB(grey: 110) : Ink.muted)
    for tick in ticks {
      let y = Double(bar.maxY) - tick.fraction * Double(bar.height)
      let row = min(max(Int(y.rounded()), bar.y), bar.maxY - 1)
      canvas.fill(
        PixelBox(x: bar.maxX, y: row, width: Int(style.textSize * 0.3), height: 1),
        with: ground.ink)
      canvas.draw(
        tick.text, atX: Double(bar.maxX) + style.textSize * 0.5,
        baseline: y + small.capHeight / 2, small)
    }
  }
}

extension NumberText {
  /// A per cent tick without its sign of per cent: +100, −50, 0.
  static func percentTick(_ percent: Double) -> String {
    let text = short(percent.rounded())
    return percent > 0.5 ? "+" + text : text
  }
}
