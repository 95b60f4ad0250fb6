/// Trilinear resampling of one voxel buffer onto another grid through an affine map.
public enum TrilinearResample {
  /// A source buffer: `samples` with i fastest, and where its slices lie.
  public struct Source {
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

  /// Samples `source` on a target grid.
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
    let rowCount = size.y * size.z
    return unsafe [Float](unsafeUninitializedCapacity: size.x * rowCount) { target, filled in
      let target = unsafe target
      unsafe source.samples.withUnsafeBufferPointer { samples in
        let samples = unsafe samples
        Slabs.forEach(of: rowCount) { rows in
          for row in rows {
            let start = sliceStarts[row / size.y] + stepJ * Double(row % size.y)
            let out = unsafe UnsafeMutableBufferPointer(
              rebasing: target[(row * size.x)..<((row + 1) * size.x)])
            unsafe sampleRow(
              samples, source, start: start, step: stepI, outside: outside, into: out)
          }
        }
      }
      filled = size.x * rowCount
    }
  }

  private static func sampleRow(
    _ samples: UnsafeBufferPointer<Float>, _ source: Source, start: SIMD3<Double>,
    step: SIMD3<Double>, outside: Float, into out: UnsafeMutableBufferPointer<Float>
  ) {
    for n in out.indices {
      unsafe out[n] = sample(samples, source, at: start + step * Double(n), outside: outside)
    }
  }

  /// Samples `source` where `fill` says, row by row of the target.
  ///
  /// - Parameter fill: Writes the source positions of one row (row index: j + rows · k) in units
  ///   of source voxels, nominal spacing along k; called on several threads at a time.
  public static func run(
    _ source: Source, onto size: SIMD3<Int>, outside: Float,
    positions fill: (_ row: Int, _ positions: inout [SIMD3<Double>]) -> Void
  ) -> [Float] {
    let rowCount = size.y * size.z
    return unsafe [Float](unsafeUninitializedCapacity: size.x * rowCount) { target, filled in
      let target = unsafe target
      unsafe source.samples.withUnsafeBufferPointer { samples in
        let samples = unsafe samples
        Slabs.forEach(of: rowCount) { rows in
          var positions = [SIMD3<Double>](repeating: .zero, count: size.x)
          for row in rows {
            fill(row, &positions)
            for i in 0..<size.x {
              unsafe target[row * size.x + i] = sample(
                samples, source, at: positions[i], outside: outside)
            }
          }
        }
      }
      filled = size.x * rowCount
    }
  }

  @inline(__always)
  private static func sample(
    _ samples: UnsafeBufferPointer<Float>, _ source: Source, at position: SIMD3<Double>,
    outside: Float
  ) -> Float {
    let size = source.size
    let last = SIMD3<Double>(Double(size.x - 1), Double(size.y - 1), Double(size.z - 1))
    var p = position
    if let slices = source.slices { p.z = slicePosition(p.z, in: slices) }
    guard
      p.x >= -0.5, p.y >= -0.5, p.z >= -0.5,
      p.x <= last.x + 0.5, p.y <= last.y + 0.5, p.z <= last.z + 0.5
    else { return outside }
    let q = p.clamped(lowerBound: .zero, upperBound: last)
    let (i, j, k) = (Int(q.x), Int(q.y), Int(q.z))
    let (fx, fy, fz) = (
      Float(q.x - Double(i)), Float(q.y - Double(j)), Float(q.z - Double(k))
    )
    let di = i + 1 < size.x ? 1 : 0
    let dj = j + 1 < size.y ? size.x : 0
    let dk = k + 1 < size.z ? size.x * size.y : 0
    // In bounds: 0 ≤ i, j, k ≤ last, and each step stays inside.
    let base = i + size.x * (j + size.y * k)
    let a = unsafe lerp(samples[base], samples[base + di], fx)
    let b = unsafe lerp(samples[base + dj], samples[base + dj + di], fx)
    let c = unsafe lerp(samples[base + dk], samples[base + dk + di], fx)
    let d = unsafe lerp(samples[base + dk + dj], samples[base + dk + dj + di], fx)
    return lerp(lerp(a, b, fy), lerp(c, d, fy), fz)
  }

  @inline(__always)
  private static func lerp(_ a: Float, _ b: Float, _ t: Float) -> Float { a + (b - a) * t }

  /// Turns a nominal slice position into a fractional slice index on uneven slices.
  private static func slicePosition(_ z: Double, in slices: [Double]) -> Double {
    var lower = min(max(Int(z), 0), slices.count - 2)
    while lower > 0, z < slices[lower] { lower -= 1 }
    while lower < slices.count - 2, z >= slices[lower + 1] { lower += 1 }
    return Double(lower) + (z - slices[lower]) / (slices[lower + 1] - slices[lower])
  }
}
