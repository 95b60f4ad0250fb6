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
          for line in rows {
            let base = line * size.x
            let position = axis == 1 ? line % size.y : line / size.y
            let row = unsafe out.baseAddress.map { unsafe UnsafeMutableRawPointer($0 + base) }
            let start = unsafe source.baseAddress.map { unsafe UnsafeRawPointer($0) }
            guard let row = unsafe row, let start = unsafe start else { continue }
            unsafe row.copyMemory(from: start + base, byteCount: size.x)
            for n in 1...radius {
              if axis == 0 {
                guard n <= last else { break }
                unsafe merge(start + base, into: row + n, count: size.x - n)
                unsafe merge(start + base + n, into: row, count: size.x - n)
              } else {
                let down = base - min(n, position) * stride
                let up = base + min(n, last - position) * stride
                unsafe merge(start + down, into: row, count: size.x)
                unsafe merge(start + up, into: row, count: size.x)
              }
            }
          }
        }
      }
      filled = mask.count
    }
  }

  /// target |= source, eight bytes at a time: the compiler leaves the plain loop scalar, because
  /// the rows might overlap. They never do: source and target are different buffers.
  @inline(__always)
  private static func merge(
    _ source: UnsafeRawPointer, into target: UnsafeMutableRawPointer, count: Int
  ) {
    var i = 0
    while i + 8 <= count {
      let a = unsafe source.loadUnaligned(fromByteOffset: i, as: UInt64.self)
      let b = unsafe UnsafeRawPointer(target).loadUnaligned(fromByteOffset: i, as: UInt64.self)
      unsafe target.storeBytes(of: a | b, toByteOffset: i, as: UInt64.self)
      i += 8
    }
    while i < count {
      let a = unsafe source.load(fromByteOffset: i, as: UInt8.self)
      let b = unsafe target.load(fromByteOffset: i, as: UInt8.self)
      unsafe target.storeBytes(of: a | b, toByteOffset: i, as: UInt8.self)
      i += 1
    }
  }
}
