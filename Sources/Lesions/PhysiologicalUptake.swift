public import Quantities

/// How organ outlines keep normal uptake out of the lesions.
public struct PhysiologicalUptake: Sendable, Hashable, Codable {
  /// What holds in which organ; the first rule of an organ counts.
  public var rules: [OrganRule] = OrganRule.general
  /// With ``OrganRule/Treatment/aboveOrgan`` a voxel needs `raisedMultiple` × mean +
  /// `deviationsAbove` SD of the organ as well as the threshold. The defaults are PERCIST's
  /// measurable limit for the liver; mean + 3 SD alone lets noise of a 1.5 L organ through as
  /// new lesions.
  public var raisedMultiple = 1.5
  public var deviationsAbove = 2.0
  /// Organ outlines are widened by this much for spill-out: about one PET point spread.
  public var margin = Length.millimetres(6)
  /// A candidate belongs to an excluded organ when at least this much of it, or its maximum, lies
  /// in the organ.
  public var overlapFraction = 0.5

  public init() {}

  /// What holds in an organ; `nil` where uptake is judged as anywhere else.
  public func rule(for organ: String) -> OrganRule? { rules.first { $0.organ == organ } }
}

/// What normal uptake of one organ means for the lesions in it.
public struct OrganRule: Sendable, Hashable, Codable {
  public enum Treatment: String, Sendable, Hashable, Codable {
    /// Nothing in the organ is a lesion.
    case exclude
    /// Lesions in the organ must stand out from it.
    case aboveOrgan = "above organ"
    /// Often mistaken: what lies there stays a lesion, with a note.
    case warn
  }

  /// As in ``NamedRegion/name``.
  public let organ: String
  public let treatment: Treatment
  /// Why: "normal somatostatin receptors".
  public let reason: String
  /// Whose rule it is, with its source: "Ga-68 DOTATATE, J Nucl Med 2017;58:1718".
  public let source: String

  public init(organ: String, treatment: Treatment, reason: String, source: String) {
    self.organ = organ
    self.treatment = treatment
    self.reason = reason
    self.source = source
  }

  /// For tracers of which nothing is known: organs that are hot with most tracers.
  public static let general: [OrganRule] =
    [
      "kidneys", "left kidney", "right kidney", "spleen", "bladder", "salivary glands",
      "left parotid", "right parotid", "parotids", "heart", "brain",
    ].map {
      OrganRule(
        organ: $0, treatment: .exclude, reason: "hot with most tracers",
        source: "general rule, without a tracer's pack")
    } + [
      OrganRule(
        organ: "liver", treatment: .aboveOrgan, reason: "uptake of normal tissue",
        source: "general rule, without a tracer's pack")
    ]
}

extension OrganRule: CustomStringConvertible {
  /// `exclude spleen: normal somatostatin receptors (Ga-68 DOTATATE, J Nucl Med 2017;58:1718)`.
  public var description: String { "\(treatment.rawValue), \(organ): \(reason) (\(source))" }
}

/// An organ whose own uptake reaches the outlining level and was left out of the lesions.
public struct RaisedUptake: Sendable, Hashable, Codable {
  public let rule: OrganRule
  /// What a lesion in the organ has to reach.
  public let level: SUVbw
  /// Tissue at or above the outlining level, but below the organ's.
  public let volume: TissueVolume
  /// Highest uptake left out.
  public let maximum: SUVbw
}
