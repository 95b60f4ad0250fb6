import Foundation

/// A tracer by its usual name, for example `F-18 FDG`. A site may name its own.
public struct Tracer: RawRepresentable, Sendable, Hashable, Codable {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }

  public static let fdg = Tracer(rawValue: "F-18 FDG")
  public static let psma11 = Tracer(rawValue: "Ga-68 PSMA-11")
  public static let dcfpyl = Tracer(rawValue: "F-18 DCFPyL")
  public static let dotatate = Tracer(rawValue: "Ga-68 DOTATATE")
  public static let flt = Tracer(rawValue: "F-18 FLT")
  public static let fapi46 = Tracer(rawValue: "Ga-68 FAPI-46")
}

/// Where a lesion sits, as far as test-retest data tell sites apart.
public enum LesionSite: String, Sendable, Hashable, Codable {
  case bone, lymphNode, primary
  /// Any site, or not known.
  case any
}

/// How much a metric differs between two scans of an unchanged lesion.
public struct Repeatability: Sendable, Hashable, Codable {
  public let tracer: Tracer
  public let metric: UptakeMetric
  public let site: LesionSite
  /// Within-subject coefficient of variation: 0.10 is 10 %.
  public let withinSubjectCV: Double
  /// The study or the site's own measurement it comes from.
  public let source: String

  public init(
    tracer: Tracer, metric: UptakeMetric, site: LesionSite = .any, withinSubjectCV: Double,
    source: String
  ) {
    precondition(withinSubjectCV > 0, "a within-subject variation is positive")
    self.tracer = tracer
    self.metric = metric
    self.site = site
    self.withinSubjectCV = withinSubjectCV
    self.source = source
  }

  /// From a published repeatability coefficient in per cent: RC = 1.96 √2 wCV.
  public init(
    tracer: Tracer, metric: UptakeMetric, site: LesionSite = .any, coefficientPercent: Double,
    source: String
  ) {
    self.init(
      tracer: tracer, metric: metric, site: site,
      withinSubjectCV: coefficientPercent / 100 / (Self.quantile * 2.0.squareRoot()),
      source: source + " (repeatability coefficient \(coefficientPercent) %)")
  }

  /// The two-sided 95 % point of the normal distribution.
  public static let quantile = 1.96

  /// Standard deviation of the logarithm: s = √ln(1 + wCV²), for a log-normal quantity.
  public var logDeviation: Double { log(1 + withinSubjectCV * withinSubjectCV).squareRoot() }

  /// Changes in per cent that test-retest noise alone explains in 95 % of cases:
  /// exp(±1.96 √2 s) − 1.
  public var limitsPercent: ClosedRange<Double> {
    let reach = Self.quantile * 2.0.squareRoot() * logDeviation
    return (100 * (exp(-reach) - 1))...(100 * (exp(reach) - 1))
  }

  /// A change in units of its noise: ln(after / before) / (√2 s).
  public func z(before: Double, after: Double) -> Double {
    log(after / before) / (2.0.squareRoot() * logDeviation)
  }
}

/// Test-retest data of tracers and metrics; a site's own come before published ones.
public struct RepeatabilityTable: Sendable, Hashable, Codable {
  /// Searched in order.
  public var entries: [Repeatability]

  public init(entries: [Repeatability]) { self.entries = entries }

  /// The published entries after a site's own.
  public static func published(after siteValues: [Repeatability]) -> RepeatabilityTable {
    RepeatabilityTable(entries: siteValues + published.entries)
  }

  /// The entry for the site, else one for any site, else the widest of all sites, so that an
  /// unknown site is never judged by the tightest limits.
  public func entry(
    for tracer: Tracer, _ metric: UptakeMetric, site: LesionSite = .any
  ) -> Assessment<Repeatability> {
    let known = entries.filter { $0.tracer == tracer && $0.metric == metric }
    let entry =
      known.first { $0.site == site } ?? known.first { $0.site == .any }
      ?? (site == .any ? known.max { $0.withinSubjectCV < $1.withinSubjectCV } : nil)
    return entry.map { .value($0) }
      ?? .notAssessable(
        reason: "no test-retest data for \(metric.displayName) of \(tracer.rawValue): "
          + "give a site value")
  }
}
