/// Convolution of a voxel buffer with a small kernel that is symmetric in each axis, by plain
/// summation: rows that share a weight are added first. Buffers are i fastest.
public enum SymmetricStencil {
  /// - Parameter kernel: One octant, the centre first, i fastest.
  public static func run(
    _ samples: [Float], size: SIMD3<Int>, kernelSize: SIMD3<Int>, kernel: [Float]
  ) -> [Float] {
    precondition(samples.count == size.x * size.y * size.z, "samples do not fill the grid")
    precondition(
      kernel.count == kernelSize.x * kernelSize.y * kernelSize.z, "kernel does not fill its size")
    return unsafe [Float](unsafeUninitializedCapacity: samples.count) { buffer, count in
      unsafe samples.withUnsafeBufferPointer { samples in
        guard let source = samples.baseAddress, let target = buffer.baseAddress else { return }
        let rows = unsafe StencilRows(
          source: source, target: target, size: size, kernelSize: kernelSize, kernel: kernel)
        Slabs.forEach(of: size.y * size.z) { rows.run($0) }
      }
      count = samples.count
    }
  }
}

@safe private struct StencilRows {
  let source: UnsafePointer<Float>
  let target: UnsafeMutablePointer<Float>
  let size: SIMD3<Int>
  let kernelSize: SIMD3<Int>
  let kernel: [Float]

  func run(_ rows: Range<Int>) {
    let n = size.x
    let reach = min(kernelSize.x, n)
    // One row that is summed, and one for each distance along x.
    let work = UnsafeMutablePointer<Float>.allocate(capacity: n * (reach + 1))
    defer { unsafe work.deallocate() }
    for row in rows {
      unsafe work.update(repeating: 0, count: n * (reach + 1))
      unsafe collect(row, work: work, reach: reach)
      unsafe gather(into: target + n * row, work + n, reach: reach)
    }
  }

  /// Adds every neighbouring row, weighted, to the row of each distance along x.
  private func collect(_ row: Int, work: UnsafeMutablePointer<Float>, reach: Int) {
    let n = size.x
    let (y, z) = (row % size.y, row / size.y)
    for dz in 0..<kernelSize.z {
      for dy in 0..<kernelSize.y {
        unsafe work.update(repeating: 0, count: n)
        // A distance of zero has one side only.
        for sz in dz == 0 ? [0] : [-dz, dz] where z + sz >= 0 && z + sz < size.z {
          for sy in dy == 0 ? [0] : [-dy, dy] where y + sy >= 0 && y + sy < size.y {
            let other = unsafe source + n * (y + sy + size.y * (z + sz))
            for x in 0..<n { unsafe work[x] += other[x] }
          }
        }
        for dx in 0..<reach {
          let weight = kernel[dx + kernelSize.x * (dy + kernelSize.y * dz)]
          let sum = unsafe work + n * (dx + 1)
          for x in 0..<n { unsafe sum[x] += weight * work[x] }
        }
      }
    }
  }

  private func gather(
    into row: UnsafeMutablePointer<Float>, _ sums: UnsafeMutablePointer<Float>, reach: Int
  ) {
    let n = size.x
    unsafe row.update(from: sums, count: n)
    for d in stride(from: 1, to: reach, by: 1) {
      let sum = unsafe sums + n * d
      for x in 0..<(n - d) { unsafe row[x] += sum[x + d] }
      let later = unsafe row + d
      for x in 0..<(n - d) { unsafe later[x] += sum[x] }
    }
  }
}
