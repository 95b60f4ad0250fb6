public import Geometry
import Kernels
public import Quantities
public import Volumes

extension KnownMotion {
  /// The image after the motion, on a grid of the second frame; trilinear.
  public func carried<Value: Quantity>(
    _ image: Volume<Value>, onto grid: VoxelGrid, outside: Value
  ) throws -> Volume<Value> {
    guard !waves.isEmpty else {
      return image.resampled(onto: grid, through: rigid.inverse, outside: outside)
    }
    let source = TrilinearResample.Source(
      samples: image.samples, size: image.grid.size,
      slices: image.grid.sliceOffsets?.map { $0 / image.grid.spacing.z })
    let (back, from) = (rigid.inverse, image.grid)
    let samples = TrilinearResample.run(
      source, onto: grid.size, outside: Float(outside.inBaseUnit)
    ) { i, j, k in
      let p = back(grid.patientPoint(i: i, j: j, k: k)).millimetres
      let d = p + displacement(p) - from.origin.millimetres
      return SIMD3(d.dot(from.axes.i), d.dot(from.axes.j), d.dot(from.axes.k)) / from.spacing
    }
    return try Volume(grid: grid, samples: samples)
  }

  /// The mask after the motion, on a grid of the second frame: voxels at least half covered.
  public func carried(_ mask: Mask, onto grid: VoxelGrid) throws -> Mask {
    let cover = try Volume<DimensionlessCover>(
      grid: mask.grid, samples: mask.inside.map(Float.init))
    let moved = try carried(cover, onto: grid, outside: DimensionlessCover.zero)
    return Mask(grid: grid) { moved.samples[$0] >= 0.5 }
  }
}

/// The fraction of a voxel that a mask covers.
private struct DimensionlessCover: Quantity {
  let inBaseUnit: Double
  static let baseUnit = "1"
}
