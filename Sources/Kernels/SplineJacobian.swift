extension CubicBSpline.Lattice {
  /// The smallest determinant of x ↦ x + u(x) at the inner nodes, where the lattice has the given
  /// axes (unit vectors) and node distance.
  public func leastDeterminant(
    axes: (i: SIMD3<Float>, j: SIMD3<Float>, k: SIMD3<Float>), spacing: Float
  ) -> Float {
    guard size.min() > 2 else { return 1 }
    let columns = (SIMD4(axes.i, 0), SIMD4(axes.j, 0), SIMD4(axes.k, 0))
    let slabs = Slabs.map(of: (size.y - 2) * (size.z - 2)) { rows in
      rows.reduce(Float.infinity) { least, row in
        let (j, k) = (row % (size.y - 2) + 1, row / (size.y - 2) + 1)
        return min(least, leastInRow(j: j, k: k, columns: columns, scale: 1 / spacing))
      }
    }
    return slabs.min() ?? 1
  }

  private typealias Column = SIMD4<Float>

  private func leastInRow(
    j: Int, k: Int, columns: (Column, Column, Column), scale: Float
  ) -> Float {
    // At a node the spline weights are 1/6, 4/6, 1/6 and their derivatives −1/2, 0, 1/2.
    let value: [Float] = [1.0 / 6, 4.0 / 6, 1.0 / 6]
    let slope: [Float] = [-0.5, 0, 0.5]
    let zeros = [Column](repeating: .zero, count: size.x)
    var (plain, alongJ, alongK) = (zeros, zeros, zeros)
    for c in 0..<3 {
      for b in 0..<3 {
        let base = size.x * (j + b - 1 + size.y * (k + c - 1))
        let (w, wj, wk) = (value[b] * value[c], slope[b] * value[c], value[b] * slope[c])
        for n in 0..<size.x {
          let u = coefficients[base + n]
          plain[n] += u * w
          alongJ[n] += u * wj
          alongK[n] += u * wk
        }
      }
    }
    var least = Float.infinity
    for i in 1..<(size.x - 1) {
      let di = (plain[i + 1] - plain[i - 1]) * 0.5
      let dj = (alongJ[i - 1] + alongJ[i + 1] + alongJ[i] * 4) / 6
      let dk = (alongK[i - 1] + alongK[i + 1] + alongK[i] * 4) / 6
      least = min(
        least,
        Self.determinant(
          columns.0 + di * scale, columns.1 + dj * scale, columns.2 + dk * scale))
    }
    return least
  }

  private static func determinant(_ a: Column, _ b: Column, _ c: Column) -> Float {
    let x = b.y * c.z - b.z * c.y
    let y = b.z * c.x - b.x * c.z
    let z = b.x * c.y - b.y * c.x
    return a.x * x + a.y * y + a.z * z
  }
}
