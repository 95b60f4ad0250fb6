import Geometry
import Quantities

/// Lays out one lesion panel: heading, a row of images per plane, captions, colour bars.
struct LesionPanelLayout<Emission: DisplayQuantity> {
  let panel: LesionPanel<Emission>
  let grids: [PictureGrid]

  private var style: PictureStyle { panel.style }
  private var gap: Int { style.gap }
  private var tile: Int { grids.first?.width ?? 1 }
  private var windowBar: ColourBar { ColourBar(panel.window) }
  private var changeBar: ColourBar { ColourBar(panel.scale, panel.change) }

  private var windowBarX: Int { gap + panel.views.count * (tile + gap) }
  private var changeX: Int { windowBarX + windowBar.width(style) + 2 * gap }
  private var width: Int {
    panel.change == nil
      ? windowBarX + windowBar.width(style) + gap
      : changeX + tile + gap + changeBar.width(style) + gap
  }

  private var statementLines: [String] {
    style.label().wrapped(panel.statement, within: Double(width - 2 * gap))
  }
  private var headingHeight: Int { gap / 2 + Int(style.textSize * 1.7) }
  private var titlesY: Int { headingHeight + statementLines.count * style.lineHeight + gap / 2 }
  private var imagesY: Int { titlesY + style.lineHeight + gap / 3 }
  private var captionsY: Int { imagesY + grids.count * (tile + gap / 2) }
  private var legendY: Int {
    let lines = (panel.views.map(\.captions) + [panel.changeCaptions]).map {
      $0.flatMap { wrappedCaption($0) }.count
    }
    return captionsY + (lines.max() ?? 0) * captionStep + gap
  }
  private var legendLines: [String] {
    style.small().wrapped(panel.legend.joined(separator: " "), within: Double(width - 2 * gap))
  }
  private var height: Int { legendY + legendLines.count * captionStep + gap }
  private var captionStep: Int { Int(style.textSize * 1.12) }

  private func wrappedCaption(_ text: String) -> [String] {
    style.small().wrapped(text, within: Double(tile))
  }

  func compose() -> Canvas {
    var canvas = Canvas(width: width, height: height)
    drawHeading(on: &canvas)
    for (n, view) in panel.views.enumerated() {
      drawColumn(view, atX: gap + n * (tile + gap), on: &canvas)
    }
    windowBar.draw(
      in: PixelBox(x: windowBarX, y: imagesY, width: windowBar.width(style), height: tile),
      on: &canvas, style: style, ground: .light)
    if let change = panel.change { drawChange(change, on: &canvas) }
    for (n, line) in legendLines.enumerated() {
      canvas.draw(
        line, atX: Double(gap), baseline: Double(legendY + n * captionStep) + style.textSize * 0.9,
        style.small())
    }
    return canvas
  }

  private func drawHeading(on canvas: inout Canvas) {
    let title = style.title()
    let baseline = Double(gap / 2) + style.textSize * 1.3
    canvas.draw(panel.id, atX: Double(gap), baseline: baseline, title)
    let x = Double(gap) + title.width(of: panel.id) + style.textSize * 0.8
    canvas.draw(
      style.label().fitted(panel.heading, within: Double(width - gap) - x), atX: x,
      baseline: baseline, style.label(Ink.muted))
    for (n, line) in statementLines.enumerated() {
      canvas.draw(
        line, atX: Double(gap),
        baseline: Double(headingHeight + n * style.lineHeight) + style.textSize, style.label())
    }
  }

  private func drawColumn(_ view: LesionPanel<Emission>.View, atX x: Int, on canvas: inout Canvas) {
    title(view.label.text, atX: x, on: &canvas)
    for (row, grid) in grids.enumerated() {
      let box = imageBox(x: x, row: row)
      switch view.content {
      case .notAssessable(let reason):
        drawReason(reason, in: box, on: &canvas)
      case .shown(let emission, let ct, let outline):
        let ground: Ground = ct == nil ? .light : .dark
        canvas.draw(image(emission, ct, on: grid), atX: box.x, y: box.y)
        if let outline {
          Contour(of: Region(outline), on: grid, through: emission.pictureToVolume).draw(
            on: &canvas, atX: box.x, y: box.y, width: style.outlineWidth * 1.2,
            colour: ground.outline,
            rim: ground.rim)
        }
        annotate(grid, in: box, ground, on: &canvas)
      }
    }
    captions(view.captions, atX: x, on: &canvas)
  }

  private func drawChange(_ change: ChangeLayer, on canvas: inout Canvas) {
    title("Change", atX: changeX, on: &canvas)
    let reference = panel.views.lazy.compactMap(\.groundLayers).first
    for (row, grid) in grids.enumerated() {
      let box = imageBox(x: changeX, row: row)
      var ground = Canvas(width: tile, height: tile)
      if let reference {
        // Change needs a quiet ground: CT when there is one, else faint emission.
        ground = Colouring.faded(groundImage(reference.emission, reference.ct, grid), keeping: 0.3)
      }
      canvas.draw(
        Colouring.change(change.pixels(on: grid.voxelGrid), panel.scale, over: ground),
        atX: box.x, y: box.y)
      if let reference, let outline = reference.outline {
        Contour(of: Region(outline), on: grid, through: reference.emission.pictureToVolume).draw(
          on: &canvas, atX: box.x, y: box.y, width: style.outlineWidth, colour: Ink.text, rim: nil)
      }
      annotate(grid, in: box, .light, on: &canvas)
    }
    captions(panel.changeCaptions, atX: changeX, on: &canvas)
    changeBar.draw(
      in: PixelBox(
        x: changeX + tile + gap, y: imagesY, width: changeBar.width(style), height: tile),
      on: &canvas, style: style, ground: .light)
  }

  private func imageBox(x: Int, row: Int) -> PixelBox {
    PixelBox(x: x, y: imagesY + row * (tile + gap / 2), width: tile, height: tile)
  }

  private func image(
    _ emission: Layer<Emission>, _ ct: Layer<Hounsfield>?, on grid: PictureGrid
  ) -> Canvas {
    let samples = emission.samples(on: grid, outside: .zero)
    guard let ct else {
      return Colouring.image(samples, width: tile, height: tile, window: panel.window)
    }
    return Colouring.fused(
      ct.samples(on: grid, outside: .hounsfieldUnits(-1024)), panel.ctWindow, samples,
      panel.window, opacity: panel.opacity, width: tile, height: tile)
  }

  private func groundImage(
    _ emission: Layer<Emission>, _ ct: Layer<Hounsfield>?, _ grid: PictureGrid
  ) -> Canvas {
    guard let ct else { return image(emission, nil, on: grid) }
    return Colouring.image(
      ct.samples(on: grid, outside: .hounsfieldUnits(-1024)), width: tile, height: tile,
      window: panel.ctWindow)
  }

  private func annotate(
    _ grid: PictureGrid, in box: PixelBox, _ ground: Ground, on canvas: inout Canvas
  ) {
    canvas.frame(box, with: Ink.line)
    let marks = Annotation(style: style, ground: ground)
    marks.letters(OrientationLetters(grid.plane), in: box, on: &canvas)
    marks.scaleBar(millimetresPerPixel: grid.millimetresPerPixel, in: box, on: &canvas)
    let position = NumberText.fixed(grid.position, decimals: 0)
    marks.lowerLeft(["\(grid.plane.axisName) \(position) mm"], in: box, on: &canvas)
  }

  private func drawReason(_ reason: String, in box: PixelBox, on canvas: inout Canvas) {
    canvas.fill(box, with: RGB(grey: 0xF1))
    canvas.frame(box, with: Ink.line)
    let lines =
      ["not assessable"] + style.small().wrapped(reason, within: Double(box.width - 2 * gap))
    let first = box.middleY - Double(lines.count - 1) * style.textSize * 0.6
    for (n, line) in lines.enumerated() {
      canvas.draw(
        line, atX: box.middleX, baseline: first + Double(n) * style.textSize * 1.2,
        n == 0 ? style.bold() : style.small(), anchor: .middle)
    }
  }

  private func title(_ text: String, atX x: Int, on canvas: inout Canvas) {
    canvas.draw(
      style.bold().fitted(text, within: Double(tile)), atX: Double(x),
      baseline: Double(titlesY) + style.textSize, style.bold())
  }

  private func captions(_ lines: [String], atX x: Int, on canvas: inout Canvas) {
    for (n, line) in lines.flatMap({ wrappedCaption($0) }).enumerated() {
      canvas.draw(
        line, atX: Double(x), baseline: Double(captionsY + n * captionStep) + style.textSize * 0.9,
        style.small(Ink.text))
    }
  }
}
