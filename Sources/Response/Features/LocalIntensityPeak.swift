import Geometry
public import Quantities
public import Volumes

/// The mean about a voxel of all voxels whose centres lie within a 1 mL sphere (IBSI).
///
/// ``PeakUptake`` weights voxels by what lies inside and moves the sphere freely; this is the
/// coarser definition that other programs can be compared by.
public struct LocalIntensityPeak: Sendable, Hashable, Codable {
  /// About the highest voxel; the highest such mean where several voxels are highest.
  public let local: Double
  /// The highest of all voxels of the lesion.
  public let global: Double

  /// Voxels beyond the image's edge are left out.
  ///
  /// - Returns: `nil` for an empty outline.
  public init?(in outline: Outline, of image: Volume<SUVbw>) {
    let grid = outline.grid
    let samples = image.samples
    let radius = PeakUptake.sphereRadius.millimetres
    let reach = SIMD3<Int>((radius / grid.spacing).rounded(.down))
    var (local, global, highest) = (-Double.infinity, -Double.infinity, -Float.infinity)
    for n in outline.offsets {
      let q = grid.ijk(at: n)
      let centre = grid.alongAxes(i: q.x, j: q.y, k: q.z)
      var (sum, count) = (0.0, 0)
      for k in max(q.z - reach.z - 1, 0)...min(q.z + reach.z + 1, grid.size.z - 1) {
        for j in max(q.y - reach.y, 0)...min(q.y + reach.y, grid.size.y - 1) {
          for i in max(q.x - reach.x, 0)...min(q.x + reach.x, grid.size.x - 1)
          where (grid.alongAxes(i: i, j: j, k: k) - centre).length <= radius {
            sum += Double(samples[grid.index(i: i, j: j, k: k)])
            count += 1
          }
        }
      }
      let mean = sum / Double(count)
      global = max(global, mean)
      if samples[n] > highest { (highest, local) = (samples[n], mean) }
      if samples[n] == highest { local = max(local, mean) }
    }
    guard local.isFinite else { return nil }
    self.local = local
    self.global = global
  }

  func features(unit: String) -> [LesionFeature] {
    [("Local intensity peak", "VJGA", local), ("Global intensity peak", "0F91", global)].map {
      LesionFeature(
        family: .localIntensity, name: $0.0, identifier: $0.1, value: $0.2, unit: unit)
    }
  }
}
