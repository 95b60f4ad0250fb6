public import Dosimetry
public import Planning
public import Registration

/// Everything a run found, ready for the report and the result files.
public struct CourseResults: Sendable {
  public let course: Course
  public let registration: CourseRegistration
  /// `nil` when the course has no diagnostic PET.
  public let tracks: TrackResult?
  /// Verdicts of response criteria; `nil` without diagnostic PET.
  public let criteria: CriteriaOutcome?
  /// What the criteria were asked with, as lines of a table: see ``CriteriaTable``.
  let criteriaInput: [CriteriaInputRow]
  public let cycles: [CycleResult]
  public let cumulative: [CumulativeDose]
  /// `nil` when no limits were given; the reason is in ``problems``.
  public let proposal: NextCycleProposal?
  public let problems: [Problem]
  /// `nil` unless the course asks for dose maps.
  public var doseMaps: DoseMapResults?

  /// Something that could not be done or needs attention.
  public struct Problem: Sendable, Hashable, Codable {
    public let subject: String
    public let text: String
    public let remedy: String
    /// Whether a question of the course stays unanswered because of it.
    public let isNotAssessable: Bool
  }
}

extension CourseResults {
  public var links: [TimePointLink] { registration.links }
  public var deformable: [String: DeformableLink] { registration.deformable }
  public var loops: [LinkLoop] { registration.loops }
}
