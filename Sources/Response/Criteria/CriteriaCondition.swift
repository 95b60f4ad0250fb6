/// A condition of a criteria pack. In YAML a mapping of one key, for example
/// `{change: {of: hottest, unit: percent, above: 30, against: progression}}`, or `always`.
public indirect enum CriteriaCondition: Sendable, Hashable {
  case always
  case all([CriteriaCondition])
  case any([CriteriaCondition])
  case not(CriteriaCondition)
  /// The first of these that can be known.
  case first([CriteriaCondition])
  /// How a measure changed since a reference scan.
  case change(Change)
  /// How high a measure is in this scan, or at another.
  case level(Level)
  /// Whether any single lesion changed so.
  case lesionChange(LesionChange)
  /// How many new lesions there are.
  case newLesions(NewLesions)
  /// Whether every lesion of a measure has gone.
  case gone(Gone)
  /// Whether there are lesions at baseline that a measure does not follow.
  case others(String)
  /// What the clinic says.
  case fact(Fact)

  public struct Change: Sendable, Hashable {
    /// Identifier of a measure.
    public let of: String
    /// In per cent of the earlier value, or in the unit of the measure.
    public let unit: Unit
    public let against: CriteriaReference
    public let bound: CriteriaBound
  }

  public enum Unit: String, Sendable, Hashable, Codable {
    case percent
    case absolute
  }

  public struct Level: Sendable, Hashable {
    public let of: String
    /// This scan when it is left out.
    public let at: CriteriaReference?
    public let bound: CriteriaBound
  }

  public struct LesionChange: Sendable, Hashable, Codable {
    public let of: CriteriaMetric
    public let against: CriteriaReference
    /// Both have to hold where both are given.
    public let percent: CriteriaBound?
    public let absolute: CriteriaBound?
  }

  public struct NewLesions: Sendable, Hashable {
    public let bound: CriteriaBound
    /// Only distant ones count.
    public let distant: Bool?
    /// Only those of this functional diameter count, in mm.
    public let diameter: CriteriaBound?
  }

  public struct Gone: Sendable, Hashable, Codable {
    /// The measure whose lesions are asked for; all lesions when it is left out.
    public let of: String?
    /// Lymph nodes have gone below this many millimetres of short axis.
    public let nodesBelow: Double?

    private enum CodingKeys: String, CodingKey {
      case of
      case nodesBelow = "nodes_below_mm"
    }
  }

  public struct Fact: Sendable, Hashable {
    public let name: String
    /// For facts that are numbers; a flag is asked whether it is true.
    public let bound: CriteriaBound?
  }
}

/// A scan that another is compared with.
public enum CriteriaReference: String, Sendable, Hashable, Codable, CaseIterable {
  case baseline
  /// The earlier scan in which the measure was lowest.
  case nadir
  case previous
  /// Whatever the pack or the course chooses for judging response …
  case response
  /// … and for judging progression.
  case progression
}

// MARK: As it is written

extension CriteriaCondition: Codable {
  private enum Key: String, CodingKey, CaseIterable {
    case all, any, not, first, change, level, gone, others, fact
    case lesionChange = "lesion_change"
    case newLesions = "new_lesions"
  }

  public init(from decoder: any Decoder) throws {
    if let word = try? decoder.singleValueContainer().decode(String.self) {
      guard word == "always" else {
        throw DecodingError.dataCorrupted(
          .init(codingPath: decoder.codingPath, debugDescription: "'\(word)' is no condition"))
      }
      self = .always
      return
    }
    let container = try decoder.container(keyedBy: Key.self)
    guard container.allKeys.count == 1, let key = container.allKeys.first else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "a condition has exactly one of the keys "
            + Key.allCases.map(\.rawValue).joined(separator: ", ")))
    }
    switch key {
    case .all: self = .all(try container.decode([CriteriaCondition].self, forKey: key))
    case .any: self = .any(try container.decode([CriteriaCondition].self, forKey: key))
    case .not: self = .not(try container.decode(CriteriaCondition.self, forKey: key))
    case .first: self = .first(try container.decode([CriteriaCondition].self, forKey: key))
    case .change: self = .change(try container.decode(Change.self, forKey: key))
    case .level: self = .level(try container.decode(Level.self, forKey: key))
    case .lesionChange:
      self = .lesionChange(try container.decode(LesionChange.self, forKey: key))
    case .newLesions: self = .newLesions(try container.decode(NewLesions.self, forKey: key))
    case .gone: self = .gone(try container.decode(Gone.self, forKey: key))
    case .others: self = .others(try container.decode(String.self, forKey: key))
    case .fact: self = .fact(try container.decode(Fact.self, forKey: key))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    if case .always = self {
      var single = encoder.singleValueContainer()
      try single.encode("always")
      return
    }
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .always: break
    case .all(let parts): try container.encode(parts, forKey: .all)
    case .any(let parts): try container.encode(parts, forKey: .any)
    case .not(let part): try container.encode(part, forKey: .not)
    case .first(let parts): try container.encode(parts, forKey: .first)
    case .change(let change): try container.encode(change, forKey: .change)
    case .level(let level): try container.encode(level, forKey: .level)
    case .lesionChange(let change): try container.encode(change, forKey: .lesionChange)
    case .newLesions(let new): try container.encode(new, forKey: .newLesions)
    case .gone(let gone): try container.encode(gone, forKey: .gone)
    case .others(let measure): try container.encode(measure, forKey: .others)
    case .fact(let fact): try container.encode(fact, forKey: .fact)
    }
  }
}

// A bound stands among the keys of what it bounds: `{of: hottest, unit: percent, above: 30}`.

extension CriteriaCondition.Change: Codable {
  private enum CodingKeys: String, CodingKey { case of, unit, against }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    of = try container.decode(String.self, forKey: .of)
    unit = try container.decode(CriteriaCondition.Unit.self, forKey: .unit)
    against = try container.decode(CriteriaReference.self, forKey: .against)
    bound = try CriteriaBound(from: decoder)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(of, forKey: .of)
    try container.encode(unit, forKey: .unit)
    try container.encode(against, forKey: .against)
    try bound.encode(to: encoder)
  }
}

extension CriteriaCondition.Level: Codable {
  private enum CodingKeys: String, CodingKey { case of, at }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    of = try container.decode(String.self, forKey: .of)
    at = try container.decodeIfPresent(CriteriaReference.self, forKey: .at)
    bound = try CriteriaBound(from: decoder)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(of, forKey: .of)
    try container.encodeIfPresent(at, forKey: .at)
    try bound.encode(to: encoder)
  }
}

extension CriteriaCondition.NewLesions: Codable {
  private enum CodingKeys: String, CodingKey {
    case distant
    case diameter = "diameter_mm"
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    distant = try container.decodeIfPresent(Bool.self, forKey: .distant)
    diameter = try container.decodeIfPresent(CriteriaBound.self, forKey: .diameter)
    bound = try CriteriaBound(from: decoder)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(distant, forKey: .distant)
    try container.encodeIfPresent(diameter, forKey: .diameter)
    try bound.encode(to: encoder)
  }
}

extension CriteriaCondition.Fact: Codable {
  private enum CodingKeys: String, CodingKey { case name }

  public init(from decoder: any Decoder) throws {
    if let name = try? decoder.singleValueContainer().decode(String.self) {
      (self.name, bound) = (name, nil)
      return
    }
    let container = try decoder.container(keyedBy: CodingKeys.self)
    name = try container.decode(String.self, forKey: .name)
    bound = try CriteriaBound(from: decoder)
  }

  public func encode(to encoder: any Encoder) throws {
    guard let bound else {
      var single = encoder.singleValueContainer()
      try single.encode(name)
      return
    }
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try bound.encode(to: encoder)
  }
}
