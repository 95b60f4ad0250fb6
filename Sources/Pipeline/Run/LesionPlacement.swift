import Dosimetry
import Foundation
import Geometry
import Quantities
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
/// uptake over the few millimetres that breathing moved it beyond the rigid link.
struct LesionPlacement {
  let image: Volume<ActivityConcentration>
  let link: TimePointLink

  /// Breathing moves a lesion by up to 15 mm after rigid registration; it is looked for in steps
  /// of 2.5 mm, half a SPECT voxel.
  private static let reach = 15.0
  private static let step = 2.5

  /// The lesion as fractions of voxels; `nil` where the scan does not show all of it.
  ///
  /// - Parameter volumeRatio: Its volume now over that at the reference; spheres follow it.
  func coverage(of lesion: DosedLesion, volumeRatio: Double = 1) throws -> RegionCoverage? {
    let mask = lesion.outline.mask
    guard let centre = mask.centroid else { return nil }
    let corners = lesion.outline.corners.map { link.referenceToHere($0) }
    guard corners.allSatisfy(image.grid.contains) else { return nil }
    let radius =
      lesion.radius.map { $0.millimetres * cbrt(volumeRatio) }
      ?? lesion.outline.equivalentRadius.millimetres
    let here = link.referenceToHere(centre)
    let shift = bestShift(near: here, radius: radius)
    if lesion.radius != nil {
      return try sphere(
        PatientPoint(millimetres: here.millimetres + shift), radius: radius, named: lesion.track)
    }
    let frame = link.referenceToHere.to
    let moved = RigidTransform(from: frame, to: frame, translation: shift)
    return try RegionCoverage(
      name: lesion.track, kind: .lesion, mask: mask, averagedOnto: image.grid,
      through: link.referenceToHere.then(moved))
  }

  /// Points per voxel and axis at which the edge of a sphere is looked at.
  private static let pointsPerVoxel = 6

  private func sphere(
    _ centre: PatientPoint, radius: Double, named name: String
  ) throws -> RegionCoverage {
    let grid = image.grid
    let ball = Outline(
      grid: grid, ball: centre, radius: .millimetres(radius + grid.spacing.length))
    let parts = Self.pointsPerVoxel
    let offsets = (0..<parts).map { (Double($0) + 0.5) / Double(parts) - 0.5 }
    var samples = [Float](repeating: 0, count: grid.voxelCount)
    for n in ball.offsets {
      let voxel = grid.ijk(at: n)
      let base = SIMD3(Double(voxel.x), Double(voxel.y), Double(voxel.z))
      var inside = 0
      for c in offsets {
        for b in offsets {
          for a in offsets {
            let p = grid.patientPoint(at: GridPoint(ijk: base + SIMD3(a, b, c)))
            if p.distance(to: centre) <= radius { inside += 1 }
          }
        }
      }
      samples[n] = Float(inside) / Float(parts * parts * parts)
    }
    return RegionCoverage(
      name: name, kind: .lesion, coverage: try Volume(grid: grid, samples: samples))
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
