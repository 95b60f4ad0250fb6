/// The value of a measure in one scan, and the lesions it is made of.
public struct CriteriaMeasurement: Sendable, Hashable, Codable {
  public let scan: String
  /// Over the lesions that could be measured; `nil` when there is no such number.
  public let value: Double?
  public let lesions: [Part]
  /// Lesions that belong in it and could not be measured.
  public let missing: [Missing]
  /// Whether every lesion's organ was known where the rule limits lesions per organ.
  public let organsKnown: Bool

  public struct Part: Sendable, Hashable, Codable {
    public let lesion: String
    public let value: Double
  }

  public struct Missing: Sendable, Hashable, Codable {
    public let lesion: String
    public let reason: String
  }

  /// `7.10 (L1)`, or `31.20 (L1, L2, L4)`.
  public var text: String {
    guard let value else { return "no value" }
    let names = lesions.map(\.lesion)
    let shown = names.count > 6 ? "\(names.count) lesions" : names.joined(separator: ", ")
    return "\(value.text(2)) (\(names.isEmpty ? "no lesion" : shown))"
  }
}

extension CriteriaPack.Measure {
  /// The value in scan `n` of `scans`, in order of time.
  func measure(_ scans: [CriteriaScan], at n: Int) -> CriteriaMeasurement {
    var parts: [CriteriaMeasurement.Part] = []
    var missing: [CriteriaMeasurement.Missing] = []
    var organsKnown = true
    switch lesions {
    case .own:
      let chosen = chosen(in: scans[n])
      (parts, missing, organsKnown) = (chosen.parts, chosen.missing, chosen.organsKnown)
    case .baseline:
      let chosen = chosen(in: scans[0])
      organsKnown = chosen.organsKnown
      missing = n == 0 ? chosen.missing : []
      if n == 0 {
        parts = chosen.parts
      } else {
        let followed = CriteriaFollowing(
          measure: self, scans: Array(scans[...n]), chosen: chosen.parts.map(\.lesion))
        for lesion in chosen.parts.map(\.lesion) where followed.counts(lesion) {
          switch followed.contribution(of: lesion) {
          case .value(let value): parts.append(.init(lesion: lesion, value: value))
          case .notAssessable(let reason): missing.append(.init(lesion: lesion, reason: reason))
          }
        }
      }
    }
    return CriteriaMeasurement(
      scan: scans[n].id, value: combined(parts.map(\.value), isWhole: missing.isEmpty),
      lesions: parts, missing: missing, organsKnown: organsKnown)
  }

  private func combined(_ values: [Double], isWhole: Bool) -> Double? {
    switch combine {
    case .sum: values.reduce(0, +)
    case .mean: values.isEmpty || !isWhole ? nil : values.reduce(0, +) / Double(values.count)
    }
  }

  /// A scan's own lesions: the targets a person named, or the largest within the rule's limits.
  private func chosen(
    in scan: CriteriaScan
  ) -> (
    parts: [CriteriaMeasurement.Part], missing: [CriteriaMeasurement.Missing], organsKnown: Bool
  ) {
    let byHand = scan.lesions.contains { $0.isTarget == true }
    var measured: [(lesion: CriteriaLesion, value: Double)] = []
    var missing: [CriteriaMeasurement.Missing] = []
    for lesion in scan.lesions where isCandidate(lesion, byHand: byHand) {
      switch ownValue(lesion) {
      case .value(let value):
        let least = lesion.isNode == true ? leastNode ?? least : least
        if byHand || value >= (least ?? -.infinity) - 1e-9 { measured.append((lesion, value)) }
      case .notAssessable(let reason): missing.append(.init(lesion: lesion.id, reason: reason))
      }
    }
    measured.sort { ($0.value, $1.lesion.id) > ($1.value, $0.lesion.id) }
    var perOrganCount: [String: Int] = [:]
    var kept: [(lesion: CriteriaLesion, value: Double)] = []
    for one in measured where kept.count < most ?? .max {
      if let perOrgan, let organ = one.lesion.organ, !byHand {
        guard perOrganCount[organ, default: 0] < perOrgan else { continue }
        perOrganCount[organ, default: 0] += 1
      }
      kept.append(one)
    }
    return (
      kept.map { .init(lesion: $0.lesion.id, value: $0.value) }, missing,
      perOrgan == nil || kept.allSatisfy { $0.lesion.organ != nil }
    )
  }

  private func isCandidate(_ lesion: CriteriaLesion, byHand: Bool) -> Bool {
    if byHand, lesion.isTarget != true { return false }
    if lesion.isTarget == false { return false }
    switch lesion.state {
    case .notYetSeen, .gone, .mergedInto: return false
    case .new: return includesNew ?? true
    case .present, .firstAssessable, .tooSmall, .partOf, .unknown: return true
    }
  }

  /// What a lesion counts by itself where it is.
  func ownValue(_ lesion: CriteriaLesion) -> Assessment<Double> {
    switch lesion.state {
    case .unknown(let reason): return .notAssessable(reason: reason)
    case .gone: return .value(0)
    case .tooSmall:
      if let value = lesion.value(metric).value { return .value(value) }
      guard let tooSmall else {
        return .notAssessable(reason: "\(lesion.id) is too small to be measured")
      }
      return .value(tooSmall)
    default: return lesion.value(metric)
    }
  }
}

/// Follows lesions chosen at baseline: gone ones count 0, parts of a split one together, and
/// lesions that fused once (RECIST 1.1, Eisenhauer 2009, Eur J Cancer 45:228).
struct CriteriaFollowing {
  let measure: CriteriaPack.Measure
  /// Up to the scan in question.
  let scans: [CriteriaScan]
  let chosen: [String]

  /// A lesion that has gone counts 0 in a sum and nothing in a mean.
  func counts(_ id: String) -> Bool {
    guard !measure.metric.isAdditive, let lesion = scans[scans.count - 1].lesion(id) else {
      return true
    }
    if case .mergedInto = lesion.state { return false }
    return lesion.state != .gone
  }

  func contribution(of id: String) -> Assessment<Double> {
    let scan = scans[scans.count - 1]
    guard let lesion = scan.lesion(id) else {
      return .notAssessable(reason: "\(id) is not listed at \(scan.id)")
    }
    if case .mergedInto(let other) = lesion.state { return merged(id, into: other) }
    var total = 0.0
    for part in [lesion] + parts(of: id, in: scan) {
      switch measure.ownValue(part) {
      case .value(let value): total += value
      case .notAssessable(let reason): return .notAssessable(reason: reason)
      }
    }
    return .value(total)
  }

  /// The mass counts once: with the lesion that carries it, or with the first that fused into it.
  private func merged(_ id: String, into other: String) -> Assessment<Double> {
    if chosen.contains(other) { return .value(0) }
    let fused = chosen.filter { scans[scans.count - 1].lesion($0)?.state == .mergedInto(other) }
    guard fused.first == id else { return .value(0) }
    guard let mass = scans[scans.count - 1].lesion(other) else {
      return .notAssessable(reason: "\(id) fused into \(other), which is not listed")
    }
    return measure.ownValue(mass)
  }

  /// Lesions that came apart from this one, here or earlier.
  private func parts(of id: String, in scan: CriteriaScan) -> [CriteriaLesion] {
    scan.lesions.filter { lesion in
      lesion.id != id && !chosen.contains(lesion.id)
        && scans.contains { $0.lesion(lesion.id)?.state == .partOf(id) }
    }
  }
}
