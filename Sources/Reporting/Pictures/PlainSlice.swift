import Geometry
import Volumes

/// One volume in planes through the patient: CT in grey, PET in inverse grey, dose in colour.
public struct PlainSlice<Value: DisplayQuantity>: Sendable {
  public var layer: Layer<Value>
  public var window: DisplayWindow<Value>
  public var timePoint: TimePointLabel
  /// Values whose lines are drawn.
  public var isolines: [Value]
  public var style: PictureStyle

  public init(
    _ layer: Layer<Value>, window: DisplayWindow<Value>, timePoint: TimePointLabel,
    isolines: [Value] = [], style: PictureStyle = PictureStyle()
  ) {
    (self.layer, self.window, self.timePoint) = (layer, window, timePoint)
    (self.isolines, self.style) = (isolines, style)
  }

  public func picture(named name: String, on grids: [PictureGrid], software: String) -> Picture {
    // What lies outside takes the colour of the lower end, and so does the page around it.
    let isDark = LCh.lab(window.colourMap.colour(at: 0)).x < 50
    let row = SliceRow(
      grids: grids, title: timePoint.text, ground: isDark ? .dark : .light,
      bars: [ColourBar(window)], legend: [window.text + "."], style: style)
    let canvas = row.compose { grid, box, canvas in
      let samples = layer.samples(on: grid, outside: window.lower)
      let image = Colouring.image(
        samples, width: grid.width, height: grid.height, window: window)
      canvas.draw(image, atX: box.x, y: box.y)
      Isolines(values: isolines, style: style).draw(
        samples, width: grid.width, in: box, on: &canvas)
    }
    return Picture(
      name: name, canvas: canvas,
      sidecar: PictureSidecar(
        kind: .plainSlice, timePoints: [timePoint], layers: [.init(window, isolines: isolines)],
        at: .planes(grids), canvas: canvas, style: style, legend: [window.text],
        software: software))
  }
}
