/// Runs a criteria pack over the scans of a course. One engine for all criteria: what differs
/// stands in the packs.
public struct CriteriaEngine: Sendable {
  public let pack: CriteriaPack
  public let settings: CriteriaSettings
  /// The tracer of the scans, to warn of criteria made for others.
  public let tracer: String?

  public init(
    _ pack: CriteriaPack, settings: CriteriaSettings = CriteriaSettings(), tracer: String? = nil
  ) {
    (self.pack, self.settings, self.tracer) = (pack, settings, tracer)
  }

  /// - Parameter scans: In order of time; the first is the baseline.
  /// - Returns: One verdict for each scan that can be judged: of all but the first for a change.
  public func assess(_ scans: [CriteriaScan]) -> [CriteriaVerdict] {
    var verdicts: [CriteriaVerdict] = []
    for n in scans.indices where pack.judges == .lesion || n > 0 {
      let evaluation = CriteriaEvaluation(
        pack: pack, settings: settings, scans: Array(scans[...n]))
      var verdict = blank(evaluation)
      switch pack.judges {
      case .change:
        judge(&verdict, evaluation)
        confirm(&verdict, after: verdicts.last, scans: scans)
      case .lesion: judgeLesions(&verdict, evaluation)
      }
      if !verdict.candidates.isEmpty { verdict.lacking = lacking(verdict) }
      verdicts.append(verdict)
    }
    return verdicts
  }

  private func lacking(_ verdict: CriteriaVerdict) -> [String] {
    (verdict.candidates.flatMap(\.needs) + verdict.lacking).uniqued()
  }

  private func blank(_ evaluation: CriteriaEvaluation) -> CriteriaVerdict {
    let primary = pack.measures[0]
    func used(_ choice: CriteriaReference) -> CriteriaVerdict.ReferenceUsed? {
      guard pack.judges == .change else { return nil }
      return .init(
        choice: choice, scan: evaluation.scans[evaluation.index(of: choice, for: primary)].id)
    }
    var verdict = CriteriaVerdict(
      criterion: pack.id, name: pack.name, scan: evaluation.scan.id, code: "not assessable",
      words: "not assessable", kind: .notAssessable, response: used(settings.response(pack)),
      progression: used(settings.progression(pack)))
    verdict.newLesions = evaluation.scan.newLesions.map(\.id)
    verdict.notes = pack.notes ?? []
    if let references = pack.references, references.confidence <= .code {
      verdict.notes.append(
        "what is compared with: \(references.source) (\(references.confidence.words))")
    }
    verdict.warnings = warnings(evaluation)
    if pack.judges == .change {
      verdict.measures = pack.measures.map { report($0, evaluation) }
    }
    return verdict
  }

  private func report(
    _ measure: CriteriaPack.Measure, _ evaluation: CriteriaEvaluation
  ) -> CriteriaVerdict.MeasureReport {
    func at(_ reference: CriteriaReference) -> CriteriaMeasurement {
      evaluation.measurement(measure, at: evaluation.index(of: reference, for: measure))
    }
    return .init(
      id: measure.id, name: measure.name, unit: measure.metric.unit,
      isSecondary: pack.secondary?.contains(measure.id) ?? false,
      now: evaluation.measurement(measure, at: evaluation.scans.count - 1),
      atResponseReference: at(.response), atProgressionReference: at(.progression))
  }

  // MARK: Rules

  private func judge(_ verdict: inout CriteriaVerdict, _ evaluation: CriteriaEvaluation) {
    for requirement in pack.requires ?? [] {
      let finding = finding(requirement.rule, leadsTo: requirement.otherwise, evaluation)
      guard finding.truth != .yes else {
        verdict.otherRules.append(finding)
        continue
      }
      verdict.code = requirement.otherwise
      verdict.words = requirement.words
      verdict.kind = .notMeasurable
      verdict.rules = [finding]
      verdict.lacking = finding.lacking
      if let advice = requirement.advice { verdict.notes.append(advice) }
      return
    }
    decide(&verdict, evaluation)
  }

  /// The first verdict with a rule that holds, or those that remain possible up to it.
  private func decide(_ verdict: inout CriteriaVerdict, _ evaluation: CriteriaEvaluation) {
    var open: [(CriteriaPack.Verdict, [CriteriaVerdict.RuleFinding])] = []
    for possible in pack.verdicts {
      let findings = possible.rules.map { finding($0, leadsTo: possible.code, evaluation) }
      let holding = findings.filter { $0.truth == .yes }
      let unknown = findings.filter { $0.truth == .unknown }
      verdict.otherRules += findings.filter { $0.truth == .no }
      if holding.isEmpty, unknown.isEmpty { continue }
      if holding.isEmpty {
        open.append((possible, unknown))
        continue
      }
      verdict.otherRules += unknown
      guard !open.isEmpty else {
        (verdict.code, verdict.words, verdict.kind) = (possible.code, possible.words, possible.kind)
        verdict.rules = holding
        return
      }
      open.append((possible, holding))
      break
    }
    if open.isEmpty {
      verdict.lacking = ["\(pack.name) has no rule for these numbers"]
      return
    }
    verdict.rules = open.flatMap(\.1)
    verdict.candidates = open.map { possible, findings in
      .init(
        code: possible.code, words: possible.words, kind: possible.kind,
        needs: findings.flatMap(\.lacking).uniqued())
    }
    if open.last?.1.contains(where: { $0.truth == .yes }) != true {
      verdict.lacking.append("otherwise \(pack.name) has no rule for these numbers")
    }
  }

  private func finding(
    _ rule: CriteriaPack.Rule, leadsTo verdict: String, _ evaluation: CriteriaEvaluation
  ) -> CriteriaVerdict.RuleFinding {
    let answer = evaluation.answer(rule.when)
    return .init(
      verdict: verdict, rule: rule.name, truth: answer.truth, confidence: rule.confidence,
      source: rule.source ?? pack.source, numbers: answer.numbers, lacking: answer.lacking)
  }

  // MARK: Each lesion

  /// A scan's verdict is its lesions' foremost, in the order of the pack.
  private func judgeLesions(_ verdict: inout CriteriaVerdict, _ evaluation: CriteriaEvaluation) {
    var found: [CriteriaVerdict] = []
    for lesion in evaluation.scan.lesions {
      switch lesion.state {
      case .notYetSeen, .gone, .mergedInto: continue
      default: break
      }
      var one = evaluation
      one.lesion = lesion
      var own = verdict
      decide(&own, one)
      verdict.lesions.append(
        .init(
          lesion: lesion.id, code: own.code, words: own.words,
          candidates: own.candidates.map(\.code)))
      found.append(own)
    }
    let order = pack.verdicts.map(\.code)
    func rank(_ code: String) -> Int { order.firstIndex(of: code) ?? order.count }
    func foremost(_ one: CriteriaVerdict) -> Int {
      ([one.code] + one.candidates.map(\.code)).map(rank).min() ?? order.count
    }
    guard let first = found.min(by: { foremost($0) < foremost($1) }) else {
      guard let last = pack.verdicts.last else { return }
      (verdict.code, verdict.words, verdict.kind) = (last.code, last.words, last.kind)
      verdict.lacking = []
      verdict.notes.append("no lesion is left in this scan")
      return
    }
    let lesions = verdict.lesions
    verdict = first
    verdict.lesions = lesions
  }

  // MARK: Confirmation

  private func confirm(
    _ verdict: inout CriteriaVerdict, after previous: CriteriaVerdict?, scans: [CriteriaScan]
  ) {
    guard let written = pack.verdicts.first(where: { $0.code == verdict.code }),
      let rule = written.confirmation
    else { return }
    let confirmed = (verdict.code, verdict.words)
    if let previous, previous.code == verdict.code, previous.kind == .progression { return }
    (verdict.code, verdict.words, verdict.kind) = (rule.code, rule.words, .unconfirmed)
    verdict.unconfirmedSince = verdict.scan
    guard let since = previous?.unconfirmedSince else { return }
    verdict.unconfirmedSince = since
    func days(_ id: String) -> Double? { scans.first { $0.id == id }?.days }
    guard let a = days(since), let b = days(verdict.scan) else {
      (verdict.code, verdict.words, verdict.kind) = (
        "not assessable", "not assessable", .notAssessable
      )
      let needs = ["dates of \(since) and \(verdict.scan)"]
      verdict.candidates = [
        .init(code: rule.code, words: rule.words, kind: .unconfirmed, needs: needs),
        .init(code: confirmed.0, words: confirmed.1, kind: .progression, needs: needs),
      ]
      return
    }
    let weeks = (b - a) / 7
    let window = "\(rule.fromWeeks.plain) to \(rule.toWeeks.map(\.plain) ?? "more") weeks"
    if weeks < rule.fromWeeks - 1e-9 {
      verdict.notes.append(
        "\(weeks.text(1)) weeks after \(since), too early to confirm (\(window))")
    } else if let to = rule.toWeeks, weeks > to + 1e-9 {
      verdict.notes.append(
        "\(weeks.text(1)) weeks after \(since), too late to confirm (\(window)); counted as a new "
          + "unconfirmed progression")
      verdict.unconfirmedSince = verdict.scan
    } else {
      (verdict.code, verdict.words, verdict.kind) = (confirmed.0, confirmed.1, .progression)
      verdict.notes.append(
        "confirmed \(weeks.text(1)) weeks after \(since) (\(window); "
          + "\(rule.confidence.words): \(rule.source))")
    }
  }
}
