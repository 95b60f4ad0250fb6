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
  let links: [TimePointLink]
  /// Links that also follow breathing, by time point; a time point may have none.
  let deformable: [String: DeformableLink]
  /// What is known of each time point's tracer; a time point may have none.
  let tracers: [String: TracerPack]

  /// What the stage depends on.
  func key(_ points: [TimePointScans]) throws -> Digest {
    var parts = [
      Provenance.softwareVersion, String(describing: course.lesions),
      String(describing: course.resolution.pet), String(describing: course.repeatability),
      String(describing: course.patient),
    ]
    for scans in points {
      parts += [
        scans.point.id, scans.point.tracer ?? "", scans.point.standard ?? "",
        String(describing: scans.point.filter), try scans.digest(.emission),
        try scans.digest(.structures),
      ]
      let pack = try tracers[scans.point.id].map { try JSONEncoder.sorted.encode($0) }
      parts.append(pack.map { Digest(of: $0).hexadecimal } ?? "")
      let link = links.first { $0.timePoint == scans.point.id }
      parts.append(try link.map { try JSONEncoder.sorted.encode($0) }?.base64EncodedString() ?? "")
      let deformable = try deformable[scans.point.id].map { try JSONEncoder.sorted.encode($0) }
      parts.append(deformable.map { Digest(of: $0).hexadecimal } ?? "")
    }
    return Digest(of: parts)
  }

  /// - Parameter scans: In order of time.
  func run(_ scans: [UptakeScan]) throws -> TrackResult {
    let outlines = try scans.map { try outline($0) }
    let tracking = LesionTracker().track(
      zip(scans, outlines).map { scan, result in
        TrackedTimePoint(
          id: scan.point.id, lesions: result.lesions, fieldOfView: scan.suv.grid,
          placement: placement(scan.point.id))
      })
    let resolutions = scans.indices.map { n in
      scans[n].effectiveResolution(
        of: outlines[n].lesions.map(\.outline), others: outlines[n].excluded.map(\.outline),
        given: course.resolution.pet)
    }
    let metrics = scans.indices.map { n in
      measure(
        scans[n], outlines[n], resolution: resolutions[n].value,
        shared: sharedOutlines(tracking, at: scans[n].point.id))
    }
    let lesions = tracking.tracks.map { track in
      lesion(track, among: tracking.tracks, scans: scans, metrics: metrics)
    }
    return TrackResult(
      scans: scans.indices.map { facts(scans[$0], resolutions[$0], first: scans[0]) },
      outlines: outlines,
      tracking: tracking, lesions: lesions)
  }

  private func placement(_ id: String) -> TrackedTimePoint.Placement {
    guard let link = links.first(where: { $0.timePoint == id }) else {
      return .notLinked(reason: "no link was made")
    }
    guard let error = link.localErrorMillimetres else {
      return .notLinked(reason: link.refusal ?? "not assessable")
    }
    guard let deformable = deformable[id], deformable.quality.verdict.isAssessable else {
      return .linked(referenceToHere: link.referenceToHere, localError: .millimetres(error))
    }
    return .mapped(
      .init(
        toHere: { deformable($0) },
        // Outside the body the map may have no inverse; the rigid link holds there.
        toReference: { deformable.inverse(of: $0) ?? link.referenceToHere.inverse($0) },
        localError: { deformable.localError(at: $0).radiusMillimetres.map { .millimetres($0) } }))
  }

  // MARK: Outlines

  func outline(_ scan: UptakeScan) throws -> OutliningResult {
    var options = OutlineOptions(rule: rule(scan))
    options.minimumVolume = course.lesions.minimumVolume
    let link = links.first { $0.timePoint == scan.point.id }
    options.exclusions = course.lesions.exclusions.map { zone in
      let centre = PatientPoint(millimetres: zone.centre)
      return ExclusionZone(
        .sphere(centre: link?.referenceToHere(centre) ?? centre, radius: zone.radius),
        reason: zone.reason)
    }
    return try LesionOutliner(options).outline(
      scan.suv, organs: scan.organs, liver: scan.liver.value, given: scan.given)
  }

  private func rule(_ scan: UptakeScan) -> OutlineRule {
    switch course.lesions.rule {
    case .given: .given
    case .fixedSUV(let suv): .fixed(.gramsPerMillilitre(suv))
    case .liver: .percist
    case .fractionOfMaximum(let fraction):
      .fractionOfMaximum(
        {
          var rule = FractionOfMaximum(seeds: seeds); rule.fraction = fraction; return rule
        }())
    }
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
    UptakeMetrics.measure(
      result.lesions.map(\.outline), in: scan.suv, others: result.excluded.map(\.outline),
      shared: shared,
      options: .init(
        leanBodyFraction: scan.leanBodyFraction.value,
        recovery: resolution.map { RecoveredUptake.Options(resolution: $0.fullWidthHalfMaximum) }))
  }

  private func lesion(
    _ track: LesionTrack, among tracks: [LesionTrack], scans: [UptakeScan],
    metrics: [[UptakeMetrics?]]
  ) -> TrackResult.TrackedLesion {
    let points = track.states.enumerated().map { n, state in
      TrackResult.Point(
        timePoint: state.timePoint, fate: state.fate,
        metrics: state.lesion.flatMap { metrics[n][$0] }, outline: state.lesion,
        sharedWith: sharers(of: state, among: tracks, but: track.id))
    }
    return TrackResult.TrackedLesion(
      id: track.id, points: points, changes: changes(points, scans: scans))
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
