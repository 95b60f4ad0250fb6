/// Convolution of a voxel buffer with a kernel that is symmetric in each axis.
///
/// Through the Fourier transform, padded by the kernel's reach so that nothing wraps round. The
/// transform of such a kernel is real, and its non-negative frequencies are all of it. Only rows
/// and slices that hold samples are transformed. Buffers are i fastest.
public struct SymmetricConvolution: Sendable {
  private let size: SIMD3<Int>
  private let padded: SIMD3<Int>
  /// Frequencies 0…n/2 per axis.
  private let half: SIMD3<Int>
  /// Transform of the kernel at those frequencies over the number of samples, x fastest, and a
  /// vector more so that the last row can be read in vectors.
  private let transform: [Float]

  /// - Parameters:
  ///   - size: Of the buffers to convolve.
  ///   - kernel: One octant, the centre first, i fastest.
  ///   - scale: Multiplies the kernel.
  public init(size: SIMD3<Int>, kernelSize: SIMD3<Int>, kernel: [Float], scale: Float = 1) {
    precondition(
      kernel.count == kernelSize.x * kernelSize.y * kernelSize.z, "kernel does not fill its size")
    let reach = pointwiseMin(kernelSize, size)
    let wanted = size &+ reach &- 1
    let padded = SIMD3(
      FourierLines.goodLength(wanted.x), FourierLines.goodLength(wanted.y),
      FourierLines.goodLength(wanted.z))
    let factor = scale / Float(padded.x) / Float(padded.y) / Float(padded.z)
    var values: [Float] = []
    values.reserveCapacity(reach.x * reach.y * reach.z)
    for k in 0..<reach.z {
      for j in 0..<reach.y {
        let row = kernelSize.x * (j + kernelSize.y * k)
        for i in 0..<reach.x { values.append(kernel[row + i] * factor) }
      }
    }
    // Each turn transforms the fastest axis and makes it the slowest: after three, x is fastest.
    for axis in 0..<3 {
      values = EvenTransform(length: padded[axis], terms: reach[axis]).appliedToFastest(values)
    }
    values += [Float](repeating: 0, count: FourierLines.lanes)
    self.size = size
    self.padded = padded
    half = [padded.x / 2 + 1, padded.y / 2 + 1, padded.z / 2 + 1]
    transform = values
  }

  public func run(_ samples: [Float]) -> [Float] {
    precondition(samples.count == size.x * size.y * size.z, "samples do not fill the grid")
    let spectrum = SliceSpectrum(size: size, padded: padded)
    defer { spectrum.free() }
    unsafe samples.withUnsafeBufferPointer { samples in
      guard let base = samples.baseAddress else { return }
      unsafe spectrum.transformSlices(base)
    }
    unsafe transform.withUnsafeBufferPointer { transform in
      guard let base = transform.baseAddress else { return }
      unsafe spectrum.filterDepths(base, half: half)
    }
    return unsafe [Float].fresh(count: samples.count) { unsafe spectrum.inverseSlices(into: $0) }
  }
}
