/// Response criteria as data: measures, rules and verdicts of one version of one criterion, each
/// rule with its source and how well it is known.
public struct CriteriaPack: Sendable, Hashable, Codable {
  /// Version of the file format.
  public let format: Int
  /// As the course file names it: `percist-1.0`.
  public let id: String
  public let name: String
  public let version: String
  /// What is judged: a scan against earlier ones, or each scan, or each lesion, on its own.
  public let judges: Subject
  /// What the numbers come from: `PET` or `CT`.
  public let images: Images
  /// Tracers it was made for; with another one the verdict is named a deviation.
  public let tracers: [String]
  public let source: String
  public let measures: [Measure]
  /// Reported beside the verdict; they never make it.
  public let secondary: [String]?
  public let parameters: [Parameter]?
  public let references: References?
  public let comparability: ScanLimits?
  /// What has to hold before the verdicts are asked.
  public let requires: [Requirement]?
  /// In order; the first that holds is the verdict.
  public let verdicts: [Verdict]
  /// What a reader has to know; printed with every verdict.
  public let notes: [String]?

  private enum CodingKeys: String, CodingKey {
    case format = "theratrack_criteria"
    case id, name, version, judges, images, tracers, source, measures, secondary, parameters
    case references, comparability, requires, verdicts, notes
  }

  public enum Subject: String, Sendable, Hashable, Codable {
    case change
    case lesion
  }

  public enum Images: String, Sendable, Hashable, Codable {
    case pet = "PET"
    case ct = "CT"
  }

  /// A number of a scan, made from its lesions.
  public struct Measure: Sendable, Hashable, Codable {
    public let id: String
    public let name: String
    public let metric: CriteriaMetric
    /// Each scan's own lesions, or those chosen at baseline and followed.
    public let lesions: Choice
    /// Whether new lesions may be among a scan's own; yes when it is left out.
    public let includesNew: Bool?
    /// At most so many, the largest first; all when it is left out.
    public let most: Int?
    public let perOrgan: Int?
    /// Least size at baseline, of lymph nodes and of all else, by `metric`.
    public let least: Double?
    public let leastNode: Double?
    public let combine: Combination
    /// What a followed lesion counts that is too small to be measured.
    public let tooSmall: Double?

    private enum CodingKeys: String, CodingKey {
      case id, name, metric, lesions, most, least, combine
      case includesNew = "includes_new"
      case perOrgan = "per_organ"
      case leastNode = "least_node"
      case tooSmall = "too_small"
    }

    public enum Choice: String, Sendable, Hashable, Codable {
      case own
      case baseline
    }

    public enum Combination: String, Sendable, Hashable, Codable {
      case sum
      case mean
    }
  }

  /// A number that a site may set. Without a value, or with a range, what hangs on it stays open.
  public struct Parameter: Sendable, Hashable, Codable {
    public let name: String
    public let meaning: String
    public let value: Double?
    /// Least and most that sources give.
    public let range: [Double]?
    public let confidence: SourceConfidence
    public let source: String
  }

  /// Which scan response and progression are judged against, and what else people choose.
  public struct References: Sendable, Hashable, Codable {
    public let response: CriteriaReference
    public let progression: CriteriaReference
    public let confidence: SourceConfidence
    public let source: String
  }

  /// What two scans have to share; warned of, never decided by.
  public struct ScanLimits: Sendable, Hashable, Codable {
    public let uptakeFrom: Double?
    public let uptakeTo: Double?
    public let uptakeDifference: Double?
    public let activityDifference: Double?
    public let source: String

    private enum CodingKeys: String, CodingKey {
      case uptakeFrom = "uptake_from_min"
      case uptakeTo = "uptake_to_min"
      case uptakeDifference = "uptake_difference_min"
      case activityDifference = "activity_difference_percent"
      case source
    }
  }

  public struct Requirement: Sendable, Hashable, Codable {
    public let rule: Rule
    /// The verdict where it does not hold or cannot be known.
    public let otherwise: String
    public let words: String
    public let advice: String?
  }

  public struct Rule: Sendable, Hashable, Codable {
    public let name: String
    public let confidence: SourceConfidence
    /// The pack's source when it is left out.
    public let source: String?
    public let when: CriteriaCondition
  }

  public struct Verdict: Sendable, Hashable, Codable {
    /// `PMR`
    public let code: String
    public let words: String
    public let kind: Kind
    /// Any one of them is enough.
    public let rules: [Rule]
    public let confirmation: Confirmation?
  }

  public enum Kind: String, Sendable, Hashable, Codable {
    case complete
    case partial
    case stable
    case progression
    /// Progression that a later scan has to confirm.
    case unconfirmed
    case score
    case notMeasurable = "not measurable"
    case notAssessable = "not assessable"
  }

  /// The first progression is unconfirmed; it is confirmed by the next scan within these weeks.
  public struct Confirmation: Sendable, Hashable, Codable {
    public let code: String
    public let words: String
    public let fromWeeks: Double
    public let toWeeks: Double?
    public let confidence: SourceConfidence
    public let source: String

    private enum CodingKeys: String, CodingKey {
      case code, words, confidence, source
      case fromWeeks = "from_weeks"
      case toWeeks = "to_weeks"
    }
  }

  func measure(_ id: String) -> Measure? { measures.first { $0.id == id } }
}
