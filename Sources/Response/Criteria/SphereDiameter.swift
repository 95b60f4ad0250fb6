import Foundation

/// The sphere of equal volume.
enum SphereDiameter {
  /// 1 mL is 1000 mm³.
  static func millimetres(ofMillilitres volume: Double) -> Double {
    cbrt(6 * volume * 1000 / .pi)
  }
}
