/// Dilation and erosion of a byte mask by a box, one axis after the other.
public enum BinaryMorphology {
  /// Sets every voxel within `radius` voxels (along i, j and k) of a set one.
  public static func dilated(_ mask: [UInt8], size: SIMD3<Int>, radius: SIMD3<Int>) -> [UInt8] {
    precondition(mask.count == size.x * size.y * size.z, "mask does not fill the grid")
    var result = mask
    for axis in 0..<3 where radius[axis] > 0 && size[axis] > 1 {
      result = dilated(result, size: size, axis: axis, radius: radius[axis])
    }
    return result
  }

  /// Clears every voxel within `radius` voxels of a clear one. Beyond the grid counts as set, so
  /// a body cut by the field of view is not eaten from the cut.
  public static func eroded(_ mask: [UInt8], size: SIMD3<Int>, radius: SIMD3<Int>) -> [UInt8] {
    dilated(mask.map { $0 == 0 ? 1 : 0 }, size: size, radius: radius).map { $0 == 0 ? 1 : 0 }
  }

  private static func dilated(
    _ mask: [UInt8], size: SIMD3<Int>, axis: Int, radius: Int
  ) -> [UInt8] {
    let stride = [1, size.x, size.x * size.y][axis]
    let last = size[axis] - 1
    return unsafe [UInt8](unsafeUninitializedCapacity: mask.count) { out, filled in
      let out = unsafe out
      unsafe mask.withUnsafeBufferPointer { source in
        let source = unsafe source
        Slabs.forEach(of: size.y * size.z) { rows in
          for row in rows {
            let base = row * size.x
            let position = axis == 1 ? row % size.y : row / size.y
            for i in 0..<size.x { unsafe out[base + i] = source[base + i] }
            for n in 1...radius {
              if axis == 0 {
                guard n <= last else { break }
                for i in n..<size.x { unsafe out[base + i] |= source[base + i - n] }
                for i in 0..<(size.x - n) { unsafe out[base + i] |= source[base + i + n] }
              } else {
                let down = base - min(n, position) * stride
                let up = base + min(n, last - position) * stride
                for i in 0..<size.x { unsafe out[base + i] |= source[down + i] | source[up + i] }
              }
            }
          }
        }
      }
      filled = mask.count
    }
  }
}
