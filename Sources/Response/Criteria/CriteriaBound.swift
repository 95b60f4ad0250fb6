/// One side of an inequality of a criteria pack, strict or inclusive as it is written.
public struct CriteriaBound: Sendable, Hashable, Codable {
  public let comparison: Comparison
  public let limit: Limit

  public enum Comparison: String, Sendable, Hashable, Codable, CaseIterable, CodingKey {
    case above
    case atLeast = "at_least"
    case below
    case atMost = "at_most"

    var symbol: String {
      switch self {
      case .above: ">"
      case .atLeast: "≥"
      case .below: "<"
      case .atMost: "≤"
      }
    }
  }

  /// What a number is held against.
  public enum Limit: Sendable, Hashable, Codable {
    case number(Double)
    /// A parameter of the pack, which the site may set.
    case parameter(String)
    /// The first of these regions that was measured.
    case regions([RegionLevel])

    public init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else if let name = try? container.decode(String.self) {
        self = .parameter(name)
      } else if let many = try? container.decode([RegionLevel].self) {
        self = .regions(many)
      } else {
        self = .regions([try container.decode(RegionLevel.self)])
      }
    }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .number(let number): try container.encode(number)
      case .parameter(let name): try container.encode(name)
      case .regions(let levels):
        if levels.count == 1 {
          try container.encode(levels[0])
        } else {
          try container.encode(levels)
        }
      }
    }
  }

  /// A multiple of a region's uptake and so many of its standard deviations.
  public struct RegionLevel: Sendable, Hashable, Codable {
    public let region: String
    /// A number or the name of a parameter; 1 when it is left out.
    public let times: Factor?
    public let deviations: Double?
    /// The mean when it is left out.
    public let of: Statistic?

    public enum Statistic: String, Sendable, Hashable, Codable {
      case mean
      case maximum = "max"
    }
  }

  /// A number, or a parameter of the pack.
  public enum Factor: Sendable, Hashable, Codable {
    case number(Double)
    case parameter(String)

    public init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else {
        self = .parameter(try container.decode(String.self))
      }
    }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .number(let number): try container.encode(number)
      case .parameter(let name): try container.encode(name)
      }
    }
  }

  public init(_ comparison: Comparison, _ limit: Limit) {
    (self.comparison, self.limit) = (comparison, limit)
  }

  /// Reads the one of `above`, `at_least`, `below`, `at_most` that stands among other keys.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Comparison.self)
    let given = Comparison.allCases.filter { container.contains($0) }
    guard given.count == 1, let comparison = given.first else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "wants exactly one of above, at_least, below, at_most"))
    }
    self.comparison = comparison
    limit = try container.decode(Limit.self, forKey: comparison)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Comparison.self)
    try container.encode(limit, forKey: comparison)
  }

  /// Numbers written in decimals must not be decided by their binary rounding.
  private static let rounding = 1e-9

  /// - Parameter limit: Both ends where sources give a range.
  func holds(_ number: CriteriaNumber, limit: ClosedRange<Double>) -> Truth {
    let value = number.value
    let size = max(1, abs(limit.lowerBound), value.isFinite ? abs(value) : 0)
    let slack = Self.rounding * size
    let ends = [limit.lowerBound, limit.upperBound].map { end -> Bool in
      switch comparison {
      case .above: value > end + slack
      case .atLeast: value >= end - slack
      case .below: value < end - slack
      case .atMost: value <= end + slack
      }
    }
    let truth: Truth = ends[0] == ends[1] ? Truth(ends[0]) : .unknown
    let asksForMore = comparison == .above || comparison == .atLeast
    switch number.bias {
    case .exact: return truth
    case .mayBeMore: return truth == (asksForMore ? .yes : .no) ? truth : .unknown
    case .mayBeLess: return truth == (asksForMore ? .no : .yes) ? truth : .unknown
    case .open: return .unknown
    }
  }
}

/// A number with what missing parts may do to it.
struct CriteriaNumber: Sendable, Hashable {
  let value: Double
  var bias = Bias.exact

  enum Bias: Sendable, Hashable {
    case exact
    case mayBeMore
    case mayBeLess
    case open

    /// Of a difference or ratio of two such numbers.
    static func ofChange(from before: Bias, to after: Bias) -> Bias {
      switch (before, after) {
      case (.exact, .exact): .exact
      case (.exact, .mayBeMore): .mayBeMore
      case (.mayBeMore, .exact): .mayBeLess
      default: .open
      }
    }
  }
}
