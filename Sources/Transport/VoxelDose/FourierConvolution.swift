import Foundation
import FourierShim
import Kernels

/// Convolution of a voxel buffer with a kernel that is symmetric in each axis, by kissfft.
///
/// Buffers are padded by the kernel's reach, so nothing wraps round. The kernel's transform is
/// real, for the kernel is symmetric, and only the non-negative frequencies of it are kept.
struct FourierConvolution {
  private let size: SIMD3<Int>
  /// Padded lengths: even products of 2, 3 and 5.
  private let padded: SIMD3<Int>
  /// Frequencies 0…n/2 per axis.
  private let half: SIMD3<Int>
  /// Transform of the kernel at those frequencies, x fastest.
  private let transform: [Float]

  /// - Parameter scale: Multiplies the kernel.
  init(size: SIMD3<Int>, kernel: VoxelKernel.Octant, scale: Double) {
    self.size = size
    let reach = pointwiseMin(kernel.size, size)
    let wanted = size &+ reach
    padded = SIMD3(Self.length(wanted.x), Self.length(wanted.y), Self.length(wanted.z))
    half = [padded.x / 2 + 1, padded.y / 2 + 1, padded.z / 2 + 1]
    let count = Double(padded.x) * Double(padded.y) * Double(padded.z)
    var values = (0..<(reach.x * reach.y * reach.z)).map { n -> Float in
      let (i, j, k) = (n % reach.x, n / reach.x % reach.y, n / (reach.x * reach.y))
      return Float(kernel[i, j, k] * scale / count)
    }
    // Each turn transforms the fastest axis and makes it the slowest: after three, x is fastest
    // again.
    for axis in 0..<3 {
      values = CosineMatrix(frequencies: half[axis], length: padded[axis], terms: reach[axis])
        .appliedToFastest(values)
    }
    transform = values
  }

  private static func length(_ wanted: Int) -> Int {
    var n = Int(fourier_good_length(Int32(wanted)))
    while n % 2 != 0 { n = Int(fourier_good_length(Int32(n + 1))) }
    return n
  }

  /// Convolves `samples`, i fastest.
  func run(_ samples: [Float]) -> [Float] {
    precondition(samples.count == size.x * size.y * size.z, "samples do not fill the grid")
    var spectrum = [Float](repeating: 0, count: 2 * half.x * padded.y * padded.z)
    var result = [Float](repeating: 0, count: samples.count)
    // Unsafe: threads write disjoint rows and columns of one buffer, and C reads pointers.
    unsafe spectrum.withUnsafeMutableBufferPointer { spectrum in
      let field = unsafe SpectrumField(base: spectrum, size: size, padded: padded, half: half)
      unsafe samples.withUnsafeBufferPointer { unsafe field.transformRows($0) }
      field.transformColumns(inverse: false)
      unsafe transform.withUnsafeBufferPointer { unsafe field.filterDepths($0) }
      field.transformColumns(inverse: true)
      unsafe result.withUnsafeMutableBufferPointer { unsafe field.inverseRows(into: $0) }
    }
    return result
  }
}

/// The padded transform of a volume: half.x × padded.y × padded.z complex numbers, x fastest.
@safe private struct SpectrumField {
  let base: UnsafeMutableBufferPointer<Float>
  let size: SIMD3<Int>
  let padded: SIMD3<Int>
  let half: SIMD3<Int>

  private var row: Int { 2 * half.x }

  func transformRows(_ samples: UnsafeBufferPointer<Float>) {
    Slabs.forEach(of: size.y * size.z) { rows in
      let plan = unsafe fourier_real_plan(Int32(padded.x), 0)
      var line = [Float](repeating: 0, count: padded.x)
      for n in rows {
        let (y, z) = (n % size.y, n / size.y)
        for x in 0..<size.x { unsafe line[x] = samples[n * size.x + x] }
        let target = unsafe base.baseAddress.map { unsafe $0 + row * (y + padded.y * z) }
        unsafe fourier_real_forward(plan, line, target)
      }
      unsafe fourier_free(plan)
    }
  }

  func inverseRows(into result: UnsafeMutableBufferPointer<Float>) {
    Slabs.forEach(of: size.y * size.z) { rows in
      let plan = unsafe fourier_real_plan(Int32(padded.x), 1)
      var line = [Float](repeating: 0, count: padded.x)
      for n in rows {
        let (y, z) = (n % size.y, n / size.y)
        let source = unsafe base.baseAddress.map { unsafe $0 + row * (y + padded.y * z) }
        unsafe fourier_real_inverse(plan, source, &line)
        for x in 0..<size.x { unsafe result[n * size.x + x] = line[x] }
      }
      unsafe fourier_free(plan)
    }
  }

  /// Along y, for the slices that hold samples.
  func transformColumns(inverse: Bool) {
    let groups = (half.x + ColumnBundle.width - 1) / ColumnBundle.width
    Slabs.forEach(of: groups * size.z) { tasks in
      let plan = unsafe fourier_plan(Int32(padded.y), inverse ? 1 : 0)
      var bundle = ColumnBundle(length: padded.y)
      for task in tasks {
        let (group, z) = (task % groups, task / groups)
        let first = group * ColumnBundle.width
        let columns = min(ColumnBundle.width, half.x - first)
        let start = row * padded.y * z + 2 * first
        unsafe bundle.gather(base, start: start, stride: row, columns: columns)
        unsafe bundle.transform(plan, columns: columns)
        unsafe bundle.scatter(base, start: start, stride: row, columns: columns)
      }
      unsafe fourier_free(plan)
    }
  }

  /// Along z: forward, times the kernel, and back, while the columns are in the cache.
  func filterDepths(_ transform: UnsafeBufferPointer<Float>) {
    let groups = (half.x + ColumnBundle.width - 1) / ColumnBundle.width
    let plane = row * padded.y
    Slabs.forEach(of: groups * padded.y) { tasks in
      let forward = unsafe fourier_plan(Int32(padded.z), 0)
      let backward = unsafe fourier_plan(Int32(padded.z), 1)
      var bundle = ColumnBundle(length: padded.z)
      for task in tasks {
        let (group, y) = (task % groups, task / groups)
        let first = group * ColumnBundle.width
        let columns = min(ColumnBundle.width, half.x - first)
        let start = row * y + 2 * first
        unsafe bundle.gather(base, start: start, stride: plane, columns: columns)
        unsafe bundle.transform(forward, columns: columns)
        let fy = min(y, padded.y - y)
        for column in 0..<columns {
          for z in 0..<padded.z {
            let fz = min(z, padded.z - z)
            let factor = unsafe transform[first + column + half.x * (fy + half.y * fz)]
            bundle.scale(column: column, place: z, by: factor)
          }
        }
        unsafe bundle.transform(backward, columns: columns)
        unsafe bundle.scatter(base, start: start, stride: plane, columns: columns)
      }
      unsafe fourier_free(forward)
      unsafe fourier_free(backward)
    }
  }
}

/// A few columns, each contiguous, and room for their transforms.
private struct ColumnBundle {
  /// Columns gathered together, so that a cache line is used whole.
  static let width = 8
  let length: Int
  private var values: [Float]
  private var output: [Float]

  init(length: Int) {
    self.length = length
    values = [Float](repeating: 0, count: 2 * length * Self.width)
    output = [Float](repeating: 0, count: 2 * length)
  }

  mutating func gather(
    _ base: UnsafeMutableBufferPointer<Float>, start: Int, stride: Int, columns: Int
  ) {
    for place in 0..<length {
      for column in 0..<columns {
        let source = start + place * stride + 2 * column
        let target = 2 * (column * length + place)
        unsafe values[target] = base[source]
        unsafe values[target + 1] = base[source + 1]
      }
    }
  }

  func scatter(
    _ base: UnsafeMutableBufferPointer<Float>, start: Int, stride: Int, columns: Int
  ) {
    for place in 0..<length {
      for column in 0..<columns {
        let target = start + place * stride + 2 * column
        let source = 2 * (column * length + place)
        unsafe base[target] = values[source]
        unsafe base[target + 1] = values[source + 1]
      }
    }
  }

  mutating func transform(_ plan: UnsafeMutableRawPointer?, columns: Int) {
    for column in 0..<columns {
      let first = 2 * column * length
      unsafe values.withUnsafeBufferPointer { values in
        let input = unsafe values.baseAddress.map { unsafe $0 + first }
        unsafe fourier_run(plan, input, &output)
      }
      for n in 0..<(2 * length) { values[first + n] = output[n] }
    }
  }

  mutating func scale(column: Int, place: Int, by factor: Float) {
    let n = 2 * (column * length + place)
    values[n] *= factor
    values[n + 1] *= factor
  }
}

/// cos(2π f n / N), doubled for n > 0, for the transform of a symmetric sequence.
private struct CosineMatrix {
  let frequencies: Int
  let terms: Int
  let values: [Float]

  init(frequencies: Int, length: Int, terms: Int) {
    self.frequencies = frequencies
    self.terms = terms
    values = (0..<(frequencies * terms)).map { place in
      let (f, n) = (place / terms, place % terms)
      let angle = 2 * Double.pi * Double(f * n % length) / Double(length)
      return Float((n == 0 ? 1 : 2) * cos(angle))
    }
  }

  /// Transforms each run of `terms` samples, and puts its frequencies on the slowest axis.
  func appliedToFastest(_ samples: [Float]) -> [Float] {
    let runs = samples.count / terms
    var turned = [Float](repeating: 0, count: samples.count)
    for run in 0..<runs {
      for n in 0..<terms { turned[n * runs + run] = samples[run * terms + n] }
    }
    let slabs = Slabs.map(of: frequencies) { range -> [Float] in
      var part = [Float](repeating: 0, count: range.count * runs)
      for f in range {
        for n in 0..<terms {
          ScaledSum.add(
            values[f * terms + n], times: turned, from: n * runs, to: &part,
            at: (f - range.lowerBound) * runs, count: runs)
        }
      }
      return part
    }
    return slabs.flatMap { $0 }
  }
}
