public import Quantities

/// A draft for the next cycle. It proposes; a person decides.
public struct NextCycleProposal: Sendable, Hashable, Codable {
  public enum Outcome: String, Sendable, Hashable, Codable {
    case nextCycle = "next cycle"
    case noFurtherCycle = "no further cycle"
    /// No active limit could be evaluated.
    case notAssessable = "not assessable"
  }

  /// The activity that keeps every active limit with a probability.
  public struct ActivityAtCompliance: Sendable, Hashable, Codable {
    public let compliance: Double
    /// As the limits alone allow.
    public let unclamped: Activity
    /// Within the range of the pack; `nil` where even the least activity is too much.
    public let activity: Activity?

    private enum CodingKeys: String, CodingKey {
      case compliance
      case unclamped = "unclamped_activity_Bq"
      case activity = "activity_Bq"
    }
  }

  /// A limit of a region, what is used of it, and what it allows.
  public struct LimitStatus: Sendable, Hashable, Codable {
    public let region: String
    public let limit: LimitPack.Limit
    public let usedGy: Double
    /// Next activity that this limit alone allows with 95 % probability.
    public let allowed: Activity
    /// Used, and expected (median) after the proposed cycle, as shares of the limit.
    public var usedFraction: Double { usedGy / limit.valueGy }

    private enum CodingKeys: String, CodingKey {
      case region, limit
      case usedGy = "used_Gy"
      case allowed = "allowed_activity_Bq"
    }
  }

  /// What another assumption would give.
  public struct Alternative: Sendable, Hashable, Codable {
    public let change: String
    /// `nil` when no further cycle is possible under it.
    public let activity: Activity?

    private enum CodingKeys: String, CodingKey {
      case change
      case activity = "activity_Bq"
    }
  }

  /// A region that could not be planned for, and why.
  public struct NotAssessable: Sendable, Hashable, Codable {
    public let organ: String
    public let reason: String
  }

  public let outcome: Outcome
  /// Number of the cycle proposed.
  public let cycle: Int
  /// Cycles over which what remains is split, the proposed one included.
  public let cyclesLeft: Int
  public let intervalWeeks: Double
  /// The proposal: 95 % compliance within the range of the pack; `nil` for no further cycle.
  public let activity: Activity?
  /// At 50, 80 and 95 % compliance.
  public let range: [ActivityAtCompliance]
  /// The limit that decides; `nil` when none could be evaluated.
  public let binding: LimitStatus?
  /// Every active limit.
  public let limits: [LimitStatus]
  /// One sentence for the report.
  public let reason: String
  public let alternatives: [Alternative]
  public let regions: [RegionForecast]
  public let notAssessable: [NotAssessable]
  public let warnings: [String]
  /// The 95 % activity found again by numeric search.
  public let numericCheck: Activity?
  public let limitPack: String
  public let statement: String

  /// Stands under every proposal.
  public static let draft =
    "Draft for research use. The planner proposes; a person decides and signs."

  private enum CodingKeys: String, CodingKey {
    case outcome, cycle
    case cyclesLeft = "cycles_left"
    case intervalWeeks = "interval_weeks"
    case activity = "activity_Bq"
    case range, binding, limits, reason, alternatives, regions
    case notAssessable = "not_assessable"
    case warnings
    case numericCheck = "numeric_check_activity_Bq"
    case limitPack = "limit_pack"
    case statement
  }
}
