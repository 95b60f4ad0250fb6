public import Quantities

/// Dose rate after an administration as a sum of exponentials, R(t) = Σ rᵢ e^(−λᵢ t).
///
/// Amplitudes may be negative: an uptake phase is one positive and one negative term.
public struct DoseRateCurve: Sendable, Hashable, Codable {
  public struct Term: Sendable, Hashable, Codable {
    /// Dose rate at time 0 in Gy/h.
    public let grayPerHour: Double
    /// Effective decay constant in 1/h; positive.
    public let decayPerHour: Double

    private enum CodingKeys: String, CodingKey {
      case grayPerHour = "dose_rate_Gy_per_h"
      case decayPerHour = "decay_per_h"
    }

    public init(grayPerHour: Double, decayPerHour: Double) {
      self.grayPerHour = grayPerHour
      self.decayPerHour = decayPerHour
    }
  }

  public let terms: [Term]

  /// - Throws: ``RadiobiologyError`` if a decay constant is not positive or the total dose is
  ///   not positive.
  public init(terms: [Term]) throws(RadiobiologyError) {
    guard terms.allSatisfy({ $0.decayPerHour > 0 && $0.decayPerHour.isFinite }) else {
      throw .notPositive(quantity: "decay constant of a dose-rate term")
    }
    self.terms = terms
    guard dose.gray > 0, dose.gray.isFinite else { throw .noDose }
  }

  /// One exponential that delivers `dose` with an effective half-life.
  public init(dose: AbsorbedDose, effectiveHalfLife: Duration) throws(RadiobiologyError) {
    let decay = ln2 / effectiveHalfLife.inHours
    try self.init(terms: [Term(grayPerHour: dose.gray * decay, decayPerHour: decay)])
  }

  /// The same shape with another dose.
  ///
  /// - Throws: ``RadiobiologyError/noDose`` for a dose that is not positive.
  public func delivering(_ other: AbsorbedDose) throws(RadiobiologyError) -> DoseRateCurve {
    let factor = other.gray / dose.gray
    return try DoseRateCurve(
      terms: terms.map {
        Term(grayPerHour: $0.grayPerHour * factor, decayPerHour: $0.decayPerHour)
      })
  }

  /// Total dose D = Σ rᵢ / λᵢ.
  public var dose: AbsorbedDose {
    .gray(terms.reduce(0) { $0 + $1.grayPerHour / $1.decayPerHour })
  }

  /// The Lea–Catcheside dose-protraction factor G for mono-exponential repair,
  /// G = (2/D²) Σᵢⱼ rᵢ rⱼ / ((λᵢ + λⱼ)(λᵢ + μ)): 1 for an instant dose, towards 0 for a slow one.
  ///
  /// Sachs, Hahnfeldt, Brenner 1997, Int J Radiat Biol 72:351 for G; the double sum is the
  /// double integral of exponentials done by hand. For one term it is T_rep / (T_rep + T_eff)
  /// (Dale 1985, Br J Radiol 58:515).
  public func leaCatcheside(_ tissue: TissueRadiobiology) -> Double {
    let mu = tissue.repairPerHour
    var sum = 0.0
    for a in terms {
      for b in terms {
        sum +=
          a.grayPerHour * b.grayPerHour
          / ((a.decayPerHour + b.decayPerHour) * (a.decayPerHour + mu))
      }
    }
    return 2 * sum / (dose.gray * dose.gray)
  }

  /// BED of this irradiation; see ``AbsorbedDose/biologicallyEffective(_:protraction:)``.
  public func biologicallyEffectiveDose(_ tissue: TissueRadiobiology) -> BiologicallyEffectiveDose {
    dose.biologicallyEffective(tissue, protraction: leaCatcheside(tissue))
  }
}
