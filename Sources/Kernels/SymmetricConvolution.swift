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
    let wanted = size &+ reach
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
    let spectrum = Spectrum(size: size, padded: padded)
    defer { spectrum.free() }
    unsafe samples.withUnsafeBufferPointer { samples in
      guard let base = samples.baseAddress else { return }
      unsafe spectrum.transformSlices(base)
    }
    unsafe transform.withUnsafeBufferPointer { transform in
      guard let base = transform.baseAddress else { return }
      unsafe spectrum.filterDepths(base, half: half)
    }
    return unsafe [Float](unsafeUninitializedCapacity: samples.count) { buffer, count in
      if let base = buffer.baseAddress { unsafe spectrum.inverseSlices(into: base) }
      count = samples.count
    }
  }
}

/// The transform of a volume along x and y: half the frequencies of x, all of y, slice by slice;
/// real and imaginary parts apart, each row padded to whole vectors.
@safe private struct Spectrum {
  typealias Lanes = FourierLines.Lanes
  let size: SIMD3<Int>
  let padded: SIMD3<Int>
  let halfX: Int
  /// Floats from row to row, and from slice to slice. Slices are kept off powers of two, where all
  /// of a column would fall into one set of the cache.
  let row: Int
  let slice: Int
  let real: UnsafeMutablePointer<Float>
  let imaginary: UnsafeMutablePointer<Float>

  init(size: SIMD3<Int>, padded: SIMD3<Int>) {
    self.size = size
    self.padded = padded
    halfX = padded.x / 2 + 1
    row = (halfX + FourierLines.lanes - 1) / FourierLines.lanes * FourierLines.lanes
    slice = row * padded.y + 2 * FourierLines.lanes
    unsafe real = .allocate(capacity: slice * size.z)
    unsafe imaginary = .allocate(capacity: slice * size.z)
  }

  func free() {
    unsafe real.deallocate()
    unsafe imaginary.deallocate()
  }

  @inline(__always)
  private static func load(_ base: UnsafeMutablePointer<Float>, _ at: Int) -> Lanes {
    unsafe UnsafeRawPointer(base + at).loadUnaligned(as: Lanes.self)
  }

  @inline(__always)
  private static func store(_ value: Lanes, _ base: UnsafeMutablePointer<Float>, _ at: Int) {
    unsafe UnsafeMutableRawPointer(base + at).storeBytes(of: value, as: Lanes.self)
  }

  func transformSlices(_ samples: UnsafePointer<Float>) {
    Slabs.forEach(of: size.z) { slices in
      let work = SliceWork(self)
      for z in slices {
        for y in stride(from: 0, to: size.y, by: 2 * FourierLines.lanes) {
          unsafe work.transformRows(samples + size.x * size.y * z, from: y)
        }
        work.transformColumns(into: self, z: z)
      }
      work.free()
    }
  }

  func inverseSlices(into result: UnsafeMutablePointer<Float>) {
    Slabs.forEach(of: size.z) { slices in
      let work = SliceWork(self)
      for z in slices {
        work.inverseColumns(of: self, z: z)
        for y in stride(from: 0, to: size.y, by: 2 * FourierLines.lanes) {
          unsafe work.inverseRows(into: result + size.x * size.y * z, from: y)
        }
      }
      work.free()
    }
  }

  /// Along z: forward, times the kernel's transform, and back, while the columns are in the cache.
  func filterDepths(_ transform: UnsafePointer<Float>, half: SIMD3<Int>) {
    let lines = FourierLines(length: padded.z)
    Slabs.forEach(of: padded.y) { rows in
      let (a, b) = (FourierLines.Field(length: padded.z), FourierLines.Field(length: padded.z))
      for y in rows {
        let fy = min(y, padded.y - y)
        for x in stride(from: 0, to: row, by: FourierLines.lanes) {
          let start = row * y + x
          for z in 0..<size.z {
            a[z] = unsafe (
              Self.load(real, start + slice * z), Self.load(imaginary, start + slice * z)
            )
          }
          a.clear(size.z..<padded.z)
          let there = lines.forward(a, scratch: b)
          for z in 0..<padded.z {
            let place = x + half.x * (fy + half.y * min(z, padded.z - z))
            // The last row's vector may reach beyond it, into lanes that nobody reads.
            let factor = unsafe UnsafeRawPointer(transform + place).loadUnaligned(as: Lanes.self)
            let value = there[z]
            there[z] = (value.real * factor, value.imaginary * factor)
          }
          let back = lines.inverse(there, scratch: there.isSame(as: a) ? b : a)
          for z in 0..<size.z {
            unsafe Self.store(back[z].real, real, start + slice * z)
            unsafe Self.store(back[z].imaginary, imaginary, start + slice * z)
          }
        }
      }
      a.free()
      b.free()
    }
  }

  /// What one thread needs for the rows and columns of a slice.
  @safe private struct SliceWork {
    private let size: SIMD3<Int>
    private let padded: SIMD3<Int>
    private let halfX: Int
    private let row: Int
    private let rows: FourierLines
    private let columns: FourierLines
    private let a: FourierLines.Field
    private let b: FourierLines.Field
    /// Transformed rows of the slice.
    private let real: UnsafeMutablePointer<Float>
    private let imaginary: UnsafeMutablePointer<Float>

    init(_ spectrum: Spectrum) {
      size = spectrum.size
      padded = spectrum.padded
      halfX = spectrum.halfX
      row = spectrum.row
      rows = FourierLines(length: padded.x)
      columns = FourierLines(length: padded.y)
      a = FourierLines.Field(length: max(padded.x, padded.y))
      b = FourierLines.Field(length: max(padded.x, padded.y))
      let lines = (size.y + 2 * FourierLines.lanes) * row
      unsafe real = .allocate(capacity: lines)
      unsafe imaginary = .allocate(capacity: lines)
      unsafe real.initialize(repeating: 0, count: lines)
      unsafe imaginary.initialize(repeating: 0, count: lines)
    }

    func free() {
      a.free()
      b.free()
      unsafe real.deallocate()
      unsafe imaginary.deallocate()
    }

    /// Sixteen rows at once: eight as real parts, eight as imaginary parts.
    func transformRows(_ samples: UnsafePointer<Float>, from y: Int) {
      let lanes = FourierLines.lanes
      a.clear(0..<padded.x)
      for lane in 0..<min(2 * lanes, size.y - y) {
        let target = unsafe lane < lanes ? a.real : a.imaginary
        let scalars = unsafe UnsafeMutableRawPointer(target).assumingMemoryBound(to: Float.self)
        let source = unsafe samples + size.x * (y + lane)
        for x in 0..<size.x { unsafe scalars[lanes * x + lane % lanes] = source[x] }
      }
      let z = rows.forward(a, scratch: b)
      for k in 0..<halfX {
        let (p, q) = (z[k], z[k == 0 ? 0 : padded.x - k])
        spread((p.real + q.real) * 0.5, (p.imaginary - q.imaginary) * 0.5, y, k)
        spread((p.imaginary + q.imaginary) * 0.5, (q.real - p.real) * 0.5, y + lanes, k)
      }
    }

    /// One frequency of eight rows.
    @inline(__always)
    private func spread(_ re: Lanes, _ im: Lanes, _ y: Int, _ k: Int) {
      for lane in 0..<FourierLines.lanes {
        unsafe real[row * (y + lane) + k] = re[lane]
        unsafe imaginary[row * (y + lane) + k] = im[lane]
      }
    }

    func transformColumns(into spectrum: Spectrum, z: Int) {
      for x in stride(from: 0, to: row, by: FourierLines.lanes) {
        for y in 0..<size.y {
          a[y] = unsafe (load(real, row * y + x), load(imaginary, row * y + x))
        }
        a.clear(size.y..<padded.y)
        let there = columns.forward(a, scratch: b)
        let start = spectrum.slice * z + x
        for y in 0..<padded.y {
          unsafe store(there[y].real, spectrum.real, start + row * y)
          unsafe store(there[y].imaginary, spectrum.imaginary, start + row * y)
        }
      }
    }

    func inverseColumns(of spectrum: Spectrum, z: Int) {
      for x in stride(from: 0, to: row, by: FourierLines.lanes) {
        let start = spectrum.slice * z + x
        for y in 0..<padded.y {
          a[y] = unsafe (
            load(spectrum.real, start + row * y), load(spectrum.imaginary, start + row * y)
          )
        }
        let back = columns.inverse(a, scratch: b)
        for y in 0..<size.y {
          unsafe store(back[y].real, real, row * y + x)
          unsafe store(back[y].imaginary, imaginary, row * y + x)
        }
      }
    }

    func inverseRows(into result: UnsafeMutablePointer<Float>, from y: Int) {
      let lanes = FourierLines.lanes
      for k in 0..<halfX {
        let first = gathered(y, k)
        let second = gathered(y + lanes, k)
        a[k] = (first.real - second.imaginary, first.imaginary + second.real)
        // The other half of the spectrum of a real row is the conjugate of this one.
        if k > 0 {
          a[padded.x - k] = (first.real + second.imaginary, second.real - first.imaginary)
        }
      }
      let back = rows.inverse(a, scratch: b)
      for lane in 0..<min(2 * lanes, size.y - y) {
        let source = unsafe lane < lanes ? back.real : back.imaginary
        let scalars = unsafe UnsafeRawPointer(source).assumingMemoryBound(to: Float.self)
        let target = unsafe result + size.x * (y + lane)
        for x in 0..<size.x { unsafe target[x] = scalars[lanes * x + lane % lanes] }
      }
    }

    @inline(__always)
    private func gathered(_ y: Int, _ k: Int) -> (real: Lanes, imaginary: Lanes) {
      var (re, im) = (Lanes.zero, Lanes.zero)
      for lane in 0..<FourierLines.lanes {
        unsafe re[lane] = real[row * (y + lane) + k]
        unsafe im[lane] = imaginary[row * (y + lane) + k]
      }
      return (re, im)
    }

    @inline(__always)
    private func load(_ base: UnsafeMutablePointer<Float>, _ at: Int) -> Lanes {
      unsafe Spectrum.load(base, at)
    }

    @inline(__always)
    private func store(_ value: Lanes, _ base: UnsafeMutablePointer<Float>, _ at: Int) {
      unsafe Spectrum.store(value, base, at)
    }
  }
}

extension FourierLines.Field {
  fileprivate func isSame(as other: FourierLines.Field) -> Bool { unsafe real == other.real }
}

/// Transforms sequences that are symmetric about their first term, given by their first half.
private struct EvenTransform {
  let length: Int
  let terms: Int
  private let lines: FourierLines

  init(length: Int, terms: Int) {
    self.length = length
    self.terms = terms
    lines = FourierLines(length: length)
  }

  /// Transforms each run of `terms` samples, and puts its frequencies 0…length/2 on the slowest
  /// axis. The transforms are real, so sixteen runs go at once, eight of them as imaginary parts.
  func appliedToFastest(_ samples: [Float]) -> [Float] {
    let lanes = FourierLines.lanes
    let runs = samples.count / terms
    let frequencies = length / 2 + 1
    let batches = (runs + 2 * lanes - 1) / (2 * lanes)
    var result = [Float](repeating: 0, count: frequencies * runs)
    unsafe result.withUnsafeMutableBufferPointer { result in
      let result = unsafe result
      Slabs.forEach(of: batches) { range in
        let (a, b) = (FourierLines.Field(length: length), FourierLines.Field(length: length))
        for batch in range {
          let first = 2 * lanes * batch
          let count = min(2 * lanes, runs - first)
          a.clear(0..<length)
          for lane in 0..<count {
            for n in 0..<terms {
              let value = samples[(first + lane) * terms + n]
              a.set(value, at: n, lane: lane)
              if n > 0 { a.set(value, at: length - n, lane: lane) }
            }
          }
          let there = lines.forward(a, scratch: b)
          for f in 0..<frequencies {
            let (even, odd) = there[f]
            for lane in 0..<count {
              unsafe result[f * runs + first + lane] =
                lane < lanes ? even[lane] : odd[lane - lanes]
            }
          }
        }
        a.free()
        b.free()
      }
    }
    return result
  }
}

extension FourierLines.Field {
  @inline(__always)
  fileprivate func set(_ value: Float, at n: Int, lane: Int) {
    if lane < FourierLines.lanes {
      unsafe real[n][lane] = value
    } else {
      unsafe imaginary[n][lane - FourierLines.lanes] = value
    }
  }
}
