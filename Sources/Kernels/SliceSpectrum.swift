import VectorShim

/// The transform of a volume along x and y: half the frequencies of x, all of y, slice by slice;
/// real and imaginary parts apart, each row padded to whole vectors.
@safe struct SliceSpectrum {
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
    unsafe real = Self.buffer(slice * size.z)
    unsafe imaginary = Self.buffer(slice * size.z)
  }

  private static func buffer(_ count: Int) -> UnsafeMutablePointer<Float> {
    let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
    unsafe HugePages.advise(UnsafeMutableRawBufferPointer(buffer))
    guard let start = buffer.baseAddress else { preconditionFailure("an empty grid") }
    return unsafe start
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
    /// Transforms of eight rows each.
    private let first: FourierLines.Field
    private let second: FourierLines.Field
    /// Transformed rows of the slice.
    private let real: UnsafeMutablePointer<Float>
    private let imaginary: UnsafeMutablePointer<Float>

    init(_ spectrum: SliceSpectrum) {
      size = spectrum.size
      padded = spectrum.padded
      halfX = spectrum.halfX
      row = spectrum.row
      rows = FourierLines(length: padded.x)
      columns = FourierLines(length: padded.y)
      a = FourierLines.Field(length: max(padded.x, padded.y))
      b = FourierLines.Field(length: max(padded.x, padded.y))
      first = FourierLines.Field(length: halfX)
      second = FourierLines.Field(length: halfX)
      let lines = (size.y + 2 * FourierLines.lanes) * row
      unsafe real = .allocate(capacity: lines)
      unsafe imaginary = .allocate(capacity: lines)
      unsafe real.initialize(repeating: 0, count: lines)
      unsafe imaginary.initialize(repeating: 0, count: lines)
    }

    func free() {
      for field in [a, b, first, second] { field.free() }
      unsafe real.deallocate()
      unsafe imaginary.deallocate()
    }

    /// Sixteen rows at once: eight as real parts, eight as imaginary parts.
    func transformRows(_ samples: UnsafePointer<Float>, from y: Int) {
      let lanes = FourierLines.lanes
      for (first, part) in [(y, a), (y + lanes, a.swapped)] {
        let count = min(max(size.y - first, 0), lanes)
        unsafe fourier_rows_to_lanes(
          samples + size.x * first, size.x, count, size.x, part.realScalars)
      }
      a.clear(size.x..<padded.x)
      rows.part(rows.forward(a, scratch: b), into: first, second)
      for (first, part) in [(y, first), (y + lanes, second)] {
        unsafe fourier_lanes_to_rows(part.realScalars, halfX, real + row * first, row, lanes)
        unsafe fourier_lanes_to_rows(
          part.imaginaryScalars, halfX, imaginary + row * first, row, lanes)
      }
    }

    func transformColumns(into spectrum: SliceSpectrum, z: Int) {
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

    func inverseColumns(of spectrum: SliceSpectrum, z: Int) {
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
      for (first, part) in [(y, first), (y + lanes, second)] {
        unsafe fourier_rows_to_lanes(real + row * first, row, lanes, halfX, part.realScalars)
        unsafe fourier_rows_to_lanes(
          imaginary + row * first, row, lanes, halfX, part.imaginaryScalars)
      }
      rows.join(first, second, into: a)
      let back = rows.inverse(a, scratch: b)
      for (first, part) in [(y, back), (y + lanes, back.swapped)] {
        let count = min(max(size.y - first, 0), lanes)
        unsafe fourier_lanes_to_rows(
          part.realScalars, size.x, result + size.x * first, size.x, count)
      }
    }

    @inline(__always)
    private func load(_ base: UnsafeMutablePointer<Float>, _ at: Int) -> Lanes {
      unsafe SliceSpectrum.load(base, at)
    }

    @inline(__always)
    private func store(_ value: Lanes, _ base: UnsafeMutablePointer<Float>, _ at: Int) {
      unsafe SliceSpectrum.store(value, base, at)
    }
  }
}
