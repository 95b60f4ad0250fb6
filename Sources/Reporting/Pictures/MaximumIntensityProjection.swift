public import Geometry
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
    let view = try ProjectionGrid(
      covering: emission.volume.grid, turnedBy: degrees, millimetresPerPixel: millimetresPerPixel,
      depthStep: Self.depthStep(for: emission.volume.grid))
    let bar = ColourBar(window)
    let gap = style.gap
    var canvas = Canvas(
      width: view.width + bar.width(style) + 3 * gap,
      height: view.height + style.lineHeight + 2 * gap)
    let box = PixelBox(
      x: gap, y: gap + style.lineHeight, width: view.width, height: view.height)
    canvas.draw(timePoint.text, atX: Double(gap), baseline: Double(box.y - gap / 2), style.bold())
    canvas.draw(try image(on: view), atX: box.x, y: box.y)
    canvas.frame(box, with: Ink.line)
    let marks = Annotation(style: style, ground: .light)
    marks.letters(view.letters, in: box, on: &canvas)
    marks.scaleBar(millimetresPerPixel: millimetresPerPixel, in: box, on: &canvas)
    bar.draw(
      in: PixelBox(
        x: box.maxX + gap, y: box.y, width: bar.width(style), height: min(box.height, 600)),
      on: &canvas, style: style, ground: .light)
    return Picture(
      name: name, canvas: canvas,
      sidecar: PictureSidecar(
        kind: .maximumIntensityProjection, timePoints: [timePoint], layers: [.init(window)],
        projection: view, canvas: canvas,
        legend: ["Largest value along each line of sight.", window.text], software: software))
  }
}
