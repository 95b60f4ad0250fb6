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
    let width = small.x * factor.x
    let averaged = unsafe [Float](unsafeUninitializedCapacity: small.x * rowCount) { out, filled in
      let out = unsafe out
      unsafe samples.withUnsafeBufferPointer { source in
        let source = unsafe source
        Slabs.forEach(of: rowCount) { rows in
          // Rows are added up first: whole rows add eight voxels at a time.
          var line = [Float](repeating: 0, count: width)
          for row in rows {
            let (j, k) = (row % small.y, row / small.y)
            let first = size.x * (j * factor.y + size.y * k * factor.z)
            for n in 0..<(factor.y * factor.z) {
              let start = first + size.x * (n % factor.y + size.y * (n / factor.y))
              let part = unsafe UnsafeBufferPointer(rebasing: source[start..<(start + width)])
              unsafe add(part, to: &line, fresh: n == 0)
            }
            let to = row * small.x
            for i in 0..<small.x {
              unsafe out[to + i] = sum(line, i * factor.x, factor.x) * scale
            }
          }
        }
      }
      filled = small.x * rowCount
    }
    return (averaged, small)
  }

  @inline(__always)
  private static func add(
    _ part: UnsafeBufferPointer<Float>, to line: inout [Float], fresh: Bool
  ) {
    var line = line.mutableSpan
    if fresh {
      for x in part.indices { unsafe line[unchecked: x] = part[x] }
    } else {
      for x in part.indices { unsafe line[unchecked: x] += part[x] }
    }
  }

  @inline(__always)
  private static func sum(_ line: borrowing [Float], _ start: Int, _ count: Int) -> Float {
    let line = line.span
    // In bounds: blocks lie within the line by construction.
    switch count {
    case 1: return unsafe line[unchecked: start]
    case 2: return unsafe line[unchecked: start] + line[unchecked: start + 1]
    default:
      var sum: Float = 0
      for n in start..<(start + count) { sum += unsafe line[unchecked: n] }
      return sum
    }
  }
}
