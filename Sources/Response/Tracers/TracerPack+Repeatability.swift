extension TracerPack {
  /// The test-retest data of the pack, for scans of one scanner.
  public var repeatability: [Repeatability] { variation.compactMap(entry) }

  /// What two scanners of one standard differ by.
  public var reproducibility: [Repeatability] { (acrossScanners ?? []).compactMap(entry) }

  private func entry(_ written: Variation) -> Repeatability? {
    guard let metric = UptakeMetric(key: written.metric) else { return nil }
    let site = written.site ?? .any
    let shift = (written.shiftPercent ?? 0) / 100
    if let percent = written.withinSubjectPercent {
      return Repeatability(
        tracer: tracer, metric: metric, site: site, withinSubjectCV: percent / 100, shift: shift,
        source: written.source)
    }
    return written.coefficientPercent.map {
      Repeatability(
        tracer: tracer, metric: metric, site: site, coefficientPercent: $0, shift: shift,
        source: written.source)
    }
  }

  /// - Throws: ``PackProblem`` for the first key that cannot be used.
  public func check() throws(PackProblem) {
    try Self.need(format == 1, "theratrack_tracer", "must be 1")
    try Self.need(!name.isEmpty, "name", "is empty")
    try Self.need(halfLifeMinutes > 0, "half_life_min", "must be positive")
    if let (from, to) = uptake.fromMinutes.flatMap({ a in uptake.toMinutes.map { (a, $0) } }) {
      try Self.need(from >= 0 && from <= to, "uptake", "from_min is above to_min")
    } else {
      try Self.need(
        uptake.fromMinutes == nil && uptake.toMinutes == nil, "uptake",
        "from_min and to_min go together")
    }
    try Self.need((uptake.differenceMinutes ?? 1) > 0, "uptake.difference_min", "must be positive")
    try checkMetrics()
    try Self.need(
      !variation.isEmpty || noVariation?.isEmpty == false, "no_variation",
      "is missing: without test-retest data it says why, so that a site value is asked for")
    for (n, one) in variation.enumerated() { try check(one, "variation[\(n)]") }
    for (n, one) in (acrossScanners ?? []).enumerated() {
      try check(one, "across_scanners[\(n)]")
    }
    for (n, one) in physiological.enumerated() {
      try Self.need(!one.organs.isEmpty, "physiological[\(n)].organs", "names no organ")
    }
  }

  private func checkMetrics() throws(PackProblem) {
    for (n, key) in metrics.allowed.enumerated() {
      try known(key, "metrics.allowed[\(n)]")
      try Self.need(
        !metrics.refused.contains { $0.metric == key }, "metrics.allowed[\(n)]",
        "'\(key)' is refused as well")
    }
    for (n, refused) in metrics.refused.enumerated() {
      try known(refused.metric, "metrics.refused[\(n)].metric")
      try Self.need(!refused.reason.isEmpty, "metrics.refused[\(n)].reason", "is empty")
    }
  }

  private func check(_ one: Variation, _ key: String) throws(PackProblem) {
    try known(one.metric, key + ".metric")
    let given = [one.withinSubjectPercent, one.coefficientPercent].compactMap { $0 }
    try Self.need(
      given.count == 1, key, "wants either within_subject_percent or coefficient_percent")
    try Self.need(given.allSatisfy { $0 > 0 && $0 < 300 }, key, "must lie between 0 and 300 %")
    try Self.need(!one.source.isEmpty, key + ".source", "is empty")
    try Self.need(
      !metrics.refused.contains { $0.metric == one.metric }, key, "'\(one.metric)' is refused")
  }

  private func known(_ key: String, _ at: String) throws(PackProblem) {
    try Self.need(
      UptakeMetric(key: key) != nil, at,
      "'\(key)' is not a metric; known are "
        + UptakeMetric.allCases.map(\.key).joined(separator: ", "))
  }

  private static func need(
    _ isGood: Bool, _ key: String, _ reason: String
  ) throws(PackProblem) {
    guard isGood else { throw PackProblem(key: key, reason: reason) }
  }
}
