public import Quantities

/// What a virtual course is treated with: DOTATATE labelled with a beta or an alpha emitter.
public enum TherapyNuclide: String, Sendable, Hashable, Codable, CaseIterable {
  case lutetium177 = "Lu-177"
  case actinium225 = "Ac-225"

  public var radionuclide: Radionuclide {
    switch self {
    case .lutetium177: .lutetium177
    case .actinium225: .actinium225
    }
  }

  /// Of the first cycle. Ac-225: about 100 kBq/kg (Kratochwil 2016, J Nucl Med 57:1941).
  var activity: Activity {
    switch self {
    case .lutetium177: .megabecquerels(7400)
    case .actinium225: .megabecquerels(8)
    }
  }

  /// Energy per decay in MeV that stays where it is set free, photons left out: electrons of Lu-177;
  /// alphas (27.483), recoils (0.513) and electrons (0.690) of Ac-225 and of all that follows from it
  /// in place, down to Pb-209. Sums of ICRP Publication 107 (2008).
  public var localEnergyPerDecay: Double {
    switch self {
    case .lutetium177: 0.14792
    case .actinium225: 28.686
    }
  }

  var convention: String {
    switch self {
    case .lutetium177: "electrons of Lu-177, ICRP 107"
    case .actinium225:
      "alphas, recoils and electrons of Ac-225 and its daughters in place, ICRP 107"
    }
  }
}
