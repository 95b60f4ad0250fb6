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
    if let voxel = RangeCheck.firstOutside(0...25, densities) {
      throw .badDensity(voxel: voxel, gramsPerMillilitre: Double(densities[voxel]))
    }
    if let voxel = RangeCheck.firstOutside(0...Float.greatestFiniteMagnitude, activity.samples) {
      throw .badActivity(voxel: voxel)
    }
    guard activity.samples.contains(where: { $0 > 0 }) else { throw .noActivity }
  }
}
