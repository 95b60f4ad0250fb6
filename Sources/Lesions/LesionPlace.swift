import Foundation
import Geometry
import Quantities
import Volumes

/// A lesion with all that is needed to compare it with one of another time point.
struct LesionPlace {
  let outline: Outline
  let maximum: Double
  /// Maps the reference frame to the outline's own frame and back.
  let map: TrackedTimePoint.Map
  let centre: PatientPoint
  let volume: Double
  let localError: Double
  /// Radius of the sphere of equal volume, in millimetres.
  let radius: Double
  /// Voxel centres in the reference frame, at most ``mostSamples`` of them, evenly taken.
  private let samples: [PatientPoint]

  private static let mostSamples = 200

  /// `nil` when the time point is not linked.
  init?(_ lesion: LesionOutline, in timePoint: TrackedTimePoint) {
    guard case .mapped(let map) = timePoint.placement else { return nil }
    outline = lesion.outline
    maximum = lesion.maximum.inBaseUnit
    self.map = map
    centre = map.toReference(lesion.centroid)
    volume = lesion.outline.volume.millilitres
    localError = map.error(at: centre)
    radius = outline.equivalentRadius.millimetres
    let stride = max(1, outline.voxelCount / Self.mostSamples)
    let grid = outline.grid
    samples = outline.offsets.enumerated().filter { $0.offset % stride == 0 }
      .map { map.toReference(grid.centre(ofVoxelAt: $0.element)) }
  }

  /// Distance in millimetres from a point of the reference frame to the nearest voxel centre.
  func distance(toReferencePoint p: PatientPoint) -> Double {
    outline.distance(to: map.toHere(p))?.millimetres ?? .infinity
  }

  /// Half the diagonal of a voxel: a point this near to a voxel centre may be inside.
  var halfVoxel: Double { outline.grid.spacing.length / 2 }

  /// The share of the smaller lesion that the two have in common, 0 to 1.
  func overlap(with other: LesionPlace) -> Double {
    let (small, large) = volume <= other.volume ? (self, other) : (other, self)
    guard !small.samples.isEmpty else { return 0 }
    let hits = small.samples.count { large.outline.contains(large.map.toHere($0)) }
    return Double(hits) / Double(small.samples.count)
  }
}

extension TrackingOptions {
  /// How unlike two lesions are, as a squared distance in standard deviations; `nil` beyond the
  /// gate.
  ///
  /// d²/σ² + (ln V₂/V₁ / ln f)² + (ln U₂/U₁ / ln f)² − overlap, with σ² from both links' errors,
  /// what motion they leave, and the shift of centre that growth brings; f is ``unremarkableFactor``.
  func cost(_ a: LesionPlace, _ b: LesionPlace) -> Double? {
    let squared = squaredDistance(a.centre, b.centre, a, b)
    guard squared <= gate * gate else { return nil }
    let unit = log(unremarkableFactor)
    let volume = log(b.volume / a.volume) / unit
    let uptake = log(max(b.maximum, 1e-6) / max(a.maximum, 1e-6)) / unit
    return squared + volume * volume + uptake * uptake - a.overlap(with: b)
  }

  /// The price of leaving a lesion alone: a pair at the gate that is alike otherwise is just
  /// worth making.
  var alone: Double { gate * gate / 2 + 1 }

  func squaredDistance(
    _ p: PatientPoint, _ q: PatientPoint, _ a: LesionPlace, _ b: LesionPlace
  ) -> Double {
    let d = p.distance(to: q)
    let motion = max(a.map.residualMotion, b.map.residualMotion) / 2
    let growth = centreShiftOfRadius * max(a.radius, b.radius)
    return d * d
      / (a.localError * a.localError + b.localError * b.localError + motion * motion
        + growth * growth)
  }
}
