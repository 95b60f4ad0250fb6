import Geometry
import Kernels
import Quantities
import Volumes

/// What every voxel dose asks of its input.
enum VoxelInput {
  /// - Throws: ``TransportError``, naming the first voxel that is wrong.
  static func check(
    _ activity: Volume<TimeIntegratedActivity>, _ density: Volume<MassDensity>
  ) throws(TransportError) {
    guard activity.grid == density.grid else { throw .gridsDiffer }
    guard activity.grid.sliceOffsets == nil else { throw .unevenSlices }
    let densities = density.samples
    if let voxel = first(in: densities, where: { !($0 >= 0 && $0 <= 25) }) {
      throw .badDensity(voxel: voxel, gramsPerMillilitre: Double(densities[voxel]))
    }
    if let voxel = first(in: activity.samples, where: { !($0 >= 0 && $0 < .infinity) }) {
      throw .badActivity(voxel: voxel)
    }
    guard first(in: activity.samples, where: { $0 > 0 }) != nil else { throw .noActivity }
  }

  private static func first(in samples: [Float], where isWanted: (Float) -> Bool) -> Int? {
    Slabs.map(of: samples.count) { range in range.first { isWanted(samples[$0]) } }
      .compactMap { $0 }.first
  }
}
