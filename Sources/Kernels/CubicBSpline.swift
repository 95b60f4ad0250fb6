/// Uniform cubic B-splines on a lattice whose nodes lie at whole numbers.
///
/// A spline at position x = n + t, 0 ≤ t < 1, is Σ w[m] · c[n − 1 + m] for m = 0…3
/// (Rueckert et al., IEEE Trans Med Imaging 1999;18:712-721).
public enum CubicBSpline {
  /// The four weights at the fraction `t` between two nodes.
  @inline(__always)
  public static func weights(_ t: Float) -> SIMD4<Float> {
    let u = 1 - t
    return SIMD4(
      u * u * u, 4 - 6 * t * t + 3 * t * t * t, 4 - 6 * u * u + 3 * u * u * u, t * t * t) / 6
  }

  /// Derivatives of the four weights, per node distance.
  @inline(__always)
  public static func derivatives(_ t: Float) -> SIMD4<Float> {
    let u = 1 - t
    return SIMD4(-u * u, 3 * t * t - 4 * t, -(3 * u * u - 4 * u), t * t) / 2
  }

  /// Where the voxels of one grid axis lie between the nodes of a lattice axis.
  public struct Axis: Sendable {
    /// First of the four nodes of each voxel.
    public let first: [Int]
    public let weights: [SIMD4<Float>]
    public let derivatives: [SIMD4<Float>]
    /// The node nearest to each voxel.
    public let nearest: [Int]

    /// - Parameters:
    ///   - positions: Where the voxels lie, in node distances from node 0. Positions beyond the
    ///     lattice's inner cells are held at their edge.
    ///   - nodes: Nodes of the lattice axis, at least 4.
    public init(positions: [Double], nodes: Int) {
      precondition(nodes >= 4, "a cubic spline needs four nodes")
      let positions = positions.map { min(max($0, 1), Double(nodes - 2)) }
      let cells = positions.map { min(Int($0), nodes - 3) }
      first = cells.map { $0 - 1 }
      let fractions = zip(positions, cells).map { Float($0 - Double($1)) }
      weights = fractions.map { CubicBSpline.weights($0) }
      derivatives = fractions.map { CubicBSpline.derivatives($0) }
      nearest = zip(fractions, cells).map { $0 < 0.5 ? $1 : $1 + 1 }
    }
  }

  /// Coefficients of a vector field, i fastest; the fourth lane is unused and zero.
  public struct Lattice: Sendable {
    public var coefficients: [SIMD4<Float>]
    public let size: SIMD3<Int>

    public init(size: SIMD3<Int>) {
      precondition(size.min() >= 4, "a cubic spline needs four nodes along each axis")
      coefficients = [SIMD4<Float>](repeating: .zero, count: size.x * size.y * size.z)
      self.size = size
    }

    public init(coefficients: [SIMD4<Float>], size: SIMD3<Int>) {
      precondition(coefficients.count == size.x * size.y * size.z, "nodes do not fill the lattice")
      self.coefficients = coefficients
      self.size = size
    }
  }
}

extension CubicBSpline.Lattice {
  /// The same field on nodes at half the distance.
  ///
  /// - Parameters:
  ///   - offset: Which of the finer nodes becomes node 0; finer node 2n lies on node n.
  ///   - newSize: Finer nodes to keep from there; nodes beyond this lattice hold its edge.
  public func refined(offset: SIMD3<Int>, size newSize: SIMD3<Int>) -> Self {
    var result = coefficients
    var shape = size
    for axis in 0..<3 {
      result = Self.refined(
        result, shape: shape, axis: axis, offset: offset[axis], count: newSize[axis])
      shape[axis] = newSize[axis]
    }
    return Self(coefficients: result, size: newSize)
  }

  /// Knot doubling: c'[2n] = (c[n−1] + 6 c[n] + c[n+1]) / 8, c'[2n+1] = (c[n] + c[n+1]) / 2.
  private static func refined(
    _ c: [SIMD4<Float>], shape: SIMD3<Int>, axis: Int, offset: Int, count: Int
  ) -> [SIMD4<Float>] {
    var out = shape
    out[axis] = count
    let stride = [1, shape.x, shape.x * shape.y][axis]
    let last = shape[axis] - 1
    func held(_ n: Int) -> Int { min(max(n, 0), last) * stride }
    var result: [SIMD4<Float>] = []
    result.reserveCapacity(out.x * out.y * out.z)
    for k in 0..<out.z {
      for j in 0..<out.y {
        for i in 0..<out.x {
          var from = SIMD3(i, j, k)
          let fine = from[axis] + offset
          from[axis] = 0
          let base = from.x + shape.x * (from.y + shape.y * from.z)
          let n = fine >> 1
          if fine & 1 == 0 {
            let sides = c[base + held(n - 1)] + c[base + held(n + 1)]
            result.append((sides + c[base + held(n)] * 6) / 8)
          } else {
            result.append((c[base + held(n)] + c[base + held(n + 1)]) / 2)
          }
        }
      }
    }
    return result
  }
}
