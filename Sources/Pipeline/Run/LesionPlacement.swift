import Dosimetry
import Foundation
import Geometry
import Quantities
import Volumes

/// Carries a lesion outlined at the reference onto a dosimetry scan, and lets it follow its
/// uptake over the few millimetres that breathing moved it beyond the rigid link.
struct LesionPlacement {
  let image: Volume<ActivityConcentration>
  let link: TimePointLink

  /// Breathing moves a lesion by up to 15 mm after rigid registration; it is looked for in steps
  /// of 2.5 mm, half a SPECT voxel.
  private static let reach = 15.0
  private static let step = 2.5

  /// The lesion as fractions of voxels; `nil` where the scan does not show all of it.
  func coverage(of outline: Outline, named name: String) throws -> RegionCoverage? {
    let mask = outline.mask
    guard let centre = mask.centroid else { return nil }
    let corners = outline.corners.map { link.referenceToHere($0) }
    guard corners.allSatisfy(image.grid.contains) else { return nil }
    let radius = cbrt(mask.volume.millilitres * 1000 * 3 / (4 * .pi))
    let shift = bestShift(near: link.referenceToHere(centre), radius: radius)
    let moved = RigidTransform(
      from: link.referenceToHere.to, to: link.referenceToHere.to, translation: shift)
    return try RegionCoverage(
      name: name, kind: .lesion, mask: mask, averagedOnto: image.grid,
      through: link.referenceToHere.then(moved))
  }

  /// The shift within reach at which a ball of the lesion's size holds most activity. Ties and
  /// empty places keep the link's position.
  private func bestShift(near centre: PatientPoint, radius: Double) -> SIMD3<Double> {
    var best = (mean: ballMean(centre, radius: radius), shift: SIMD3<Double>.zero)
    let count = Int(Self.reach / Self.step)
    for c in -count...count {
      for b in -count...count {
        for a in -count...count {
          let shift = SIMD3(Double(a), Double(b), Double(c)) * Self.step
          guard shift.length <= Self.reach else { continue }
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
