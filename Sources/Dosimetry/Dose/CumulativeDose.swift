import Foundation
public import Quantities
public import Radiobiology

/// What one region has received over the cycles so far.
///
/// Of the uncertainties the calibration is the same in every cycle and adds linearly; all others
/// are taken as independent and add in squares.
public struct CumulativeDose: Sendable, Hashable, Codable {
  public let region: String
  public let kind: RegionKind
  /// The cycles that are in the sum.
  public let cycles: [Int]
  /// Cycles of the course in which this region has no dose: the sum is then a lower bound.
  public let missingCycles: [Int]
  public let dose: Estimate<AbsorbedDose>
  /// The part of ``dose`` from alphas and recoils.
  public let highLETDose: AbsorbedDose
  /// With the Lea–Catcheside factor of the whole course: what one cycle leaves unrepaired, and
  /// activity that is still there, meets the next. `nil` unless every cycle has one.
  public let biologicallyEffectiveDose: Estimate<BiologicallyEffectiveDose>?
  public let effect: Effect?

  private enum CodingKeys: String, CodingKey {
    case region, kind, cycles
    case missingCycles = "missing_cycles"
    case dose = "dose_Gy"
    case highLETDose = "dose_high_let_Gy"
    case biologicallyEffectiveDose = "bed_Gy"
    case effect
  }

  /// What stands beside the BED of the course.
  public struct Effect: Sendable, Hashable, Codable {
    /// As if each cycle were alone: the usual approximation.
    public let sumOfCycles: BiologicallyEffectiveDose
    /// The part from alphas and recoils, RBE times their dose; zero without them.
    public let highLETPart: BiologicallyEffectiveDose
    public let protraction: Double
    public let equivalentDose: EquivalentDose

    private enum CodingKeys: String, CodingKey {
      case sumOfCycles = "bed_sum_of_cycles_Gy"
      case highLETPart = "bed_high_let_Gy"
      case protraction = "lea_catcheside_factor"
      case equivalentDose = "eqd2_Gy"
    }
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

  private typealias Part = (cycle: CycleDose, dose: RegionDose)

  private static func sum(_ name: String, _ course: [CycleDose]) -> CumulativeDose? {
    let found = course.compactMap { cycle in
      cycle.doses.first { $0.region == name }.map { (cycle: cycle, dose: $0) }
    }
    guard let first = found.first else { return nil }
    let doses = found.map(\.dose)
    let present = Set(found.map(\.cycle.cycle))
    let weighted = effect(found)
    return CumulativeDose(
      region: name, kind: first.dose.kind, cycles: found.map(\.cycle.cycle),
      missingCycles: course.map(\.cycle).filter { !present.contains($0) },
      dose: estimate(
        doses.reduce(.zero) { $0 + $1.dose.value }, doses, slopes: doses.map(\.dose.value)),
      highLETDose: doses.reduce(.zero) { $0 + $1.highLETDose },
      biologicallyEffectiveDose: weighted?.bed, effect: weighted?.beside)
  }

  private static func effect(
    _ parts: [Part]
  ) -> (bed: Estimate<BiologicallyEffectiveDose>, beside: Effect)? {
    let effects = parts.compactMap(\.dose.effect)
    guard effects.count == parts.count, let tissue = effects.first?.tissue,
      let course = try? rates(parts, scaled: nil)
    else { return nil }
    let highLET = effects.reduce(BiologicallyEffectiveDose.zero) { $0 + $1.highLETPart }
    let low = course.biologicallyEffectiveDose(tissue)
    // ∂BED/∂ln D of each cycle: its own part and what it adds to the others.
    let step = 1e-4
    let slopes = parts.indices.map { n -> BiologicallyEffectiveDose in
      let more = (try? rates(parts, scaled: (n, 1 + step)))?.biologicallyEffectiveDose(tissue)
      return ((more ?? low) - low) * (1 / step) + effects[n].highLETPart
    }
    let bed = low + highLET
    let beside = Effect(
      sumOfCycles: effects.reduce(.zero) { $0 + $1.biologicallyEffectiveDose.value },
      highLETPart: highLET, protraction: course.leaCatcheside(tissue),
      equivalentDose: bed.equivalentDoseIn2GyFractions(tissue))
    return (estimate(bed, parts.map(\.dose), slopes: slopes), beside)
  }

  /// The low-LET dose rate over the course; one cycle's dose may be changed by a factor.
  private static func rates(
    _ parts: [Part], scaled: (index: Int, factor: Double)?
  ) throws(RadiobiologyError) -> DoseRateCourse {
    var cycles: [DoseRateCourse.Cycle] = []
    for (n, part) in parts.enumerated() {
      let factor = scaled?.index == n ? scaled?.factor ?? 1 : 1
      let rate = try part.dose.fit.doseRate(delivering: part.dose.lowLETDose * factor)
      cycles.append(.init(start: .hours(part.cycle.startHours), rate: rate))
    }
    return try DoseRateCourse(cycles)
  }

  /// - Parameter slopes: Change of the sum per relative change of each cycle's dose.
  private static func estimate<Value: Quantity>(
    _ total: Value, _ doses: [RegionDose], slopes: [Value]
  ) -> Estimate<Value> {
    var (shared, independent) = (0.0, 0.0)
    for (dose, slope) in zip(doses, slopes) {
      guard let budget = dose.uncertainty, dose.dose.standardUncertainty != nil else {
        return Estimate(
          total, noUncertaintyBecause: "the dose of at least one cycle has no uncertainty")
      }
      shared += slope.inBaseUnit * budget.calibration
      independent += pow(slope.inBaseUnit * budget.independent, 2)
    }
    return Estimate(
      total,
      standardUncertainty: Value(inBaseUnit: (shared * shared + independent).squareRoot()))
  }
}
