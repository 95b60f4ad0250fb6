import Dosimetry
import Geometry
import Quantities
import Registration
import Volumes

/// A lesion where it lies on a scan.
struct PlacedLesion {
  enum Shape {
    /// Compact lesions are spheres of the size that recovery finds.
    case sphere(centre: PatientPoint, radius: Double)
    /// An outline of another time point, moved as a whole.
    case outline(Outline, toHere: RigidTransform)
  }

  let track: String
  let shape: Shape

  /// Points per voxel and axis at which the edge of a sphere is looked at.
  private static let pointsPerVoxel = 6

  /// As fractions of an image's voxels.
  func coverage(on grid: VoxelGrid) throws -> RegionCoverage {
    switch shape {
    case .outline(let outline, let toHere):
      return try RegionCoverage(
        name: track, kind: .lesion, mask: outline.mask, averagedOnto: grid, through: toHere)
    case .sphere(let centre, let radius):
      return try sphere(centre, radius, on: grid)
    }
  }

  /// The voxels of an image, such as a CT, that it fills.
  func outline(on grid: VoxelGrid) throws -> Outline {
    switch shape {
    case .outline(let outline, let toHere):
      try outline.carried(onto: grid, through: .rigid(toHere.inverse))
    case .sphere(let centre, let radius):
      Outline(grid: grid, ball: centre, radius: .millimetres(radius))
    }
  }

  private func sphere(
    _ centre: PatientPoint, _ radius: Double, on grid: VoxelGrid
  ) throws -> RegionCoverage {
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
      name: track, kind: .lesion, coverage: try Volume(grid: grid, samples: samples))
  }
}

extension DosedLesion {
  /// Where and as large as it is at the reference itself; `nil` for an empty outline.
  func placedAtReference(_ frame: FrameOfReference) -> PlacedLesion? {
    guard let centre = outline.centroid else { return nil }
    if let radius {
      return PlacedLesion(
        track: track, shape: .sphere(centre: centre, radius: radius.millimetres))
    }
    return PlacedLesion(
      track: track, shape: .outline(outline, toHere: .identity(from: frame, to: frame)))
  }
}
