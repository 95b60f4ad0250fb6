/// Sizes shared by all pictures. At 200 pixels per inch, 20 pixels are 7 points in print.
public struct PictureStyle: Sendable, Hashable, Codable {
  /// Pixels per em of ordinary labels.
  public var textSize = 20.0

  public init(textSize: Double = 20) { self.textSize = textSize }

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
