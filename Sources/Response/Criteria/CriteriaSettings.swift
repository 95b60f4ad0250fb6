/// What a course chooses where a criterion leaves a choice.
public struct CriteriaSettings: Sendable, Hashable, Codable {
  /// The pack's own when they are left out.
  public var response: CriteriaReference?
  public var progression: CriteriaReference?
  /// A site's values of the pack's parameters.
  public var parameters: [String: Double]

  public init(
    response: CriteriaReference? = nil, progression: CriteriaReference? = nil,
    parameters: [String: Double] = [:]
  ) {
    (self.response, self.progression) = (response, progression)
    self.parameters = parameters
  }

  func response(_ pack: CriteriaPack) -> CriteriaReference {
    response ?? pack.references?.response ?? .baseline
  }

  func progression(_ pack: CriteriaPack) -> CriteriaReference {
    progression ?? pack.references?.progression ?? .baseline
  }

  /// Both ends of a parameter, its text, and what is missing when it has no value. With a minus
  /// sign before its name it is meant as a fall.
  func parameter(
    _ name: String, of pack: CriteriaPack
  ) -> (range: ClosedRange<Double>?, text: String?, lacking: [String]) {
    if name.hasPrefix("-") {
      let (range, text, lacking) = parameter(String(name.dropFirst()), of: pack)
      return (range.map { -$0.upperBound...(-$0.lowerBound) }, text.map { "-" + $0 }, lacking)
    }
    if let own = parameters[name] { return (own...own, "\(own.plain) (site value)", []) }
    guard let known = pack.parameters?.first(where: { $0.name == name }) else {
      return (nil, nil, ["parameter '\(name)' of \(pack.id)"])
    }
    if let value = known.value { return (value...value, value.plain, []) }
    let wanted = "parameter '\(name)' of \(pack.id) (\(known.meaning))"
    if let range = known.range, range.count == 2 {
      return (
        range[0]...range[1], "\(range[0].plain) to \(range[1].plain)",
        ["\(wanted): sources say \(range[0].plain) to \(range[1].plain)"]
      )
    }
    return (nil, nil, ["\(wanted): no source has a value, give the site's"])
  }
}

/// The level of a region's uptake that a bound names.
struct RegionLimit {
  let level: CriteriaBound.RegionLevel
  let region: NormalUptake
  let scan: String

  func value(
    _ settings: CriteriaSettings, _ pack: CriteriaPack
  ) -> (range: ClosedRange<Double>?, text: String?, lacking: [String]) {
    let statistic = level.of ?? .mean
    guard let base = statistic == .mean ? region.mean : region.maximum else {
      return (nil, nil, ["maximum of the \(level.region) at \(scan)"])
    }
    var factor = (range: 1.0...1.0, text: "", lacking: [String]())
    switch level.times {
    case .number(let number)?: factor = (number...number, "\(number.plain) × ", [])
    case .parameter(let name)?:
      let found = settings.parameter(name, of: pack)
      guard let range = found.range else { return (nil, nil, found.lacking) }
      factor = (range, "\(found.text ?? "") × ", found.lacking)
    case nil: break
    }
    var added = 0.0
    var text = "\(factor.text)\(level.region) \(statistic.rawValue)"
    if let deviations = level.deviations {
      guard let sd = region.standardDeviation else {
        return (nil, nil, ["standard deviation of the \(level.region) at \(scan)"])
      }
      added = deviations * sd
      text += " + \(deviations.plain) SD"
    }
    let ends = [factor.range.lowerBound, factor.range.upperBound].map { $0 * base + added }
    let numbers = Set(ends).sorted().map { $0.text(2) }.joined(separator: " to ")
    return (ends[0]...max(ends[0], ends[1]), "\(numbers) (\(text))", factor.lacking)
  }
}
