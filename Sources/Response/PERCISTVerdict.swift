public import Quantities

/// What PERCIST says of one scan, and why.
public struct PERCISTVerdict: Sendable, Hashable, Codable {
  public let scan: String
  /// The scans that response and progression were judged against.
  public let responseReference: String
  public let progressionReference: String
  public let rule: PERCIST.Reference
  public internal(set) var category = Category.notAssessable
  public internal(set) var reasons: [String] = []
  public internal(set) var warnings: [String] = []
  public internal(set) var newLesions: [String] = []
  public internal(set) var response: Comparison?
  public internal(set) var progression: Comparison?
  /// A secondary result; it never overrules the category.
  public internal(set) var secondary: SecondarySum?

  public enum Category: String, Sendable, Hashable, Codable {
    case completeResponse = "CMR"
    case partialResponse = "PMR"
    case stable = "SMD"
    case progression = "PMD"
    /// Defer to RECIST 1.1.
    case notMeasurable = "not measurable"
    case notAssessable = "not assessable"
  }

  init(
    scan: String, responseReference: String, progressionReference: String, rule: PERCIST.Reference
  ) {
    self.scan = scan
    self.responseReference = responseReference
    self.progressionReference = progressionReference
    self.rule = rule
  }

  /// The hottest lesion then and now; not necessarily the same one.
  public struct Comparison: Sendable, Hashable, Codable {
    public let lesionBefore: String
    public let lesionAfter: String
    public let before: SUVlbm
    public let after: SUVlbm

    /// In SUL units.
    public var difference: Double { after.inBaseUnit - before.inBaseUnit }
    public var percent: Double { 100 * difference / before.inBaseUnit }
  }

  /// Sums over up to five of the hottest lesions, at most two per organ.
  public struct SecondarySum: Sendable, Hashable, Codable {
    public let lesionsBefore: [String]
    public let lesionsAfter: [String]
    public let sulPeakBefore: Double
    public let sulPeakAfter: Double
    /// Total lesion glycolysis of those lesions; `nil` where one is not known.
    public let glycolysisBefore: Mass?
    public let glycolysisAfter: Mass?
    /// Lesions whose organ is not known are not limited to two.
    public let organsKnown: Bool

    public var sulPeakPercent: Double { 100 * (sulPeakAfter / sulPeakBefore - 1) }
    public var glycolysisPercent: Double? {
      guard let before = glycolysisBefore, let after = glycolysisAfter else { return nil }
      return 100 * (after / before - 1)
    }

    /// `nil` when baseline has no lesion with a SULpeak.
    init?(baseline: PERCISTScan, scan: PERCISTScan) {
      let before = Self.hottest(of: baseline)
      let after = Self.hottest(of: scan)
      guard !before.isEmpty else { return nil }
      lesionsBefore = before.map(\.lesion.track)
      lesionsAfter = after.map(\.lesion.track)
      sulPeakBefore = before.reduce(0) { $0 + $1.sul }
      sulPeakAfter = after.reduce(0) { $0 + $1.sul }
      glycolysisBefore = Self.glycolysis(before)
      glycolysisAfter = Self.glycolysis(after)
      organsKnown = (before + after).allSatisfy { $0.lesion.organ != nil }
    }

    private static func hottest(
      of scan: PERCISTScan
    ) -> [(lesion: PERCISTScan.Lesion, sul: Double)] {
      var perOrgan: [String: Int] = [:]
      var chosen: [(lesion: PERCISTScan.Lesion, sul: Double)] = []
      for one in scan.ranked where chosen.count < 5 {
        if let organ = one.lesion.organ {
          guard perOrgan[organ, default: 0] < 2 else { continue }
          perOrgan[organ, default: 0] += 1
        }
        chosen.append(one)
      }
      return chosen
    }

    private static func glycolysis(
      _ lesions: [(lesion: PERCISTScan.Lesion, sul: Double)]
    ) -> Mass? {
      lesions.reduce(Mass.zero as Mass?) { sum, one in
        guard let sum, let own = one.lesion.totalLesionGlycolysis else { return nil }
        return sum + own
      }
    }
  }

  /// For example `PMR -40 %, new lesions 0`; the reference is in ``responseReference``.
  public var summary: String {
    let change = category == .progression ? progression ?? response : response
    let percent = change.map { " \($0.percent.text(0, signed: true)) %" } ?? ""
    return "\(category.rawValue)\(percent), new lesions \(newLesions.count)"
  }
}

extension PERCISTVerdict.Comparison: CustomStringConvertible {
  public var description: String {
    "SULpeak \(before.inBaseUnit.text(2)) (\(lesionBefore)) → \(after.inBaseUnit.text(2)) "
      + "(\(lesionAfter)), \(percent.text(1, signed: true)) %, "
      + difference.text(2, signed: true)
  }
}
