import Foundation

/// One 8-bit sRGB colour.
public struct RGB: Sendable, Hashable, Codable {
  public var red, green, blue: UInt8

  public init(red: UInt8, green: UInt8, blue: UInt8) {
    (self.red, self.green, self.blue) = (red, green, blue)
  }

  /// A neutral colour.
  public init(grey: UInt8) { self.init(red: grey, green: grey, blue: grey) }

  public static let black = RGB(grey: 0)
  public static let white = RGB(grey: 255)

  /// `#rrggbb`, as CSS and SVG write it.
  public var hex: String {
    "#"
      + [red, green, blue].map {
        let digits = String($0, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
      }.joined()
  }

  /// This colour with `other` laid over it; `coverage` 0 leaves it, 1 replaces it.
  @inline(__always)
  func blended(with other: RGB, coverage: Float) -> RGB {
    func mix(_ a: UInt8, _ b: UInt8) -> UInt8 {
      UInt8(Float(a) + (Float(b) - Float(a)) * coverage + 0.5)
    }
    return RGB(
      red: mix(red, other.red), green: mix(green, other.green), blue: mix(blue, other.blue))
  }
}

/// A colour in CIELAB by lightness, chroma and hue: the space in which even steps look even.
///
/// Conversion: CIE 15:2004 with the D65 white point of sRGB (IEC 61966-2-1).
struct LCh: Hashable {
  /// L*, 0 black to 100 white.
  var lightness: Double
  /// C*, 0 neutral.
  var chroma: Double
  /// h in degrees: 0 red-purple, 90 yellow, 180 green, 270 blue.
  var hue: Double

  /// The nearest displayable colour of this lightness and hue: chroma is cut to the sRGB gamut.
  var displayable: RGB {
    var (low, high) = (0.0, chroma)
    if let rgb = Self.encoded(linear) { return rgb }
    for _ in 0..<24 {
      let middle = (low + high) / 2
      let inside = Self.encoded(LCh(lightness: lightness, chroma: middle, hue: hue).linear) != nil
      (low, high) = inside ? (middle, high) : (low, middle)
    }
    return Self.encoded(LCh(lightness: lightness, chroma: low, hue: hue).linear)
      ?? RGB(grey: lightness > 50 ? 255 : 0)
  }

  /// L*, a*, b* of a colour.
  static func lab(_ colour: RGB) -> SIMD3<Double> {
    func linear(_ byte: UInt8) -> Double {
      let v = Double(byte) / 255
      return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4)
    }
    let (r, g, b) = (linear(colour.red), linear(colour.green), linear(colour.blue))
    let x = 0.412_456_4 * r + 0.357_576_1 * g + 0.180_437_5 * b
    let y = 0.212_672_9 * r + 0.715_152_2 * g + 0.072_175_0 * b
    let z = 0.019_333_9 * r + 0.119_192_0 * g + 0.950_304_1 * b
    func f(_ t: Double) -> Double {
      t > 216.0 / 24389 ? cbrt(t) : (24389.0 / 27 * t + 16) / 116
    }
    let (fx, fy, fz) = (f(x / white.x), f(y / white.y), f(z / white.z))
    return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)]
  }

  private static let white: SIMD3<Double> = [0.950_47, 1, 1.088_83]

  /// Linear-light red, green, blue; outside 0…1 when it cannot be displayed.
  private var linear: SIMD3<Double> {
    let angle = hue * .pi / 180
    let fy = (lightness + 16) / 116
    let fx = fy + chroma * cos(angle) / 500
    let fz = fy - chroma * sin(angle) / 200
    func inverse(_ f: Double) -> Double {
      f > 6.0 / 29 ? f * f * f : (116 * f - 16) * 27 / 24389
    }
    let x = inverse(fx) * Self.white.x
    let y = inverse(fy)
    let z = inverse(fz) * Self.white.z
    return [
      3.240_454_2 * x - 1.537_138_5 * y - 0.498_531_4 * z,
      -0.969_266_0 * x + 1.876_010_8 * y + 0.041_556_0 * z,
      0.055_643_4 * x - 0.204_025_9 * y + 1.057_225_2 * z,
    ]
  }

  private static func encoded(_ linear: SIMD3<Double>) -> RGB? {
    let slack = 1e-3
    guard linear.min() >= -slack, linear.max() <= 1 + slack else { return nil }
    func byte(_ v: Double) -> UInt8 {
      let t = min(max(v, 0), 1)
      let s = t <= 0.003_130_8 ? 12.92 * t : 1.055 * pow(t, 1 / 2.4) - 0.055
      return UInt8((s * 255).rounded())
    }
    return RGB(red: byte(linear.x), green: byte(linear.y), blue: byte(linear.z))
  }
}
