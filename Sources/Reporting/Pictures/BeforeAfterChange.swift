public import Geometry
import Volumes

/// Coronal projections before and after on one scale, and the change between them.
public struct BeforeAfterChange<Emission: DisplayQuantity>: Sendable {
  /// The frame of `before` is the picture's frame.
  public var before: Layer<Emission>
  public var after: Layer<Emission>
  public var change: ChangeLayer
  public var window: DisplayWindow<Emission>
  public var scale: ChangeScale
  public var beforeLabel: TimePointLabel
  public var afterLabel: TimePointLabel
  public var style: PictureStyle

  public init(
    before: Layer<Emission>, after: Layer<Emission>, change: ChangeLayer,
    window: DisplayWindow<Emission>, scale: ChangeScale = ChangeScale(),
    beforeLabel: TimePointLabel, afterLabel: TimePointLabel, style: PictureStyle = PictureStyle()
  ) {
    (self.before, self.after, self.change) = (before, after, change)
    (self.window, self.scale, self.style) = (window, scale, style)
    (self.beforeLabel, self.afterLabel) = (beforeLabel, afterLabel)
  }

  public func picture(
    named name: String, millimetresPerPixel: Double = 1.5, software: String
  ) throws(GridError) -> Picture {
    let grid = before.volume.grid
    let view = try ProjectionGrid(
      covering: grid, millimetresPerPixel: millimetresPerPixel,
      depthStep: MaximumIntensityProjection<Emission>.depthStep(for: grid))
    let images = try [before, after].map { layer throws(GridError) in
      Colouring.image(
        try layer.maximumProjection(on: view), width: view.width, height: view.height,
        window: window)
    }
    let changed = Colouring.change(
      change.pixels(on: view.stack), scale, over: Colouring.faded(images[0], keeping: 0.22))
    let canvas = compose(images + [changed], view)
    return Picture(
      name: name, canvas: canvas,
      sidecar: PictureSidecar(
        kind: .beforeAfterChange, timePoints: [beforeLabel, afterLabel],
        layers: [.init(window), .init(scale)], at: .projections([view]), canvas: canvas,
        style: style,
        legend: legend, software: software))
  }

  var legend: [String] {
    change.legend + [
      "Coloured: strongest change along each line of sight, over a faint image of before.",
      "\(window.text), one scale for both.",
    ]
  }

  private func compose(_ images: [Canvas], _ view: ProjectionGrid) -> Canvas {
    let bars = [ColourBar(window), ColourBar(scale, change)]
    let gap = style.gap
    let barWidths = bars.map { $0.width(style) }
    let width = 3 * view.width + barWidths[0] + barWidths[1] + 7 * gap
    let lines = legend.flatMap { style.small().wrapped($0, within: Double(width - 2 * gap)) }
    let top = gap + style.lineHeight
    let legendTop = top + view.height + gap
    var canvas = Canvas(
      width: width, height: legendTop + lines.count * style.lineHeight + gap / 2)
    let first = gap
    let second = first + view.width + gap
    let firstBar = second + view.width + gap
    let third = firstBar + barWidths[0] + 2 * gap
    let titles = [
      "Before: \(beforeLabel.text)", "After: \(afterLabel.text)", "Change",
    ]
    for (n, x) in [first, second, third].enumerated() {
      let box = PixelBox(x: x, y: top, width: view.width, height: view.height)
      draw(images[n], title: titles[n], in: box, view, on: &canvas)
    }
    for (n, x) in [firstBar, third + view.width + gap].enumerated() {
      bars[n].draw(
        in: PixelBox(x: x, y: top, width: barWidths[n], height: min(view.height, 640)),
        on: &canvas, style: style, ground: .light)
    }
    for (n, line) in lines.enumerated() {
      canvas.draw(
        line, atX: Double(gap),
        baseline: Double(legendTop + n * style.lineHeight) + style.textSize, style.small())
    }
    return canvas
  }

  private func draw(
    _ image: Canvas, title: String, in box: PixelBox, _ view: ProjectionGrid,
    on canvas: inout Canvas
  ) {
    canvas.draw(
      style.bold().fitted(title, within: Double(box.width)), atX: Double(box.x),
      baseline: Double(box.y) - Double(style.gap) * 0.5, style.bold())
    canvas.draw(image, atX: box.x, y: box.y)
    canvas.frame(box, with: Ink.line)
    let marks = Annotation(style: style, ground: .light)
    marks.letters(view.letters, in: box, on: &canvas)
    marks.scaleBar(millimetresPerPixel: view.millimetresPerPixel, in: box, on: &canvas)
  }
}
