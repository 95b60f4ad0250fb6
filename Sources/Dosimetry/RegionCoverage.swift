public import Geometry
import Quantities
public import Volumes

/// A named region as the fraction of each voxel of an activity image that it fills.
public struct RegionCoverage: Sendable {
  public let name: String
  public let kind: RegionKind
  public let coverage: Volume<Coverage>

  /// - Parameter coverage: Already on the grid of the activity image.
  public init(name: String, kind: RegionKind, coverage: Volume<Coverage>) {
    self.name = name
    self.kind = kind
    self.coverage = coverage
  }

  /// A mask on the activity image itself: every voxel whole or not at all.
  public init(name: String, kind: RegionKind, mask: Mask) throws(VolumeError) {
    self.init(
      name: name, kind: kind,
      coverage: try Volume(grid: mask.grid, samples: mask.inside.map(Float.init)))
  }

  /// A mask on a finer grid, such as an organ drawn on CT, averaged onto the activity image.
  ///
  /// Every voxel of the mask is shared out by the points of a fine raster inside it, so the volume
  /// inside the activity image is kept.
  ///
  /// - Parameter maskToImage: Maps a point of the mask's frame to the activity image's frame;
  ///   `nil` when they share one.
  public init(
    name: String, kind: RegionKind, mask: Mask, averagedOnto grid: VoxelGrid,
    through maskToImage: RigidTransform? = nil
  ) throws(VolumeError) {
    self.init(
      name: name, kind: kind,
      coverage: try Volume(
        grid: grid, samples: Self.averaged(mask, onto: grid, through: maskToImage)))
  }

  /// Raster points per image voxel along each axis: a boundary is placed to a quarter voxel or
  /// better before the partial sums.
  private static let rasterPerVoxel = 4.0

  private static func averaged(
    _ mask: Mask, onto grid: VoxelGrid, through transform: RigidTransform?
  ) -> [Float] {
    let fine = mask.grid
    let parts = SIMD3<Int>(
      (fine.spacing / grid.spacing.min() * rasterPerVoxel).rounded(.up)
        .clamped(lowerBound: .one, upperBound: SIMD3(repeating: 16)))
    func position(_ p: SIMD3<Double>) -> SIMD3<Double> {
      let inPatient = fine.patientPoint(at: GridPoint(ijk: p))
      return grid.gridPoint(at: transform?(inPatient) ?? inPatient).ijk
    }
    let step = position([1, 0, 0]) - position([0, 0, 0])
    var sums = [Double](repeating: 0, count: grid.voxelCount)
    for k in 0..<fine.size.z {
      let share =
        fine.voxelMillilitres(inSlice: k) / Double(parts.x * parts.y * parts.z)
      for j in 0..<fine.size.y {
        let row = fine.index(i: 0, j: j, k: k)
        guard mask.inside[row..<(row + fine.size.x)].contains(1) else { continue }
        for c in 0..<parts.z {
          for b in 0..<parts.y {
            let start = position([
              offset(0, parts.x), Double(j) + offset(b, parts.y), Double(k) + offset(c, parts.z),
            ])
            for i in 0..<fine.size.x where mask.inside[row + i] != 0 {
              for a in 0..<parts.x {
                let p = start + step * (Double(i) + Double(a) / Double(parts.x))
                guard let voxel = voxel(at: p, of: grid) else { continue }
                sums[voxel] += share
              }
            }
          }
        }
      }
    }
    let perSlice = grid.size.x * grid.size.y
    return sums.indices.map {
      Float(min(sums[$0] / grid.voxelMillilitres(inSlice: $0 / perSlice), 1))
    }
  }

  /// Centre of raster part `n` of `count`, relative to the voxel centre.
  private static func offset(_ n: Int, _ count: Int) -> Double {
    (Double(n) + 0.5) / Double(count) - 0.5
  }

  private static func voxel(at p: SIMD3<Double>, of grid: VoxelGrid) -> Int? {
    let q = p.rounded(.toNearestOrAwayFromZero)
    guard
      q.min() >= 0, q.x < Double(grid.size.x), q.y < Double(grid.size.y), q.z < Double(grid.size.z)
    else { return nil }
    return grid.index(i: Int(q.x), j: Int(q.y), k: Int(q.z))
  }
}

/// What a region is, because organs have limits and lesions have aims.
public enum RegionKind: String, Sendable, Hashable, Codable {
  case organ, lesion
  /// Whatever lies in the patient outside every named region.
  case remainder
}
