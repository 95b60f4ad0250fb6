import Foundation
public import Geometry
import Kernels

/// A smooth, invertible map between two patient frames: x ↦ R(x + u(x)), with R rigid and u a
/// cubic B-spline on a lattice of nodes in the fixed frame.
///
/// Beyond the lattice, u is held at its edge.
public struct DisplacementField: Sendable, Hashable, Codable {
  /// The rigid part, which comes after the displacement.
  public let rigid: RigidTransform
  /// Where the nodes lie in the fixed frame.
  public let nodes: VoxelGrid
  /// Spline coefficients in millimetres along x, y, z; the fourth lane is zero.
  let coefficients: [SIMD4<Float>]

  public var from: FrameOfReference { rigid.from }
  public var to: FrameOfReference { rigid.to }

  var lattice: CubicBSpline.Lattice {
    CubicBSpline.Lattice(coefficients: coefficients, size: nodes.size)
  }

  /// Where a point of the fixed frame lies in the moving frame.
  public func callAsFunction(_ p: PatientPoint) -> PatientPoint {
    rigid(PatientPoint(millimetres: p.millimetres + displacement(at: p)))
  }

  /// The displacement u in millimetres, before the rigid part.
  public func displacement(at p: PatientPoint) -> SIMD3<Double> {
    let (first, t) = cell(of: p)
    let (wi, wj, wk) = (
      CubicBSpline.weights(t.x), CubicBSpline.weights(t.y), CubicBSpline.weights(t.z)
    )
    return SIMD3<Double>(sum(first, wi, wj, wk))
  }

  /// Determinant of the map's derivative: below 1 where tissue shrinks, never negative.
  public func jacobian(at p: PatientPoint) -> Double {
    let (first, t) = cell(of: p)
    let w = (0..<3).map { CubicBSpline.weights(t[$0]) }
    let d = (0..<3).map { CubicBSpline.derivatives(t[$0]) }
    let di = SIMD3<Double>(sum(first, d[0], w[1], w[2])) / nodes.spacing.x
    let dj = SIMD3<Double>(sum(first, w[0], d[1], w[2])) / nodes.spacing.y
    let dk = SIMD3<Double>(sum(first, w[0], w[1], d[2])) / nodes.spacing.z
    // Columns of I + ∇u along the lattice axes; rotations do not change the determinant.
    return (nodes.axes.i + di).cross(nodes.axes.j + dj).dot(nodes.axes.k + dk)
  }

  private func cell(of p: PatientPoint) -> (first: SIMD3<Int>, t: SIMD3<Float>) {
    let q = nodes.gridPoint(at: p).ijk
    let last = SIMD3<Double>((0..<3).map { Double(nodes.size[$0] - 2) })
    let held = q.clamped(lowerBound: SIMD3(repeating: 1), upperBound: last)
    let cell = SIMD3<Int>((0..<3).map { min(Int(held[$0]), nodes.size[$0] - 3) })
    let t = SIMD3<Float>((0..<3).map { Float(held[$0] - Double(cell[$0])) } as [Float])
    return (cell &- 1, t)
  }

  private func sum(
    _ first: SIMD3<Int>, _ wi: SIMD4<Float>, _ wj: SIMD4<Float>, _ wk: SIMD4<Float>
  ) -> SIMD3<Float> {
    var total = SIMD4<Float>.zero
    for c in 0..<4 {
      for b in 0..<4 {
        let row = first.x + nodes.size.x * (first.y + b + nodes.size.y * (first.z + c))
        let along =
          coefficients[row] * wi.x + coefficients[row + 1] * wi.y + coefficients[row + 2] * wi.z
          + coefficients[row + 3] * wi.w
        total += along * (wj[b] * wk[c])
      }
    }
    return SIMD3(total.x, total.y, total.z)
  }
}

extension SIMD3<Float> {
  init(_ values: [Float]) { self.init(values[0], values[1], values[2]) }
}
