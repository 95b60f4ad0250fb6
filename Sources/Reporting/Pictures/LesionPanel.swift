public import Geometry
public import Quantities
public import Volumes

/// One lesion at every time point on one scale, its outline, and how it changed.
public struct LesionPanel<Emission: DisplayQuantity>: Sendable {
  /// The lesion at one time point.
  public struct View: Sendable {
    public enum Content: Sendable {
      /// `outline` lies in the frame of the emission volume.
      case shown(emission: Layer<Emission>, ct: Layer<Hounsfield>?, outline: Mask?)
      /// Nothing can be shown: out of the field, no link. The reason is printed.
      case notAssessable(reason: String)
    }
    public var label: TimePointLabel
    public var content: Content
    /// Lines below the image: `SUVpeak 12.3 g/mL`, `8.4 ± 0.6 mL`.
    public var captions: [String]

    public init(label: TimePointLabel, content: Content, captions: [String]) {
      (self.label, self.content, self.captions) = (label, content, captions)
    }
  }

  /// The lesion's id in the course, for example `L3`.
  public var id: String
  /// What follows the id in the heading: site, state of the track.
  public var heading: String
  /// The verdict in words, below the heading.
  public var statement: String
  /// The point that all images are centred on, in the reference frame.
  public var centre: PatientPoint
  public var views: [View]
  public var change: ChangeLayer?
  public var changeCaptions: [String]
  public var window: DisplayWindow<Emission>
  public var ctWindow: DisplayWindow<Hounsfield>
  public var scale: ChangeScale
  /// One row of images per plane.
  public var planes: [PatientPlane]
  /// Side of each square image in millimetres.
  public var side: Double
  public var millimetresPerPixel: Double
  public var opacity: Double
  public var style: PictureStyle

  public init(
    id: String, heading: String, statement: String, centre: PatientPoint, views: [View],
    change: ChangeLayer?, changeCaptions: [String], window: DisplayWindow<Emission>,
    ctWindow: DisplayWindow<Hounsfield> = .softTissue, scale: ChangeScale = ChangeScale(),
    planes: [PatientPlane] = [.axial], side: Double = 110, millimetresPerPixel: Double = 0.3,
    opacity: Double = 0.75, style: PictureStyle = PictureStyle()
  ) {
    (self.id, self.heading, self.statement, self.centre) = (id, heading, statement, centre)
    (self.views, self.change, self.changeCaptions) = (views, change, changeCaptions)
    (self.window, self.ctWindow, self.scale) = (window, ctWindow, scale)
    (self.planes, self.side, self.millimetresPerPixel) = (planes, side, millimetresPerPixel)
    (self.opacity, self.style) = (opacity, style)
  }

  public func picture(named name: String, software: String) throws(GridError) -> Picture {
    let grids = try planes.map { plane throws(GridError) in
      try PictureGrid.square(
        plane: plane, about: centre, side: side, millimetresPerPixel: millimetresPerPixel)
    }
    let canvas = LesionPanelLayout(panel: self, grids: grids).compose()
    let hasCT = views.contains { $0.groundLayers?.ct != nil }
    var layers = [PictureSidecar.Layer(window, opacity: hasCT ? opacity : 1)]
    if hasCT { layers.insert(.init(ctWindow), at: 0) }
    if change != nil { layers.append(.init(scale)) }
    return Picture(
      name: name, canvas: canvas,
      sidecar: PictureSidecar(
        kind: .lesionPanel, timePoints: views.map(\.label), layers: layers,
        at: .planes(grids), canvas: canvas, style: style, legend: legend, software: software))
  }

  var legend: [String] {
    let hasCT = views.contains { $0.groundLayers?.ct != nil }
    return [
      "\(window.text), one scale for all time points. \(hasCT ? ctWindow.text + ". " : "")"
        + "Line: outline of the lesion."
    ]
      + (change?.legend ?? [])
  }
}

extension LesionPanel.View {
  var groundLayers: (emission: Layer<Emission>, ct: Layer<Hounsfield>?, outline: Mask?)? {
    guard case .shown(let emission, let ct, let outline) = content else { return nil }
    return (emission, ct, outline)
  }
}
