import VectorShim

/// Convolution of a voxel buffer with a small kernel that is symmetric in each axis, by plain
/// summation: rows that share their weights are added first. Buffers are i fastest.
public enum SymmetricStencil {
  /// Voxels along the edge of the largest octant.
  public static let largestReach = Int(STENCIL_LARGEST_REACH)

  /// - Parameter kernel: One octant, the centre first, i fastest; at most ``largestReach`` along x.
  public static func run(
    _ samples: [Float], size: SIMD3<Int>, kernelSize: SIMD3<Int>, kernel: [Float]
  ) -> [Float] {
    precondition(samples.count == size.x * size.y * size.z, "samples do not fill the grid")
    precondition(
      kernel.count == kernelSize.x * kernelSize.y * kernelSize.z, "kernel does not fill its size")
    precondition(kernelSize.x <= largestReach, "the kernel is too wide to be summed")
    return unsafe [Float].fresh(count: samples.count) { target in
      unsafe samples.withUnsafeBufferPointer { samples in
        guard let source = samples.baseAddress else { return }
        let rows = unsafe StencilRows(
          source: source, target: target, size: size, kernelSize: kernelSize, kernel: kernel)
        Slabs.forEach(of: size.y * size.z) { rows.run($0) }
      }
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
    let work = UnsafeMutablePointer<Float>.allocate(capacity: n * kernelSize.x)
    defer { unsafe work.deallocate() }
    var neighbours: [UnsafePointer<Float>] = unsafe []
    var classes: [stencil_class] = []
    for row in rows {
      unsafe collect(around: row, into: &neighbours, &classes)
      unsafe stencil_row(
        neighbours, classes, classes.count, kernelSize.x, n, work, target + n * row)
    }
  }

  /// The rows inside the grid that the kernel reaches, in classes of equal weights.
  private func collect(
    around row: Int, into neighbours: inout [UnsafePointer<Float>],
    _ classes: inout [stencil_class]
  ) {
    let (y, z) = (row % size.y, row / size.y)
    unsafe neighbours.removeAll(keepingCapacity: true)
    classes.removeAll(keepingCapacity: true)
    for dz in 0..<kernelSize.z {
      for dy in 0..<kernelSize.y {
        var shared = stencil_class()
        shared.first_row = unsafe neighbours.count
        // A distance of zero has one side only.
        for sz in dz == 0 ? [0] : [-dz, dz] where z + sz >= 0 && z + sz < size.z {
          for sy in dy == 0 ? [0] : [-dy, dy] where y + sy >= 0 && y + sy < size.y {
            unsafe neighbours.append(source + size.x * (y + sy + size.y * (z + sz)))
          }
        }
        shared.count = unsafe neighbours.count - shared.first_row
        guard shared.count > 0 else { continue }
        let first = kernelSize.x * (dy + kernelSize.y * dz)
        unsafe withUnsafeMutableBytes(of: &shared.weights) { weights in
          for d in 0..<kernelSize.x {
            unsafe weights.storeBytes(
              of: kernel[first + d], toByteOffset: d * MemoryLayout<Float>.stride, as: Float.self)
          }
        }
        classes.append(shared)
      }
    }
  }
}
