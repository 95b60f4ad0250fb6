import Foundation

/// Solves for the step of a displacement spline: data quadratics at the nodes, smoothness between
/// them.
///
/// Minimises ½ δᵀSAS δ + bᵀS δ + ½ Σ bending·|L(c + δ)|², where S turns coefficients into
/// node values and L is the Laplacian of the lattice with its edge held, by conjugate gradients
/// with 3 × 3 blocks as preconditioner. Where the field kinks (``Bending/kink``) its bending counts
/// less, as in iteratively reweighted least squares.
public struct FieldStep: Sendable {
  /// What second differences of a field cost.
  public struct Bending: Sendable {
    let weight: Float
    let kink: Float

    /// - Parameter kink: Second difference in millimetres beyond which more of it costs little:
    ///   the loss is Cauchy's, ½ weight·kink²·log(1 + |Lc|²/kink²). Infinite for the square alone.
    public init(weight: Float, kink: Float = .infinity) {
      (self.weight, self.kink) = (weight, kink)
    }

    /// Weights of second differences at each node.
    fileprivate func weights(_ second: [SIMD4<Float>]) -> [Float] {
      let scale = 1 / (kink * kink)
      return second.map { weight / (1 + ($0 * $0).sum() * scale) }
    }
  }

  private let nodes: [DeformableIntensityFit.NodeSum]
  private let stencil: LatticeStencil
  private let bending: Bending

  public init(
    _ nodes: [DeformableIntensityFit.NodeSum], size: SIMD3<Int>, bending: Bending
  ) {
    precondition(nodes.count == size.x * size.y * size.z, "nodes do not fill the lattice")
    (self.nodes, self.bending) = (nodes, bending)
    stencil = LatticeStencil(size: size)
  }

  /// The bending energy of a field.
  public static func energy(_ lattice: CubicBSpline.Lattice, bending: Bending) -> Double {
    let second = LatticeStencil(size: lattice.size).laplacian(of: lattice.coefficients)
    guard bending.kink.isFinite else {
      return 0.5 * Double(bending.weight) * LatticeStencil.dot(second, second)
    }
    let square = bending.kink * bending.kink
    let sum = second.reduce(0.0) { $0 + log1p(Double(($1 * $1).sum() / square)) }
    return 0.5 * Double(bending.weight) * Double(square) * sum
  }

  /// The step from the coefficients `c`.
  ///
  /// - Parameter iterations: Conjugate gradient iterations at most; it stops earlier once the
  ///   residual has fallen to `tolerance` of its start.
  public func solved(
    from c: CubicBSpline.Lattice, iterations: Int, tolerance: Double
  ) -> [SIMD4<Float>] {
    let second = stencil.laplacian(of: c.coefficients)
    let weights = bending.weights(second)
    var residual = pull(second, weights)
    let blocks = preconditioner(weights)
    var step = [SIMD4<Float>](repeating: .zero, count: residual.count)
    var direction = zip(blocks, residual).map { $0 * $1 }
    var rz = LatticeStencil.dot(residual, direction)
    let target = rz * tolerance * tolerance
    for _ in 0..<iterations {
      guard rz > target, rz > 0 else { break }
      let q = product(direction, weights)
      let alpha = Float(rz / LatticeStencil.dot(direction, q))
      let next = Self.advance(&step, &residual, along: direction, q, by: alpha, blocks)
      let beta = Float(next / rz)
      rz = next
      for n in direction.indices { direction[n] = blocks[n] * residual[n] + direction[n] * beta }
    }
    return step
  }

  /// The negative gradient at the present coefficients.
  private func pull(_ second: [SIMD4<Float>], _ weights: [Float]) -> [SIMD4<Float>] {
    let push = stencil.sampled(nodes.map { SIMD4($0.x.w, $0.y.w, $0.z.w, 0) })
    let stiff = stencil.laplacian(of: zip(second, weights).map { $0 * $1 })
    return zip(push, stiff).map { -($0 + $1) }
  }

  /// One step of the iteration; the new product of residual and preconditioned residual.
  private static func advance(
    _ step: inout [SIMD4<Float>], _ residual: inout [SIMD4<Float>],
    along direction: [SIMD4<Float>], _ q: [SIMD4<Float>], by alpha: Float, _ blocks: [Block]
  ) -> Double {
    var total = 0.0
    for start in stride(from: 0, to: step.count, by: LatticeStencil.chunk) {
      var sum = SIMD4<Float>.zero
      for n in start..<min(start + LatticeStencil.chunk, step.count) {
        step[n] += direction[n] * alpha
        let r = residual[n] - q[n] * alpha
        residual[n] = r
        sum += r * (blocks[n] * r)
      }
      total += Double(sum.x) + Double(sum.y) + Double(sum.z)
    }
    return total
  }

  private func product(_ p: [SIMD4<Float>], _ weights: [Float]) -> [SIMD4<Float>] {
    var inner = stencil.sampled(p)
    for n in inner.indices {
      let (v, a) = (inner[n], nodes[n])
      var q = a.x * v.x + a.y * v.y + a.z * v.z
      q.w = 0
      inner[n] = q
    }
    var result = stencil.sampled(inner)
    var second = stencil.laplacian(of: p)
    for n in second.indices { second[n] *= weights[n] }
    let stiff = stencil.laplacian(of: second)
    for n in result.indices { result[n] += stiff[n] }
    return result
  }

  /// Inverses of the diagonal blocks: data filtered with squared weights, plus the smoothness.
  private func preconditioner(_ weights: [Float]) -> [Block] {
    func diagonal(_ pick: (DeformableIntensityFit.NodeSum) -> SIMD4<Float>) -> [SIMD4<Float>] {
      stencil.filtered(nodes.map(pick), centre: 16.0 / 36, side: 1.0 / 36)
    }
    let (x, y, z) = (diagonal(\.x), diagonal(\.y), diagonal(\.z))
    // The diagonal of L² is 6² + 6 away from the edge.
    return x.indices.map { Block(inverting: x[$0], y[$0], z[$0], ridge: 42 * weights[$0]) }
  }
}

/// A symmetric 3 × 3 matrix by columns.
private struct Block {
  let x, y, z: SIMD4<Float>

  /// The inverse of the block with `ridge` added to its diagonal, by cofactors.
  init(inverting a: SIMD4<Float>, _ b: SIMD4<Float>, _ c: SIMD4<Float>, ridge: Float) {
    let (xx, yy, zz) = (a.x + ridge, b.y + ridge, c.z + ridge)
    let (xy, xz, yz) = (a.y, a.z, b.z)
    let p = SIMD4(yy * zz - yz * yz, xz * yz - xy * zz, xy * yz - xz * yy, 0)
    let determinant = xx * p.x + xy * p.y + xz * p.z
    guard determinant > 0 else {
      (x, y, z) = ([1 / xx, 0, 0, 0], [0, 1 / yy, 0, 0], [0, 0, 1 / zz, 0])
      return
    }
    let scale = 1 / determinant
    x = p * scale
    y = SIMD4(p.y, xx * zz - xz * xz, xy * xz - xx * yz, 0) * scale
    z = SIMD4(p.z, xy * xz - xx * yz, xx * yy - xy * xy, 0) * scale
  }

  @inline(__always)
  static func * (m: Block, v: SIMD4<Float>) -> SIMD4<Float> {
    m.x * v.x + m.y * v.y + m.z * v.z
  }
}
