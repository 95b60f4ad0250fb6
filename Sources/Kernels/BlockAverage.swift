/// Averages blocks of voxels into one: the first step of every image pyramid.
public enum BlockAverage {
  /// - Parameters:
  ///   - size: Voxel counts of `samples`, i fastest.
  ///   - factor: Voxels per block along i, j and k; left-over voxels at the far edge are dropped.
  /// - Returns: The averaged samples and their voxel counts.
  public static func run(
    _ samples: [Float], size: SIMD3<Int>, factor: SIMD3<Int>
  ) -> (samples: [Float], size: SIMD3<Int>) {
    precondition(samples.count == size.x * size.y * size.z, "samples do not fill the grid")
    precondition(factor.min() > 0, "block sizes are positive")
    let small = SIMD3(size.x / factor.x, size.y / factor.y, size.z / factor.z)
    let scale = 1 / Float(factor.x * factor.y * factor.z)
    let rowCount = small.y * small.z
    let averaged = unsafe [Float](unsafeUninitializedCapacity: small.x * rowCount) { out, filled in
      unsafe out.initialize(repeating: 0)
      let out = unsafe out
      unsafe samples.withUnsafeBufferPointer { source in
        let source = unsafe source
        Slabs.forEach(of: rowCount) { rows in
          for row in rows {
            let (j, k) = (row % small.y, row / small.y)
            let base = row * small.x
            for dk in 0..<factor.z {
              for dj in 0..<factor.y {
                let start = size.x * ((j * factor.y + dj) + size.y * (k * factor.z + dk))
                for i in 0..<small.x {
                  var sum: Float = 0
                  for di in 0..<factor.x { sum += unsafe source[start + i * factor.x + di] }
                  unsafe out[base + i] += sum
                }
              }
            }
            for i in 0..<small.x { unsafe out[base + i] *= scale }
          }
        }
      }
      filled = small.x * rowCount
    }
    return (averaged, small)
  }
}
