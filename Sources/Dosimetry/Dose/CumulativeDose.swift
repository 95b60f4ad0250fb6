import Foundation
public import Quantities

/// What one region has received over the cycles so far.
///
/// Of the uncertainties the calibration is the same in every cycle and adds linearly; all others
/// are taken as independent and add in squares. BED is summed over the cycles: they lie weeks
/// apart, so no repair or activity of one reaches into the next.
public struct CumulativeDose: Sendable, Hashable, Codable {
  public let region: String
  public let kind: RegionKind
  /// The cycles that are in the sum.
  public let cycles: [Int]
  /// Cycles of the course in which this region has no dose: the sum is then a lower bound.
  public let missingCycles: [Int]
  public let dose: Estimate<AbsorbedDose>
  /// `nil` unless every cycle has one.
  public let biologicallyEffectiveDose: Estimate<BiologicallyEffectiveDose>?

  private enum CodingKeys: String, CodingKey {
    case region, kind, cycles
    case missingCycles = "missing_cycles"
    case dose = "dose_Gy"
    case biologicallyEffectiveDose = "bed_Gy"
  }

  /// One sum per region, in the order the regions first appear.
  ///
  /// - Throws: ``DosimetryError/courseIsEmpty``.
  public static func sums(_ course: [CycleDose]) throws(DosimetryError) -> [CumulativeDose] {
    guard course.contains(where: { !$0.doses.isEmpty }) else { throw .courseIsEmpty }
    var names: [String] = []
    for dose in course.flatMap(\.doses) where !names.contains(dose.region) {
      names.append(dose.region)
    }
    return names.compactMap { sum($0, course) }
  }

  private static func sum(_ name: String, _ course: [CycleDose]) -> CumulativeDose? {
    let found = course.compactMap { cycle in
      cycle.doses.first { $0.region == name }.map { (cycle: cycle.cycle, dose: $0) }
    }
    guard let first = found.first else { return nil }
    let doses = found.map(\.dose)
    let effects = doses.compactMap(\.effect?.biologicallyEffectiveDose)
    let present = Set(found.map(\.cycle))
    return CumulativeDose(
      region: name, kind: first.dose.kind, cycles: found.map(\.cycle),
      missingCycles: course.map(\.cycle).filter { !present.contains($0) },
      dose: sum(doses.map(\.dose), doses.map(\.uncertainty)),
      biologicallyEffectiveDose: effects.count == doses.count
        ? sum(effects, doses.map(\.uncertainty)) : nil)
  }

  private static func sum<Value: Quantity>(
    _ parts: [Estimate<Value>], _ budgets: [DoseUncertainty?]
  ) -> Estimate<Value> {
    let total = parts.reduce(Value.zero) { $0 + $1.value }
    var (shared, independent) = (0.0, 0.0)
    for (part, budget) in zip(parts, budgets) {
      guard let budget, let u = part.standardUncertainty?.inBaseUnit else {
        return Estimate(
          total, noUncertaintyBecause: "the dose of at least one cycle has no uncertainty")
      }
      // The same split holds for dose and BED: both follow the dose's relative uncertainty.
      shared += u * budget.calibration / budget.dose
      independent += pow(u * budget.independent / budget.dose, 2)
    }
    return Estimate(
      total,
      standardUncertainty: Value(inBaseUnit: (shared * shared + independent).squareRoot()))
  }
}
