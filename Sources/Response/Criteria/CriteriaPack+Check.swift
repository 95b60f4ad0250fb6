extension CriteriaPack {
  /// - Throws: ``PackProblem`` for the first key that cannot be used.
  public func check() throws(PackProblem) {
    try need(format == 1, "theratrack_criteria", "must be 1")
    try need(!id.isEmpty, "id", "is empty")
    try need(!measures.isEmpty, "measures", "there is none")
    try need(!verdicts.isEmpty, "verdicts", "there is none")
    try need(Set(measures.map(\.id)).count == measures.count, "measures", "an id stands twice")
    try need(Set(verdicts.map(\.code)).count == verdicts.count, "verdicts", "a code stands twice")
    for id in secondary ?? [] { try known(measure: id, "secondary") }
    for (n, measure) in measures.enumerated() { try check(measure, "measures[\(n)]") }
    for (n, parameter) in (parameters ?? []).enumerated() {
      try check(parameter, "parameters[\(n)]")
    }
    if let references {
      for choice in [references.response, references.progression] {
        try need(
          choice != .response && choice != .progression, "references",
          "'\(choice.rawValue)' is what is to be chosen: write baseline, nadir or previous")
      }
    }
    for (n, requirement) in (requires ?? []).enumerated() {
      try check(requirement.rule.when, "requires[\(n)].rule.when")
    }
    for verdict in verdicts { try check(verdict) }
  }

  private func check(_ measure: Measure, _ key: String) throws(PackProblem) {
    try need((measure.most ?? 1) > 0, key + ".most", "must be positive")
    try need((measure.perOrgan ?? 1) > 0, key + ".per_organ", "must be positive")
    try need(
      measure.combine == .mean || measure.metric.isAdditive, key + ".combine",
      "\(measure.metric.displayName) of lesions cannot be added; write mean")
  }

  /// A number that no source has may come from a site, never from a pack.
  private func check(_ parameter: Parameter, _ key: String) throws(PackProblem) {
    try need(
      parameter.confidence != .none || (parameter.value == nil && parameter.range == nil), key,
      "'\(parameter.name)' has no source, so the pack must leave its value to the site")
    try need(
      parameter.range == nil || parameter.value == nil, key, "has a value and a range; give one")
    if let range = parameter.range {
      try need(range.count == 2 && range[0] <= range[1], key + ".range", "is least and most")
    }
  }

  private func check(_ verdict: Verdict) throws(PackProblem) {
    let key = "verdict '\(verdict.code)'"
    try need(!verdict.rules.isEmpty, key, "has no rule")
    for (n, rule) in verdict.rules.enumerated() {
      try check(rule.when, "\(key).rules[\(n)].when")
    }
    guard let confirmation = verdict.confirmation else { return }
    try need(verdict.kind == .progression, key + ".confirmation", "belongs to a progression")
    try need(
      confirmation.fromWeeks >= 0
        && (confirmation.toWeeks ?? .infinity) >= confirmation.fromWeeks, key + ".confirmation",
      "from_weeks is above to_weeks")
    try need(
      !verdicts.contains { $0.code == confirmation.code }, key + ".confirmation.code",
      "is a verdict already")
  }

  private func check(_ condition: CriteriaCondition, _ key: String) throws(PackProblem) {
    switch condition {
    case .always: return
    case .all(let parts), .any(let parts), .first(let parts):
      try need(!parts.isEmpty, key, "is an empty list")
      for part in parts { try check(part, key) }
    case .not(let part): try check(part, key)
    case .change(let change):
      try known(measure: change.of, key)
      try known(change.bound, key, allowsRegions: false)
    case .level(let level):
      try known(measure: level.of, key)
      try known(level.bound, key, allowsRegions: true)
    case .lesionChange(let change):
      let bounds = [change.percent, change.absolute].compactMap { $0 }
      try need(!bounds.isEmpty, key, "wants percent, absolute or both")
      for bound in bounds { try known(bound, key, allowsRegions: false) }
    case .newLesions(let new):
      try known(new.bound, key, allowsRegions: false)
      if let diameter = new.diameter { try known(diameter, key, allowsRegions: false) }
    case .others(let id): try known(measure: id, key)
    case .gone(let gone): if let id = gone.of { try known(measure: id, key) }
    case .fact(let fact):
      if let bound = fact.bound { try known(bound, key, allowsRegions: false) }
    }
  }

  private func known(measure id: String, _ key: String) throws(PackProblem) {
    try need(measure(id) != nil, key, "there is no measure '\(id)'")
  }

  private func known(
    _ bound: CriteriaBound, _ key: String, allowsRegions: Bool
  ) throws(PackProblem) {
    func known(parameter written: String) throws(PackProblem) {
      let name = written.drop { $0 == "-" }
      let isKnown = parameters?.contains { $0.name == name } ?? false
      try need(isKnown, key, "there is no parameter '\(name)'")
    }
    switch bound.limit {
    case .number(let number): try need(number.isFinite, key, "a limit is not a number")
    case .parameter(let name): try known(parameter: name)
    case .regions(let levels):
      try need(allowsRegions && !levels.isEmpty, key, "a change has no region for its limit")
      for level in levels {
        if case .parameter(let name)? = level.times { try known(parameter: name) }
      }
    }
  }

  private func need(
    _ isGood: Bool, _ key: String, _ reason: String
  ) throws(PackProblem) {
    guard isGood else { throw PackProblem(key: key, reason: reason) }
  }
}
