public import Geometry
import Kernels

extension DisplacementField {
  /// The field that takes given displacements at its nodes.
  ///
  /// - Parameters:
  ///   - nodes: Evenly spaced, the same distance along all axes, at least four along each.
  ///   - displacements: In millimetres along x, y, z of the fixed frame, one per node, i fastest.
  /// - Throws: ``RegistrationError/nodesDoNotFit`` otherwise.
  public init(
    rigid: RigidTransform, nodes: VoxelGrid, through displacements: [SIMD3<Double>]
  ) throws {
    let isEven = nodes.sliceOffsets == nil && nodes.spacing.max() - nodes.spacing.min() < 1e-9
    guard isEven, nodes.size.min() >= 4, displacements.count == nodes.voxelCount else {
      throw RegistrationError.nodesDoNotFit
    }
    let values = displacements.map { SIMD4(SIMD3<Float>($0), 0) }
    self.init(
      rigid: rigid, nodes: nodes,
      coefficients: CubicBSpline.Lattice(through: values, size: nodes.size).coefficients)
  }
}
