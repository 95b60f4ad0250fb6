import Foundation

/// Separable Gaussian smoothing of a voxel buffer; edge values are held.
public enum GaussianSmoothing {
  /// - Parameters:
  ///   - size: Voxel counts; i varies fastest in `samples`.
  ///   - sigma: Standard deviation along i, j and k in voxels; 0 leaves an axis alone.
  public static func run(
    _ samples: [Float], size: SIMD3<Int>, sigma: SIMD3<Double>
  ) -> [Float] {
    precondition(samples.count == size.x * size.y * size.z, "samples do not fill the grid")
    var result = samples
    let strides = SIMD3(1, size.x, size.x * size.y)
    for axis in 0..<3 where sigma[axis] > 0 && size[axis] > 1 {
      result = smooth(
        result, size: size, axis: axis, stride: strides[axis], weights: weights(sigma[axis]))
    }
    return result
  }

  /// Half of a symmetric kernel, centre first, cut at 4 σ; the whole kernel sums to 1.
  /// Each weight is the integral of the Gaussian over its voxel, so narrow kernels stay exact.
  static func weights(_ sigma: Double) -> [Float] {
    let reach = max(1, Int((4 * sigma).rounded(.up)))
    let scale = 1 / (sigma * 2.0.squareRoot())
    let half = (0...reach).map { (n: Int) -> Double in
      let upper: Double = erf((Double(n) + 0.5) * scale)
      let lower: Double = erf((Double(n) - 0.5) * scale)
      return (upper - lower) / 2
    }
    let total = half[0] + 2 * half.dropFirst().reduce(0, +)
    return half.map { Float($0 / total) }
  }

  private static func smooth(
    _ samples: [Float], size: SIMD3<Int>, axis: Int, stride: Int, weights: [Float]
  ) -> [Float] {
    // Work on rows of i: contiguous for all three axes.
    let rowCount = size.y * size.z
    let last = size[axis] - 1
    return unsafe [Float](unsafeUninitializedCapacity: samples.count) { out, filled in
      let out = unsafe out
      unsafe samples.withUnsafeBufferPointer { source in
        let source = unsafe source
        Slabs.forEach(of: rowCount) { rows in
          for row in rows {
            let base = row * size.x
            if axis == 0 {
              for i in 0..<size.x {
                var sum = unsafe source[base + i] * weights[0]
                for n in 1..<weights.count {
                  let pair = unsafe source[base + max(i - n, 0)] + source[base + min(i + n, last)]
                  sum += pair * weights[n]
                }
                unsafe out[base + i] = sum
              }
            } else {
              let position = axis == 1 ? row % size.y : row / size.y
              for i in 0..<size.x { unsafe out[base + i] = source[base + i] * weights[0] }
              for n in 1..<weights.count {
                let down = base - min(n, position) * stride
                let up = base + min(n, last - position) * stride
                let w = weights[n]
                for i in 0..<size.x {
                  unsafe out[base + i] += (source[down + i] + source[up + i]) * w
                }
              }
            }
          }
        }
      }
      filled = samples.count
    }
  }
}
