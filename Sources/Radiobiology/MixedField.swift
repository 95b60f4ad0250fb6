public import Quantities

/// Low- and high-LET dose of one irradiation, always kept apart.
///
/// High-LET damage is taken as not repaired and linear in dose, weighted by an RBE:
/// BED = D_low (1 + G D_low / (α/β)) + RBE · D_high. MIRD 22 (Sgouros 2010, J Nucl Med 51:311,
/// doi 10.2967/jnumed.108.058651) for the scheme; the RBE itself is the user's to state.
public struct MixedField: Sendable, Hashable, Codable {
  /// Electrons and photons.
  public let lowLET: AbsorbedDose
  /// Alphas and recoils.
  public let highLET: AbsorbedDose
  public let relativeBiologicalEffectiveness: Double

  private enum CodingKeys: String, CodingKey {
    case lowLET = "low_let_Gy"
    case highLET = "high_let_Gy"
    case relativeBiologicalEffectiveness = "rbe"
  }

  /// - Throws: ``RadiobiologyError`` for a negative dose, none at all, or an RBE below 1.
  public init(lowLET: AbsorbedDose, highLET: AbsorbedDose, rbe: Double) throws(RadiobiologyError) {
    guard lowLET >= .zero, highLET >= .zero, (lowLET + highLET).gray.isFinite,
      lowLET + highLET > .zero
    else { throw .noDose }
    guard rbe >= 1, rbe.isFinite else { throw .rbeBelowOne(rbe) }
    self.lowLET = lowLET
    self.highLET = highLET
    relativeBiologicalEffectiveness = rbe
  }

  public var dose: AbsorbedDose { lowLET + highLET }
  public var highLETShare: Double { highLET / dose }

  /// D_low + RBE · D_high; neither an absorbed dose nor a BED.
  public var weightedGray: Double {
    lowLET.gray + relativeBiologicalEffectiveness * highLET.gray
  }

  public func biologicallyEffectiveDose(
    _ tissue: TissueRadiobiology, protraction: Double
  ) -> BiologicallyEffectiveDose {
    lowLET.biologicallyEffective(tissue, protraction: protraction)
      + .gray(relativeBiologicalEffectiveness * highLET.gray)
  }

  /// The absorbed dose, high- and low-LET in a given proportion, that has this BED: the positive
  /// root of G (1−f)² D² / (α/β) + ((1−f) + RBE f) D = BED.
  public static func absorbedDose(
    _ bed: BiologicallyEffectiveDose, highLETShare f: Double, rbe: Double,
    _ tissue: TissueRadiobiology, protraction: Double
  ) -> AbsorbedDose {
    let linear = (1 - f) + rbe * f
    let quadratic = protraction * (1 - f) * (1 - f) / tissue.alphaBeta.gray
    let root = (linear * linear + 4 * quadratic * bed.gray).squareRoot()
    return .gray(2 * bed.gray / (linear + root))
  }
}
