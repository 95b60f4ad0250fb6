public import Geometry
public import Quantities
public import Volumes

/// One lesion as found or given at one time point.
public struct LesionOutline: Sendable, Hashable, Codable {
  /// The name it was given in RTSTRUCT or SEG; `nil` when found here.
  public let name: String?
  public let outline: Outline
  /// Highest voxel and where its centre lies.
  public let maximum: SUVbw
  public let maximumAt: PatientPoint
  /// The level its edge was drawn at; `nil` when the outline was given.
  public let level: SUVbw?
  /// What the reader should know of how this outline came about.
  public let notes: [String]

  public var centroid: PatientPoint { outline.centroid ?? maximumAt }

  public init(
    name: String? = nil, outline: Outline, maximum: SUVbw, maximumAt: PatientPoint,
    level: SUVbw? = nil, notes: [String] = []
  ) {
    self.name = name
    self.outline = outline
    self.maximum = maximum
    self.maximumAt = maximumAt
    self.level = level
    self.notes = notes
  }
}

/// Uptake above the threshold that is not counted as a lesion, and why.
public struct ExcludedCandidate: Sendable, Hashable, Codable {
  public let outline: Outline
  public let maximum: SUVbw
  public let maximumAt: PatientPoint
  public let reason: ExclusionReason

  public init(
    outline: Outline, maximum: SUVbw, maximumAt: PatientPoint, reason: ExclusionReason
  ) {
    self.outline = outline
    self.maximum = maximum
    self.maximumAt = maximumAt
    self.reason = reason
  }
}

public enum ExclusionReason: Sendable, Hashable, Codable {
  /// Uptake of an organ; the fraction of the candidate inside the widened organ outline.
  case organ(OrganRule, overlap: Double)
  /// Joined to an organ's uptake, without a maximum of its own.
  case spillOut(OrganRule)
  case zone(reason: String)
  case tooSmall(TissueVolume)
  /// A person took it out of the lesions.
  case edited(reason: String, author: String)
}

extension ExclusionReason: CustomStringConvertible {
  public var description: String {
    switch self {
    case .organ(let rule, let overlap):
      "uptake of \(rule.organ) (\(Int((overlap * 100).rounded())) % inside its outline)"
    case .spillOut(let rule): "spill-out of \(rule.organ): no maximum of its own"
    case .zone(let reason): reason
    case .edited(let reason, let author): "\(reason) (\(author))"
    case .tooSmall(let volume):
      "smaller than the least volume (\((volume.millilitres * 100).rounded() / 100) mL)"
    }
  }
}

extension ExclusionReason {
  /// The rule that excluded it: of the tracer, of the course, or a person's.
  public var rule: String {
    switch self {
    case .organ(let rule, _), .spillOut(let rule): rule.description
    case .zone: "zone of the course file"
    case .tooSmall: "least volume of a lesion"
    case .edited: "correction by a person"
    }
  }
}

/// The lesions of one time point, and everything above threshold that is not one.
public struct OutliningResult: Sendable, Hashable, Codable {
  /// By falling maximum.
  public let lesions: [LesionOutline]
  /// By falling maximum.
  public let excluded: [ExcludedCandidate]
  /// Organs whose own uptake reaches the level; lesions in them had to stand out.
  public let raised: [RaisedUptake]
  public let options: OutlineOptions
  /// The level of the rule, or of its seeds; `nil` when outlines were given.
  public let level: SUVbw?

  public init(
    lesions: [LesionOutline], excluded: [ExcludedCandidate], raised: [RaisedUptake] = [],
    options: OutlineOptions, level: SUVbw?
  ) {
    self.lesions = lesions
    self.excluded = excluded
    self.raised = raised
    self.options = options
    self.level = level
  }
}
