import Geometry
public import Quantities
public import Volumes

/// What changed, in colour over CT, in planes through the patient.
///
/// Only voxels beyond noise are coloured, the stronger the surer. A thin line encloses those that
/// were judged at all; inside it, what has no colour is within noise, and the CT is veiled in
/// grey. Outside it shows plain CT: nothing could be stated there.
public struct ResponseSlice: Sendable {
  public var ct: Layer<Hounsfield>
  public var change: ChangeLayer
  public var ctWindow: DisplayWindow<Hounsfield>
  public var scale: ChangeScale
  public var before: TimePointLabel
  public var after: TimePointLabel
  /// Outlines at the earlier time point, in the picture's frame.
  private let outlines: [Region]
  private let judged: Region
  public var style: PictureStyle

  public init(
    ct: Layer<Hounsfield>, change: ChangeLayer, ctWindow: DisplayWindow<Hounsfield> = .softTissue,
    scale: ChangeScale = ChangeScale(), before: TimePointLabel, after: TimePointLabel,
    outlines: [Mask] = [], style: PictureStyle = PictureStyle()
  ) {
    (self.ct, self.change, self.ctWindow, self.scale) = (ct, change, ctWindow, scale)
    (self.before, self.after, self.style) = (before, after, style)
    self.outlines = outlines.map { Region($0) }
    judged = Region(change.assessed)
  }

  public func picture(named name: String, on grids: [PictureGrid], software: String) -> Picture {
    let row = SliceRow(
      grids: grids, title: "Change from \(before.text) to \(after.text)", ground: .dark,
      bars: [ColourBar(scale, change)], legend: legend, style: style)
    let canvas = row.compose(paint)
    return Picture(
      name: name, canvas: canvas,
      sidecar: PictureSidecar(
        kind: .responseSlice, timePoints: [before, after],
        layers: [.init(ctWindow), .init(scale)], at: .planes(grids), canvas: canvas,
        style: style, legend: legend, software: software))
  }

  private func paint(_ grid: PictureGrid, in box: PixelBox, on canvas: inout Canvas) {
    let ground = Colouring.image(
      ct.samples(on: grid, outside: .hounsfieldUnits(-1024)), width: grid.width,
      height: grid.height, window: ctWindow)
    let image = Colouring.change(
      change.pixels(on: grid.voxelGrid), scale, over: ground, noiseOpacity: 0.35)
    canvas.draw(image, atX: box.x, y: box.y)
    Contour(of: judged, on: grid, through: change.pictureToVolume).draw(
      on: &canvas, atX: box.x, y: box.y, width: style.outlineWidth * 0.6,
      colour: RGB(grey: 0xB4), rim: nil)
    for region in outlines {
      Contour(of: region, on: grid).draw(
        on: &canvas, atX: box.x, y: box.y, width: style.outlineWidth, colour: .white, rim: .black)
    }
  }

  private var legend: [String] {
    change.legend
      + [
        "\(ctWindow.text). Thin line: border of what was judged; outside it no change can be stated."
          + (outlines.isEmpty ? "" : " White lines: outlines at \(before.id).")
      ]
  }
}
