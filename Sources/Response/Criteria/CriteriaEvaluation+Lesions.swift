// Conditions on lesions one by one, and on what the clinic says.

extension CriteriaEvaluation {
  func answer(_ change: CriteriaCondition.LesionChange) -> Answer {
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

  func answer(_ new: CriteriaCondition.NewLesions) -> Answer {
    // Of a lesion that is judged by itself, whether it is new.
    let candidates = lesion.map { $0.state == .new ? [$0] : [] } ?? scan.newLesions
    var (sure, open) = (candidates, [String]())
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

  func answer(_ gone: CriteriaCondition.Gone) -> Answer {
    let asked: [CriteriaLesion]
    if let measure = gone.of.flatMap(pack.measure) {
      let names = measure.measure(scans, at: 0).lesions.map(\.lesion)
      asked = scan.lesions.filter { names.contains($0.id) }
    } else {
      asked = scan.lesions
    }
    var answer = Answer(truth: .yes)
    var truths: [Truth] = []
    var left: [String] = []
    for lesion in asked {
      let truth = isGone(lesion, nodesBelow: gone.nodesBelow)
      truths.append(truth)
      if truth == .no { left.append(lesion.id) }
      if truth == .unknown { answer.lacking.append("\(lesion.id): whether it has gone") }
    }
    answer.truth = Truth.all(truths)
    let shown = left.count > 6 ? "\(left.count) lesions" : left.joined(separator: ", ")
    answer.numbers = left.isEmpty ? [] : ["still there: \(shown)"]
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

  func answer(_ fact: CriteriaCondition.Fact) -> Answer {
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
