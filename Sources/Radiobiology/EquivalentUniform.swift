import Foundation
public import Quantities

/// One part of a region that received one dose: a voxel, or a bin of a histogram.
public struct DosePart: Sendable, Hashable, Codable {
  /// Dose or BED in Gy.
  public let gray: Double
  /// Volume or mass, in any unit that all parts share.
  public let volume: Double

  public init(gray: Double, volume: Double) {
    self.gray = gray
    self.volume = volume
  }
}

/// Uniform doses that do the same as an uneven one.
public enum EquivalentUniform {
  /// EUBED = −(1/α) ln Σ vᵢ e^(−α BEDᵢ): the uniform BED that leaves as many cells alive.
  ///
  /// O'Donoghue 1999, J Nucl Med 40:1337; Jones and Hoban 2000, Med Phys 27:2283.
  ///
  /// - Parameter alphaPerGray: α in 1/Gy.
  /// - Throws: ``RadiobiologyError`` for α or volumes that are not positive.
  public static func biologicallyEffectiveDose(
    _ parts: [DosePart], alphaPerGray: Double
  ) throws(RadiobiologyError) -> BiologicallyEffectiveDose {
    let total = try totalVolume(parts)
    guard alphaPerGray > 0, alphaPerGray.isFinite else {
      throw .notPositive(quantity: "radiosensitivity alpha")
    }
    // Relative to the least dose, so that no exponential underflows to zero.
    let least = parts.map(\.gray).min() ?? 0
    let alive = parts.reduce(0) {
      $0 + $1.volume / total * exp(-alphaPerGray * ($1.gray - least))
    }
    return .gray(least - log(alive) / alphaPerGray)
  }

  /// gEUD = (Σ vᵢ Dᵢ^a)^(1/a): a = 1 is the mean, large a follows the hottest, negative a the
  /// coldest part. Niemierko 1999, Med Phys 26:1100.
  public static func dose(
    _ parts: [DosePart], exponent: Double
  ) throws(RadiobiologyError) -> AbsorbedDose {
    let total = try totalVolume(parts)
    guard exponent != 0, exponent.isFinite else {
      throw .notPositive(quantity: "exponent of the equivalent uniform dose, without sign,")
    }
    let scale = parts.map(\.gray).max() ?? 0
    guard scale > 0 else { return .zero }
    if exponent < 0, parts.contains(where: { $0.gray == 0 }) { return .zero }
    let mean = parts.reduce(0) { $0 + $1.volume / total * pow($1.gray / scale, exponent) }
    return .gray(scale * pow(mean, 1 / exponent))
  }

  public static func mean(_ parts: [DosePart]) throws(RadiobiologyError) -> AbsorbedDose {
    try dose(parts, exponent: 1)
  }

  private static func totalVolume(_ parts: [DosePart]) throws(RadiobiologyError) -> Double {
    guard
      parts.allSatisfy({
        $0.volume >= 0 && $0.volume.isFinite && $0.gray >= 0 && $0.gray.isFinite
      })
    else { throw .notPositive(quantity: "dose or volume of a part, or its absence,") }
    let total = parts.reduce(0) { $0 + $1.volume }
    guard total > 0 else { throw .notPositive(quantity: "volume of all parts") }
    return total
  }
}
