extension CubicBSpline.Lattice {
  /// The smallest determinant of x ↦ x + u(x) at the inner nodes, where the lattice has the given
  /// axes (unit vectors) and node distance.
  public func leastDeterminant(
    axes: (i: SIMD3<Float>, j: SIMD3<Float>, k: SIMD3<Float>), spacing: Float
  ) -> Float {
    determinants(axes: axes, spacing: spacing).least
  }

  /// The smallest and the largest determinant at the inner nodes, and how many fold.
  public struct Determinants: Sendable {
    public var least = Float.infinity
    public var greatest = -Float.infinity
    public var folded = 0

    mutating func add(_ determinant: Float) {
      least = min(least, determinant)
      greatest = max(greatest, determinant)
      if determinant <= 0 { folded += 1 }
    }

    mutating func add(_ other: Determinants) {
      least = min(least, other.least)
      greatest = max(greatest, other.greatest)
      folded += other.folded
    }
  }

  /// The same as ``leastDeterminant(axes:spacing:)``, and more about all inner nodes. 1 for a
  /// lattice without any.
  public func determinants(
    axes: (i: SIMD3<Float>, j: SIMD3<Float>, k: SIMD3<Float>), spacing: Float
  ) -> Determinants {
    guard size.min() > 2 else { return Determinants(least: 1, greatest: 1) }
    let columns = (SIMD4(axes.i, 0), SIMD4(axes.j, 0), SIMD4(axes.k, 0))
    let slabs = Slabs.map(of: (size.y - 2) * (size.z - 2)) { rows in
      rows.reduce(into: Determinants()) { sum, row in
        let (j, k) = (row % (size.y - 2) + 1, row / (size.y - 2) + 1)
        addRow(j: j, k: k, columns: columns, scale: 1 / spacing, to: &sum)
      }
    }
    return slabs.reduce(into: Determinants()) { $0.add($1) }
  }

  private typealias Column = SIMD4<Float>

  private func addRow(
    j: Int, k: Int, columns: (Column, Column, Column), scale: Float, to sum: inout Determinants
  ) {
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
    for i in 1..<(size.x - 1) {
      let di = (plain[i + 1] - plain[i - 1]) * 0.5
      let dj = (alongJ[i - 1] + alongJ[i + 1] + alongJ[i] * 4) / 6
      let dk = (alongK[i - 1] + alongK[i + 1] + alongK[i] * 4) / 6
      sum.add(
        Self.determinant(
          columns.0 + di * scale, columns.1 + dj * scale, columns.2 + dk * scale))
    }
  }

  private static func determinant(_ a: Column, _ b: Column, _ c: Column) -> Float {
    let x = b.y * c.z - b.z * c.y
    let y = b.z * c.x - b.x * c.z
    let z = b.x * c.y - b.y * c.x
    return a.x * x + a.y * y + a.z * z
  }
}
