public import Foundation
import Geometry
import Quantities
import Reporting
import Volumes

/// Pictures of one scan, as the user wants them: the answer of `theratrack picture`.
public struct ScanPicture: Sendable {
  /// What is drawn.
  public enum Kind: String, Sendable, CaseIterable {
    /// Planes through the patient, over CT when there is one.
    case slice
    /// Projections from the front and the left.
    case projection
    /// An animated projection, turned once around.
    case rotation
    /// Every slice as a file of its own, without marks.
    case slices
    /// The pictures of a folder, small, on one sheet.
    case sheet
  }

  /// Which plane; `all` is the three through one point.
  public enum Plane: String, Sendable, CaseIterable {
    case axial, coronal, sagittal, all

    var planes: [PatientPlane] {
      PatientPlane(rawValue: rawValue).map { [$0] } ?? PatientPlane.allCases
    }
  }

  public struct Request: Sendable {
    public var kind = Kind.slice
    public var plane = Plane.axial
    /// Position across the plane; the hottest voxel's, or the middle of a CT, unless given.
    private(set) var at: Length?
    /// As typed: `0..10`, `-160..240 HU`; a window for the kind of image unless given.
    public var window: String?
    public var ctWindow: String?
    /// Values whose lines are drawn, as typed: `10,20,30 Gy`.
    public var isolines: String?
    /// Colours of the scan; those for its kind unless given.
    public var colours: Colours?
    /// Width on paper of the image without its colour bar.
    private(set) var width: Length?
    public var pixelsPerInch = 300.0
    private(set) var textHeight = Length.millimetres(2.8)
    /// 16-bit grey slices in place of colours.
    public var isGrey16 = false

    public init() {}

    /// Position and sizes as typed: `12mm`, `17 cm`.
    public mutating func setSizes(at: String?, width: String?, textHeight: String) throws {
      self.at = try at.map { try Length(text: $0) }
      self.width = try width.map { try Length(text: $0) }
      self.textHeight = try Length(text: textHeight)
      guard (0.5...20).contains(self.textHeight.millimetres) else {
        throw PictureError.size(what: "the height of the text", from: "0.5 mm", to: "20 mm")
      }
      guard self.width.map({ (20...1000).contains($0.millimetres) }) ?? true else {
        throw PictureError.size(what: "the width", from: "20 mm", to: "1 m")
      }
    }
  }

  public enum Colours: String, Sendable, CaseIterable {
    case grey
    case inverse
    case ember

    var map: ColourMap {
      switch self {
      case .grey: .grey
      case .inverse: .inverseGrey
      case .ember: .ember
      }
    }
  }

  private let scan: ShownImage
  private let ct: Volume<Hounsfield>?
  private let sources: [PictureSource]
  private let request: Request

  /// - Parameters:
  ///   - scan: File or folder of a CT, PET or SPECT series, or an RT Dose file.
  ///   - ct: File or folder of the CT of the same examination, or `nil`.
  public init(scan: URL, ct: URL?, request: Request) throws {
    self.request = request
    let loaded = try LoadedImage(scan)
    self.scan = loaded.image
    var sources = [loaded.source]
    guard let ct else {
      (self.ct, self.sources) = (nil, sources)
      return
    }
    let ground = try LoadedImage(ct)
    guard case .ct(let volume) = ground.image else {
      throw PictureError.notCT(path: ct.lastPathComponent)
    }
    guard let frame = loaded.frame, ground.frame == frame else {
      throw PipelineError.framesDiffer(timePoint: scan.lastPathComponent)
    }
    sources.append(ground.source)
    (self.ct, self.sources) = (volume, sources)
  }

  private static let software = "theratrack \(Provenance.softwareVersion)"

  /// All pictures of a results folder on one sheet.
  public static func writeSheet(
    of folder: URL, to output: URL
  ) throws -> (files: [URL], sidecar: String) {
    let picture = try ContactSheet(folder: folder).picture(named: "sheet", software: software)
    let files = try picture.write(png: output)
    return (files, try text(of: files[1]))
  }

  /// Draws and writes the picture to `output`, or the slices into it as a folder.
  ///
  /// - Returns: All files, and the sidecar as JSON.
  public func write(to output: URL) throws -> (files: [URL], sidecar: String) {
    switch scan {
    case .ct(let volume): try write(volume, to: output)
    case .suv(let volume): try write(volume, to: output)
    case .concentration(let volume): try write(volume, to: output)
    case .dose(let volume): try write(volume, to: output)
    }
  }

  private func write<Value: PicturedQuantity>(
    _ volume: Volume<Value>, to output: URL
  ) throws -> (files: [URL], sidecar: String) {
    let window = try window(for: volume)
    let label = TimePointLabel(id: sources[0].role, sinceBaseline: nil)
    guard request.kind != .sheet else { throw PictureError.notAScan }
    if request.kind == .slices {
      guard let plane = PatientPlane(rawValue: request.plane.rawValue) else {
        throw PictureError.onePlane
      }
      let series = try SliceSeries(
        volume, plane: plane, window: window, depth: request.isGrey16 ? .grey16 : .colours)
      try AtomicFile.makeFolder(at: output)
      let files = try series.write(
        series.encoded(), to: output, timePoint: label, sources: sources,
        software: Self.software)
      return (files, try Self.text(of: output.appending(path: "slices.json")))
    }
    let picture = try picture(volume, window, label).made(from: sources)
    let files = try picture.write(png: output)
    return (files, try Self.text(of: files[1]))
  }

  private static func text(of sidecar: URL) throws -> String {
    String(decoding: try Data(contentsOf: sidecar).dropLast(), as: UTF8.self)
  }

  private var style: PictureStyle {
    PictureStyle(
      textMillimetres: request.textHeight.millimetres, pixelsPerInch: request.pixelsPerInch)
  }

  private func picture<Value: PicturedQuantity>(
    _ volume: Volume<Value>, _ window: DisplayWindow<Value>, _ label: TimePointLabel
  ) throws -> Picture {
    let layer = Layer(volume)
    guard request.kind == .slice else {
      let projection = MaximumIntensityProjection(
        layer, window: window, timePoint: label, style: style)
      let extent = try ProjectionGrid(
        covering: volume.grid, millimetresPerPixel: 1, depthStep: 10_000
      ).width
      let pixel = millimetresPerPixel(Double(extent), images: request.kind == .rotation ? 1 : 2)
      return request.kind == .rotation
        ? try projection.rotation(
          named: "rotation", millimetresPerPixel: pixel, software: Self.software)
        : try projection.sheet(
          named: "projection", turnedBy: [0, 90], millimetresPerPixel: pixel,
          software: Self.software)
    }
    let grids = try grids(volume)
    let isolines = try request.isolines.map { try ValueText.list($0, of: Value.self) } ?? []
    guard let ct else {
      return PlainSlice(
        layer, window: window, timePoint: label, isolines: isolines, style: style
      ).picture(named: "slice", on: grids, software: Self.software)
    }
    let ctWindow = try request.ctWindow.map {
      try ValueText.window($0, colours: .grey, of: Hounsfield.self)
    }
    return FusedSlice(
      ct: Layer(ct), emission: layer, ctWindow: ctWindow ?? .softTissue, emissionWindow: window,
      timePoint: label, isolines: isolines, style: style
    ).picture(named: "slice", on: grids, software: Self.software)
  }

  private func window<Value: PicturedQuantity>(
    for volume: Volume<Value>
  ) throws -> DisplayWindow<Value> {
    let isAlone = ct == nil || request.kind != .slice
    let map = request.colours?.map ?? Value.colours(isAlone: isAlone)
    if let text = request.window {
      return try ValueText.window(text, colours: map, of: Value.self)
    }
    return Value.usualWindow(of: volume, map)
  }

  // MARK: Where and how large

  private func grids<Value: PicturedQuantity>(_ volume: Volume<Value>) throws -> [PictureGrid] {
    let shown = ct?.grid ?? volume.grid
    let centre = Value.placeOfInterest(in: volume)
    let planes = request.plane.planes
    let extent = try planes.reduce(0.0) { sum, plane in
      let whole = try PictureGrid.covering(shown, plane: plane, millimetresPerPixel: 1)
      return sum + Double(whole.width)
    }
    let pixel = millimetresPerPixel(extent, images: planes.count)
    return try planes.map { plane in
      var point = centre.millimetres
      if let at = request.at {
        switch plane {
        case .axial: point.z = at.millimetres
        case .coronal: point.y = at.millimetres
        case .sagittal: point.x = at.millimetres
        }
      }
      let grid = try PictureGrid.covering(
        shown, plane: plane, through: PatientPoint(millimetres: point),
        millimetresPerPixel: pixel)
      guard volume.grid.reaches(grid.position, across: plane) else {
        throw PictureError.outside(plane: plane.rawValue, range: volume.grid.range(across: plane))
      }
      return grid
    }
  }

  /// Patient millimetres per pixel, so that images of this whole extent fill the asked width;
  /// 85 mm of paper, a journal's column, for each of them unless asked.
  private func millimetresPerPixel(_ extent: Double, images: Int) -> Double {
    let paper = request.width?.millimetres ?? min(85 * Double(images), 170)
    return extent / (paper * style.pixelsPerInch / 25.4)
  }
}
