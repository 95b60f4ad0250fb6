import Quantities

/// What a picture shows, for machines and for the reader in five years.
public struct PictureSidecar: Sendable, Hashable, Codable {
  /// In the order in which a reader wants to see them.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    case beforeAfterChange = "before, after, change"
    case responseSlice = "response map over CT"
    case maximumIntensityProjection = "maximum intensity projection"
    case rotatingProjection = "rotating maximum intensity projection"
    case fusedSlice = "fused slice"
    case plainSlice = "slice"
    case sliceSeries = "slices, one voxel per pixel"
    case doseMap = "dose map with isodose lines"
    case lesionPanel = "lesion panel"
    case timeActivity = "time-activity plot"
    case doseChart = "dose chart"
    case compliance = "compliance plot"
    case waterfall = "waterfall plot"
    case spider = "spider plot"
    case swimmer = "swimmer plot"
    case doseResponse = "dose-response scatter plot"
    case doseVolumeHistogram = "dose-volume histogram"
    case contactSheet = "contact sheet"
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

  /// Where the pixels lie in the patient.
  enum Place {
    case planes([PictureGrid])
    case projections([ProjectionGrid])
    /// One picture per position, all like the one given.
    case stack(PictureGrid, [Double])
    /// A plot has no place.
    case nowhere
  }

  public let kind: Kind
  public let timePoints: [TimePoint]
  public let layers: [Layer]
  /// Axes of a plot, the horizontal one first; empty for images.
  public var axes: [Axis] = []
  /// `axial`, `coronal`, `sagittal`, or `projection`; empty for plots.
  public let planes: [String]
  /// Position across each plane in millimetres (LPS); empty for projections and plots.
  public let planePositions: [Double]
  /// Turn of each projection about the head–feet axis; 90 sees from the patient's left.
  public let angles: [Double]
  public let orientation: [OrientationLetters]
  /// Millimetres of the patient; `nil` for plots.
  public let millimetresPerPixel: Double?
  public let width: Int
  public let height: Int
  public let pixelsPerInch: Double
  /// Height of an em of ordinary text when printed at `pixelsPerInch`.
  public let textMillimetres: Double
  /// How long a frame of an animation is shown; `nil` for a still picture.
  public var frameMilliseconds: Int?
  /// How a 16-bit picture's samples become values; `nil` for 8-bit pictures.
  public var sampleScale: SampleScale?
  /// Empty when the picture's maker does not know them.
  public var sources: [PictureSource] = []
  /// What the colours, contours and grey areas mean, in words.
  public let legend: [String]
  public let software: String
  public let notice: String

  enum CodingKeys: String, CodingKey {
    case kind, layers, axes, planes, orientation, sources, legend, software, notice
    case timePoints = "time_points"
    case planePositions = "plane_positions_mm"
    case angles = "angles_deg"
    case millimetresPerPixel = "pixel_spacing_mm"
    case width = "width_px"
    case height = "height_px"
    case pixelsPerInch = "pixels_per_inch"
    case textMillimetres = "text_height_mm"
    case frameMilliseconds = "frame_ms"
    case sampleScale = "sample_scale"
  }

  init(
    kind: Kind, timePoints: [TimePointLabel], layers: [Layer], at place: Place,
    size: (width: Int, height: Int), style: PictureStyle, legend: [String], software: String
  ) {
    self.kind = kind
    self.timePoints = timePoints.map { TimePoint($0) }
    self.layers = layers
    switch place {
    case .planes(let grids):
      planes = grids.map(\.plane.rawValue)
      planePositions = grids.map(\.position)
      angles = []
      orientation = grids.map { OrientationLetters($0.plane) }
      millimetresPerPixel = grids.map(\.millimetresPerPixel).min()
    case .projections(let views):
      planes = views.map { _ in "projection" }
      planePositions = []
      angles = views.map(\.degrees)
      orientation = views.map(\.letters)
      millimetresPerPixel = views.first?.millimetresPerPixel
    case .stack(let grid, let positions):
      planes = [grid.plane.rawValue]
      planePositions = positions
      angles = []
      orientation = [OrientationLetters(grid.plane)]
      millimetresPerPixel = grid.millimetresPerPixel
    case .nowhere:
      (planes, planePositions, angles, orientation) = ([], [], [], [])
      millimetresPerPixel = nil
    }
    (width, height) = size
    (pixelsPerInch, textMillimetres) = (style.pixelsPerInch, style.textMillimetres)
    self.legend = legend
    self.software = software
    self.notice = ReportNotice.researchUse
  }

  init(
    kind: Kind, timePoints: [TimePointLabel], layers: [Layer], at place: Place, canvas: Canvas,
    style: PictureStyle, legend: [String], software: String
  ) {
    self.init(
      kind: kind, timePoints: timePoints, layers: layers, at: place,
      size: (canvas.width, canvas.height), style: style, legend: legend, software: software)
  }
}

extension PictureSidecar {
  /// One image in the picture, or one colour scale laid over it.
  public struct Layer: Sendable, Hashable, Codable {
    public let quantity: String
    public let unit: String
    public let windowLower: Double
    public let windowUpper: Double
    public let colourMap: String
    /// Largest opacity over what lies below; 1 for a picture's ground.
    public let opacity: Double
    /// Values at which lines of equal value are drawn, in `unit`.
    public let isolines: [Double]

    enum CodingKeys: String, CodingKey {
      case quantity, unit, opacity, isolines
      case windowLower = "window_lower"
      case windowUpper = "window_upper"
      case colourMap = "colour_map"
    }

    init<Value>(_ window: DisplayWindow<Value>, opacity: Double = 1, isolines: [Value] = []) {
      quantity = Value.displayName
      unit = Value.displayUnit
      windowLower = window.lowerDisplayed
      windowUpper = window.upperDisplayed
      colourMap = window.colourMap.name
      self.opacity = opacity
      self.isolines = isolines.map { $0.inBaseUnit / Value.baseUnitsPerDisplayUnit }
    }

    init(_ scale: ChangeScale) {
      quantity = "change relative to before"
      unit = "%"
      windowLower = scale.lower.percent
      windowUpper = scale.upper.percent
      colourMap = scale.colourMap.name
      opacity = 1
      isolines = []
    }
  }

  /// One axis of a plot.
  public struct Axis: Sendable, Hashable, Codable {
    public let quantity: String
    /// `1` for counts and fractions; empty for an axis of names.
    public let unit: String

    public init(_ quantity: String, unit: String) { (self.quantity, self.unit) = (quantity, unit) }
  }

  /// Value = lower + sample × step, in the layer's unit.
  public struct SampleScale: Sendable, Hashable, Codable {
    public let lower: Double
    public let step: Double

    enum CodingKeys: String, CodingKey {
      case lower = "value_at_0"
      case step = "value_per_step"
    }
  }
}

extension PictureSidecar {
  /// The picture in words, for those who cannot see it.
  var alternativeText: String {
    var parts = ["\(kind.rawValue)"]
    if !timePoints.isEmpty { parts[0] += " of \(timePoints.map(\.id).joined(separator: ", "))" }
    let places = zip(planes, planePositions).map {
      "\($0) at \(NumberText.fixed($1, decimals: 1)) mm"
    }
    if !places.isEmpty { parts.append(places.joined(separator: ", ")) }
    if !angles.isEmpty {
      parts.append(angles.map { NumberText.short($0) + "°" }.joined(separator: ", "))
    }
    parts += layers.map {
      "\($0.quantity) \(NumberText.short($0.windowLower)) to \(NumberText.short($0.windowUpper)) "
        + "\($0.unit) in \($0.colourMap)"
    }
    return parts.joined(separator: "; ")
  }
}
