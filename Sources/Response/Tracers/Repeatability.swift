import Foundation

/// A tracer by its usual name, for example `F-18 FDG`. A site may name its own.
public struct Tracer: RawRepresentable, Sendable, Hashable, Codable {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// Where a lesion sits, as far as test-retest data tell sites apart.
public enum LesionSite: String, Sendable, Hashable, Codable {
  case bone
  case lymphNode = "lymph node"
  case primary
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
  /// A systematic difference of unknown sign on top of it, as between two scanners: 0.08 is 8 %.
  public let shift: Double
  /// The study or the site's own measurement it comes from.
  public let source: String

  public init(
    tracer: Tracer, metric: UptakeMetric, site: LesionSite = .any, withinSubjectCV: Double,
    shift: Double = 0, source: String
  ) {
    precondition(withinSubjectCV > 0, "a within-subject variation is positive")
    self.tracer = tracer
    self.metric = metric
    self.site = site
    self.withinSubjectCV = withinSubjectCV
    self.shift = shift
    self.source = source
  }

  /// From a published repeatability coefficient in per cent: RC = 1.96 √2 wCV.
  public init(
    tracer: Tracer, metric: UptakeMetric, site: LesionSite = .any, coefficientPercent: Double,
    shift: Double = 0, source: String
  ) {
    self.init(
      tracer: tracer, metric: metric, site: site,
      withinSubjectCV: coefficientPercent / 100 / (Self.quantile * 2.0.squareRoot()),
      shift: shift, source: source + " (repeatability coefficient \(coefficientPercent) %)")
  }

  /// The same with another, independent error of one of the two values, for example of where its
  /// outline was put: 2 s² + d² in place of 2 s².
  ///
  /// - Parameter deviation: d, standard deviation of the value's logarithm.
  public func widened(by deviation: Double, because reason: String) -> Repeatability {
    let variance = logDeviation * logDeviation + deviation * deviation / 2
    return Repeatability(
      tracer: tracer, metric: metric, site: site,
      withinSubjectCV: (exp(variance) - 1).squareRoot(), shift: shift,
      source: "\(source), \(reason)")
  }

  /// The two-sided 95 % point of the normal distribution.
  public static let quantile = 1.96

  /// Standard deviation of the logarithm: s = √ln(1 + wCV²), for a log-normal quantity.
  public var logDeviation: Double { log(1 + withinSubjectCV * withinSubjectCV).squareRoot() }

  /// Changes in per cent that test-retest noise and the shift explain in 95 % of cases:
  /// exp(±(1.96 √2 s + ln(1 + shift))) − 1.
  public var limitsPercent: ClosedRange<Double> {
    let reach = Self.quantile * 2.0.squareRoot() * logDeviation + log(1 + shift)
    return (100 * (exp(-reach) - 1))...(100 * (exp(reach) - 1))
  }

  /// A change in units of its noise: ln(after / before), less what the shift may explain of it,
  /// over √2 s.
  public func z(before: Double, after: Double) -> Double {
    let change = log(after / before)
    let left = max(abs(change) - log(1 + shift), 0)
    return (change < 0 ? -left : left) / (2.0.squareRoot() * logDeviation)
  }

  /// Two-sided probability of a change at least this large when nothing changed: erfc(|z| / √2).
  public static func probability(z: Double) -> Double { erfc(abs(z) / 2.0.squareRoot()) }
}

/// Test-retest data of tracers and metrics; a site's own come before those of a pack.
public struct RepeatabilityTable: Sendable, Hashable, Codable {
  /// Two scans of one scanner; searched in order.
  public var entries: [Repeatability]
  /// Two scanners of one standard; searched in order.
  public var acrossScanners: [Repeatability]

  public init(entries: [Repeatability], acrossScanners: [Repeatability] = []) {
    (self.entries, self.acrossScanners) = (entries, acrossScanners)
  }

  /// The entries of a tracer pack after a site's own.
  public init(_ pack: TracerPack?, siteValues: RepeatabilityTable = .init(entries: [])) {
    entries = siteValues.entries + (pack?.repeatability ?? [])
    acrossScanners = siteValues.acrossScanners + (pack?.reproducibility ?? [])
  }

  /// The entry for the site, else one for any site, else the widest of all sites, so that an
  /// unknown site is never judged by the tightest limits.
  public func entry(
    for tracer: Tracer, _ metric: UptakeMetric, site: LesionSite = .any
  ) -> Assessment<Repeatability> {
    Self.find(entries, tracer, metric, site).map { .value($0) }
      ?? .notAssessable(
        reason: "no test-retest data for \(metric.displayName) of \(tracer.rawValue): "
          + "give a site value")
  }

  /// The entry for two scans as far as they can be compared: on two scanners the wider of the
  /// test-retest and the cross-scanner data, with their systematic difference.
  public func entry(
    for tracer: Tracer, _ metric: UptakeMetric, site: LesionSite = .any, _ scans: Comparability
  ) -> Assessment<Repeatability> {
    let own = entry(for: tracer, metric, site: site)
    switch scans {
    case .sameScanner: return own
    case .notComparable(let reason): return .notAssessable(reason: reason)
    case .otherScanner(let what):
      guard let across = Self.find(acrossScanners, tracer, metric, site) else {
        return .notAssessable(
          reason: "\(what), and no cross-scanner data for \(metric.displayName) of "
            + "\(tracer.rawValue): give a site value")
      }
      let least = own.value?.withinSubjectCV ?? 0
      return .value(
        Repeatability(
          tracer: tracer, metric: metric, site: across.site,
          withinSubjectCV: max(across.withinSubjectCV, least), shift: across.shift,
          source: "\(what): \(across.source)"))
    }
  }

  private static func find(
    _ entries: [Repeatability], _ tracer: Tracer, _ metric: UptakeMetric, _ site: LesionSite
  ) -> Repeatability? {
    let known = entries.filter { $0.tracer == tracer && $0.metric == metric }
    return known.first { $0.site == site } ?? known.first { $0.site == .any }
      ?? (site == .any ? known.max { $0.withinSubjectCV < $1.withinSubjectCV } : nil)
  }
}
