import Dosimetry
import Foundation
import Geometry
import Quantities
import Registration
import Volumes

/// A lesion as the dose stage takes it over from the reference scan.
struct DosedLesion: Sendable, Hashable, Codable {
  let track: String
  /// As a person or the structures named it.
  let name: String?
  let outline: Outline
  /// Of the sphere that the blurred image was recovered to; `nil` where the lesion is no sphere,
  /// and its outline stands for it.
  let radius: Length?
  let size: LesionSize
}

/// Carries a lesion outlined at the reference onto a dosimetry scan, and lets it follow its
/// uptake over the few millimetres that the link may be off.
struct LesionPlacement {
  let image: Volume<ActivityConcentration>
  let link: TissueLink

  /// A lesion is looked for in steps of 2.5 mm, half a SPECT voxel.
  private static let step = 2.5
  /// √χ²₃(0.95) over √χ²₃(0.68): from the radius that holds the true place with 68 % probability to
  /// that with 95 %.
  private static let likely = 2.795 / LocalError.radiusPerStandardDeviation

  /// How far from the link's place the lesion may lie: what motion the link leaves, and what the map
  /// states beyond it.
  private func reach(at centre: PatientPoint) -> Double {
    let most = link.residualMotion.millimetres
    guard link.map != nil else { return most }
    guard let error = link.localError(at: centre).radiusMillimetres else {
      return TissueLink.motionLeftByRigidLinks.millimetres
    }
    return hypot(most, error * Self.likely)
  }

  /// Where the lesion lies; `nil` where the scan does not show all of it.
  ///
  /// - Parameter volumeRatio: Its volume now over that at the reference; spheres follow it.
  func place(_ lesion: DosedLesion, volumeRatio: Double = 1) -> PlacedLesion? {
    guard let centre = lesion.outline.centroid else { return nil }
    let here = link(centre)
    // The map says where the lesion lies, not how large it is: it moves as a whole.
    let breathed = here.millimetres - link.rigid(centre).millimetres
    let corners = lesion.outline.corners.map {
      PatientPoint(millimetres: link.rigid($0).millimetres + breathed)
    }
    guard corners.allSatisfy(image.grid.contains) else { return nil }
    let radius =
      lesion.radius.map { $0.millimetres * cbrt(volumeRatio) }
      ?? lesion.outline.equivalentRadius.millimetres
    let shift = bestShift(near: here, radius: radius, within: reach(at: centre))
    if lesion.radius != nil {
      return PlacedLesion(
        track: lesion.track,
        shape: .sphere(
          centre: PatientPoint(millimetres: here.millimetres + shift), radius: radius))
    }
    let moved = RigidTransform(from: link.to, to: link.to, translation: breathed + shift)
    // Both frames are the link's own, so composition cannot fail.
    guard let toHere = try? link.rigid.then(moved) else { return nil }
    return PlacedLesion(
      track: lesion.track, shape: .outline(lesion.outline, toHere: toHere))
  }

  /// The shift within reach at which a ball of the lesion's size holds most activity. Ties and
  /// empty places keep the link's position.
  private func bestShift(
    near centre: PatientPoint, radius: Double, within reach: Double
  ) -> SIMD3<Double> {
    var best = (mean: ballMean(centre, radius: radius), shift: SIMD3<Double>.zero)
    let count = Int(reach / Self.step)
    for c in -count...count {
      for b in -count...count {
        for a in -count...count {
          let shift = SIMD3(Double(a), Double(b), Double(c)) * Self.step
          guard shift.length <= reach else { continue }
          let mean = ballMean(
            PatientPoint(millimetres: centre.millimetres + shift), radius: radius)
          // A nearer place wins unless a farther one is clearly hotter.
          if mean > best.mean * 1.02 { best = (mean, shift) }
        }
      }
    }
    return best.shift
  }

  /// Mean concentration over the voxel centres within a ball; 0 where the ball leaves the image.
  private func ballMean(_ centre: PatientPoint, radius: Double) -> Double {
    let grid = image.grid
    let middle = grid.gridPoint(at: centre).ijk
    let reach = max(radius, grid.spacing.max() / 2) / grid.spacing
    let low = (middle - reach).rounded(.up)
    let high = (middle + reach).rounded(.down)
    guard low.min() >= 0, high.x < Double(grid.size.x), high.y < Double(grid.size.y),
      high.z < Double(grid.size.z), low.x <= high.x, low.y <= high.y, low.z <= high.z
    else { return 0 }
    var (sum, count) = (0.0, 0)
    for k in Int(low.z)...Int(high.z) {
      for j in Int(low.y)...Int(high.y) {
        for i in Int(low.x)...Int(high.x) {
          let d = (SIMD3(Double(i), Double(j), Double(k)) - middle) / reach
          guard d.dot(d) <= 1 else { continue }
          sum += Double(image.samples[grid.index(i: i, j: j, k: k)])
          count += 1
        }
      }
    }
    return count > 0 ? sum / Double(count) : 0
  }
}

extension Outline {
  /// The eight corners of the block of voxels around the outline; empty for an empty outline.
  var corners: [PatientPoint] {
    guard let bounds else { return [] }
    return [bounds.first.x, bounds.last.x].flatMap { i in
      [bounds.first.y, bounds.last.y].flatMap { j in
        [bounds.first.z, bounds.last.z].map { k in grid.patientPoint(i: i, j: j, k: k) }
      }
    }
  }
}
