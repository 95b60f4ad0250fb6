public import Geometry
import Kernels

extension DisplacementField {
  /// Fixed-point iterations of the inverse, at most; each shrinks the error by the strain.
  private static let rounds = 40
  /// Change below which a point of the inverse has arrived, in millimetres.
  private static let arrived = 1e-3

  /// Where a point of the moving frame lies in the fixed frame, by fixed-point iteration
  /// (Chen et al., Med Phys 2008;35:81-88). `nil` if it does not settle.
  public func inverse(of p: PatientPoint) -> PatientPoint? {
    let undone = rigid.inverse(p).millimetres
    return backward(to: undone).map { PatientPoint(millimetres: undone + $0) }
  }

  /// v with v = −u(z + v).
  private func backward(to z: SIMD3<Double>) -> SIMD3<Double>? {
    var v = -displacement(at: PatientPoint(millimetres: z))
    for _ in 0..<Self.rounds {
      let next = -displacement(at: PatientPoint(millimetres: z + v))
      let change = (next - v).length
      v = next
      if change < Self.arrived { return v }
    }
    return nil
  }

  /// The inverse map as a field of its own: x = R⁻¹y + v(R⁻¹y), sampled on nodes of half the
  /// distance that are turned into the moving frame.
  ///
  /// - Throws: ``RegistrationError/notInvertible`` if a node does not settle.
  public func inverted() throws -> DisplacementField {
    let half = nodes.spacing.x / 2
    let size = nodes.size &* 2 &- 1
    let grid = try VoxelGrid(
      size: size, spacing: SIMD3(repeating: half), axes: nodes.axes, origin: nodes.origin)
    let slabs = Slabs.map(of: grid.voxelCount) { range in
      range.map { n -> SIMD3<Double>? in
        let p = grid.patientPoint(
          i: n % size.x, j: n / size.x % size.y, k: n / (size.x * size.y))
        return backward(to: p.millimetres).map(turned)
      }
    }
    let values = slabs.flatMap { $0 }.compactMap { $0.map { SIMD4(SIMD3<Float>($0), 0) } }
    guard values.count == grid.voxelCount else { throw RegistrationError.notInvertible }
    let lattice = CubicBSpline.Lattice(through: values, size: size)
    return DisplacementField(
      rigid: rigid.inverse,
      nodes: try VoxelGrid(
        size: size, spacing: grid.spacing,
        axes: .init(i: turned(nodes.axes.i), j: turned(nodes.axes.j), k: turned(nodes.axes.k)),
        origin: rigid(nodes.origin)),
      coefficients: lattice.coefficients)
  }

  /// A direction of the fixed frame, in the moving frame.
  private func turned(_ v: SIMD3<Double>) -> SIMD3<Double> {
    rigid.columns[0] * v.x + rigid.columns[1] * v.y + rigid.columns[2] * v.z
  }

  /// The smallest determinant of the map's derivative, at nodes and half-way between them.
  public func leastJacobian() -> Double {
    let fine = lattice.refined(offset: .zero, size: nodes.size &* 2 &- 1)
    let axes = nodes.axes
    return Double(
      fine.leastDeterminant(
        axes: (SIMD3<Float>(axes.i), SIMD3<Float>(axes.j), SIMD3<Float>(axes.k)),
        spacing: Float(nodes.spacing.x / 2)))
  }
}
