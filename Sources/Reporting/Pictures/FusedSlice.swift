import Foundation
import Geometry
import Kernels
public import Quantities
public import Volumes

/// Emission or dose in colour over CT in grey, in planes through the patient.
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
  /// Values whose lines are drawn: isodose lines.
  public var isolines: [Emission]
  public var style: PictureStyle

  public init(
    ct: Layer<Hounsfield>, emission: Layer<Emission>,
    ctWindow: DisplayWindow<Hounsfield> = .softTissue, emissionWindow: DisplayWindow<Emission>,
    opacity: Double = 0.75, timePoint: TimePointLabel, outlines: [Mask] = [],
    isolines: [Emission] = [], style: PictureStyle = PictureStyle()
  ) {
    (self.ct, self.emission) = (ct, emission)
    (self.ctWindow, self.emissionWindow, self.opacity) = (ctWindow, emissionWindow, opacity)
    (self.timePoint, self.isolines, self.style) = (timePoint, isolines, style)
    self.outlines = outlines.map { Region($0) }
  }

  /// The image alone, without marks.
  public func image(on grid: PictureGrid) -> Canvas {
    image(on: grid, emission.samples(on: grid, outside: .zero))
  }

  private func image(on grid: PictureGrid, _ samples: [Float]) -> Canvas {
    Colouring.fused(
      ct.samples(on: grid, outside: .hounsfieldUnits(-1024)), ctWindow, samples, emissionWindow,
      opacity: opacity, width: grid.width, height: grid.height)
  }

  /// One plane with letters, scale bar, windows and colour bar.
  public func picture(named name: String, on grid: PictureGrid, software: String) -> Picture {
    picture(named: name, on: [grid], software: software)
  }

  /// Several planes side by side, for example the three through a lesion.
  public func picture(named name: String, on grids: [PictureGrid], software: String) -> Picture {
    let row = SliceRow(
      grids: grids, title: timePoint.text, ground: .dark, bars: [ColourBar(emissionWindow)],
      legend: legend, style: style)
    let canvas = row.compose(paint)
    return Picture(
      name: name, canvas: canvas,
      sidecar: PictureSidecar(
        kind: isolines.isEmpty ? .fusedSlice : .doseMap, timePoints: [timePoint],
        layers: [
          .init(ctWindow), .init(emissionWindow, opacity: opacity, isolines: isolines),
        ], at: .planes(grids), canvas: canvas, style: style, legend: legend, software: software))
  }

  private func paint(_ grid: PictureGrid, in box: PixelBox, on canvas: inout Canvas) {
    let samples = emission.samples(on: grid, outside: .zero)
    canvas.draw(image(on: grid, samples), atX: box.x, y: box.y)
    for region in outlines {
      Contour(of: region, on: grid).draw(
        on: &canvas, atX: box.x, y: box.y, width: style.outlineWidth,
        colour: Ground.dark.outline, rim: .black)
    }
    Isolines(values: isolines, style: style).draw(
      samples, width: grid.width, in: box, on: &canvas)
  }

  private var legend: [String] {
    let share = NumberText.short(opacity)
    var lines = [
      "\(ctWindow.text). \(emissionWindow.text) in colour; opacity rises from 0 at the lower "
        + "end to \(share) at a quarter of the window."
    ]
    if !outlines.isEmpty { lines.append("Blue lines: outlines of regions.") }
    if !isolines.isEmpty {
      let values = isolines.map {
        NumberText.short($0.inBaseUnit / Emission.baseUnitsPerDisplayUnit)
      }
      lines.append(
        "White lines: \(Emission.displayName) of \(values.joined(separator: ", ")) "
          + "\(Emission.displayUnit).")
    }
    return lines
  }
}

/// Lines of equal value over an image, each with its value written on it.
struct Isolines<Value: DisplayQuantity> {
  let values: [Value]
  let style: PictureStyle

  func draw(_ samples: [Float], width: Int, in box: PixelBox, on canvas: inout Canvas) {
    let contours = values.map {
      Contour(
        of: samples, width: width, height: samples.count / max(width, 1),
        level: Float($0.inBaseUnit))
    }
    for contour in contours {
      contour.draw(
        on: &canvas, atX: box.x, y: box.y, width: style.outlineWidth * 0.9,
        colour: RGB(grey: 0xF4), rim: .black)
    }
    // Labels last, so that no line crosses them; each further round, so that lines inside one
    // another have theirs apart.
    for (n, (value, contour)) in zip(values, contours).enumerated() {
      let angle = (Double(n) * 50 - 50) * .pi / 180
      guard let place = contour.furthest(towards: [cos(angle), sin(angle)]) else { continue }
      let text = NumberText.short(value.inBaseUnit / Value.baseUnitsPerDisplayUnit)
      let lettering = style.small(.white, rim: .black)
      let reach = style.textSize * 0.55
      let right = max(Double(box.x), Double(box.maxX) - lettering.width(of: text))
      let x = (Double(box.x) + place.x + cos(angle) * reach).clamped(to: Double(box.x)...right)
      let y = Double(box.y) + place.y + sin(angle) * reach + lettering.capHeight / 2
      canvas.draw(text, atX: x, baseline: y, lettering)
    }
  }
}
