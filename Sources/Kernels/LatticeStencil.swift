/// The linear operators of a spline lattice, applied row by row; each output node is computed by
/// one slab, in one order.
struct LatticeStencil: Sendable {
  let size: SIMD3<Int>

  /// Nodes summed in single precision before they are added in double.
  static let chunk = 256

  /// S: node values of a spline with these coefficients; zero beyond the lattice. Symmetric.
  func sampled(_ c: [SIMD4<Float>]) -> [SIMD4<Float>] {
    filtered(c, centre: 4.0 / 6, side: 1.0 / 6)
  }

  /// The symmetric three-point filter along all three axes; zero beyond the lattice.
  func filtered(_ c: [SIMD4<Float>], centre: Float, side: Float) -> [SIMD4<Float>] {
    let zeros = [SIMD4<Float>](repeating: .zero, count: size.x)
    return unsafe rows { j, k, out in
      var sums = zeros
      for dk in -1...1 where k + dk >= 0 && k + dk < size.z {
        for dj in -1...1 where j + dj >= 0 && j + dj < size.y {
          let weight = (dk == 0 ? centre : side) * (dj == 0 ? centre : side)
          let from = size.x * (j + dj + size.y * (k + dk))
          for i in 0..<size.x { unsafe sums[i] += c.span[unchecked: from + i] * weight }
        }
      }
      for i in 0..<size.x {
        var v = sums[i] * centre
        if i > 0 { v += sums[i - 1] * side }
        if i < size.x - 1 { v += sums[i + 1] * side }
        unsafe out[i] = v
      }
    }
  }

  /// L: sum of second differences; no flow across the edge, so that shifts cost nothing. Symmetric.
  func laplacian(of c: [SIMD4<Float>]) -> [SIMD4<Float>] {
    unsafe rows { j, k, out in
      let row = size.x * (j + size.y * k)
      let (up, down) = (j > 0 ? size.x : 0, j < size.y - 1 ? size.x : 0)
      let layer = size.x * size.y
      let (near, far) = (k > 0 ? layer : 0, k < size.z - 1 ? layer : 0)
      let c = c.span
      for i in 0..<size.x {
        let n = row + i
        // In bounds: a neighbour beyond the edge is the node itself.
        let (left, right) = (i > 0 ? 1 : 0, i < size.x - 1 ? 1 : 0)
        let x = unsafe c[unchecked: n - left] + c[unchecked: n + right]
        let y = unsafe c[unchecked: n - up] + c[unchecked: n + down]
        let z = unsafe c[unchecked: n - near] + c[unchecked: n + far]
        unsafe out[i] = x + y + z - c[unchecked: n] * 6
      }
    }
  }

  static func dot(_ a: [SIMD4<Float>], _ b: [SIMD4<Float>]) -> Double {
    var total = 0.0
    for start in stride(from: 0, to: a.count, by: chunk) {
      var sum = SIMD4<Float>.zero
      for n in start..<min(start + chunk, a.count) { sum += a[n] * b[n] }
      total += Double(sum.x) + Double(sum.y) + Double(sum.z)
    }
    return total
  }

  /// Fills a lattice row by row.
  private func rows(
    _ body: (_ j: Int, _ k: Int, _ out: UnsafeMutablePointer<SIMD4<Float>>) -> Void
  ) -> [SIMD4<Float>] {
    let count = size.x * size.y * size.z
    return unsafe [SIMD4<Float>](unsafeUninitializedCapacity: count) { out, filled in
      if let start = out.baseAddress {
        let start = unsafe start
        Slabs.forEach(of: size.y * size.z) { rows in
          for row in rows {
            unsafe body(row % size.y, row / size.y, start + row * size.x)
          }
        }
      }
      filled = count
    }
  }
}
