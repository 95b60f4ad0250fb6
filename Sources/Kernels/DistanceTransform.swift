/// Exact Euclidean distance to a set of voxels, for spacings that may differ by axis and slice.
///
/// Lower envelope of parabolas along each axis in turn: Felzenszwalb and Huttenlocher, Theory of
/// Computing 2012;8:415. Linear in the number of voxels.
public enum DistanceTransform {
  /// - Parameters:
  ///   - inside: One byte per voxel, i fastest; non-zero belongs to the set.
  ///   - positions: Where the voxel centres lie along i, j and k, in millimetres, increasing.
  /// - Returns: Squared distance of each voxel centre to the nearest centre of the set, in mm²;
  ///   infinity everywhere when the set is empty.
  public static func squared(_ inside: [UInt8], positions: [[Double]]) -> [Float] {
    let size = SIMD3(positions[0].count, positions[1].count, positions[2].count)
    precondition(inside.count == size.x * size.y * size.z, "the mask does not fill the grid")
    var distance = inside.map { $0 != 0 ? 0 : Float.infinity }
    let strides = [1, size.x, size.x * size.y]
    for axis in 0..<3 {
      let (u, v) = ((axis + 1) % 3, (axis + 2) % 3)
      var line = Line(positions: positions[axis])
      for b in 0..<size[v] {
        for a in 0..<size[u] {
          line.sweep(&distance, start: a * strides[u] + b * strides[v], stride: strides[axis])
        }
      }
    }
    return distance
  }

  /// One-dimensional pass: replaces f(x) by min over q of f(q) + (x − q)².
  private struct Line {
    let positions: [Double]
    private var values: [Double]
    private var hull: [Int]
    /// Where parabola n of the hull becomes the lowest one.
    private var begins: [Double]

    init(positions: [Double]) {
      self.positions = positions
      values = [Double](repeating: 0, count: positions.count)
      hull = [Int](repeating: 0, count: positions.count)
      begins = [Double](repeating: 0, count: positions.count)
    }

    mutating func sweep(_ samples: inout [Float], start: Int, stride: Int) {
      var top = -1
      for n in positions.indices {
        values[n] = Double(samples[start + n * stride])
        guard values[n].isFinite else { continue }
        while top >= 0, crossing(hull[top], n) <= begins[top] { top -= 1 }
        begins[top + 1] = top >= 0 ? crossing(hull[top], n) : -.infinity
        top += 1
        hull[top] = n
      }
      guard top >= 0 else { return }
      var piece = 0
      for n in positions.indices {
        let x = positions[n]
        while piece < top, begins[piece + 1] < x { piece += 1 }
        let d = x - positions[hull[piece]]
        samples[start + n * stride] = Float(values[hull[piece]] + d * d)
      }
    }

    /// Where the parabola rooted at `b` falls below the one rooted at `a` < `b`.
    private func crossing(_ a: Int, _ b: Int) -> Double {
      let (p, q) = (positions[a], positions[b])
      return ((values[b] + q * q) - (values[a] + p * p)) / (2 * (q - p))
    }
  }
}
