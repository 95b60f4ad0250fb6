import Foundation
import Quantities

/// Activity of a tissue after a therapy injection: fast uptake, then one effective clearance.
///
///     a(t) = a₀ · (e^(−λe t) − e^(−(λe + λu) t)),   λe = ln 2 / T_effective, λu = ln 2 / T_uptake
///
/// Physical decay is part of λe. Its integral from injection to infinity is
/// a₀ · (1/λe − 1/(λe + λu)), so the time-integrated activity is known in closed form. With an
/// uptake half-time of 0.35 h the curve is one exponential within 0.04 % from 4 h on.
public struct TherapyKinetics: Sendable, Hashable, Codable {
  /// a₀: share of the injected activity per gram of tissue.
  public let fractionPerGram: Double
  public let effectiveHalfLife: Duration
  public let uptakeHalfTime: Duration

  public init(fractionPerGram: Double, effectiveHalfLife: Duration, uptakeHalfTime: Duration) {
    self.fractionPerGram = fractionPerGram
    self.effectiveHalfLife = effectiveHalfLife
    self.uptakeHalfTime = uptakeHalfTime
  }

  /// Share of the injected activity per gram at a time after injection.
  public func fractionPerGram(at time: Duration) -> Double {
    guard time > .zero else { return 0 }
    let uptake = 1 - uptakeHalfTime.fractionLeft(after: time)
    return fractionPerGram * uptake * effectiveHalfLife.fractionLeft(after: time)
  }

  /// ∫ a dt from injection to infinity, in seconds per gram: times the injected activity in Bq it
  /// is the number of decays in a gram.
  public var secondsPerGram: Double {
    let clearance = log(2) / effectiveHalfLife.inSeconds
    let uptake = log(2) / uptakeHalfTime.inSeconds
    return fractionPerGram * (1 / clearance - 1 / (clearance + uptake))
  }

  /// The same agent with another radionuclide: biological clearance stays, physical decay is that of
  /// the nuclide.
  func labelled(with nuclide: Radionuclide) -> TherapyKinetics {
    guard nuclide != .lutetium177 else { return self }
    let perHour =
      1 / effectiveHalfLife.inHours - 1 / Radionuclide.lutetium177.halfLife.inHours
      + 1 / nuclide.halfLife.inHours
    return TherapyKinetics(
      fractionPerGram: fractionPerGram, effectiveHalfLife: .hours(1 / perHour),
      uptakeHalfTime: uptakeHalfTime)
  }

  private static func tissue(percentPerKilogram: Double, hours: Double) -> TherapyKinetics {
    TherapyKinetics(
      fractionPerGram: percentPerKilogram * 1e-5, effectiveHalfLife: .hours(hours),
      uptakeHalfTime: .hours(0.35))
  }

  /// Lu-177 DOTATATE in a tissue, chosen so that doses come out as published: kidneys about
  /// 0.5 Gy/GBq, spleen about 0.7 Gy/GBq, liver about 0.1 Gy/GBq.
  static func of(_ region: Region) -> TherapyKinetics {
    switch region {
    case .air: tissue(percentPerKilogram: 0, hours: 30)
    case .leftKidney, .rightKidney: tissue(percentPerKilogram: 8.2, hours: 50)
    case .spleen: tissue(percentPerKilogram: 9, hours: 64)
    case .liver: tissue(percentPerKilogram: 1.5, hours: 62)
    case .heart, .blood: tissue(percentPerKilogram: 0.25, hours: 26)
    case .lungs: tissue(percentPerKilogram: 0.15, hours: 30)
    case .spine, .bone: tissue(percentPerKilogram: 0.2, hours: 55)
    case .bladder: tissue(percentPerKilogram: 6, hours: 14)
    case .bowel, .stomach: tissue(percentPerKilogram: 0.6, hours: 44)
    case .salivaryGlands: tissue(percentPerKilogram: 1, hours: 40)
    case .thyroid: tissue(percentPerKilogram: 0.6, hours: 50)
    case .fat, .brain: tissue(percentPerKilogram: 0.05, hours: 34)
    case .soft: tissue(percentPerKilogram: 0.12, hours: 34)
    }
  }

  /// A lesion takes up the therapy agent in proportion to its diagnostic SUV.
  static func of(_ lesion: VirtualLesion, progress: Double) -> TherapyKinetics {
    TherapyKinetics(
      fractionPerGram: lesion.suv(progress: progress) * 2.2e-5,
      effectiveHalfLife: lesion.effectiveHalfLife, uptakeHalfTime: .hours(0.35))
  }
}

extension VirtualLesion {
  /// In g/mL, as CT shows it (Schneider 2000, Phys Med Biol 45:459): soft tissue, or the denser of a
  /// lesion that replaces marrow, 1.003 + 1.169e-3 · 90 HU.
  var density: Double { hounsfield > 80 ? 1.11 : 1.05 }
}
