import Dosimetry
import Quantities
import Radiobiology

/// The part of a region's dose that alphas and recoils bring. In BED it counts RBE times and without the
/// quadratic term; only the rest is spared by protraction.
public struct HighLETPart: Sendable, Hashable, Codable {
  /// Of the dose, from 0 to 1.
  public let share: Double
  /// `nil` where nobody stated one: there is no BED then.
  public let rbe: Double?

  public init(share: Double, rbe: Double?) {
    self.share = share
    self.rbe = rbe
  }

  /// `nil` for a dose without alphas.
  init?(_ dose: RegionDose) {
    guard dose.highLETDose > .zero else { return nil }
    self.init(
      share: dose.highLETDose / dose.dose.value, rbe: dose.effect?.relativeBiologicalEffectiveness)
  }
}

/// How dose of a region becomes BED: B(D) = k D + a D².
struct DoseEffect {
  /// 1 without alphas.
  let perDose: Double
  /// Of the dose, what is spared by protraction.
  let lowLETShare: Double

  init?(_ part: HighLETPart?) {
    guard let part, part.share > 0 else {
      (perDose, lowLETShare) = (1, 1)
      return
    }
    guard let rbe = part.rbe else { return nil }
    lowLETShare = 1 - part.share
    perDose = lowLETShare + rbe * part.share
  }

  func bed(
    _ dose: AbsorbedDose, _ tissue: TissueRadiobiology, protraction: Double
  ) -> BiologicallyEffectiveDose {
    let low = dose * lowLETShare
    return low.biologicallyEffective(tissue, protraction: protraction)
      + .gray((perDose - lowLETShare) * dose.gray)
  }

  /// The dose of one irradiation with this BED; written so that a small quadratic term stays exact.
  func dose(
    _ bed: BiologicallyEffectiveDose, _ tissue: TissueRadiobiology, protraction: Double
  ) -> AbsorbedDose {
    let a = protraction * lowLETShare * lowLETShare / tissue.alphaBeta.gray
    return .gray(
      2 * bed.gray / (perDose + (perDose * perDose + 4 * a * bed.gray).squareRoot()))
  }
}
