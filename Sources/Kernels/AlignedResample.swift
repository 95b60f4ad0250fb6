/// Trilinear resampling between grids whose axes are parallel: what each axis contributes is
/// worked out once, not at every voxel.
public enum AlignedResample {
  /// Where the voxels of one target axis fall on the source axis that is parallel to it.
  public struct Axis {
    /// Offset of the lower neighbour in the source buffer; −1 outside the source.
    let offsets: [Int]
    /// Offset from the lower to the upper neighbour; 0 at the far edge.
    let steps: [Int]
    /// Weight of the upper neighbour.
    let fractions: [Float]

    /// - Parameters:
    ///   - positions: Source positions in voxels, one per target voxel along this axis. Within
    ///     half a voxel of the edge the edge value is held; farther out is outside.
    ///   - count: Voxels of the source along its axis.
    ///   - stride: Distance of two neighbours on that axis in the source buffer.
    public init(positions: [Double], count: Int, stride: Int) {
      let last = Double(count - 1)
      var (offsets, steps, fractions) = ([Int](), [Int](), [Float]())
      for position in positions {
        let p = min(max(position, 0), last)
        let lower = Int(p)
        let isInside = position >= -0.5 && position <= last + 0.5
        offsets.append(isInside ? lower * stride : -1)
        steps.append(lower + 1 < count ? stride : 0)
        fractions.append(Float(p - Double(lower)))
      }
      (self.offsets, self.steps, self.fractions) = (offsets, steps, fractions)
    }
  }

  /// - Parameters:
  ///   - i, j, k: The three target axes; i varies fastest in the result. Each belongs to another
  ///     source axis.
  ///   - outside: Value for points beyond the source's outer voxel faces.
  public static func run(
    _ samples: [Float], i: Axis, j: Axis, k: Axis, outside: Float
  ) -> [Float] {
    let (width, height) = (i.offsets.count, j.offsets.count)
    let rowCount = height * k.offsets.count
    let reach = [i, j, k].reduce(0) { sum, axis in
      sum + (zip(axis.offsets, axis.steps).map { $0 + $1 }.max() ?? 0)
    }
    precondition(reach < samples.count, "the axes lie inside the source")
    return unsafe [Float](unsafeUninitializedCapacity: width * rowCount) { target, filled in
      let target = unsafe target
      unsafe samples.withUnsafeBufferPointer { source in
        let source = unsafe source
        Slabs.forEach(of: rowCount) { rows in
          for row in rows {
            let out = unsafe UnsafeMutableBufferPointer(
              rebasing: target[(row * width)..<((row + 1) * width)])
            unsafe sampleRow(
              source, i, Row(j, row % height, k, row / height), outside: outside, into: out)
          }
        }
      }
      filled = width * rowCount
    }
  }

  /// What the other two axes contribute to one row of the target.
  private struct Row {
    let base, stepJ, stepK: Int
    let fractionJ, fractionK: Float
    let isOutside: Bool

    init(_ j: Axis, _ nj: Int, _ k: Axis, _ nk: Int) {
      isOutside = j.offsets[nj] < 0 || k.offsets[nk] < 0
      base = j.offsets[nj] + k.offsets[nk]
      (stepJ, stepK) = (j.steps[nj], k.steps[nk])
      (fractionJ, fractionK) = (j.fractions[nj], k.fractions[nk])
    }
  }

  private static func sampleRow(
    _ source: UnsafeBufferPointer<Float>, _ i: Axis, _ row: Row, outside: Float,
    into out: UnsafeMutableBufferPointer<Float>
  ) {
    guard !row.isOutside else { return unsafe out.update(repeating: outside) }
    for n in out.indices {
      guard i.offsets[n] >= 0 else {
        unsafe out[n] = outside
        continue
      }
      // In bounds: the largest sum of offsets was checked against the buffer.
      let a = row.base + i.offsets[n]
      let step = i.steps[n]
      let t = i.fractions[n]
      let near = unsafe lerp(source[a], source[a + step], t)
      let b = a + row.stepJ
      let across = unsafe lerp(source[b], source[b + step], t)
      let c = a + row.stepK
      let deep = unsafe lerp(source[c], source[c + step], t)
      let d = b + row.stepK
      let far = unsafe lerp(source[d], source[d + step], t)
      unsafe out[n] = lerp(
        lerp(near, across, row.fractionJ), lerp(deep, far, row.fractionJ), row.fractionK)
    }
  }

  @inline(__always)
  private static func lerp(_ a: Float, _ b: Float, _ t: Float) -> Float { a + (b - a) * t }
}
