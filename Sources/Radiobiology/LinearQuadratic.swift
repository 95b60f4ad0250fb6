public import Quantities

extension AbsorbedDose {
  /// BED = D (1 + G D / (α/β)): the dose that, given infinitely slowly, has the same effect.
  ///
  /// Barendsen 1982, Int J Radiat Oncol Biol Phys 8:1981; with the protraction factor G:
  /// Dale 1985, Br J Radiol 58:515.
  ///
  /// - Parameter protraction: Lea–Catcheside factor G; 1 for an instant dose.
  public func biologicallyEffective(
    _ tissue: TissueRadiobiology, protraction: Double
  ) -> BiologicallyEffectiveDose {
    .gray(gray * (1 + protraction * gray / tissue.alphaBeta.gray))
  }

  /// dBED/dD = 1 + 2 G D / (α/β), at fixed G: how an uncertainty of the dose reaches the BED.
  public func biologicallyEffectiveSlope(
    _ tissue: TissueRadiobiology, protraction: Double
  ) -> Double {
    1 + 2 * protraction * gray / tissue.alphaBeta.gray
  }
}

extension BiologicallyEffectiveDose {
  /// The absorbed dose of one irradiation with protraction factor G that has this BED:
  /// D = (α/β) / (2G) · (−1 + √(1 + 4 G BED / (α/β))). Written so that small G stays exact.
  public func absorbedDose(_ tissue: TissueRadiobiology, protraction: Double) -> AbsorbedDose {
    let root = (1 + 4 * protraction * gray / tissue.alphaBeta.gray).squareRoot()
    return .gray(2 * gray / (1 + root))
  }

  /// EQD2 = BED / (1 + 2 Gy / (α/β)).
  public func equivalentDoseIn2GyFractions(_ tissue: TissueRadiobiology) -> EquivalentDose {
    .gray(gray / (1 + 2 / tissue.alphaBeta.gray))
  }
}

/// Dose that has the same effect when given in fractions of 2 Gy (EQD2). Base unit: gray (Gy).
///
/// Its own type: it may be added neither to an absorbed dose nor to a BED.
public struct EquivalentDose: Quantity {
  public let inBaseUnit: Double
  public static let baseUnit = "Gy{EQD2}"
  public init(inBaseUnit: Double) { self.inBaseUnit = inBaseUnit }

  public static func gray(_ value: Double) -> Self { Self(inBaseUnit: value) }

  public var gray: Double { inBaseUnit }
}
