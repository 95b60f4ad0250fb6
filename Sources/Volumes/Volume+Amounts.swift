public import Geometry
public import Kernels
import Quantities

extension Volume {
  /// Amounts in voxels on another grid. `sample` fetches their density, in amounts per millilitre
  /// of the target's tissue, on a grid it is given; here it is filled into the target's voxels.
  ///
  /// Target voxels larger than this volume's are sampled at several places each, so that none of
  /// this volume's voxels is passed over.
  ///
  /// - Parameter sample: Given this volume as a density, the grid to sample it on, and what lies
  ///   outside. The determinant of a map is for it to multiply.
  public func spread(
    onto target: VoxelGrid, outside: Value,
    _ sample: (_ density: Volume, _ onto: VoxelGrid, _ outside: Value) throws -> Volume
  ) rethrows -> Volume {
    let density = scaledPerSlice { 1 / grid.voxelMillilitres(inSlice: $0) }
    let outer = Value(inBaseUnit: outside.inBaseUnit / target.voxelMillilitres)
    let parts = partsPerVoxel(of: target)
    guard parts != SIMD3(1, 1, 1) else {
      return try sample(density, target, outer)
        .scaledPerSlice { target.voxelMillilitres(inSlice: $0) }
    }
    // Slice by slice: the parts of a whole image would not fit into memory.
    var samples: [Float] = []
    samples.reserveCapacity(target.voxelCount)
    for k in 0..<target.size.z {
      guard let fine = target.parts(parts, ofSlice: k) else { continue }
      let sums = BlockAverage.run(
        try sample(density, fine, outer).samples, size: fine.size, factor: parts)
      let millilitres = Float(target.voxelMillilitres(inSlice: k))
      for mean in sums.samples { samples.append(mean * millilitres) }
    }
    return Volume(grid: target, filling: samples)
  }

  /// Into how many parts a target voxel is cut along each axis: none is larger than a voxel here.
  private func partsPerVoxel(of target: VoxelGrid) -> SIMD3<Int> {
    let own = [grid.axes.i, grid.axes.j, grid.axes.k]
    let along = [target.axes.i, target.axes.j, target.axes.k].map { direction in
      // This volume's voxel as the direction sees it.
      (0..<3).map { abs(own[$0].dot(direction)) / grid.spacing[$0] }.reduce(0, +)
    }
    return SIMD3(
      (0..<3).map { max(1, Int((target.spacing[$0] * along[$0] - 1e-3).rounded(.up))) })
  }

  /// Every sample times a factor of its slice.
  private func scaledPerSlice(by factor: (_ slice: Int) -> Double) -> Volume {
    let perSlice = grid.size.x * grid.size.y
    var scaled = samples
    for k in 0..<grid.size.z {
      let f = Float(factor(k))
      for n in (k * perSlice)..<((k + 1) * perSlice) { scaled[n] *= f }
    }
    return Volume(grid: grid, filling: scaled)
  }

  /// The samples in the form the resampling kernels read.
  public var interpolationSource: TrilinearResample.Source {
    TrilinearResample.Source(
      samples: samples, size: grid.size, slices: grid.sliceOffsets?.map { $0 / grid.spacing.z })
  }
}

extension VoxelGrid {
  /// One slice, each of its voxels cut into parts.
  fileprivate func parts(_ parts: SIMD3<Int>, ofSlice k: Int) -> VoxelGrid? {
    let faces = sliceFaces(k)
    let thickness = faces.upperBound - faces.lowerBound
    let part = SIMD3(spacing.x, spacing.y, thickness) / SIMD3<Double>(parts)
    let first = SIMD3(
      (part.x - spacing.x) / 2, (part.y - spacing.y) / 2, faces.lowerBound + part.z / 2)
    // A part of a valid grid is valid.
    return try? VoxelGrid(
      size: SIMD3(size.x * parts.x, size.y * parts.y, parts.z), spacing: part, axes: axes,
      origin: patientPoint(alongAxes: first))
  }
}

extension SIMD3<Int> {
  fileprivate init(_ values: [Int]) { self.init(values[0], values[1], values[2]) }
}
