import Foundation
import Geometry
import Lesions
import Phantoms
import Quantities
import Registration
import Response
import Volumes

/// What the chain found beside what is known, for one derived follow-up.
struct VisitScore: Sendable, Codable {
  let visit: String
  /// Distances in mm between where the link and where the truth puts points of the body.
  let rigid: [Double]
  /// The same through the deformable map; empty without one.
  let deformable: [Double]
  /// The rigid link's own estimate of its error, a 68 % radius in mm; `nil` when it gave none.
  let stated: Double?
  /// The deformable link's estimate at each point; `nil` where it gave none.
  let deformableStated: [Double?]
  let lesions: [LesionScore]

  /// One lesion of the baseline at this follow-up.
  struct LesionScore: Sendable, Codable {
    let track: String
    let volume: Double
    /// Whether the lesion kept its identity, as it should: every derived lesion is there.
    let isFound: Bool
    let fate: String
    let trueFactor: Double
    /// Measured factor on the mean uptake; `nil` where the chain gave none.
    let measuredFactor: Double?
    /// Measured factor on the volume of the outline; the truth is near one.
    let volumeFactor: Double?
  }
}

/// Scores the results of a run on a derived course.
struct CommissioningScorer {
  let site: SiteScan
  let plan: CommissioningPlan
  let results: CourseResults

  func score(_ visits: [DerivedCourse.Visit]) -> [VisitScore] {
    let points = bodyPoints()
    return visits.map { visit in
      let link = results.links.first { $0.timePoint == visit.id }
      func errors(_ map: ((PatientPoint) -> PatientPoint)?) -> [Double] {
        map.map { map in points.map { map($0).distance(to: visit.truth.motion($0)) } } ?? []
      }
      let transform = link?.referenceToHere
      let deformable = results.deformable[visit.id]
      return VisitScore(
        visit: visit.id, rigid: errors(transform.map { t in { t($0) } }),
        deformable: errors(deformable.map { d in { d($0) } }),
        stated: link?.localErrorMillimetres,
        deformableStated: deformable.map { d in
          points.map { d.localError(at: $0).radiusMillimetres }
        } ?? [],
        lesions: lesions(at: visit))
    }
  }

  /// Points drawn evenly from where the scan shows tissue: above −300 HU, or without a CT above a
  /// tenth of the mean of the positive uptake.
  private func bodyPoints() -> [PatientPoint] {
    var random = SeededGenerator(seed: plan.seed, stream: "body points")
    if let ct = site.ct {
      return points(in: ct.grid, &random) { ct.samples[$0] > -300 }
    }
    let positive = site.emission.samples.lazy.filter { $0 > 0 }
    let mean = positive.reduce(0.0) { $0 + Double($1) } / Double(max(positive.count, 1))
    let level = Float(mean / 10)
    return points(in: site.emission.grid, &random) { site.emission.samples[$0] > level }
  }

  private func points(
    in grid: VoxelGrid, _ random: inout SeededGenerator, where isTissue: (Int) -> Bool
  ) -> [PatientPoint] {
    var found: [PatientPoint] = []
    // Tissue fills a fifth of a scan or more; the bound only ends the search in an empty one.
    for _ in 0..<(plan.points * 200) where found.count < plan.points {
      let n = Int(random.next() % UInt64(grid.voxelCount))
      guard isTissue(n) else { continue }
      found.append(
        grid.patientPoint(
          i: n % grid.size.x, j: n / grid.size.x % grid.size.y, k: n / (grid.size.x * grid.size.y)))
    }
    return found
  }

  private func lesions(at visit: DerivedCourse.Visit) -> [VisitScore.LesionScore] {
    guard let tracks = results.tracks else { return [] }
    return visit.truth.regions.indices.compactMap { n in
      let origin = site.lesions[n]
      guard let track = tracks.lesions.first(where: { isTrack($0, of: origin, in: tracks) }) else {
        return missing(origin, visit.truth.regions[n])
      }
      let (before, after) = (track.point("base"), track.point(visit.id))
      return VisitScore.LesionScore(
        track: track.id, volume: origin.outline.volume.millilitres,
        isFound: after?.fate == .present && after?.sharedWith.isEmpty == true,
        fate: after?.words ?? "absent", trueFactor: visit.truth.regions[n].factor,
        measuredFactor: ratio(before, after) { $0.suvMean.inBaseUnit },
        volumeFactor: ratio(before, after) { $0.metabolicVolume.millilitres })
    }
  }

  private func missing(
    _ lesion: LesionOutline, _ truth: DerivedFollowUp.Region
  ) -> VisitScore.LesionScore {
    VisitScore.LesionScore(
      track: "none", volume: lesion.outline.volume.millilitres, isFound: false,
      fate: "not outlined on the derived baseline", trueFactor: truth.factor,
      measuredFactor: nil, volumeFactor: nil)
  }

  /// The derived baseline is the site's scan read back: its outlines share their maxima.
  private func isTrack(
    _ track: TrackResult.TrackedLesion, of lesion: LesionOutline, in tracks: TrackResult
  ) -> Bool {
    tracks.outline(of: track, at: "base").map {
      $0.maximumAt.distance(to: lesion.maximumAt) < 0.5 || $0.outline.contains(lesion.maximumAt)
    } ?? false
  }

  private func ratio(
    _ before: TrackResult.Point?, _ after: TrackResult.Point?, _ value: (UptakeMetrics) -> Double
  ) -> Double? {
    guard let before = before?.metrics, let after = after?.metrics, value(before) > 0 else {
      return nil
    }
    return value(after) / value(before)
  }
}
