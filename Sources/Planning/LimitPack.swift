public import Radiobiology

/// Limits, priors and rules of a treatment, read from a file that a site edits.
///
/// Every number carries its source. Nothing here is built into the program.
public struct LimitPack: Sendable, Hashable, Codable {
  /// Version of the file format.
  public let format: Int
  public let name: String
  public let radionuclide: String
  public let activity: ActivityRange
  public let course: Course
  public let organs: [Organ]
  public let lesions: Lesions?

  private enum CodingKeys: String, CodingKey {
    case format = "theratrack_limits"
    case name, radionuclide, activity, course, organs, lesions
  }

  /// What one cycle may hold.
  public struct ActivityRange: Sendable, Hashable, Codable {
    public let leastGBq: Double
    public let mostGBq: Double
    /// Activity per cycle of the label, to say when a proposal leaves it.
    public let labelGBq: Double?
    public let source: String

    private enum CodingKeys: String, CodingKey {
      case leastGBq = "least_GBq"
      case mostGBq = "most_GBq"
      case labelGBq = "label_GBq"
      case source
    }
  }

  /// The course as planned at its start.
  public struct Course: Sendable, Hashable, Codable {
    public let cycles: Int
    public let intervalWeeks: Double
    public let source: String

    private enum CodingKeys: String, CodingKey {
      case cycles
      case intervalWeeks = "interval_weeks"
      case source
    }
  }

  /// An organ at risk.
  public struct Organ: Sendable, Hashable, Codable {
    public let organ: String
    /// Names under which the organ is outlined; each one found is held to the limits on its own.
    public let regions: [String]
    public let limits: [Limit]
    public let tissue: TissueRadiobiology?
    public let gain: Gain
    /// Effective half-life to assume while none is measured.
    public let effectiveHalfLifeHours: Double?

    private enum CodingKeys: String, CodingKey {
      case organ, regions, limits, tissue, gain
      case effectiveHalfLifeHours = "effective_half_life_h"
    }
  }

  /// One limit over the whole course.
  public struct Limit: Sendable, Hashable, Codable {
    public let quantity: LimitedQuantity
    public let valueGy: Double
    /// For whom it is meant.
    public let appliesTo: String
    /// Whether the plan must keep it; others are shown as alternatives.
    public let isActive: Bool
    public let source: String

    private enum CodingKeys: String, CodingKey {
      case quantity
      case valueGy = "value_Gy"
      case appliesTo = "applies_to"
      case isActive = "active"
      case source
    }
  }

  public enum LimitedQuantity: String, Sendable, Hashable, Codable {
    case absorbedDose = "absorbed dose"
    case biologicallyEffectiveDose = "BED"
  }

  /// What is known about dose per activity before and between measurements.
  public struct Gain: Sendable, Hashable, Codable {
    /// Population before the first measurement; `nil` makes the first measurement the start.
    public let prior: Prior?
    /// Coefficient of variation from one cycle to the next in one patient.
    public let betweenCyclesCV: Double
    /// Coefficient of variation of a measurement that brings no uncertainty of its own.
    public let measurementCV: Double
    /// Expected change of ln(Gy/GBq) per cycle: below 0 for uptake that falls.
    public let driftPerCycle: Double?
    public let source: String

    private enum CodingKeys: String, CodingKey {
      case prior
      case betweenCyclesCV = "between_cycles_cv"
      case measurementCV = "measurement_cv"
      case driftPerCycle = "drift_per_cycle_ln"
      case source
    }
  }

  /// A population of Gy/GBq, log-normal.
  public struct Prior: Sendable, Hashable, Codable {
    public let medianGyPerGBq: Double
    public let cv: Double
    public let source: String

    private enum CodingKeys: String, CodingKey {
      case medianGyPerGBq = "median_Gy_per_GBq"
      case cv, source
    }
  }

  /// Lesions have no limit; their forecast shows what a proposal does to them.
  public struct Lesions: Sendable, Hashable, Codable {
    public let tissue: TissueRadiobiology?
    public let gain: Gain
  }

  /// Radiobiological parameters by region name, as the dose stage takes them.
  public var tissues: [String: TissueRadiobiology] {
    var tissues: [String: TissueRadiobiology] = [:]
    for organ in organs {
      for region in organ.regions { tissues[region] = organ.tissue }
    }
    return tissues
  }

  /// - Throws: ``PlanningError/packInvalid(pack:field:reason:)`` for the first unusable value.
  public func check() throws(PlanningError) {
    func need(_ isGood: Bool, _ field: String, _ reason: String) throws(PlanningError) {
      guard isGood else { throw .packInvalid(pack: name, field: field, reason: reason) }
    }
    try need(format == 1, "theratrack_limits", "must be 1")
    try need(activity.leastGBq > 0, "activity.least_GBq", "must be positive")
    try need(
      activity.mostGBq >= activity.leastGBq, "activity.most_GBq", "is below activity.least_GBq")
    try need(course.cycles > 0, "course.cycles", "must be positive")
    for organ in organs {
      let field = "organ '\(organ.organ)'"
      try need(!organ.regions.isEmpty, field, "names no regions")
      try need(
        organ.limits.allSatisfy { $0.valueGy > 0 }, field, "has a limit that is not positive")
      let needsTissue = organ.limits.contains { $0.quantity == .biologicallyEffectiveDose }
      try need(
        !needsTissue || organ.tissue != nil, field, "has a BED limit but no tissue parameters")
      try need(organ.gain.isUsable, field, "has a gain that is not positive")
    }
    try need(lesions?.gain.isUsable ?? true, "lesions", "have a gain that is not positive")
  }
}

extension LimitPack.Gain {
  fileprivate var isUsable: Bool {
    betweenCyclesCV >= 0 && measurementCV > 0
      && (prior.map { $0.medianGyPerGBq > 0 && $0.cv > 0 } ?? true)
  }
}
