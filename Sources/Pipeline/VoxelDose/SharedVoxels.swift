import Dosimetry
import Geometry
import Quantities
import Volumes

extension [RegionCoverage] {
  /// The regions without the shares of voxels that an earlier one has: a lesion keeps its voxels, and
  /// the organ around it is what is left, as in the regions' own doses.
  func withoutOverlap() throws -> [RegionCoverage] {
    guard let grid = first?.coverage.grid else { return [] }
    var taken = [Float](repeating: 0, count: grid.voxelCount)
    return try map { region in
      var own = region.coverage.samples
      for voxel in own.indices where own[voxel] > 0 {
        own[voxel] = Swift.min(own[voxel], 1 - taken[voxel])
        taken[voxel] += own[voxel]
      }
      return RegionCoverage(
        name: region.name, kind: region.kind, coverage: try Volume(grid: grid, samples: own))
    }
  }
}
