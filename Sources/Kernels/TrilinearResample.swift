/// Trilinear resampling of one voxel buffer onto another grid.
public enum TrilinearResample {
  /// A source buffer: `samples` with i fastest, and where its slices lie.
  public struct Source: Sendable {
    let samples: [Float]
    let size: SIMD3<Int>
    /// Slice positions in units of the nominal slice spacing; `nil` when evenly spaced.
    let slices: [Double]?

    public init(samples: [Float], size: SIMD3<Int>, slices: [Double]?) {
      precondition(samples.count == size.x * size.y * size.z, "samples do not fill the grid")
      self.samples = samples
      self.size = size
      self.slices = slices
    }
  }

  /// Samples `source` on a target grid through an affine map.
  ///
  /// - Parameters:
  ///   - size: Target voxel counts.
  ///   - sliceStarts: For each target slice, the source position of its voxel (0, 0), in units
  ///     of source voxels (nominal spacing along k).
  ///   - stepI: Source step per target column.
  ///   - stepJ: Source step per target row.
  ///   - outside: Value for points beyond the source's outer voxel faces. Within half a voxel
  ///     of the edge the edge value is held.
  public static func run(
    _ source: Source, onto size: SIMD3<Int>, sliceStarts: [SIMD3<Double>], stepI: SIMD3<Double>,
    stepJ: SIMD3<Double>, outside: Float
  ) -> [Float] {
    precondition(sliceStarts.count == size.z, "one start per target slice")
    return RowSampling.run(
      source, onto: size, rows: StraightRows(starts: sliceStarts, stepI: stepI, stepJ: stepJ),
      outside: outside)
  }

  /// Samples `source` on a target grid through any map: slower, each position is asked for.
  ///
  /// - Parameter position: Source position of a target voxel, in units of source voxels.
  public static func run(
    _ source: Source, onto size: SIMD3<Int>, outside: Float,
    position: @escaping @Sendable (_ i: Int, _ j: Int, _ k: Int) -> SIMD3<Double>
  ) -> [Float] {
    RowSampling.run(source, onto: size, rows: AnyRows(position: position), outside: outside)
  }
}

/// Rows of an affine map: straight lines at constant steps.
private struct StraightRows: TargetRows {
  let starts: [SIMD3<Double>]
  let stepI: SIMD3<Double>
  let stepJ: SIMD3<Double>

  func makeScratch() {}

  func place(j: Int, k: Int, _ scratch: inout Void, into row: inout RowPositions) {
    let start = SIMD3<Float>(starts[k] + stepJ * Double(j))
    row.add(
      0..<row.count,
      .init(start: SIMD4(start, 0), linear: SIMD4(SIMD3<Float>(stepI), 0)))
  }
}

private struct AnyRows: TargetRows {
  let position: @Sendable (Int, Int, Int) -> SIMD3<Double>

  func makeScratch() {}

  func place(j: Int, k: Int, _ scratch: inout Void, into row: inout RowPositions) {
    for i in 0..<row.count {
      row.add(i..<(i + 1), .init(start: SIMD4(SIMD3<Float>(position(i, j, k)), 0)))
    }
  }
}
