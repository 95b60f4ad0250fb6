/// What one criterion says of one scan, by which rule, from which numbers.
public struct CriteriaVerdict: Sendable, Hashable, Codable {
  /// Identifier, name and version of the criterion.
  public let criterion: String
  public let name: String
  public let scan: String
  /// `PMR`; `not assessable` when facts are missing that would decide.
  public var code: String
  public var words: String
  public var kind: CriteriaPack.Kind
  /// The verdicts that remain possible, in the order of the criterion, when facts are missing.
  public var candidates: [Candidate] = []
  /// The rules that made the verdict, or that could not be decided.
  public var rules: [RuleFinding] = []
  /// Every other rule that was asked, with its numbers.
  public var otherRules: [RuleFinding] = []
  public var measures: [MeasureReport] = []
  /// The scans that response and progression were judged against.
  public let response: ReferenceUsed?
  public let progression: ReferenceUsed?
  public var newLesions: [String] = []
  /// What is missing: clinical facts, regions, parameters without a source.
  public var lacking: [String] = []
  public var warnings: [String] = []
  public var notes: [String] = []
  /// The scan that first showed a progression which is still to be confirmed.
  public var unconfirmedSince: String?
  /// Of criteria that judge each lesion: the lesions' own verdicts.
  public var lesions: [LesionVerdict] = []

  public struct Candidate: Sendable, Hashable, Codable {
    public let code: String
    public let words: String
    public let kind: CriteriaPack.Kind
    /// Without these the verdict cannot be ruled in or out; empty for the one that holds else.
    public let needs: [String]
  }

  public struct RuleFinding: Sendable, Hashable, Codable {
    /// The verdict the rule leads to.
    public let verdict: String
    public let rule: String
    public let truth: Truth
    public let confidence: SourceConfidence
    public let source: String
    /// Numbers and what they were held against.
    public let numbers: [String]
    public let lacking: [String]
  }

  public struct ReferenceUsed: Sendable, Hashable, Codable {
    public let choice: CriteriaReference
    public let scan: String
  }

  public struct MeasureReport: Sendable, Hashable, Codable {
    public let id: String
    public let name: String
    public let unit: String
    public let isSecondary: Bool
    public let now: CriteriaMeasurement
    public let atResponseReference: CriteriaMeasurement
    public let atProgressionReference: CriteriaMeasurement

    /// In per cent of the value at the reference; `nil` without one.
    public var responsePercent: Double? { percent(atResponseReference) }
    public var progressionPercent: Double? { percent(atProgressionReference) }

    private func percent(_ before: CriteriaMeasurement) -> Double? {
      guard let a = before.value, let b = now.value, a > 0, before.missing.isEmpty,
        now.missing.isEmpty
      else { return nil }
      return 100 * (b - a) / a
    }
  }

  public struct LesionVerdict: Sendable, Hashable, Codable {
    public let lesion: String
    public let code: String
    public let words: String
    public let candidates: [String]
  }

  /// The least well known of the rules that made the verdict.
  public var confidence: SourceConfidence? { rules.map(\.confidence).min() }

  public var isAssessable: Bool { kind != .notAssessable && kind != .notMeasurable }

  /// The measure whose change names the verdict.
  public var primary: MeasureReport? { measures.first { !$0.isSecondary } }

  /// For example `PMR -40 %, new lesions 0`; the references stand beside it.
  public var summary: String {
    if kind == .score { return code }
    if !candidates.isEmpty {
      return "not assessable: " + candidates.map(\.code).joined(separator: " or ")
    }
    let isWorse = kind == .progression || kind == .unconfirmed
    let change = isWorse ? primary?.progressionPercent : primary?.responsePercent
    let percent = change.map { " \($0.text(0, signed: true)) %" } ?? ""
    return "\(code)\(percent), new lesions \(newLesions.count)"
  }
}
