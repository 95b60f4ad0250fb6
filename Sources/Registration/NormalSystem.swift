import Kernels

/// The 6 × 6 normal equations of a rigid step: rotation vector, then translation.
struct NormalSystem {
  private var matrix = [[Double]](repeating: [Double](repeating: 0, count: 6), count: 6)
  private var gradient = [Double](repeating: 0, count: 6)

  init(_ sums: [RigidIntensityFit.Sums], weights: [Double]) {
    for (sum, weight) in zip(sums, weights) where weight > 0 {
      for p in 0..<6 {
        for q in 0..<6 { matrix[p][q] += weight * Double(sum.rows[p][q]) }
        gradient[p] += weight * Double(sum.rows[p][6])
      }
    }
  }

  /// The step that lowers the residuals, with the diagonal raised by `damping` (Marquardt);
  /// `nil` when the samples do not determine it.
  func solved(damping: Double) -> [Double]? {
    var a = matrix
    for p in 0..<6 { a[p][p] *= 1 + damping }
    return Cholesky.solve(a, gradient.map { -$0 })
  }
}

/// Solves small symmetric positive definite systems.
enum Cholesky {
  /// x with a·x = b; `nil` when `a` is not positive definite.
  static func solve(_ a: [[Double]], _ b: [Double]) -> [Double]? {
    let n = b.count
    var l = a
    for p in 0..<n {
      for q in 0...p {
        var sum = a[p][q]
        for r in 0..<q { sum -= l[p][r] * l[q][r] }
        if p == q {
          guard sum > 1e-12 * a[p][p], sum > 0 else { return nil }
          l[p][p] = sum.squareRoot()
        } else {
          l[p][q] = sum / l[q][q]
        }
      }
    }
    var x = b
    for p in 0..<n {
      for r in 0..<p { x[p] -= l[p][r] * x[r] }
      x[p] /= l[p][p]
    }
    for p in stride(from: n - 1, through: 0, by: -1) {
      for r in (p + 1)..<n { x[p] -= l[r][p] * x[r] }
      x[p] /= l[p][p]
    }
    return x
  }
}
