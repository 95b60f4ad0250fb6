import Quantities
import Reporting

// `pictures` of the course file: which pictures a run makes, and how.

extension CourseFile {
  struct Pictures: Codable {
    var make: [String]?
    var planes: [String]?
    var window: String?
    var ctWindow: String?
    var colours: String?
    var depth: Int?
    var width: String?
    var dpi: Double?
    var frames: Int?

    enum CodingKeys: String, CodingKey, CaseIterable {
      case make, planes, window, ctWindow, colours, depth, width, dpi, frames
    }

    /// A key that is not known is refused: a picture would silently stay as it was.
    init(from decoder: any Decoder) throws {
      struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
      }
      for key in try decoder.container(keyedBy: AnyKey.self).allKeys
      where CodingKeys(stringValue: key.stringValue) == nil {
        let known = CodingKeys.allCases.map(\.stringValue).joined(separator: ", ")
        throw DecodingError.dataCorrupted(
          .init(
            codingPath: decoder.codingPath + [key],
            debugDescription: "is not a key of pictures; known are \(known)"))
      }
      let entries = try decoder.container(keyedBy: CodingKeys.self)
      make = try entries.decodeIfPresent([String].self, forKey: .make)
      planes = try entries.decodeIfPresent([String].self, forKey: .planes)
      window = try entries.decodeIfPresent(String.self, forKey: .window)
      ctWindow = try entries.decodeIfPresent(String.self, forKey: .ctWindow)
      colours = try entries.decodeIfPresent(String.self, forKey: .colours)
      depth = try entries.decodeIfPresent(Int.self, forKey: .depth)
      width = try entries.decodeIfPresent(String.self, forKey: .width)
      dpi = try entries.decodeIfPresent(Double.self, forKey: .dpi)
      frames = try entries.decodeIfPresent(Int.self, forKey: .frames)
    }
  }
}

extension Course {
  /// Which pictures a run makes, and how.
  struct PictureSettings: Sendable, Hashable {
    enum Kind: String, Sendable, CaseIterable {
      /// Planes through the hottest lesion of each scan, over CT.
      case fused
      /// Projections of each scan: two sides, and turning.
      case projections
      /// Before, after and change, and the change over CT.
      case change
      /// One sheet per lesion.
      case lesions
      /// Every slice of each scan as a file of its own.
      case slices
    }

    /// In the order of their declaration: a set's order differs from run to run, and what a report
    /// was made from with it.
    var kinds: [Kind] = [.fused, .projections, .change, .lesions]
    /// `nil`: all three, and axial for slices.
    var planes: [PatientPlane]?
    /// `nil`: from 0 to a round number above most lesions.
    var window: DisplayWindow<SUVbw>?
    var ctWindow = DisplayWindow<Hounsfield>.softTissue
    /// Of uptake that does not lie over CT.
    var colours = ColourMap.inverseGrey
    /// Of slices.
    var depth = SliceSeries<SUVbw>.Depth.colours
    /// On paper, of the planes side by side; `nil` shows 0.8 mm of the patient per pixel.
    var width: Length?
    var style = PictureStyle()
    /// How many views make a turn.
    var frames = 24
  }

  static func pictures(_ written: CourseFile.Pictures?) throws(Problem) -> PictureSettings {
    var settings = PictureSettings()
    guard let written else { return settings }
    if let make = written.make {
      let asked = try words(make, "pictures.make", PictureSettings.Kind.allCases)
      settings.kinds = PictureSettings.Kind.allCases.filter(asked.contains)
    }
    if let planes = written.planes {
      settings.planes = try words(planes, "pictures.planes", PatientPlane.allCases)
      guard settings.planes?.isEmpty == false else {
        throw Problem(entry: "pictures.planes", reason: "names no plane; leave it out for all")
      }
    }
    if let text = written.colours {
      let colours: [ScanPicture.Colours] = try words(
        [text], "pictures.colours", ScanPicture.Colours.allCases)
      settings.colours = colours[0].map
    }
    settings.window = try written.window.map { text throws(Problem) in
      try window(text, "pictures.window", settings.colours)
    }
    if let text = written.ctWindow {
      settings.ctWindow = try window(text, "pictures.ctWindow", .grey)
    }
    settings.width = try written.width.map { text throws(Problem) in
      try quantity(text, "pictures.width")
    }
    try check("pictures.width", settings.width?.millimetres, 20...1000, "mm")
    try check("pictures.dpi", written.dpi, 50...1200, "pixels per inch")
    try check("pictures.frames", written.frames.map(Double.init), 2...360, "frames")
    if let dpi = written.dpi { settings.style.pixelsPerInch = dpi }
    if let frames = written.frames { settings.frames = frames }
    switch written.depth {
    case nil, 8: break
    case 16: settings.depth = .grey16
    case let other?:
      throw Problem(entry: "pictures.depth", reason: "is 8 or 16 bits, not \(other)")
    }
    return settings
  }

  private static func words<Word: RawRepresentable<String>>(
    _ written: [String], _ entry: String, _ all: [Word]
  ) throws(Problem) -> [Word] {
    var found: [Word] = []
    for text in written {
      guard let word = Word(rawValue: text) else {
        throw Problem(
          entry: entry,
          reason: "'\(text)' is not one of " + all.map(\.rawValue).joined(separator: ", "))
      }
      found.append(word)
    }
    return found
  }

  private static func window<Value: PicturedQuantity>(
    _ text: String, _ entry: String, _ colours: ColourMap
  ) throws(Problem) -> DisplayWindow<Value> {
    do {
      return try ValueText.window(text, colours: colours, of: Value.self)
    } catch {
      throw Problem(entry: entry, reason: "\(error)")
    }
  }

  private static func check(
    _ entry: String, _ value: Double?, _ range: ClosedRange<Double>, _ unit: String
  ) throws(Problem) {
    guard let value, !range.contains(value) else { return }
    throw Problem(
      entry: entry,
      reason: "must lie between \(Digits.text(range.lowerBound, 0)) and "
        + "\(Digits.text(range.upperBound, 0)) \(unit)")
  }
}
