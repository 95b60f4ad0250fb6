import Lesions
import Quantities
public import Response
import Volumes

/// What is measured of a lesion beside the metrics whose change is judged.
public struct LesionMeasures: Sendable, Hashable, Codable {
  public let ratios: UptakeRatios
  public let features: LesionFeatures
}

extension TrackStage {
  /// Ratios and features of every outline of a scan, in their order.
  func measures(
    _ scan: UptakeScan, _ outlines: OutliningResult, _ metrics: [UptakeMetrics?]
  ) -> [LesionMeasures?] {
    let reference = ReferenceUptake(liver: scan.liver, organs: scan.organs, in: scan.suv)
    let all = outlines.lesions.map(\.outline) + outlines.excluded.map(\.outline)
    return outlines.lesions.indices.map { n in
      let outline = outlines.lesions[n].outline
      guard let metrics = metrics[n],
        let features = LesionFeatures(of: outline, in: scan.suv)
      else { return nil }
      return LesionMeasures(
        ratios: UptakeRatios(
          of: metrics, outline: outline, in: scan.suv, others: all, reference: reference),
        features: features)
    }
  }

  /// The uptake inside a lesion's first own outline, carried to each later time point.
  ///
  /// - Returns: One per time point; `nil` up to where the lesion is first outlined.
  func carried(
    _ track: LesionTrack, _ points: [TrackedTimePoint], _ metrics: [[UptakeMetrics?]],
    _ scans: [UptakeScan]
  ) -> [Assessment<CarriedUptake>?] {
    let first = track.states.firstIndex { $0.lesion != nil && !$0.fate.isMerged }
    guard let first, let lesion = track.states[first].lesion else {
      return points.map { _ in nil }
    }
    let outline = points[first].lesions[lesion].outline
    let before = metrics[first][lesion]
    return points.indices.map { n in
      guard n > first else { return nil }
      guard case .mapped = points[n].placement else {
        return .notAssessable(reason: "the time point is not linked")
      }
      guard let here = points[n].carrying(outline, from: points[first]) else {
        return .notAssessable(reason: "the outline falls outside the field of view")
      }
      let after = UptakeMetrics(
        of: here, in: scans[n].suv,
        options: .init(leanBodyFraction: scans[n].leanBodyFraction.value))
      guard let before, let after else { return .notAssessable(reason: "no voxel lies inside") }
      let deviation = registrationDeviation(
        of: outline, drawnAt: points[first], on: points[n], scans[n].suv, mean: after.suvMean)
      return .value(
        CarriedUptake(
          drawnAt: points[first].id, metrics: after, registrationDeviation: deviation,
          change: change(before, after, of: (scans[first], scans[n]), deviation)))
    }
  }
}

extension LesionTrack.Fate {
  var isMerged: Bool { if case .merged = self { true } else { false } }
}
