import Geometry

/// Slices through the patient side by side, with their marks, colour bars and legend.
struct SliceRow {
  let grids: [PictureGrid]
  let title: String
  let ground: Ground
  let bars: [ColourBar]
  /// Windows and what lines and colours mean; below the images.
  let legend: [String]
  let style: PictureStyle

  private var gap: Int { style.gap }
  private var imageHeight: Int { grids.map(\.height).max() ?? 1 }
  private var top: Int { gap + 2 * style.lineHeight }
  private var barsWidth: Int { bars.reduce(0) { $0 + $1.width(style) + 2 * gap } }
  private var imagesWidth: Int { grids.reduce(gap) { $0 + $1.width + gap } }
  /// At least 60 mm of paper, so that the legend of a small picture can be read.
  private var width: Int {
    max(imagesWidth + barsWidth, Int(60 * style.pixelsPerMillimetre))
  }
  private var legendLines: [String] {
    legend.flatMap { style.small().wrapped($0, within: Double(width - 2 * gap)) }
  }

  /// - Parameter paint: Draws the image of a grid, and its lines, into a box of the canvas.
  func compose(_ paint: (PictureGrid, PixelBox, inout Canvas) -> Void) -> Canvas {
    let lines = legendLines
    let legendTop = top + imageHeight + gap
    var canvas = Canvas(
      width: width, height: legendTop + lines.count * style.lineHeight + gap / 2,
      filledWith: ground == .dark ? .black : .white)
    let heading = style.bold(ground.ink)
    canvas.draw(
      heading.fitted(title, within: Double(width - 2 * gap)), atX: Double(gap),
      baseline: Double(top - style.lineHeight - gap / 2), heading)
    var x = gap
    for grid in grids {
      let box = PixelBox(x: x, y: top, width: grid.width, height: grid.height)
      paint(grid, box, &canvas)
      annotate(grid, in: box, on: &canvas)
      x = box.maxX + gap
    }
    for bar in bars {
      let box = PixelBox(
        x: x + gap / 2, y: top, width: bar.width(style), height: min(imageHeight, 640))
      bar.draw(in: box, on: &canvas, style: style, ground: ground)
      x = box.maxX + gap
    }
    for (n, line) in lines.enumerated() {
      canvas.draw(
        line, atX: Double(gap),
        baseline: Double(legendTop + n * style.lineHeight) + style.textSize * 0.8,
        style.small(ground == .dark ? RGB(grey: 0xD0) : Ink.muted))
    }
    return canvas
  }

  private func annotate(_ grid: PictureGrid, in box: PixelBox, on canvas: inout Canvas) {
    if ground == .light { canvas.frame(box, with: Ink.line) }
    let position = NumberText.fixed(grid.position, decimals: 1)
    let lettering = style.small(ground.ink)
    let plane = "\(grid.plane.rawValue), \(grid.plane.axisName) = \(position) mm"
    canvas.draw(
      lettering.fitted(plane, within: Double(box.width)), atX: Double(box.x),
      baseline: Double(top - gap / 2), lettering)
    let marks = Annotation(style: style, ground: ground)
    marks.letters(OrientationLetters(grid.plane), in: box, on: &canvas)
    marks.scaleBar(millimetresPerPixel: grid.millimetresPerPixel, in: box, on: &canvas)
  }
}
