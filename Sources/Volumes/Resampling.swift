public import Geometry
import Kernels
public import Quantities

extension Volume {
  /// This volume sampled on another grid, trilinear.
  ///
  /// What a sample means decides what the map does to it (``Quantities/SampleMeaning``): values at
  /// points are kept, amounts in voxels are spread anew so that their total stays.
  ///
  /// - Parameters:
  ///   - target: The grid of the result.
  ///   - targetToSource: Maps a point of the target's frame to this volume's frame; `nil` when
  ///     they share a frame.
  ///   - outside: Value for points this volume does not cover.
  public func resampled(
    onto target: VoxelGrid, through targetToSource: RigidTransform? = nil, outside: Value
  ) -> Volume {
    let frame = FrameOfReference(uid: "")
    let map = targetToSource ?? .identity(from: frame, to: frame)
    return resampled(onto: target, through: AffineTransform(map), outside: outside)
  }

  /// The same through an affine map.
  public func resampled(
    onto target: VoxelGrid, through targetToSource: AffineTransform, outside: Value
  ) -> Volume {
    switch Value.sample {
    case .valueAtPoint:
      return Volume(
        grid: target, filling: sampled(on: target, through: targetToSource, outside: outside))
    case .amountInVoxel:
      return spread(onto: target, outside: outside) { density, grid, outer in
        let there = density.sampled(on: grid, through: targetToSource, outside: outer)
        let determinant = Float(targetToSource.determinant)
        return Volume(grid: grid, filling: there.map { $0 * determinant })
      }
    }
  }

  private func sampled(
    on target: VoxelGrid, through map: AffineTransform, outside: Value
  ) -> [Float] {
    func source(_ i: Double, _ j: Double, _ k: Double) -> SIMD3<Double> {
      grid.alongAxes(map(target.patientPoint(at: GridPoint(ijk: [i, j, k])))) / grid.spacing
    }
    return TrilinearResample.run(
      interpolationSource, onto: target.size,
      sliceStarts: (0..<target.size.z).map { source(0, 0, Double($0)) },
      stepI: source(1, 0, 0) - source(0, 0, 0), stepJ: source(0, 1, 0) - source(0, 0, 0),
      outside: Float(outside.inBaseUnit))
  }

  /// Whole blocks averaged until no axis is finer than `millimetres`.
  public func reduced(to millimetres: Double) throws(GridError) -> Volume {
    let factor = SIMD3<Int>((millimetres / grid.spacing).rounded(.down))
      .clamped(lowerBound: .one, upperBound: grid.size)
    return factor == .one ? self : try blockAveraged(by: factor)
  }

  /// The mean of blocks of `factor` voxels along i, j and k, on the coarser grid they form; for
  /// amounts in voxels their sum.
  ///
  /// - Throws: ``GridError`` when a factor is larger than the grid.
  public func blockAveraged(by factor: SIMD3<Int>) throws(GridError) -> Volume {
    var result = BlockAverage.run(samples, size: grid.size, factor: factor)
    if Value.sample == .amountInVoxel {
      let voxels = Float(factor.x * factor.y * factor.z)
      result.samples = result.samples.map { $0 * voxels }
    }
    let shift = SIMD3(Double(factor.x - 1), Double(factor.y - 1), 0) / 2
    let corner = grid.patientPoint(at: GridPoint(ijk: shift)).millimetres
    guard let slices = grid.sliceOffsets, result.size.z > 1 else {
      let step = SIMD3(Double(factor.x), Double(factor.y), Double(factor.z))
      let origin = corner + grid.axes.k * (grid.spacing.z * Double(factor.z - 1) / 2)
      let coarse = try VoxelGrid(
        size: result.size, spacing: grid.spacing * step, axes: grid.axes,
        origin: PatientPoint(millimetres: origin))
      return Volume(grid: coarse, filling: result.samples)
    }
    // A block of uneven slices lies where their mean position is.
    let means = (0..<result.size.z).map { block in
      slices[(block * factor.z)..<((block + 1) * factor.z)].reduce(0, +) / Double(factor.z)
    }
    let coarse = try VoxelGrid(
      columns: result.size.x, rows: result.size.y,
      columnSpacing: grid.spacing.x * Double(factor.x),
      rowSpacing: grid.spacing.y * Double(factor.y), sliceOffsets: means.map { $0 - means[0] },
      axes: grid.axes, origin: PatientPoint(millimetres: corner + grid.axes.k * means[0]))
    return Volume(grid: coarse, filling: result.samples)
  }

  /// Smoothed by a Gaussian of the given full width at half maximum along i, j and k.
  public func smoothed(fullWidthHalfMaximum fwhm: Length) -> Volume {
    let sigma = fwhm.millimetres / (8 * 0.693_147_180_559_945_3).squareRoot()
    return Volume(
      grid: grid,
      filling: GaussianSmoothing.run(samples, size: grid.size, sigma: sigma / grid.spacing))
  }
}

extension Mask {
  /// This mask on another grid: a voxel is inside when at least half covered, by trilinear
  /// interpolation.
  public func resampled(
    onto target: VoxelGrid, through targetToSource: RigidTransform? = nil
  ) -> Mask {
    let soft = Volume<Coverage>(grid: grid, filling: inside.map(Float.init))
      .resampled(onto: target, through: targetToSource, outside: .zero)
    return Mask(grid: target) { soft.samples[$0] >= 0.5 }
  }

  /// The same through an affine map.
  public func resampled(onto target: VoxelGrid, through targetToSource: AffineTransform) -> Mask {
    let soft = Volume<Coverage>(grid: grid, filling: inside.map(Float.init))
      .resampled(onto: target, through: targetToSource, outside: .zero)
    return Mask(grid: target) { soft.samples[$0] >= 0.5 }
  }
}

/// Fraction of a voxel that lies inside a region, 0 to 1.
public struct Coverage: Quantity {
  public let inBaseUnit: Double
  public static let baseUnit = "1"
  public init(inBaseUnit: Double) { self.inBaseUnit = inBaseUnit }
}
