/// Asks conditions of one scan: truth, the numbers it rests on, and what was missing.
struct CriteriaEvaluation {
  let pack: CriteriaPack
  let settings: CriteriaSettings
  /// In order of time, up to the scan that is judged.
  let scans: [CriteriaScan]
  /// The lesion that is judged, of criteria that judge each lesion.
  var lesion: CriteriaLesion?

  struct Answer {
    var truth: Truth
    var numbers: [String] = []
    var lacking: [String] = []
  }

  var scan: CriteriaScan { scans[scans.count - 1] }

  func answer(_ condition: CriteriaCondition) -> Answer {
    switch condition {
    case .always: return Answer(truth: .yes)
    case .all(let parts): return joined(parts, Truth.all)
    case .any(let parts): return joined(parts, Truth.any)
    case .not(let part):
      let inner = answer(part)
      return Answer(truth: !inner.truth, numbers: inner.numbers, lacking: inner.lacking)
    case .first(let parts):
      let answers = parts.map(answer)
      return answers.first { $0.truth != .unknown } ?? joined(parts, Truth.any)
    case .change(let change): return answer(change)
    case .level(let level): return answer(level)
    case .lesionChange(let change): return answer(change)
    case .newLesions(let new): return answer(new)
    case .gone(let gone): return answer(gone)
    case .others(let id):
      let followed = pack.measure(id)?.measure(scans, at: 0).lesions.map(\.lesion) ?? []
      let others = scans[0].lesions.filter { $0.isHere && !followed.contains($0.id) }.map(\.id)
      return Answer(
        truth: Truth(!others.isEmpty),
        numbers: others.isEmpty ? [] : ["other lesions: \(others.joined(separator: ", "))"])
    case .fact(let fact): return answer(fact)
    }
  }

  /// What is missing counts only when it leaves the whole open.
  private func joined(_ parts: [CriteriaCondition], _ join: ([Truth]) -> Truth) -> Answer {
    let answers = parts.map(answer)
    let truth = join(answers.map(\.truth))
    return Answer(
      truth: truth, numbers: answers.flatMap(\.numbers),
      lacking: truth == .unknown ? answers.flatMap(\.lacking).uniqued() : [])
  }

  // MARK: Measures

  func measurement(_ measure: CriteriaPack.Measure, at n: Int) -> CriteriaMeasurement {
    guard let lesion, n == scans.count - 1 else { return measure.measure(scans, at: n) }
    let own = measure.ownValue(lesion)
    return CriteriaMeasurement(
      scan: scan.id, value: own.value,
      lesions: own.value.map { [.init(lesion: lesion.id, value: $0)] } ?? [],
      missing: own.reason.map { [.init(lesion: lesion.id, reason: $0)] } ?? [], organsKnown: true)
  }

  /// Index of the scan that a measure is compared with.
  func index(
    of reference: CriteriaReference, for value: (Int) -> Double?
  ) -> Int {
    switch reference {
    case .baseline: return 0
    case .previous: return max(scans.count - 2, 0)
    case .response: return index(of: settings.response(pack), for: value)
    case .progression: return index(of: settings.progression(pack), for: value)
    case .nadir:
      let earlier = scans.indices.dropLast().compactMap { n in value(n).map { (n, $0) } }
      return earlier.min { ($0.1, $0.0) < ($1.1, $1.0) }?.0 ?? 0
    }
  }

  func index(of reference: CriteriaReference, for measure: CriteriaPack.Measure) -> Int {
    index(of: reference) { n in
      let number = measurement(measure, at: n)
      return number.missing.isEmpty ? number.value : nil
    }
  }

  private func bias(
    _ number: CriteriaMeasurement, _ measure: CriteriaPack.Measure
  ) -> CriteriaNumber.Bias {
    if number.missing.isEmpty { return .exact }
    return measure.metric.isAdditive && measure.combine == .sum ? .mayBeMore : .open
  }

  private func answer(_ change: CriteriaCondition.Change) -> Answer {
    guard let measure = pack.measure(change.of) else { return Answer(truth: .unknown) }
    let before = measurement(measure, at: index(of: change.against, for: measure))
    let after = measurement(measure, at: scans.count - 1)
    let lacking = (before.missing + after.missing).map { "\($0.lesion): \($0.reason)" }.uniqued()
    guard let a = before.value, let b = after.value else {
      return Answer(
        truth: .unknown, numbers: ["\(measure.name): no value"],
        lacking: lacking.isEmpty ? ["\(measure.name) at both scans"] : lacking)
    }
    let compared = compare(
      measure.name, a, b, change.unit, unit: measure.metric.unit,
      texts: ("\(before.text) at \(before.scan)", after.text),
      bias: .ofChange(from: bias(before, measure), to: bias(after, measure)), bound: change.bound)
    return Answer(
      truth: compared.truth, numbers: compared.numbers,
      lacking: compared.truth == .unknown ? (lacking + compared.lacking).uniqued() : [])
  }

  private func compare(
    _ name: String, _ a: Double, _ b: Double, _ unit: CriteriaCondition.Unit, unit symbol: String,
    texts: (before: String, after: String), bias: CriteriaNumber.Bias, bound: CriteriaBound
  ) -> Answer {
    let head = "\(name) \(texts.before) → \(texts.after)"
    let (limit, limitText, lacking) = limit(bound)
    let shown = limitText.map { ", \(bound.comparison.symbol) \($0)" } ?? ""
    switch unit {
    case .percent:
      guard a >= 0 else {
        return Answer(
          truth: .unknown, numbers: [head],
          lacking: ["a percentage of \(a.text(1)) \(symbol), which is below zero"])
      }
      let percent = a == 0 ? (b > 0 ? .infinity : 0) : 100 * (b - a) / a
      let text = percent.isFinite ? "\(percent.text(1, signed: true)) %" : "from nothing"
      return Answer(
        truth: limit.map { bound.holds(.init(value: percent, bias: bias), limit: $0) } ?? .unknown,
        numbers: ["\(head): \(text)\(limitText == nil ? "" : "\(shown) %")"], lacking: lacking)
    case .absolute:
      return Answer(
        truth: limit.map { bound.holds(.init(value: b - a, bias: bias), limit: $0) } ?? .unknown,
        numbers: ["\(head): \((b - a).text(2, signed: true))\(shown) \(symbol)"], lacking: lacking)
    }
  }

  private func answer(_ level: CriteriaCondition.Level) -> Answer {
    guard let measure = pack.measure(level.of) else { return Answer(truth: .unknown) }
    let n = level.at.map { index(of: $0, for: measure) } ?? scans.count - 1
    let number = measurement(measure, at: n)
    let lacking = number.missing.map { "\($0.lesion): \($0.reason)" }
    let limit = limit(level.bound, for: measure.metric, in: scans[n])
    let shown = limit.text.map { " \(level.bound.comparison.symbol) \($0)" } ?? ""
    let text = "\(measure.name) \(number.text) at \(number.scan)\(shown)"
    guard let value = number.value, let range = limit.range else {
      return Answer(truth: .unknown, numbers: [text], lacking: lacking + limit.lacking)
    }
    let truth = level.bound.holds(
      .init(value: value, bias: bias(number, measure)), limit: range)
    return Answer(
      truth: truth, numbers: [text],
      lacking: truth == .unknown ? lacking + limit.lacking : [])
  }

  // MARK: Limits

  private func limit(
    _ bound: CriteriaBound
  ) -> (range: ClosedRange<Double>?, text: String?, lacking: [String]) {
    switch bound.limit {
    case .number(let number): (number...number, number.plain, [])
    case .parameter(let name): settings.parameter(name, of: pack)
    case .regions: (nil, nil, ["a region's level is no limit of a change"])
    }
  }

  private func limit(
    _ bound: CriteriaBound, for metric: CriteriaMetric, in scan: CriteriaScan
  ) -> (range: ClosedRange<Double>?, text: String?, lacking: [String]) {
    guard case .regions(let levels) = bound.limit else { return limit(bound) }
    let references = scan.references(for: metric)
    guard let level = levels.first(where: { references[$0.region] != nil }),
      let region = references[level.region]
    else {
      let names = levels.map(\.region).joined(separator: " or ")
      return (nil, nil, ["uptake of the \(names) at \(scan.id)"])
    }
    return RegionLimit(level: level, region: region, scan: scan.id).value(settings, pack)
  }

  // MARK: Lesions

  private func answer(_ change: CriteriaCondition.LesionChange) -> Answer {
    var answer = Answer(truth: .no)
    var truths: [Truth] = []
    for lesion in scan.lesions {
      guard let after = ownValue(lesion, change.of) else {
        if case .unknown(let reason) = lesion.state, wasSeen(lesion.id) {
          truths.append(.unknown)
          answer.lacking.append("\(lesion.id): \(reason)")
        }
        continue
      }
      let at = index(of: change.against) { n in
        scans[n].lesion(lesion.id).flatMap { ownValue($0, change.of) }
      }
      guard let old = scans[at].lesion(lesion.id), let before = ownValue(old, change.of) else {
        continue
      }
      let parts = [(change.percent, CriteriaCondition.Unit.percent), (change.absolute, .absolute)]
        .compactMap { bound, unit in
          bound.map {
            compare(
              "\(change.of.displayName) of \(lesion.id)", before, after, unit,
              unit: change.of.unit, texts: ("\(before.text(2)) at \(scans[at].id)", after.text(2)),
              bias: .exact, bound: $0)
          }
        }
      let truth = Truth.all(parts.map(\.truth))
      truths.append(truth)
      if truth == .yes { answer.numbers += parts.flatMap(\.numbers) }
      if truth == .unknown { answer.lacking += parts.flatMap(\.lacking) }
    }
    answer.truth = Truth.any(truths)
    answer.lacking = answer.truth == .unknown ? answer.lacking.uniqued() : []
    return answer
  }

  private func wasSeen(_ id: String) -> Bool {
    scans.dropLast().contains { $0.lesion(id)?.state == .present }
  }

  private func ownValue(_ lesion: CriteriaLesion, _ metric: CriteriaMetric) -> Double? {
    switch lesion.state {
    case .present, .new, .firstAssessable, .partOf: lesion.value(metric).value
    default: nil
    }
  }

  private func answer(_ new: CriteriaCondition.NewLesions) -> Answer {
    var (sure, open) = (scan.newLesions, [String]())
    if new.distant == true {
      open += sure.filter { $0.isDistant == nil }.map { "\($0.id): whether it is distant" }
      sure = sure.filter { $0.isDistant == true }
    }
    if let bound = new.diameter {
      let unmeasured = sure.filter { $0.value(.functionalDiameter).value == nil }
      open += unmeasured.map { "\($0.id): its size" }
      sure = sure.filter { lesion in
        guard let size = lesion.value(.functionalDiameter).value,
          let range = limit(bound).range
        else { return false }
        return bound.holds(.init(value: size), limit: range) == .yes
      }
    }
    let names = sure.isEmpty ? "none" : sure.map(\.id).joined(separator: ", ")
    let (range, text, lacking) = limit(new.bound)
    // Each open lesion may count or not.
    let truths = [sure.count, sure.count + open.count].compactMap { count in
      range.map { new.bound.holds(.init(value: Double(count)), limit: $0) }
    }
    let truth: Truth = truths.count == 2 && truths[0] == truths[1] ? truths[0] : .unknown
    return Answer(
      truth: truth,
      numbers: [
        "new lesions: \(names) (\(new.bound.comparison.symbol) \(text ?? "?")"
          + (new.distant == true ? ", distant)" : ")")
      ], lacking: truth == .unknown ? open + lacking : [])
  }

  private func answer(_ gone: CriteriaCondition.Gone) -> Answer {
    let asked: [CriteriaLesion]
    if let measure = gone.of.flatMap(pack.measure) {
      let names = measure.measure(scans, at: 0).lesions.map(\.lesion)
      asked = scan.lesions.filter { names.contains($0.id) }
    } else {
      asked = scan.lesions
    }
    var answer = Answer(truth: .yes)
    var truths: [Truth] = []
    for lesion in asked {
      let truth = isGone(lesion, nodesBelow: gone.nodesBelow)
      truths.append(truth)
      if truth == .no { answer.numbers.append("\(lesion.id) is still there") }
      if truth == .unknown { answer.lacking.append("\(lesion.id): whether it has gone") }
    }
    answer.truth = Truth.all(truths)
    if answer.truth == .yes { answer.numbers = ["no lesion is left"] }
    if answer.truth != .unknown { answer.lacking = [] }
    return answer
  }

  private func isGone(_ lesion: CriteriaLesion, nodesBelow: Double?) -> Truth {
    switch lesion.state {
    case .gone, .notYetSeen: return .yes
    case .mergedInto(let other):
      return scan.lesion(other).map { isGone($0, nodesBelow: nodesBelow) } ?? .unknown
    case .unknown: return .unknown
    case .present, .new, .firstAssessable, .tooSmall, .partOf:
      guard let nodesBelow else { return .no }
      guard let isNode = lesion.isNode else { return .unknown }
      guard isNode else { return .no }
      if lesion.state == .tooSmall { return .yes }
      guard let axis = lesion.value(.shortAxis).value else { return .unknown }
      return Truth(axis < nodesBelow - 1e-9)
    }
  }

  private func answer(_ fact: CriteriaCondition.Fact) -> Answer {
    let wanted = "clinical data needed at \(scan.id): \(fact.name)"
    switch (scan.facts[fact.name], fact.bound) {
    case (.flag(let flag)?, nil):
      return Answer(truth: Truth(flag), numbers: ["\(fact.name): \(flag ? "yes" : "no")"])
    case (.number(let number)?, let bound?):
      let (range, text, lacking) = limit(bound)
      return Answer(
        truth: range.map { bound.holds(.init(value: number), limit: $0) } ?? .unknown,
        numbers: ["\(fact.name): \(number.plain) \(bound.comparison.symbol) \(text ?? "?")"],
        lacking: lacking)
    default: return Answer(truth: .unknown, lacking: [wanted])
    }
  }
}

extension [String] {
  /// Each once, in order.
  func uniqued() -> [String] {
    reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}

extension Double {
  /// Without decimals that say nothing: `30`, `0.8`.
  var plain: String { self == rounded() && abs(self) < 1e9 ? text(0) : "\(self)" }
}
