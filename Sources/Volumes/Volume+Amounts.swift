public import Geometry
public import Kernels
import Quantities

extension Volume {
  /// Every sample times a factor of its slice.
  func scaledPerSlice(by factor: (_ slice: Int) -> Double) -> Volume {
    let perSlice = grid.size.x * grid.size.y
    var scaled = samples
    for k in 0..<grid.size.z {
      let f = Float(factor(k))
      for n in (k * perSlice)..<((k + 1) * perSlice) { scaled[n] *= f }
    }
    return Volume(grid: grid, filling: scaled)
  }

  /// Amounts in voxels on another grid: `sample` fetches their density there, which is then
  /// filled into the target's voxels. The map's determinant is for `sample` to multiply.
  ///
  /// - Parameter sample: Given amounts per millilitre, and what lies outside in the same unit.
  public func spread(
    onto target: VoxelGrid, outside: Value, _ sample: (Volume, Value) throws -> Volume
  ) rethrows -> Volume {
    let fine = summed(for: target)
    let density = fine.scaledPerSlice { 1 / fine.grid.voxelMillilitres(inSlice: $0) }
    let outer = Value(inBaseUnit: outside.inBaseUnit / target.voxelMillilitres)
    return try sample(density, outer).scaledPerSlice { target.voxelMillilitres(inSlice: $0) }
  }

  /// Amounts in voxels, summed over blocks that come as close to the voxels of `target` as whole
  /// voxels can from below: point samples on a coarser grid would pass over voxels in between.
  /// Voxels that fill no block at the far edge are joined by empty ones; uneven slices stay.
  private func summed(for target: VoxelGrid) -> Volume {
    let (own, other) = (grid.axes, target.axes)
    var factor = SIMD3<Int>(1, 1, 1)
    for (axis, direction) in [own.i, own.j, own.k].enumerated()
    where axis < 2 || grid.sliceOffsets == nil {
      let reach = [
        abs(other.i.dot(direction)) * target.spacing.x,
        abs(other.j.dot(direction)) * target.spacing.y,
        abs(other.k.dot(direction)) * target.spacing.z,
      ].max()
      factor[axis] = max(1, Int(((reach ?? 0) / grid.spacing[axis] + 1e-6).rounded(.down)))
    }
    guard factor != SIMD3(1, 1, 1) else { return self }
    // A factor never exceeds the padded size, so averaging cannot fail.
    return (try? padded(toMultiplesOf: factor).blockAveraged(by: factor)) ?? self
  }

  private func padded(toMultiplesOf factor: SIMD3<Int>) -> Volume {
    let size = (grid.size &+ factor &- 1) / factor &* factor
    guard size != grid.size else { return self }
    guard let wider = grid.withSize(size) else { return self }
    var samples = [Float](repeating: 0, count: wider.voxelCount)
    for k in 0..<grid.size.z {
      for j in 0..<grid.size.y {
        let (from, to) = (grid.index(i: 0, j: j, k: k), wider.index(i: 0, j: j, k: k))
        for i in 0..<grid.size.x { samples[to + i] = self.samples[from + i] }
      }
    }
    return Volume(grid: wider, filling: samples)
  }

  /// The samples in the form the resampling kernels read.
  public var interpolationSource: TrilinearResample.Source {
    TrilinearResample.Source(
      samples: samples, size: grid.size, slices: grid.sliceOffsets?.map { $0 / grid.spacing.z })
  }
}

extension VoxelGrid {
  /// The grid with more or fewer columns and rows, and slices if those are even.
  fileprivate func withSize(_ size: SIMD3<Int>) -> VoxelGrid? {
    guard let sliceOffsets else {
      return try? VoxelGrid(size: size, spacing: spacing, axes: axes, origin: origin)
    }
    return try? VoxelGrid(
      columns: size.x, rows: size.y, columnSpacing: spacing.x, rowSpacing: spacing.y,
      sliceOffsets: sliceOffsets, axes: axes, origin: origin)
  }
}
