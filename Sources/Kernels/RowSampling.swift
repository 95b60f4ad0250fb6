/// Places the rows of a target grid in a source buffer.
protocol TargetRows: Sendable {
  /// Working memory of one slab of rows.
  associatedtype Scratch
  func makeScratch() -> Scratch
  func place(j: Int, k: Int, _ scratch: inout Scratch, into row: inout RowPositions)
}

/// Trilinear sampling of a whole target grid, four voxels of a row at a time.
enum RowSampling {
  static func run<Rows: TargetRows>(
    _ given: TrilinearResample.Source, onto size: SIMD3<Int>, rows: Rows, outside: Float
  ) -> [Float] {
    let source = given.atLeastTwoColumns()
    let corners = Corners(size: source.size, columns: given.size.x)
    let uneven = source.size.z > 1 ? source.slices : nil
    return unsafe [Float].fresh(count: size.x * size.y * size.z) { out in
      let out = unsafe out
      unsafe source.samples.withUnsafeBufferPointer { samples in
        guard let first = samples.baseAddress else { return }
        let voxels = unsafe first
        Slabs.forEach(of: size.y * size.z) { slab in
          var scratch = rows.makeScratch()
          var row = RowPositions(count: size.x)
          for n in slab {
            rows.place(j: n % size.y, k: n / size.y, &scratch, into: &row)
            if let uneven { row.unevenSlices(uneven) }
            unsafe sample(row, voxels, corners, outside: outside, into: out + n * size.x)
          }
        }
      }
    }
  }

  @inline(__always)
  private static func sample(
    _ row: borrowing RowPositions, _ voxels: UnsafePointer<Float>, _ corners: Corners,
    outside: Float, into out: UnsafeMutablePointer<Float>
  ) {
    let whole = row.count & ~3
    for n in stride(from: 0, to: whole, by: 4) {
      let v = unsafe corners.sampled(voxels, row.four(at: n), outside: outside)
      unsafe UnsafeMutableRawPointer(out + n).storeBytes(of: v, as: SIMD4<Float>.self)
    }
    guard whole < row.count else { return }
    let v = unsafe corners.sampled(voxels, row.four(at: whole), outside: outside)
    for n in whole..<row.count { unsafe out[n] = v[n - whole] }
  }
}

extension TrilinearResample.Source {
  /// Two neighbours along i are always read together, so a single column is doubled.
  fileprivate func atLeastTwoColumns() -> Self {
    guard size.x == 1 else { return self }
    return Self(
      samples: samples.flatMap { [$0, $0] }, size: SIMD3(2, size.y, size.z), slices: slices)
  }
}

/// Where the eight neighbours of a position lie in a buffer.
private struct Corners {
  /// Last voxel along each axis, and the last that has a neighbour behind it.
  private let last, lastLower: SIMD3<Float>
  private let row: Float
  private let stepJ, stepK, slice: Int

  /// Adding 2²³ rounds a single-precision number to an integer, which its low bits then hold.
  private static let integers: Float = 8_388_608
  /// Positions carry about 10⁻⁴ voxels of rounding: a face counts as inside.
  private static let face: Float = 0.501

  /// - Parameter columns: Columns of the image before a single one was doubled.
  init(size: SIMD3<Int>, columns: Int) {
    precondition(size.x * size.y < 1 << 23, "a slice has fewer than 2²³ voxels")
    last = SIMD3<Float>(SIMD3(columns - 1, size.y - 1, size.z - 1))
    lastLower = SIMD3<Float>(SIMD3(size.x - 2, max(size.y - 2, 0), max(size.z - 2, 0)))
    (row, slice) = (Float(size.x), size.x * size.y)
    (stepJ, stepK) = (size.y > 1 ? size.x : 0, size.z > 1 ? slice : 0)
  }

  /// Values at four positions; the edge is held for half a voxel, beyond it lies `outside`.
  @inline(__always)
  func sampled(
    _ voxels: UnsafePointer<Float>,
    _ p: (x: SIMD4<Float>, y: SIMD4<Float>, z: SIMD4<Float>), outside: Float
  ) -> SIMD4<Float> {
    let (x, y, z) = (held(p.x, last.x), held(p.y, last.y), held(p.z, last.z))
    let (i, j, k) = (lower(x, lastLower.x), lower(y, lastLower.y), lower(z, lastLower.z))
    let inSlice = Self.bits(j * row + i)
    let ofSlice = Self.bits(k)
    // In bounds: every coordinate was held between the first and the last lower neighbour.
    func offset(_ n: Int) -> Int { Int(inSlice[n]) &+ Int(ofSlice[n]) &* slice }
    let o = (offset(0), offset(1), offset(2), offset(3))
    let fx = x - i
    let fy = y - j
    let near = unsafe mix(
      along(voxels, o, fx), along(voxels + stepJ, o, fx), fy)
    let far = unsafe mix(
      along(voxels + stepK, o, fx), along(voxels + (stepJ + stepK), o, fx), fy)
    let value = mix(near, far, z - k)
    let (dx, dy, dz) = (p.x - x, p.y - y, p.z - z)
    let miss = greater(greater(dx * dx, dy * dy), dz * dz)
    return value.replacing(
      with: SIMD4(repeating: outside), where: miss .> SIMD4(repeating: Self.face * Self.face))
  }

  @inline(__always)
  private func held(_ p: SIMD4<Float>, _ last: Float) -> SIMD4<Float> {
    lesser(greater(p, .zero), SIMD4(repeating: last))
  }

  /// A whole number n with n ≤ p ≤ n + 1, at most `most`.
  @inline(__always)
  private func lower(_ p: SIMD4<Float>, _ most: Float) -> SIMD4<Float> {
    let n = (greater(p - 0.5, .zero) + Self.integers) - Self.integers
    return lesser(n, SIMD4(repeating: most))
  }

  /// Whole numbers below 2²³ as integers.
  @inline(__always)
  private static func bits(_ whole: SIMD4<Float>) -> SIMD4<UInt32> {
    unsafe unsafeBitCast(whole + integers, to: SIMD4<UInt32>.self) & 0x7f_ffff
  }

  @inline(__always)
  private func mix(_ a: SIMD4<Float>, _ b: SIMD4<Float>, _ t: SIMD4<Float>) -> SIMD4<Float> {
    a + (b - a) * t
  }

  /// Interpolated along i from four offsets.
  @inline(__always)
  private func along(
    _ voxels: UnsafePointer<Float>, _ o: (Int, Int, Int, Int), _ t: SIMD4<Float>
  ) -> SIMD4<Float> {
    @inline(__always)
    func pair(_ n: Int) -> SIMD2<Float> {
      unsafe UnsafeRawPointer(voxels + n).loadUnaligned(as: SIMD2<Float>.self)
    }
    let a = SIMD4(lowHalf: pair(o.0), highHalf: pair(o.1))
    let b = SIMD4(lowHalf: pair(o.2), highHalf: pair(o.3))
    return mix(
      SIMD4(lowHalf: a.evenHalf, highHalf: b.evenHalf),
      SIMD4(lowHalf: a.oddHalf, highHalf: b.oddHalf), t)
  }
}

/// As `pointwiseMax` and `pointwiseMin` of the standard library, which are calls lane by lane.
@inline(__always)
private func greater(_ a: SIMD4<Float>, _ b: SIMD4<Float>) -> SIMD4<Float> {
  a.replacing(with: b, where: a .< b)
}

@inline(__always)
private func lesser(_ a: SIMD4<Float>, _ b: SIMD4<Float>) -> SIMD4<Float> {
  a.replacing(with: b, where: b .< a)
}
