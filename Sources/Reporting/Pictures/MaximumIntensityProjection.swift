public import Geometry
import Kernels
import Quantities
import Volumes

/// The largest value along each line of sight: the whole patient in one picture.
public struct MaximumIntensityProjection<Emission: DisplayQuantity>: Sendable {
  public var emission: Layer<Emission>
  public var window: DisplayWindow<Emission>
  public var timePoint: TimePointLabel
  public var style: PictureStyle

  public init(
    _ emission: Layer<Emission>, window: DisplayWindow<Emission>, timePoint: TimePointLabel,
    style: PictureStyle = PictureStyle()
  ) {
    (self.emission, self.window) = (emission, window)
    (self.timePoint, self.style) = (timePoint, style)
  }

  /// Samples along a ray: at least one and a half per voxel, not finer than 2 mm.
  static func depthStep(for grid: VoxelGrid) -> Double { max(grid.spacing.min() / 1.5, 2) }

  /// The image alone, without marks.
  public func image(on view: ProjectionGrid) throws(GridError) -> Canvas {
    Colouring.image(
      try emission.maximumProjection(on: view), width: view.width, height: view.height,
      window: window)
  }

  /// The coronal projection, or the one from the side the viewer walks to, with its marks.
  ///
  /// - Parameter degrees: Turn of the viewer about the head–feet axis; 90 sees from the left.
  public func picture(
    named name: String, turnedBy degrees: Double = 0, millimetresPerPixel: Double = 2,
    software: String
  ) throws(GridError) -> Picture {
    try sheet(
      named: name, turnedBy: [degrees], millimetresPerPixel: millimetresPerPixel,
      software: software)
  }

  /// Projections from several sides in a row, on one scale.
  public func sheet(
    named name: String, turnedBy angles: [Double], millimetresPerPixel: Double = 2,
    software: String
  ) throws(GridError) -> Picture {
    let views = try angles.map { angle throws(GridError) in
      try view(from: angle, millimetresPerPixel)
    }
    let images = try views.map { view throws(GridError) in try image(on: view) }
    let canvas = compose(zip(images, views).map { ($0, $1) }, width: nil)
    return Picture(
      name: name, canvas: canvas,
      sidecar: sidecar(.maximumIntensityProjection, views, canvas, software))
  }

  /// The patient turned once around, as one animated PNG. Each voxel is shown by its footprint,
  /// without interpolation.
  ///
  /// - Parameters:
  ///   - count: How many views make a turn.
  ///   - milliseconds: How long each is shown.
  public func rotation(
    named name: String, frames count: Int = 24, milliseconds: Int = 120,
    millimetresPerPixel: Double = 2, software: String
  ) throws(GridError) -> Picture {
    precondition(count > 1, "a rotation has at least two frames")
    let views = try (0..<count).map { n throws(GridError) in
      try view(from: 360 * Double(n) / Double(count), millimetresPerPixel)
    }
    let widest = views.map(\.width).max()
    let footprints = VisibleVoxels(of: emission, from: window.firstVisible)
    let canvases = Slabs.map(of: views.count) { range in
      range.map { n in
        let samples = footprints.projected(on: views[n], ground: Float(window.lower.inBaseUnit))
        let image = Colouring.image(
          samples, width: views[n].width, height: views[n].height, window: window)
        return compose([(image, views[n])], width: widest)
      }
    }.flatMap { $0 }
    var sidecar = sidecar(.rotatingProjection, views, canvases[0], software)
    sidecar.frameMilliseconds = milliseconds
    return Picture(
      name: name, canvas: canvases[0], sidecar: sidecar,
      furtherFrames: Array(canvases.dropFirst()))
  }

  private func view(
    from degrees: Double, _ millimetresPerPixel: Double
  ) throws(GridError) -> ProjectionGrid {
    try ProjectionGrid(
      covering: emission.volume.grid, turnedBy: degrees, millimetresPerPixel: millimetresPerPixel,
      depthStep: Self.depthStep(for: emission.volume.grid))
  }

  private var legend: [String] { ["Largest value along each line of sight.", window.text] }

  private func sidecar(
    _ kind: PictureSidecar.Kind, _ views: [ProjectionGrid], _ canvas: Canvas, _ software: String
  ) -> PictureSidecar {
    PictureSidecar(
      kind: kind, timePoints: [timePoint], layers: [.init(window)], at: .projections(views),
      canvas: canvas, style: style, legend: legend, software: software)
  }

  /// - Parameter width: Of each image's box, in which it is centred; its own when `nil`.
  private func compose(_ images: [(Canvas, ProjectionGrid)], width: Int?) -> Canvas {
    let bar = ColourBar(window)
    let gap = style.gap
    let boxes = images.map { width ?? $0.1.width }
    let rows = images.map(\.1.height).max() ?? 1
    // A single bed is lower than the bar beside it.
    let height = max(rows, bar.leastHeight(style))
    let total = boxes.reduce(0) { $0 + $1 + gap } + bar.width(style) + 2 * gap
    let legend = style.small().wrapped(
      legend.joined(separator: " "), within: Double(total - 2 * gap))
    let top = gap + style.lineHeight
    var canvas = Canvas(
      width: total, height: top + height + gap + legend.count * style.lineHeight + gap / 2)
    var x = gap
    for (n, (image, view)) in images.enumerated() {
      let box = PixelBox(x: x, y: top, width: boxes[n], height: rows)
      draw(image, view, title: n == 0 ? timePoint.text : nil, in: box, on: &canvas)
      x = box.maxX + gap
    }
    bar.draw(
      in: PixelBox(x: x, y: top, width: bar.width(style), height: min(height, 600)),
      on: &canvas, style: style, ground: .light)
    for (n, line) in legend.enumerated() {
      canvas.draw(
        line, atX: Double(gap),
        baseline: Double(top + height + gap / 2 + n * style.lineHeight) + style.textSize,
        style.small())
    }
    return canvas
  }

  private func draw(
    _ image: Canvas, _ view: ProjectionGrid, title: String?, in box: PixelBox,
    on canvas: inout Canvas
  ) {
    let bold = style.bold()
    let baseline = Double(box.y - style.gap / 2)
    let turn = "\(NumberText.short(view.degrees))°"
    canvas.draw(turn, atX: Double(box.maxX), baseline: baseline, style.small(), anchor: .right)
    if let title {
      let room = Double(box.width) - style.small().width(of: turn) - Double(style.gap)
      canvas.draw(bold.fitted(title, within: room), atX: Double(box.x), baseline: baseline, bold)
    }
    canvas.draw(image, atX: box.x + (box.width - image.width) / 2, y: box.y)
    canvas.frame(box, with: Ink.line)
    let marks = Annotation(style: style, ground: .light)
    marks.letters(view.letters, in: box, on: &canvas)
    marks.scaleBar(millimetresPerPixel: view.millimetresPerPixel, in: box, on: &canvas)
  }
}
