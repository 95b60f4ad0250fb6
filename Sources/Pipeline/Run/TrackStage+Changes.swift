import DICOMIO
import Foundation
import Lesions
import Quantities
import Response

// How each metric of a lesion changed, held against the noise of its tracer and scanners.

extension TrackStage {
  /// The metrics whose change is reported.
  private static let followed: [UptakeMetric] = [
    .suvMax, .suvPeak, .suvMean, .recoveredMean, .sulPeak, .metabolicVolume,
    .totalLesionGlycolysis,
  ]

  /// What a site's variation of uptake applies to; volumes vary more and in another way, so they
  /// have one of their own.
  private static let siteMetrics: [UptakeMetric] = [
    .suvMax, .suvPeak, .suvMean, .sulPeak, .recoveredMean,
  ]

  func changes(
    _ points: [TrackResult.Point], scans: [UptakeScan]
  ) -> [TrackResult.Change] {
    guard let first = points.firstIndex(where: { $0.metrics != nil && $0.isItsOwn }),
      let before = points[first].metrics
    else { return [] }
    return points.indices.dropFirst(first + 1).flatMap { n -> [TrackResult.Change] in
      guard let after = points[n].metrics else { return [] }
      let pair = (scans[first], scans[n])
      return Self.followed.map { metric in
        TrackResult.Change(
          from: points[first].timePoint, to: points[n].timePoint, metric: metric,
          change: points[n].isItsOwn
            ? change(metric, before, after, of: pair)
            : .notAssessable(reason: points[n].words + ": the outline is not its own"))
      }
    }
  }

  private func change(
    _ metric: UptakeMetric, _ before: UptakeMetrics, _ after: UptakeMetrics,
    of scans: (UptakeScan, UptakeScan)
  ) -> Assessment<UptakeChange> {
    if let reason = obstacle(to: metric, scans) { return .notAssessable(reason: reason) }
    return UptakeChange.between(
      before, after, metric: metric, tracer: tracer(scans.1), table: repeatability(scans.1),
      scans: Comparability(scans.0.origin, scans.1.origin))
  }

  /// Why two scans have no change of a metric; `nil` when they may have one.
  func obstacle(to metric: UptakeMetric, _ scans: (UptakeScan, UptakeScan)) -> String? {
    if let reason = pack(scans.1)?.refusal(of: metric) { return reason }
    let (first, second) = (tracer(scans.0), tracer(scans.1))
    guard first != second else { return nil }
    return "the tracer changed from \(first.rawValue) to \(second.rawValue)"
  }

  /// What is known of a metric's noise between two scans.
  func noise(
    of metric: UptakeMetric, _ scans: (UptakeScan, UptakeScan)
  ) -> Assessment<Repeatability> {
    repeatability(scans.1).entry(
      for: tracer(scans.1), metric, Comparability(scans.0.origin, scans.1.origin))
  }

  private func pack(_ scan: UptakeScan) -> TracerPack? { tracers[scan.point.id] }

  /// By the pack's name, so that two spellings of one tracer are one.
  private func tracer(_ scan: UptakeScan) -> Tracer {
    pack(scan)?.tracer ?? Tracer(rawValue: scan.point.tracer ?? "unknown tracer")
  }

  private func repeatability(_ scan: UptakeScan) -> RepeatabilityTable {
    guard let site = course.repeatability else { return RepeatabilityTable(pack(scan)) }
    func entries(
      _ variation: Double?, of metrics: [UptakeMetric] = Self.siteMetrics
    ) -> [Repeatability] {
      guard let variation else { return [] }
      return metrics.map {
        Repeatability(
          tracer: tracer(scan), metric: $0, withinSubjectCV: variation, source: site.source)
      }
    }
    return RepeatabilityTable(
      pack(scan),
      siteValues: RepeatabilityTable(
        entries: entries(site.withinSubjectVariation)
          + entries(site.variationOfVolume, of: [.metabolicVolume]),
        acrossScanners: entries(site.acrossScanners)))
  }

  // MARK: The tracer

  /// Metrics that the tracer's pack refuses, by key.
  func refused(_ scan: UptakeScan) -> [String: String] {
    guard let pack = pack(scan) else { return [:] }
    return UptakeMetric.allCases.reduce(into: [:]) { $0[$1.key] = pack.refusal(of: $1) }
  }

  /// What does not fit the tracer's pack.
  ///
  /// - Parameter first: The first scan, whose uptake time the others should keep.
  func tracerWarnings(_ scan: UptakeScan, first: UptakeScan) -> [String] {
    guard let name = scan.point.tracer else {
      return ["the tracer is not named; what is known of tracers was not used"]
    }
    guard let pack = pack(scan) else {
      return ["no pack of plugins/tracers is for '\(name)'; nothing is known of its noise"]
    }
    var warnings: [String] = []
    if let minutes = scan.uptakeTime.map({ $0.inSeconds / 60 }), let window = pack.uptake.window,
      !window.contains(minutes)
    {
      warnings.append(
        "uptake time \(Digits.text(minutes, 0)) min is outside "
          + "\(Digits.text(window.lowerBound, 0)) to \(Digits.text(window.upperBound, 0)) min "
          + "for \(pack.name) (\(pack.uptake.source))")
    }
    if let most = pack.uptake.differenceMinutes, let a = first.uptakeTime, let b = scan.uptakeTime,
      abs(a.inSeconds - b.inSeconds) / 60 > most
    {
      warnings.append(
        "uptake time differs from that of \(first.point.id) by more than \(Digits.text(most, 0)) min "
          + "(\(pack.uptake.source))")
    }
    let missing = pack.organsWithoutOutline(among: scan.organs.map(\.name))
    if !missing.isEmpty, course.lesions.rule != .given {
      warnings.append(
        "normal uptake of \(missing.joined(separator: ", ")) cannot be left out: no outline was "
          + "given")
    }
    if let nuclide = scan.header.radionuclide.flatMap(Radionuclide.init(symbol:)),
      nuclide.symbol != pack.radionuclide
    {
      warnings.append(
        "the header names \(nuclide.symbol), but \(pack.name) is \(pack.radionuclide)")
    }
    return warnings
  }
}

extension TrackResult.Point {
  /// Whether the outline here belongs to this track alone.
  fileprivate var isItsOwn: Bool {
    switch fate {
    case .merged, .split, .partOf: false
    default: outline != nil && sharedWith.isEmpty
    }
  }
}
