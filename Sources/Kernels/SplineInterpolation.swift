/// Spline coefficients from node values.
extension CubicBSpline.Lattice {
  /// The spline that takes these values at the nodes (Unser, IEEE Signal Process Mag
  /// 1999;16(6):22-38), mirrored at the edges.
  public init(through values: [SIMD4<Float>], size: SIMD3<Int>) {
    self.init(coefficients: values, size: size)
    let strides = [1, size.x, size.x * size.y]
    for axis in 0..<3 {
      let (stride, count) = (strides[axis], size[axis])
      for n in coefficients.indices where n / stride % count == 0 {
        Self.filter(&coefficients, from: n, stride: stride, count: count)
      }
    }
  }

  /// Pole of the cubic spline filter.
  private static let pole = Float(3.0.squareRoot() - 2)
  /// Terms of the starting sum: |pole|^16 is below single precision.
  private static let horizon = 16

  /// One line: a causal, then an anti-causal recursion.
  private static func filter(
    _ c: inout [SIMD4<Float>], from first: Int, stride: Int, count: Int
  ) {
    func at(_ n: Int) -> Int { first + n * stride }
    var sum = SIMD4<Float>.zero
    for n in (0..<min(horizon, count)).reversed() { sum = c[at(n)] + sum * pole }
    c[at(0)] = sum
    for n in 1..<count { c[at(n)] += c[at(n - 1)] * pole }
    let end = c[at(count - 1)] + c[at(count - 2)] * pole
    c[at(count - 1)] = end * (pole / (pole * pole - 1))
    for n in (0..<(count - 1)).reversed() { c[at(n)] = (c[at(n + 1)] - c[at(n)]) * pole }
    for n in 0..<count { c[at(n)] *= 6 }
  }
}
