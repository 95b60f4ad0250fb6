/// Mean energy per decay by kind, in MeV.
public struct DecayEnergyBalance: Sendable, Hashable, Codable {
  public var alphaMeV = 0.0
  public var recoilMeV = 0.0
  public var betaMinusMeV = 0.0
  public var positronMeV = 0.0
  public var conversionMeV = 0.0
  public var augerMeV = 0.0
  public var photonMeV = 0.0

  public init() {}

  /// Betas, positrons, conversion and Auger electrons.
  public var electronMeV: Double { betaMinusMeV + positronMeV + conversionMeV + augerMeV }

  /// Everything but photons: what stops near where it starts.
  public var nonPenetratingMeV: Double { alphaMeV + recoilMeV + electronMeV }

  /// Δ of the non-penetrating part in Gy·kg/(Bq·s).
  public var nonPenetratingDelta: Double { nonPenetratingMeV * joulesPerMeV }

  public static func + (a: Self, b: Self) -> Self {
    var sum = Self()
    sum.alphaMeV = a.alphaMeV + b.alphaMeV
    sum.recoilMeV = a.recoilMeV + b.recoilMeV
    sum.betaMinusMeV = a.betaMinusMeV + b.betaMinusMeV
    sum.positronMeV = a.positronMeV + b.positronMeV
    sum.conversionMeV = a.conversionMeV + b.conversionMeV
    sum.augerMeV = a.augerMeV + b.augerMeV
    sum.photonMeV = a.photonMeV + b.photonMeV
    return sum
  }

  public static func * (a: Self, k: Double) -> Self {
    var scaled = Self()
    scaled.alphaMeV = a.alphaMeV * k
    scaled.recoilMeV = a.recoilMeV * k
    scaled.betaMinusMeV = a.betaMinusMeV * k
    scaled.positronMeV = a.positronMeV * k
    scaled.conversionMeV = a.conversionMeV * k
    scaled.augerMeV = a.augerMeV * k
    scaled.photonMeV = a.photonMeV * k
    return scaled
  }
}

/// 1 MeV in joule (SI 2019).
public let joulesPerMeV = 1.602176634e-13

extension DecayScheme {
  public var energies: DecayEnergyBalance {
    var sum = DecayEnergyBalance()
    for alpha in alphas {
      sum.alphaMeV += alpha.perDecay * alpha.energyMeV
      sum.recoilMeV += alpha.perDecay * alpha.recoilMeV
    }
    for beta in betas {
      let energy = beta.perDecay * beta.meanMeV
      if beta.isPositron { sum.positronMeV += energy } else { sum.betaMinusMeV += energy }
    }
    sum.conversionMeV = conversionElectrons.reduce(0) { $0 + $1.perDecay * $1.energyMeV }
    sum.augerMeV = augerMeV
    sum.photonMeV = photons.reduce(0) { $0 + $1.perDecay * $1.energyMeV }
    return sum
  }
}
