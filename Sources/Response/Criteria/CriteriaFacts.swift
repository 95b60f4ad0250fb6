/// A number of a lesion that criteria are made of.
public enum CriteriaMetric: String, Sendable, Hashable, Codable, CaseIterable {
  case suvMax = "suvmax"
  case suvPeak = "suvpeak"
  case suvMean = "suvmean"
  case sulPeak = "sulpeak"
  /// Metabolic or receptor volume.
  case volume
  case totalLesionGlycolysis = "tlg"
  /// Longest diameter in an axial plane of the CT.
  case diameter
  /// Longest extent at right angles to it in that plane.
  case shortAxis = "short_axis"
  /// What RECIST measures: the short axis of a lymph node, the longest diameter of all else.
  case recistDiameter = "recist_diameter"
  /// Diameter of the sphere of equal volume.
  case functionalDiameter = "functional_diameter"
  /// Mean attenuation in the CT.
  case attenuation

  public var displayName: String {
    switch self {
    case .suvMax: "SUVmax"
    case .suvPeak: "SUVpeak"
    case .suvMean: "SUVmean"
    case .sulPeak: "SULpeak"
    case .volume: "volume"
    case .totalLesionGlycolysis: "TLG"
    case .diameter: "longest diameter"
    case .shortAxis: "short axis"
    case .recistDiameter: "diameter"
    case .functionalDiameter: "functional diameter"
    case .attenuation: "attenuation"
    }
  }

  /// Unit as shown and as a column of a table ends in.
  public var unit: String {
    switch self {
    case .suvMax, .suvPeak, .suvMean, .sulPeak: "g/mL"
    case .volume: "mL"
    case .totalLesionGlycolysis: "g"
    case .diameter, .shortAxis, .recistDiameter, .functionalDiameter: "mm"
    case .attenuation: "HU"
    }
  }

  /// Whether the number is made from others and not given.
  var isDerived: Bool { self == .recistDiameter || self == .functionalDiameter }
  /// Whether values of lesions may be added, and a missing one can only make the sum larger.
  var isAdditive: Bool { self != .attenuation }
}

/// One lesion in one scan, as criteria see it.
public struct CriteriaLesion: Sendable, Hashable, Codable {
  /// The same at every time point.
  public let id: String
  public var state: State
  public var values: [CriteriaMetric: Double]
  /// Why a value is missing.
  public var reasons: [CriteriaMetric: String]
  /// For the rule of two lesions per organ; `nil` when not known.
  public var organ: String?
  /// Whether it is a lymph node; `nil` when not known.
  public var isNode: Bool?
  /// Whether it lies outside the primary's region; `nil` when not known.
  public var isDistant: Bool?
  /// Whether a person chose it as a target; `nil` leaves the choice to the rule.
  public var isTarget: Bool?

  public enum State: Sendable, Hashable, Codable {
    case present
    /// First seen here, at a place that was imaged before.
    case new
    /// First seen here, at a place no earlier scan could assess.
    case firstAssessable
    case notYetSeen
    case gone
    /// Still there, too small to be measured.
    case tooSmall
    /// Shares one outline with another lesion, which carries the numbers of both.
    case mergedInto(String)
    /// A part of what was one lesion, by the name of that.
    case partOf(String)
    case unknown(reason: String)
  }

  public init(
    id: String, state: State = .present, values: [CriteriaMetric: Double] = [:],
    reasons: [CriteriaMetric: String] = [:], organ: String? = nil, isNode: Bool? = nil,
    isDistant: Bool? = nil, isTarget: Bool? = nil
  ) {
    (self.id, self.state, self.values, self.reasons) = (id, state, values, reasons)
    (self.organ, self.isNode, self.isDistant, self.isTarget) = (organ, isNode, isDistant, isTarget)
  }

  /// Whether it is seen in this scan.
  var isHere: Bool {
    switch state {
    case .present, .new, .firstAssessable, .tooSmall, .partOf, .mergedInto: true
    case .notYetSeen, .gone, .unknown: false
    }
  }

  /// A value of its own here, or why there is none.
  func value(_ metric: CriteriaMetric) -> Assessment<Double> {
    switch metric {
    case .recistDiameter:
      guard let isNode else {
        return .notAssessable(reason: "whether \(id) is a lymph node is not stated")
      }
      return value(isNode ? .shortAxis : .diameter)
    case .functionalDiameter:
      return value(.volume).map { SphereDiameter.millimetres(ofMillilitres: $0) }
    default:
      if let value = values[metric] { return .value(value) }
      return .notAssessable(
        reason: reasons[metric] ?? "no \(metric.displayName) of \(id) was given")
    }
  }
}

/// Uptake of a normal region.
public struct NormalUptake: Sendable, Hashable, Codable {
  public var mean: Double
  public var standardDeviation: Double?
  public var maximum: Double?

  public init(mean: Double, standardDeviation: Double? = nil, maximum: Double? = nil) {
    (self.mean, self.standardDeviation, self.maximum) = (mean, standardDeviation, maximum)
  }
}

/// What only the clinic knows, as the course file or a table states it.
public enum ClinicalFact: Sendable, Hashable, Codable {
  case flag(Bool)
  case number(Double)

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let flag = try? container.decode(Bool.self) {
      self = .flag(flag)
    } else {
      self = .number(try container.decode(Double.self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .flag(let flag): try container.encode(flag)
    case .number(let number): try container.encode(number)
    }
  }
}

/// One scan as criteria see it.
public struct CriteriaScan: Sendable, Hashable, Codable {
  public let id: String
  /// Since the first scan; `nil` when not known.
  public var days: Double?
  public var lesions: [CriteriaLesion]
  /// Uptake of reference regions in SUV, by name.
  public var suvReferences: [String: NormalUptake]
  /// The same in SUL.
  public var sulReferences: [String: NormalUptake]
  public var facts: [String: ClinicalFact]
  public var uptakeMinutes: Double?
  public var injectedMegabecquerels: Double?

  public init(
    id: String, days: Double? = nil, lesions: [CriteriaLesion],
    suvReferences: [String: NormalUptake] = [:], sulReferences: [String: NormalUptake] = [:],
    facts: [String: ClinicalFact] = [:], uptakeMinutes: Double? = nil,
    injectedMegabecquerels: Double? = nil
  ) {
    (self.id, self.days, self.lesions, self.facts) = (id, days, lesions, facts)
    (self.suvReferences, self.sulReferences) = (suvReferences, sulReferences)
    (self.uptakeMinutes, self.injectedMegabecquerels) = (uptakeMinutes, injectedMegabecquerels)
  }

  func references(for metric: CriteriaMetric) -> [String: NormalUptake] {
    metric == .sulPeak ? sulReferences : suvReferences
  }

  func lesion(_ id: String) -> CriteriaLesion? { lesions.first { $0.id == id } }

  var newLesions: [CriteriaLesion] { lesions.filter { $0.state == .new } }
}
