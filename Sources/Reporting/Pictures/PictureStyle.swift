/// Sizes shared by all pictures, as they are in print.
public struct PictureStyle: Sendable, Hashable, Codable {
  /// Height of an em of ordinary labels on paper: 2.8 mm are 8 points. Small print has 0.82 of
  /// it, 6.5 points.
  public var textMillimetres: Double
  /// The resolution at which the picture is printed; it is written into the file.
  public var pixelsPerInch: Double

  public init(textMillimetres: Double = 2.8, pixelsPerInch: Double = 200) {
    (self.textMillimetres, self.pixelsPerInch) = (textMillimetres, pixelsPerInch)
  }

  /// Pixels per em of ordinary labels.
  var textSize: Double { textMillimetres * pixelsPerMillimetre }
  public var pixelsPerMillimetre: Double { pixelsPerInch / 25.4 }
  /// Pixels of an outline that is to look the same at any resolution: about 0.2 mm.
  var outlineWidth: Double { max(1.6, 0.2 * pixelsPerMillimetre) }

  var lineHeight: Int { Int(textSize * 1.3) }
  var gap: Int { Int(textSize * 0.7) }

  func label(_ colour: RGB = Ink.text, rim: RGB? = nil) -> Lettering {
    Lettering(size: textSize, colour: colour, rim: rim)
  }
  func small(_ colour: RGB = Ink.muted, rim: RGB? = nil) -> Lettering {
    Lettering(size: textSize * 0.82, colour: colour, rim: rim)
  }
  func bold(_ colour: RGB = Ink.text) -> Lettering {
    Lettering(size: textSize, isBold: true, colour: colour)
  }
  func title(_ colour: RGB = Ink.text) -> Lettering {
    Lettering(size: textSize * 1.25, isBold: true, colour: colour)
  }
}

/// The few colours of lettering and marks, the same in pictures, plots and page.
enum Ink {
  static let text = RGB(red: 0x1B, green: 0x22, blue: 0x2C)
  static let muted = RGB(red: 0x5A, green: 0x65, blue: 0x72)
  static let line = RGB(red: 0xC9, green: 0xD0, blue: 0xD8)
  /// Change within noise.
  static let withinNoise = RGB(grey: 0xA8)
  /// Outlines over dark, warm images.
  static let outlineOnDark = RGB(red: 0x35, green: 0xE0, blue: 0xFF)
  /// Outlines over white and grey images.
  static let outlineOnLight = RGB(red: 0x00, green: 0x6B, blue: 0xC8)
}

/// What an image lies on, which decides the colour of what is written over it.
enum Ground {
  case dark, light

  var ink: RGB { self == .dark ? .white : Ink.text }
  var rim: RGB { self == .dark ? .black : .white }
  var outline: RGB { self == .dark ? Ink.outlineOnDark : Ink.outlineOnLight }
}
