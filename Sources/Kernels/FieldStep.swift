/// Solves for the step of a displacement spline: data quadratics at the nodes, smoothness between
/// them.
///
/// Minimises ½ δᵀSAS δ + bᵀS δ + ½ bending·|L(c + δ)|² + ½ stretching·|∇(c + δ)|², where S turns
/// coefficients into node values, L is the Laplacian of the lattice with its edge held, by
/// conjugate gradients with 3 × 3 blocks as preconditioner.
public struct FieldStep: Sendable {
  public struct Smoothness: Sendable {
    /// Weight of squared second differences and of squared first differences between nodes.
    public var bending: Float
    public var stretching: Float

    public init(bending: Float, stretching: Float) {
      (self.bending, self.stretching) = (bending, stretching)
    }
  }

  private let nodes: [DeformableIntensityFit.NodeSum]
  private let size: SIMD3<Int>
  private let smoothness: Smoothness

  public init(
    _ nodes: [DeformableIntensityFit.NodeSum], size: SIMD3<Int>, smoothness: Smoothness
  ) {
    precondition(nodes.count == size.x * size.y * size.z, "nodes do not fill the lattice")
    (self.nodes, self.size, self.smoothness) = (nodes, size, smoothness)
  }

  typealias Field = [SIMD4<Float>]

  /// The smoothness energy of a field.
  public static func energy(_ lattice: CubicBSpline.Lattice, _ smoothness: Smoothness) -> Double {
    let c = lattice.coefficients
    let pull = smooth(c, size: lattice.size, smoothness)
    return 0.5 * dot(c, pull)
  }

  /// The step from the coefficients `c`.
  ///
  /// - Parameter iterations: Conjugate gradient iterations at most; it stops earlier once the
  ///   residual has fallen to `tolerance` of its start.
  public func solved(
    from c: CubicBSpline.Lattice, iterations: Int, tolerance: Double
  ) -> [SIMD4<Float>] {
    let pull = Self.smooth(c.coefficients, size: size, smoothness)
    let push = Self.sampled(nodes.map { SIMD4($0.x.w, $0.y.w, $0.z.w, 0) }, size: size)
    var residual = zip(push, pull).map { -($0 + $1) }
    let blocks = preconditioner()
    var step = Field(repeating: .zero, count: residual.count)
    var z = zip(blocks, residual).map { $0 * $1 }
    var direction = z
    var rz = Self.dot(residual, z)
    let target = rz * tolerance * tolerance
    for _ in 0..<iterations {
      guard rz > target, rz > 0 else { break }
      let q = product(direction)
      let alpha = Float(rz / Self.dot(direction, q))
      for n in step.indices {
        step[n] += direction[n] * alpha
        residual[n] -= q[n] * alpha
        z[n] = blocks[n] * residual[n]
      }
      let next = Self.dot(residual, z)
      let beta = Float(next / rz)
      rz = next
      for n in direction.indices { direction[n] = z[n] + direction[n] * beta }
    }
    return step
  }

  private func product(_ p: Field) -> Field {
    var inner = Self.sampled(p, size: size)
    for n in inner.indices {
      let (v, a) = (inner[n], nodes[n])
      var q = a.x * v.x + a.y * v.y + a.z * v.z
      q.w = 0
      inner[n] = q
    }
    var result = Self.sampled(inner, size: size)
    let stiff = Self.smooth(p, size: size, smoothness)
    for n in result.indices { result[n] += stiff[n] }
    return result
  }

  /// S: node values of a spline with these coefficients; zero beyond the lattice. Symmetric.
  static func sampled(_ c: Field, size: SIMD3<Int>) -> Field {
    filtered(c, size: size, centre: 4.0 / 6, side: 1.0 / 6)
  }

  private static func filtered(
    _ c: Field, size: SIMD3<Int>, centre: Float, side: Float
  ) -> Field {
    var field = c
    let strides = [1, size.x, size.x * size.y]
    for axis in 0..<3 {
      let source = field
      let stride = strides[axis]
      let span = stride * size[axis]
      for start in Swift.stride(from: 0, to: c.count, by: span) {
        for n in start..<(start + span) { field[n] = source[n] * centre }
        for n in start..<(start + span - stride) {
          field[n] += source[n + stride] * side
          field[n + stride] += source[n] * side
        }
      }
    }
    return field
  }

  /// bending · LᵀL c + stretching · (−L) c.
  private static func smooth(_ c: Field, size: SIMD3<Int>, _ s: Smoothness) -> Field {
    let first = laplacian(c, size: size)
    var result = laplacian(first, size: size)
    for n in result.indices { result[n] = result[n] * s.bending - first[n] * s.stretching }
    return result
  }

  /// Second differences; no flow across the edge, so that shifts cost nothing.
  private static func laplacian(_ c: Field, size: SIMD3<Int>) -> Field {
    var result = Field(repeating: .zero, count: c.count)
    let strides = [1, size.x, size.x * size.y]
    for axis in 0..<3 {
      let stride = strides[axis]
      let span = stride * size[axis]
      for start in Swift.stride(from: 0, to: c.count, by: span) {
        for n in start..<(start + span - stride) {
          let d = c[n + stride] - c[n]
          result[n] += d
          result[n + stride] -= d
        }
      }
    }
    return result
  }

  /// Inverses of the diagonal blocks: data filtered with squared weights, plus the smoothness.
  private func preconditioner() -> [Block] {
    func diagonal(_ pick: (DeformableIntensityFit.NodeSum) -> SIMD4<Float>) -> Field {
      Self.filtered(nodes.map(pick), size: size, centre: 16.0 / 36, side: 1.0 / 36)
    }
    let (x, y, z) = (diagonal(\.x), diagonal(\.y), diagonal(\.z))
    // Diagonal of L² is 6² + 6, of −L it is 6, away from the edge.
    let ridge = 42 * smoothness.bending + 6 * smoothness.stretching
    return x.indices.map { Block(inverting: x[$0], y[$0], z[$0], ridge: ridge) }
  }

  private static func dot(_ a: Field, _ b: Field) -> Double {
    var total = 0.0
    // Rows of float sums, added in double: exact enough and always in the same order.
    for start in Swift.stride(from: 0, to: a.count, by: 256) {
      var sum = SIMD4<Float>.zero
      for n in start..<min(start + 256, a.count) { sum += a[n] * b[n] }
      total += Double(sum.x) + Double(sum.y) + Double(sum.z)
    }
    return total
  }

  /// A symmetric 3 × 3 matrix by columns.
  private struct Block {
    let x, y, z: SIMD4<Float>

    /// The inverse of the block with `ridge` added to its diagonal, by cofactors.
    init(
      inverting a: SIMD4<Float>, _ b: SIMD4<Float>, _ c: SIMD4<Float>, ridge: Float
    ) {
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
}
