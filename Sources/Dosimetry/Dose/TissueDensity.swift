public import Quantities

/// Mass density of tissue, in g/mL.
public enum TissueDensity {
  /// From CT by Schneider, Bortfeld, Schlegel 2000, Phys Med Biol 45:459: straight lines in
  /// Hounsfield units, fitted to the tissues of ICRP and ICRU.
  public static func gramsPerMillilitre(_ attenuation: Hounsfield) -> Double {
    let h = attenuation.inBaseUnit
    switch h {
    case ..<(-98): return max(0.00121 + (h + 1000) / 902 * (0.930 - 0.00121), 0.00121)
    case ..<14: return 1.018 + 0.893e-3 * h
    case ..<23: return 1.030
    case ..<100: return 1.003 + 1.169e-3 * h
    default: return 1.017 + 0.592e-3 * h
    }
  }

  /// Adult organs of ICRU report 46 (1992), table 3.1 and following; `nil` for other names.
  public static func gramsPerMillilitre(organ name: String) -> Double? {
    switch name {
    case "kidneys", "left kidney", "right kidney": 1.05
    case "liver", "spleen", "heart": 1.06
    case "lungs", "left lung", "right lung": 0.26
    default: nil
    }
  }

  /// Average soft tissue, ICRU report 44 (1989).
  public static let softTissue = 1.06
}
