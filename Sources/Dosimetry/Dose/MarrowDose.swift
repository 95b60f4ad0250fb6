import Foundation
public import Quantities
public import Transport

/// Red-marrow dose from the activity concentration in blood, or in an outline of marrow on images.
///
/// Electrons and alphas stop where they start: D = C̃ · f · E / ρ, with the time-integrated
/// concentration C̃ and the ratio f of marrow to what was measured. Photons from the rest of the
/// body are not in it. Hindorf and others 2010, Eur J Nucl Med Mol Imaging 37:1238 (EANM guideline
/// on marrow dosimetry); for antibodies f = 0.19 / (1 − haematocrit), Sgouros 1993, J Nucl Med
/// 34:689.
public struct MarrowDose: Sendable, Hashable {
  public let lowLET: AbsorbedDose
  public let highLET: AbsorbedDose
  public var dose: AbsorbedDose { lowLET + highLET }

  /// Density of red marrow in g/mL: ICRU 46.
  public static let gramsPerMillilitre = 1.03

  /// - Parameters:
  ///   - concentration: Time-integrated activity of one millilitre.
  ///   - ratio: Marrow concentration over the measured one.
  ///   - energies: Emitted per decay of the parent, with its daughters.
  /// - Throws: ``DosimetryError/notPositive(quantity:)``.
  public init(
    perMillilitre concentration: TimeIntegratedActivity, ratio: Double,
    energies: DecayEnergyBalance
  ) throws(DosimetryError) {
    guard concentration > .zero else {
      throw .notPositive(quantity: "time-integrated concentration")
    }
    guard ratio > 0, ratio.isFinite else {
      throw .notPositive(quantity: "ratio of marrow to what was measured")
    }
    let decaysPerKilogram =
      concentration.inBaseUnit * ratio / (Self.gramsPerMillilitre * 1e-3)
    lowLET = .gray(decaysPerKilogram * energies.electronMeV * joulesPerMeV)
    highLET = .gray(
      decaysPerKilogram * (energies.alphaMeV + energies.recoilMeV) * joulesPerMeV)
  }
}
