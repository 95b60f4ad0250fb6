public import Dosimetry
public import Planning
public import Registration

/// Everything a run found, ready for the report and the result files.
public struct CourseResults: Sendable {
  public let course: Course
  public let links: [TimePointLink]
  /// Links from the reference frame to follow-ups that also follow breathing, by time point.
  public let deformable: [String: DeformableLink]
  /// Neighbouring time points registered directly too, against the way through the reference.
  public let loops: [LinkLoop]
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
