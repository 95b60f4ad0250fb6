/// Everything a report says, ready to be set as a page.
public struct ReportContent: Sendable {
  /// The chapters, in the order of the data's way. The page always shows all of them.
  public enum Chapter: String, Sendable, Hashable, Codable, CaseIterable {
    case read, registration, lesions, responseMaps, verdict, dose, cumulative, nextCycle
    case findings, methods

    public var title: String {
      switch self {
      case .read: "What was read"
      case .registration: "Registration and its quality"
      case .lesions: "Lesions"
      case .responseMaps: "Response maps"
      case .verdict: "Response verdict"
      case .dose: "Absorbed dose"
      case .cumulative: "Cumulative dose"
      case .nextCycle: "Next cycle"
      case .findings: "Warnings and what is not assessable"
      case .methods: "Methods and provenance"
      }
    }
  }

  /// The course's own id; never a patient's name or number.
  public var courseID: String
  /// `Lu-177 DOTATATE`
  public var agent: String
  /// Short facts under the heading: reference time point, cycles given.
  public var facts: [Fact]
  /// The few results that a reader looks for first.
  public var highlights: [Highlight]
  public var findings: [Finding]
  /// A chapter that is absent or empty is printed with the reason in `omissions`.
  public var chapters: [Chapter: [Block]]
  public var omissions: [Chapter: String]
  /// `theratrack 0.1.0`
  public var software: String

  public init(
    courseID: String, agent: String, facts: [Fact] = [], highlights: [Highlight] = [],
    findings: [Finding] = [], chapters: [Chapter: [Block]], omissions: [Chapter: String] = [:],
    software: String
  ) {
    (self.courseID, self.agent, self.facts) = (courseID, agent, facts)
    (self.highlights, self.findings) = (highlights, findings)
    (self.chapters, self.omissions, self.software) = (chapters, omissions, software)
  }

  /// One part of a chapter.
  public enum Block: Sendable {
    case heading(String)
    case paragraph(String)
    case list([String])
    case facts([Fact])
    case table(ReportTable)
    case picture(Picture, caption: String)
    /// Small pictures in rows, each a link to its file in full size.
    case gallery([GalleryPicture])
    case plot(Plot)
    case verdict(Verdict)
    case proposal(Proposal)
  }

  /// A picture of a gallery.
  public struct GalleryPicture: Sendable {
    public let picture: Picture
    public let caption: String
    /// Another picture of the same, in a file beside it, with its name in words: a rotation.
    public let related: (picture: Picture, name: String)?

    public init(
      _ picture: Picture, caption: String, related: (picture: Picture, name: String)? = nil
    ) {
      (self.picture, self.caption, self.related) = (picture, caption, related)
    }
  }

  public struct Fact: Sendable, Hashable, Codable {
    public let name: String
    public let value: String
    public init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
  }

  public struct Highlight: Sendable, Hashable, Codable {
    public let name: String
    /// With its unit: `6.1 GBq`.
    public let value: String
    /// One line below the value.
    public let detail: String
    public let status: Status?
    public init(name: String, value: String, detail: String, status: Status? = nil) {
      (self.name, self.value, self.detail, self.status) = (name, value, detail, status)
    }
  }

  /// A warning, or a question that could not be answered.
  public struct Finding: Sendable, Hashable, Codable {
    /// ``Status/warn``, ``Status/fail`` or ``Status/notAssessable``.
    public let status: Status
    /// What it is about: a time point, a lesion, an organ.
    public let subject: String
    public let text: String
    public let remedy: String
    public init(status: Status, subject: String, text: String, remedy: String) {
      (self.status, self.subject, self.text, self.remedy) = (status, subject, text, remedy)
    }
  }

  /// What a response criterion says, and why.
  public struct Verdict: Sendable, Hashable, Codable {
    /// Name and version: `PERCIST 1.0`.
    public let criterion: String
    /// `partial metabolic response`
    public let verdict: String
    public let status: Status?
    /// The rules and numbers that made it, in the order they were applied.
    public let reasons: [String]
    public init(criterion: String, verdict: String, status: Status? = nil, reasons: [String]) {
      (self.criterion, self.verdict) = (criterion, verdict)
      (self.status, self.reasons) = (status, reasons)
    }
  }

  /// The range of activity for the next cycle; a proposal, decided on by a person.
  public struct Proposal: Sendable, Hashable, Codable {
    public struct Level: Sendable, Hashable, Codable {
      /// Probability that all limits are kept, 0 to 1.
      public let compliance: Double
      /// The largest such activity in GBq; `nil` when even none at all would not do.
      public let gigabecquerels: Double?
      public init(compliance: Double, gigabecquerels: Double?) {
        (self.compliance, self.gigabecquerels) = (compliance, gigabecquerels)
      }
    }
    public let levels: [Level]
    public let status: Status
    public let bindingLimit: String
    public let reason: String
    /// What would change the proposal.
    public let alternatives: [String]
    public init(
      levels: [Level], status: Status, bindingLimit: String, reason: String,
      alternatives: [String]
    ) {
      (self.levels, self.status, self.bindingLimit) = (levels, status, bindingLimit)
      (self.reason, self.alternatives) = (reason, alternatives)
    }
  }

  func count(_ status: Status) -> Int { findings.count { $0.status == status } }

  /// Every plot of the report, in the order of the chapters.
  public var plots: [Plot] {
    Chapter.allCases.flatMap { chapters[$0] ?? [] }.compactMap {
      if case .plot(let plot) = $0 { plot } else { nil }
    }
  }

  /// Every table of the report, in the order of the chapters, for CSV and JSON.
  public var tables: [ReportTable] {
    Chapter.allCases.flatMap { chapters[$0] ?? [] }.compactMap {
      if case .table(let table) = $0 { table } else { nil }
    }
  }
}
