public import Foundation
public import Geometry
import Kernels
public import Quantities
public import Volumes

/// Emission in colour over CT in grey, in one plane through the patient.
public struct FusedSlice<Emission: DisplayQuantity>: Sendable {
  public var ct: Layer<Hounsfield>
  public var emission: Layer<Emission>
  public var ctWindow: DisplayWindow<Hounsfield>
  public var emissionWindow: DisplayWindow<Emission>
  /// Largest opacity of the emission image over CT, 0 to 1.
  public var opacity: Double
  public var timePoint: TimePointLabel
  /// Regions to outline, in the picture's frame.
  private let outlines: [Region]
  public var style: PictureStyle

  public init(
    ct: Layer<Hounsfield>, emission: Layer<Emission>,
    ctWindow: DisplayWindow<Hounsfield> = .softTissue, emissionWindow: DisplayWindow<Emission>,
    opacity: Double = 0.75, timePoint: TimePointLabel, outlines: [Mask] = [],
    style: PictureStyle = PictureStyle(textSize: 16)
  ) {
    (self.ct, self.emission) = (ct, emission)
    (self.ctWindow, self.emissionWindow, self.opacity) = (ctWindow, emissionWindow, opacity)
    (self.timePoint, self.style) = (timePoint, style)
    self.outlines = outlines.map { Region($0) }
  }

  /// The image alone, without marks.
  public func image(on grid: PictureGrid) -> Canvas {
    Colouring.fused(
      ct.samples(on: grid, outside: .hounsfieldUnits(-1024)), ctWindow,
      emission.samples(on: grid, outside: .zero), emissionWindow, opacity: opacity,
      width: grid.width, height: grid.height)
  }

  /// The image with letters, scale bar, windows and colour bar.
  public func picture(named name: String, on grid: PictureGrid, software: String) -> Picture {
    let bar = ColourBar(emissionWindow)
    let gap = style.gap
    let image = PixelBox(x: 0, y: 0, width: grid.width, height: grid.height)
    var canvas = Canvas(
      width: grid.width + bar.width(style) + 2 * gap, height: grid.height, filledWith: .black)
    canvas.draw(self.image(on: grid), atX: 0, y: 0)
    for region in outlines {
      Contour(of: region, on: grid).draw(
        on: &canvas, atX: 0, y: 0, width: 1.6, colour: Ground.dark.outline, rim: .black)
    }
    annotate(image, grid, on: &canvas)
    bar.draw(
      in: PixelBox(
        x: image.maxX + gap, y: gap, width: bar.width(style), height: grid.height - 2 * gap),
      on: &canvas, style: style, ground: .dark)
    return Picture(
      name: name, canvas: canvas,
      sidecar: PictureSidecar(
        kind: .fusedSlice, timePoints: [timePoint],
        layers: [.init(ctWindow), .init(emissionWindow, opacity: opacity)], grids: [grid],
        canvas: canvas, legend: legend, software: software))
  }

  private func annotate(_ image: PixelBox, _ grid: PictureGrid, on canvas: inout Canvas) {
    let marks = Annotation(style: style, ground: .dark)
    let position = NumberText.fixed(grid.position, decimals: 1)
    marks.upperLeft(
      [timePoint.text, "\(grid.plane.rawValue), \(grid.plane.axisName) = \(position) mm"],
      in: image, on: &canvas)
    marks.lowerLeft([ctWindow.text, emissionWindow.text], in: image, on: &canvas)
    marks.letters(OrientationLetters(grid.plane), in: image, on: &canvas)
    marks.scaleBar(millimetresPerPixel: grid.millimetresPerPixel, in: image, on: &canvas)
  }

  private var legend: [String] {
    let share = NumberText.short(opacity)
    return [
      "Colour over grey CT; opacity rises from 0 at the lower end of the colour window to "
        + "\(share) at a quarter of it."
    ] + (outlines.isEmpty ? [] : ["Lines: outlines of regions."])
  }

  /// One encoded picture per slice of `grid` along the plane's axis, in order; several at once.
  ///
  /// - Parameter positions: Points that the slices go through.
  public func series(
    covering grid: VoxelGrid, plane: PatientPlane, through positions: [PatientPoint],
    millimetresPerPixel: Double, software: String
  ) throws -> [Data] {
    let parts = Slabs.map(of: positions.count) { range in
      Result {
        try range.map { n in
          let view = try PictureGrid.covering(
            grid, plane: plane, through: positions[n], millimetresPerPixel: millimetresPerPixel)
          return try picture(named: "slice", on: view, software: software).png()
        }
      }
    }
    return try parts.flatMap { try $0.get() }
  }
}
