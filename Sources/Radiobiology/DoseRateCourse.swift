import Foundation
public import Quantities

/// Dose rate over a whole course: a sum of exponentials from each administration on.
///
/// Repair does not stop between cycles, and activity may still be there when the next one is
/// given, so the effect of a course is at least the sum of its cycles'.
public struct DoseRateCourse: Sendable, Hashable, Codable {
  public struct Cycle: Sendable, Hashable, Codable {
    /// Administration, in hours after any common zero.
    public let startHours: Double
    public let rate: DoseRateCurve

    private enum CodingKeys: String, CodingKey {
      case startHours = "start_h"
      case rate = "dose_rate"
    }

    public init(start: Duration, rate: DoseRateCurve) {
      startHours = start.inHours
      self.rate = rate
    }
  }

  public let cycles: [Cycle]

  /// - Throws: ``RadiobiologyError/noDose`` without a cycle.
  public init(_ cycles: [Cycle]) throws(RadiobiologyError) {
    guard !cycles.isEmpty else { throw .noDose }
    self.cycles = cycles
  }

  public var dose: AbsorbedDose { cycles.reduce(.zero) { $0 + $1.rate.dose } }

  /// The Lea–Catcheside factor G of the whole course,
  /// G = (2/D²) ∫ R(t) ∫ R(s) e^(−μ(t−s)) ds dt over s < t; exact for every pair of terms.
  ///
  /// Sachs, Hahnfeldt, Brenner 1997, Int J Radiat Biol 72:351.
  public func leaCatcheside(_ tissue: TissueRadiobiology) -> Double {
    let mu = tissue.repairPerHour
    var sum = 0.0
    for later in cycles {
      for earlier in cycles {
        let gap = later.startHours - earlier.startHours
        for a in later.rate.terms {
          for b in earlier.rate.terms {
            sum +=
              a.grayPerHour * b.grayPerHour
              * Self.pair(a.decayPerHour, b.decayPerHour, gapHours: gap, repair: mu)
          }
        }
      }
    }
    return 2 * sum / (dose.gray * dose.gray)
  }

  /// BED = D (1 + G D / (α/β)) with the G of the course.
  public func biologicallyEffectiveDose(_ tissue: TissueRadiobiology) -> BiologicallyEffectiveDose {
    dose.biologicallyEffective(tissue, protraction: leaCatcheside(tissue))
  }

  /// Σ BED of the cycles, as if each were alone: the usual approximation.
  public func sumOfCycles(_ tissue: TissueRadiobiology) -> BiologicallyEffectiveDose {
    cycles.reduce(.zero) { $0 + $1.rate.biologicallyEffectiveDose(tissue) }
  }

  /// ∫ e^(−a(t−t_a)) ∫ e^(−b(s−t_b)) e^(−μ(t−s)) ds dt over s < t, with `gap` = t_a − t_b.
  ///
  /// For a gap Δ ≥ 0 it is e^(−bΔ)/(a+μ) · [1/(a+b) + (1 − e^(−(μ−b)Δ))/(μ−b)]; otherwise term a
  /// has decayed to e^(aΔ) when b begins.
  private static func pair(
    _ a: Double, _ b: Double, gapHours gap: Double, repair mu: Double
  ) -> Double {
    guard gap > 0 else { return exp(a * gap) / ((a + b) * (a + mu)) }
    let difference = (mu - b) * gap
    // The difference of two exponentials loses its digits where their rates are close.
    let between =
      abs(difference) < 1e-3
      ? gap * exp(-b * gap) * (1 - difference / 2 + difference * difference / 6)
      : (exp(-b * gap) - exp(-mu * gap)) / (mu - b)
    return (exp(-b * gap) / (a + b) + between) / (a + mu)
  }
}
