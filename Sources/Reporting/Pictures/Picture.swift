public import Foundation
import Geometry
import Quantities

/// A finished picture and the statement of what it shows.
public struct Picture: Sendable, Hashable {
  /// File stem, for example `fused-axial-base`.
  public let name: String
  public let canvas: Canvas
  public let sidecar: PictureSidecar

  public func png() throws(ReportingError) -> Data { try PNGFile.encode(canvas) }

  /// Writes `NAME.png` and `NAME.json` into `folder`.
  public func write(to folder: URL) throws {
    try AtomicFile.write(png(), to: folder.appending(path: name + ".png"))
    try AtomicFile.write(
      JSONWriter.data(sidecar), to: folder.appending(path: name + ".json"))
  }
}

/// What a picture shows, for machines and for the reader in five years.
public struct PictureSidecar: Sendable, Hashable, Codable {
  public enum Kind: String, Sendable, Hashable, Codable {
    case fusedSlice = "fused slice"
    case maximumIntensityProjection = "maximum intensity projection"
    case beforeAfterChange = "before, after, change"
    case lesionPanel = "lesion panel"
  }

  /// One image in the picture, or one colour scale laid over it.
  public struct Layer: Sendable, Hashable, Codable {
    public let quantity: String
    public let unit: String
    public let windowLower: Double
    public let windowUpper: Double
    public let colourMap: String
    /// Largest opacity over what lies below; 1 for a picture's ground.
    public let opacity: Double

    enum CodingKeys: String, CodingKey {
      case quantity, unit, opacity
      case windowLower = "window_lower"
      case windowUpper = "window_upper"
      case colourMap = "colour_map"
    }

    init<Value>(_ window: DisplayWindow<Value>, opacity: Double = 1) {
      quantity = Value.displayName
      unit = Value.displayUnit
      windowLower = window.lowerDisplayed
      windowUpper = window.upperDisplayed
      colourMap = window.colourMap.name
      self.opacity = opacity
    }

    init(_ scale: ChangeScale) {
      quantity = "change relative to before"
      unit = "%"
      windowLower = scale.lower.percent
      windowUpper = scale.upper.percent
      colourMap = scale.colourMap.name
      opacity = 1
    }
  }

  public struct TimePoint: Sendable, Hashable, Codable {
    public let id: String
    public let daysSinceBaseline: Double?

    enum CodingKeys: String, CodingKey {
      case id
      case daysSinceBaseline = "since_baseline_d"
    }

    init(_ label: TimePointLabel) { (id, daysSinceBaseline) = (label.id, label.days) }
  }

  public let kind: Kind
  public let timePoints: [TimePoint]
  public let layers: [Layer]
  /// `axial`, `coronal`, `sagittal`, or `projection`.
  public let planes: [String]
  /// Position across each plane in millimetres (LPS); empty for projections.
  public let planePositions: [Double]
  public let orientation: [OrientationLetters]
  public let millimetresPerPixel: Double
  public let width: Int
  public let height: Int
  /// What the colours, contours and grey areas mean, in words.
  public let legend: [String]
  public let software: String
  public let notice: String

  enum CodingKeys: String, CodingKey {
    case kind, layers, planes, orientation, legend, software, notice
    case timePoints = "time_points"
    case planePositions = "plane_positions_mm"
    case millimetresPerPixel = "pixel_spacing_mm"
    case width = "width_px"
    case height = "height_px"
  }

  init(
    kind: Kind, timePoints: [TimePointLabel], layers: [Layer], grids: [PictureGrid],
    canvas: Canvas, legend: [String], software: String
  ) {
    self.init(
      kind: kind, timePoints: timePoints, layers: layers, planes: grids.map(\.plane.rawValue),
      positions: grids.map(\.position), letters: grids.map { OrientationLetters($0.plane) },
      millimetresPerPixel: grids.map(\.millimetresPerPixel).min() ?? 1, canvas: canvas,
      legend: legend, software: software)
  }

  init(
    kind: Kind, timePoints: [TimePointLabel], layers: [Layer], projection: ProjectionGrid,
    canvas: Canvas, legend: [String], software: String
  ) {
    self.init(
      kind: kind, timePoints: timePoints, layers: layers, planes: ["projection"], positions: [],
      letters: [projection.letters], millimetresPerPixel: projection.millimetresPerPixel,
      canvas: canvas, legend: legend, software: software)
  }

  private init(
    kind: Kind, timePoints: [TimePointLabel], layers: [Layer], planes: [String],
    positions: [Double], letters: [OrientationLetters], millimetresPerPixel: Double,
    canvas: Canvas, legend: [String], software: String
  ) {
    self.kind = kind
    self.timePoints = timePoints.map { TimePoint($0) }
    self.layers = layers
    self.planes = planes
    self.planePositions = positions
    self.orientation = letters
    self.millimetresPerPixel = millimetresPerPixel
    (self.width, self.height) = (canvas.width, canvas.height)
    self.legend = legend
    self.software = software
    self.notice = ReportNotice.researchUse
  }
}
