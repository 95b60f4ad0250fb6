/// Multiplies voxels by a smooth field that is known per block of voxels.
public enum BlockScaling {
  /// samples ← samples · field, linear between the middles of blocks and even beyond them.
  ///
  /// - Parameters:
  ///   - size: Voxel counts of `samples`, i fastest.
  ///   - blocks: Block counts of `field`, i fastest.
  ///   - factor: Voxels per block and axis.
  ///   - first: Where the samples start, in voxels from the start of the first block.
  public static func multiply(
    _ samples: inout [Float], size: SIMD3<Int>, by field: [Float], blocks: SIMD3<Int>,
    factor: SIMD3<Int>, first: SIMD3<Int>
  ) {
    precondition(samples.count == size.x * size.y * size.z, "samples do not fill the grid")
    precondition(field.count == blocks.x * blocks.y * blocks.z, "the field does not fill its grid")
    func places(_ axis: Int) -> [Place] {
      (0..<size[axis]).map {
        Place($0 + first[axis], voxelsPerBlock: factor[axis], count: blocks[axis])
      }
    }
    let (x, y, z) = (places(0), places(1), places(2))
    unsafe samples.withUnsafeMutableBufferPointer { samples in
      let samples = unsafe samples
      Slabs.forEach(of: size.y * size.z) { rows in
        var line = [Float](repeating: 0, count: blocks.x)
        for row in rows {
          let (j, k) = (y[row % size.y], z[row / size.y])
          for n in 0..<blocks.x {
            func at(_ j: Int, _ k: Int) -> Float { field[n + blocks.x * (j + blocks.y * k)] }
            let near = at(j.low, k.low) + (at(j.high, k.low) - at(j.low, k.low)) * j.part
            let far = at(j.low, k.high) + (at(j.high, k.high) - at(j.low, k.high)) * j.part
            line[n] = near + (far - near) * k.part
          }
          let start = row * size.x
          for i in 0..<size.x {
            let low = line[x[i].low]
            unsafe samples[start + i] *= low + (line[x[i].high] - low) * x[i].part
          }
        }
      }
    }
  }

  /// The two blocks that a voxel lies between.
  private struct Place {
    let low: Int
    let high: Int
    let part: Float

    init(_ voxel: Int, voxelsPerBlock: Int, count: Int) {
      let at = (Double(voxel) + 0.5) / Double(voxelsPerBlock) - 0.5
      let inside = min(max(at, 0), Double(count - 1))
      low = Int(inside)
      high = min(low + 1, count - 1)
      part = Float(inside - Double(low))
    }
  }
}
