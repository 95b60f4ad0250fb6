import CourseStore
import DICOMIO
import Dosimetry
import Foundation
import Geometry
import Lesions
import Quantities
import Registration
import Response
import Volumes

/// Outlines lesions on every diagnostic PET, follows them, measures them, and judges the change.
struct TrackStage {
  let course: Course
  let registration: CourseRegistration
  /// What is known of each time point's tracer; a time point may have none.
  let tracers: [String: TracerPack]
  /// A person's corrections.
  var edits: [LesionEdit] = []

  /// What the stage depends on.
  func key(_ points: [TimePointScans]) throws -> Digest {
    var parts = [
      Provenance.softwareVersion, String(describing: course.lesions),
      String(describing: course.resolution.pet), String(describing: course.resolution.recovery),
      String(describing: course.repeatability), String(describing: course.patient),
      try JSONEncoder.sorted.encode(edits).base64EncodedString(),
    ]
    for scans in points {
      parts += [
        scans.point.id, scans.point.tracer ?? "", scans.point.standard ?? "",
        String(describing: scans.point.filter), try scans.digest(.emission),
        try scans.digest(.structures),
      ]
      let pack = try tracers[scans.point.id].map { try JSONEncoder.sorted.encode($0) }
      parts.append(pack.map { Digest(of: $0).hexadecimal } ?? "")
      parts += try registration.parts(of: scans.point.id)
    }
    return Digest(of: parts)
  }

  /// - Parameter scans: In order of time.
  func run(_ scans: [UptakeScan]) throws -> TrackResult {
    let edited = LesionEditing(edits).replay(on: try scans.map { try outline($0) }) {
      timePoint(scans[$0], lesions: $1)
    }
    let (outlines, tracking) = (edited.outlines, edited.tracking)
    let resolutions = scans.indices.map { resolution(scans[$0], outlines[$0]) }
    let metrics = scans.indices.map { n in
      measure(
        scans[n], outlines[n], resolution: resolutions[n].value,
        shared: sharedOutlines(tracking, at: scans[n].point.id))
    }
    let found = Found(
      points: scans.indices.map { timePoint(scans[$0], lesions: outlines[$0].lesions) },
      tracks: tracking.tracks, metrics: metrics,
      measures: scans.indices.map { measures(scans[$0], outlines[$0], metrics[$0]) },
      names: edited.names)
    let lesions = tracking.tracks.map { lesion($0, found, scans: scans) }
    return TrackResult(
      scans: scans.indices.map { facts(scans[$0], resolutions[$0], first: scans[0]) },
      outlines: outlines, tracking: tracking, lesions: lesions,
      burdens: metrics.map { TumourBurden(of: $0.compactMap { $0 }) }, edits: edited.replayed)
  }

  /// What is known of all scans when the tracks are filled in.
  private struct Found {
    let points: [TrackedTimePoint]
    let tracks: [LesionTrack]
    let metrics: [[UptakeMetrics?]]
    let measures: [[LesionMeasures?]]
    let names: [String: String]
  }

  private func timePoint(_ scan: UptakeScan, lesions: [LesionOutline]) -> TrackedTimePoint {
    TrackedTimePoint(
      id: scan.point.id, lesions: lesions, fieldOfView: scan.suv.grid,
      placement: placement(scan.point.id))
  }

  private func resolution(
    _ scan: UptakeScan, _ result: OutliningResult
  ) -> Assessment<EffectiveResolution> {
    scan.effectiveResolution(
      of: result.lesions.map(\.outline), others: result.excluded.map(\.outline),
      given: course.resolution.pet)
  }

  private func placement(_ id: String) -> TrackedTimePoint.Placement {
    guard let link = registration.link(of: id) else {
      return .notLinked(reason: "no link was made")
    }
    guard let tissue = registration.tissue(at: id) else {
      return .notLinked(reason: link.refusal ?? "not assessable")
    }
    return .mapped(
      .init(
        toHere: { tissue($0) }, toReference: { tissue.inverse(of: $0) ?? tissue.rigid.inverse($0) },
        localError: { tissue.localError(at: $0).radiusMillimetres.map { .millimetres($0) } },
        residualMotion: tissue.residualMotion))
  }

  // MARK: Outlines

  func outline(_ scan: UptakeScan) throws -> OutliningResult {
    let rule = course.lesions.rule
    guard rule.needsWidth else { return try outline(scan, by: rule, width: nil) }
    // The image's own resolution is measured on plain outlines first.
    let plain = try outline(scan, by: .fractionOfMaximum(0.41), width: nil)
    switch resolution(scan, plain) {
    case .value(let resolution):
      return try outline(scan, by: rule, width: resolution.fullWidthHalfMaximum)
    case .notAssessable(let reason):
      throw CourseError.invalid(
        path: course.id, entry: "lesions.rule",
        reason: "'adaptive' needs the resolution of \(scan.point.id): \(reason); "
          + "give pet.resolution")
    }
  }

  private func outline(
    _ scan: UptakeScan, by rule: Course.LesionSettings.Rule, width: Length?
  ) throws -> OutliningResult {
    var options = OutlineOptions(rule: rule.rule(seeds: seeds, width: width) ?? .given)
    options.minimumVolume = course.lesions.minimumVolume
    if let pack = tracers[scan.point.id] {
      options.physiological.rules =
        pack.organRules(for: scan.organs.map(\.name))
        + OrganRule.general.map { $0.general(beside: pack) }
    }
    options.splitting = course.lesions.splitDepth.map { Splitting(minimumDepth: $0) }
    let link = registration.link(of: scan.point.id)
    options.exclusions = course.lesions.exclusions.map { zone in
      let centre = PatientPoint(millimetres: zone.centre)
      return ExclusionZone(
        .sphere(centre: link?.referenceToHere(centre) ?? centre, radius: zone.radius),
        reason: zone.reason)
    }
    return try LesionOutliner(options).outline(
      scan.suv, organs: scan.organs, liver: scan.liver.value, given: scan.given)
  }

  private var seeds: UptakeThreshold {
    switch course.lesions.seed {
    case .liver: .percist
    case .fixedSUV(let suv): .fixed(.gramsPerMillilitre(suv))
    }
  }

  // MARK: Numbers

  /// Outlines that several tracks share at a time point.
  private func sharedOutlines(_ tracking: TrackingResult, at timePoint: String) -> Set<Int> {
    let used = tracking.tracks.compactMap { $0.state(at: timePoint)?.lesion }
    return Set(Dictionary(grouping: used) { $0 }.filter { $0.value.count > 1 }.keys)
  }

  private func measure(
    _ scan: UptakeScan, _ result: OutliningResult, resolution: EffectiveResolution?,
    shared: Set<Int>
  ) -> [UptakeMetrics?] {
    let recovery = resolution.map { resolution in
      var options = RecoveredUptake.Options(resolution: resolution.fullWidthHalfMaximum)
      options.curve = course.resolution.recovery
      return options
    }
    return UptakeMetrics.measure(
      result.lesions.map(\.outline), in: scan.suv, others: result.excluded.map(\.outline),
      shared: shared,
      options: .init(
        leanBodyFraction: scan.leanBodyFraction.value, recovery: recovery))
  }

  private func lesion(
    _ track: LesionTrack, _ found: Found, scans: [UptakeScan]
  ) -> TrackResult.TrackedLesion {
    let carried = carried(track, found.points, found.metrics, scans)
    let points = track.states.enumerated().map { n, state in
      TrackResult.Point(
        timePoint: state.timePoint, fate: state.fate,
        metrics: state.lesion.flatMap { found.metrics[n][$0] }, outline: state.lesion,
        sharedWith: sharers(of: state, among: found.tracks, but: track.id),
        measures: state.lesion.flatMap { found.measures[n][$0] }, carried: carried[n])
    }
    return TrackResult.TrackedLesion(
      id: track.id, name: found.names[track.id], points: points,
      changes: changes(points, scans: scans))
  }

  /// Other tracks with the same outline at this time point.
  private func sharers(
    of state: LesionTrack.State, among tracks: [LesionTrack], but own: String
  ) -> [String] {
    guard let lesion = state.lesion else { return [] }
    return tracks.filter {
      $0.id != own && $0.state(at: state.timePoint)?.lesion == lesion
    }.map(\.id)
  }

  // MARK: Facts

  private func facts(
    _ scan: UptakeScan, _ resolution: Assessment<EffectiveResolution>, first: UptakeScan
  ) -> TrackResult.ScanFacts {
    TrackResult.ScanFacts(
      timePoint: scan.point.id, tracer: scan.point.tracer, start: scan.facts.start,
      uptakeMinutes: scan.uptakeTime.map { $0.inSeconds / 60 },
      injected: scan.header.dose.map { .becquerels($0) }, suvRule: scan.conversion.rule.rawValue,
      suvFactor: scan.conversion.factor,
      suvCandidates: scan.conversion.candidates.map(Self.text), liver: scan.liver,
      regions: scan.regions, leanBodyFraction: scan.leanBodyFraction, origin: scan.origin,
      refused: refused(scan), resolution: resolution,
      warnings: scan.warnings + tracerWarnings(scan, first: first))
  }
}

extension TrackStage {
  private static func text(_ candidate: SUVConversion.Candidate) -> String {
    let factor = candidate.factor.map { String(format: "%.6g g/Bq", $0) } ?? "before the injection"
    return "\(candidate.rule.rawValue): " + factor
      + String(format: " (%+.0f s)", candidate.secondsFromUsed)
  }
}
