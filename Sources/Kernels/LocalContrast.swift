/// Intensities relative to their surroundings: (v − local mean) / √(local variance + floor²).
///
/// The squared difference of two images treated so is 2 (1 − local correlation), up to the floor
/// and to windows that bend with the motion: it does not see a slow change of gain or offset.
public enum LocalContrast {
  /// - Parameters:
  ///   - size: Voxel counts of `samples`, i fastest.
  ///   - block: Voxels per block over which the statistics are taken; they are smoothed over
  ///     neighbouring blocks and interpolated, which gives a window of σ ≈ 0.9 blocks.
  ///   - floor: Standard deviation below which contrast counts as noise.
  public static func run(
    _ samples: [Float], size: SIMD3<Int>, block: SIMD3<Int>, floor: Float
  ) -> [Float] {
    precondition(samples.count == size.x * size.y * size.z, "samples do not fill the grid")
    let statistics = Statistics(samples, size: size, block: block, floor: floor)
    return unsafe [Float](unsafeUninitializedCapacity: samples.count) { out, filled in
      let out = unsafe out
      unsafe samples.withUnsafeBufferPointer { source in
        let source = unsafe source
        Slabs.forEach(of: size.y * size.z) { rows in
          var line = [SIMD2<Float>](repeating: .zero, count: statistics.size.x)
          for row in rows {
            statistics.line(j: row % size.y, k: row / size.y, into: &line)
            let base = row * size.x
            for i in 0..<size.x {
              let (n, t) = (statistics.cell[i], statistics.fraction[i])
              let s = line[n] + (line[n + 1] - line[n]) * t
              unsafe out[base + i] = (source[base + i] - s.x) * s.y
            }
          }
        }
      }
      filled = samples.count
    }
  }

  /// Local mean and inverse spread on a lattice of block centres, one block wider on each side.
  private struct Statistics {
    let size: SIMD3<Int>
    let block: SIMD3<Int>
    let values: [SIMD2<Float>]
    /// For each voxel of a row: the lattice cell it lies in, and where in it.
    let cell: [Int]
    let fraction: [Float]

    init(_ samples: [Float], size: SIMD3<Int>, block: SIMD3<Int>, floor: Float) {
      self.block = block
      self.size = SIMD3(
        (size.x + block.x - 1) / block.x + 2, (size.y + block.y - 1) / block.y + 2,
        (size.z + block.z - 1) / block.z + 2)
      var moments = Self.moments(samples, size: size, block: block, shape: self.size)
      for axis in 0..<3 { moments = Self.smoothed(moments, shape: self.size, axis: axis) }
      values = moments.map { m in
        guard m.x > 0 else { return .zero }
        let mean = m.y / m.x
        let variance = max(m.z / m.x - mean * mean, 0)
        return SIMD2(mean, 1 / (variance + floor * floor).squareRoot())
      }
      let places = (0..<size.x).map { Self.place($0, block: block.x) }
      cell = places.map(\.cell)
      fraction = places.map(\.fraction)
    }

    private static func place(_ voxel: Int, block: Int) -> (cell: Int, fraction: Float) {
      let p = (Float(voxel) + 0.5) / Float(block) + 0.5
      return (Int(p), p - Float(Int(p)))
    }

    /// (count, Σv, Σv²) of each block; the outer layer stays empty.
    private static func moments(
      _ samples: [Float], size: SIMD3<Int>, block: SIMD3<Int>, shape: SIMD3<Int>
    ) -> [SIMD4<Float>] {
      var result = [SIMD4<Float>](repeating: .zero, count: shape.x * shape.y * shape.z)
      unsafe result.withUnsafeMutableBufferPointer { out in
        let out = unsafe out
        unsafe samples.withUnsafeBufferPointer { source in
          let source = unsafe source
          let rowCount = (shape.y - 2) * (shape.z - 2)
          // Each slab writes its own rows of blocks.
          Slabs.forEach(of: rowCount) { rows in
            for row in rows {
              let (bj, bk) = (row % (shape.y - 2), row / (shape.y - 2))
              let target = 1 + shape.x * (bj + 1 + shape.y * (bk + 1))
              for k in (bk * block.z)..<min((bk + 1) * block.z, size.z) {
                for j in (bj * block.y)..<min((bj + 1) * block.y, size.y) {
                  let base = size.x * (j + size.y * k)
                  for b in 0..<(shape.x - 2) {
                    var (sum, square): (Float, Float) = (0, 0)
                    let range = (b * block.x)..<min((b + 1) * block.x, size.x)
                    for i in range {
                      let v = unsafe source[base + i]
                      sum += v
                      square += v * v
                    }
                    unsafe out[target + b] += SIMD4(Float(range.count), sum, square, 0)
                  }
                }
              }
            }
          }
        }
      }
      return result
    }

    /// Weights 1, 2, 1 along one axis; beyond the lattice there is nothing to count.
    private static func smoothed(
      _ m: [SIMD4<Float>], shape: SIMD3<Int>, axis: Int
    ) -> [SIMD4<Float>] {
      let stride = [1, shape.x, shape.x * shape.y][axis]
      var result = m
      for n in m.indices {
        let position = n / stride % shape[axis]
        var sum = m[n] * 2
        if position > 0 { sum += m[n - stride] }
        if position < shape[axis] - 1 { sum += m[n + stride] }
        result[n] = sum
      }
      return result
    }

    /// The statistics along row (j, k), at the block centres of i.
    func line(j: Int, k: Int, into line: inout [SIMD2<Float>]) {
      let (y, z) = (Self.place(j, block: block.y), Self.place(k, block: block.z))
      let base = size.x * (y.cell + size.y * z.cell)
      let (dj, dk) = (size.x, size.x * size.y)
      for n in 0..<size.x {
        let a = values[base + n] + (values[base + dj + n] - values[base + n]) * y.fraction
        let far = base + dk + n
        let b = values[far] + (values[far + dj] - values[far]) * y.fraction
        line[n] = a + (b - a) * z.fraction
      }
    }
  }
}
