/// How one metric of one lesion changed, and whether that is more than noise.
///
/// "Beyond 95 % repeatability" is a statement about noise. Whether it is a response is for the
/// criteria and the reader to say.
public struct UptakeChange: Sendable, Hashable, Codable {
  public let metric: UptakeMetric
  public let before: Double
  public let after: Double
  public let judgement: Judgement

  public enum Judgement: Sendable, Hashable, Codable {
    case withinRepeatability(Noise)
    case beyondRepeatability(Noise)
    /// The change cannot be judged: no test-retest data.
    case notJudged(reason: String)
  }

  /// The limits a change was judged by.
  public struct Noise: Sendable, Hashable, Codable {
    public let lowerPercent: Double
    public let upperPercent: Double
    /// ln(after / before) over its standard deviation √2 s.
    public let z: Double
    public let repeatability: Repeatability

    /// Two-sided probability of such a change when nothing changed.
    public var p: Double { Repeatability.probability(z: z) }
  }

  /// Change in per cent of the value before.
  public var percent: Double { 100 * (after - before) / before }

  public var noise: Noise? {
    switch judgement {
    case .withinRepeatability(let noise), .beyondRepeatability(let noise): noise
    case .notJudged: nil
    }
  }

  /// Compares one metric of a lesion at two time points.
  ///
  /// - Returns: Not assessable when a value is missing or is not positive.
  public static func between(
    _ before: UptakeMetrics, _ after: UptakeMetrics, metric: UptakeMetric, tracer: Tracer,
    site: LesionSite = .any, table: RepeatabilityTable, scans: Comparability = .sameScanner
  ) -> Assessment<UptakeChange> {
    switch (before[metric], after[metric]) {
    case (.notAssessable(let reason), _): .notAssessable(reason: "before: " + reason)
    case (_, .notAssessable(let reason)): .notAssessable(reason: "after: " + reason)
    case (.value(let x1), .value(let x2)):
      between(x1, x2, metric: metric, table.entry(for: tracer, metric, site: site, scans))
    }
  }

  /// Compares two values of a metric by given test-retest data.
  public static func between(
    _ before: Double, _ after: Double, metric: UptakeMetric,
    _ repeatability: Assessment<Repeatability>
  ) -> Assessment<UptakeChange> {
    guard before > 0, after > 0 else {
      return .notAssessable(reason: "a relative change needs two positive values")
    }
    let judgement: Judgement
    switch repeatability {
    case .notAssessable(let reason): judgement = .notJudged(reason: reason)
    case .value(let entry):
      let limits = entry.limitsPercent
      let noise = Noise(
        lowerPercent: limits.lowerBound, upperPercent: limits.upperBound,
        z: entry.z(before: before, after: after), repeatability: entry)
      judgement =
        abs(noise.z) > Repeatability.quantile
        ? .beyondRepeatability(noise) : .withinRepeatability(noise)
    }
    return .value(
      UptakeChange(metric: metric, before: before, after: after, judgement: judgement))
  }
}

extension UptakeChange: CustomStringConvertible {
  /// For example `SUVmax 8.00 → 4.00 (-50.0 %): beyond 95 % repeatability (-24.2 to +31.9 %)`.
  public var description: String {
    func signed(_ x: Double) -> String { x.text(1, signed: true) }
    let change = "\(before.text(2)) → \(after.text(2)) (\(signed(percent)) %)"
    let verdict =
      switch judgement {
      case .withinRepeatability(let noise): "within 95 % repeatability (\(range(noise)))"
      case .beyondRepeatability(let noise): "beyond 95 % repeatability (\(range(noise)))"
      case .notJudged(let reason): reason
      }
    func range(_ noise: Noise) -> String {
      "\(signed(noise.lowerPercent)) to \(signed(noise.upperPercent)) %"
    }
    return "\(metric.displayName) \(change): \(verdict)"
  }
}
