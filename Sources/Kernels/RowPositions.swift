/// Where the voxels of one target row lie in a source buffer, in source voxels: three lines of
/// coordinates, which the row sampler reads four at a time.
@safe struct RowPositions: ~Copyable {
  let count: Int
  /// Distance between the lines of x, y and z: whole groups of four, and one to run over into.
  private let stride: Int
  private let lines: UnsafeMutablePointer<Float>

  init(count: Int) {
    self.count = count
    stride = (count + 3) / 4 * 4 + 4
    unsafe lines = UnsafeMutablePointer.allocate(capacity: 3 * stride)
    unsafe lines.initialize(repeating: 0, count: 3 * stride)
  }

  deinit { unsafe lines.deallocate() }

  /// A stretch of a row: start + m·(linear + m·(quadratic + m·cubic)), m counted from its first
  /// voxel.
  struct Stretch {
    var start: SIMD4<Float>
    var linear = SIMD4<Float>.zero
    var quadratic = SIMD4<Float>.zero
    var cubic = SIMD4<Float>.zero
  }

  /// Writes the positions of a stretch. Stretches come in order: each may run over the next.
  @inline(__always)
  mutating func add(_ range: Range<Int>, _ p: Stretch) {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "beyond the row")
    var m = SIMD4<Float>(0, 1, 2, 3)
    let (x, y, z) = unsafe (lines, lines + stride, lines + 2 * stride)
    for n in Swift.stride(from: range.lowerBound, to: range.upperBound, by: 4) {
      // In bounds: n < count, and four more fit behind the last group.
      unsafe Self.store((p.cubic.x * m + p.quadratic.x) * m + p.linear.x, m, p.start.x, x + n)
      unsafe Self.store((p.cubic.y * m + p.quadratic.y) * m + p.linear.y, m, p.start.y, y + n)
      unsafe Self.store((p.cubic.z * m + p.quadratic.z) * m + p.linear.z, m, p.start.z, z + n)
      m += 4
    }
  }

  @inline(__always)
  private static func store(
    _ slope: SIMD4<Float>, _ m: SIMD4<Float>, _ start: Float, _ at: UnsafeMutablePointer<Float>
  ) {
    unsafe UnsafeMutableRawPointer(at).storeBytes(of: slope * m + start, as: SIMD4<Float>.self)
  }

  /// The four positions from voxel `n`, a multiple of four.
  @inline(__always)
  func four(at n: Int) -> (x: SIMD4<Float>, y: SIMD4<Float>, z: SIMD4<Float>) {
    @inline(__always)
    func load(_ line: Int) -> SIMD4<Float> {
      unsafe UnsafeRawPointer(lines + line * stride + n).loadUnaligned(as: SIMD4<Float>.self)
    }
    return (load(0), load(1), load(2))
  }

  /// Turns nominal slice positions into fractional indices of unevenly spaced slices.
  mutating func unevenSlices(_ slices: [Double]) {
    let last = slices.count - 2
    var lower = 0
    for n in (2 * stride)..<(2 * stride + count) {
      let z = unsafe Double(lines[n])
      while lower > 0, z < slices[lower] { lower -= 1 }
      while lower < last, z >= slices[lower + 1] { lower += 1 }
      let fraction = (z - slices[lower]) / (slices[lower + 1] - slices[lower])
      unsafe lines[n] = Float(Double(lower) + fraction)
    }
  }
}
