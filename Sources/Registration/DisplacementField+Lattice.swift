import Geometry
import Kernels

extension DisplacementField {
  /// No displacement, on nodes that leave at least one free layer around `image`.
  static func zero(
    rigid: RigidTransform, nodes spacing: Double, covering image: ContrastLevel
  ) throws -> DisplacementField {
    let extent = (0..<3).map { Double(image.grid.size[$0] - 1) * image.grid.spacing[$0] }
    let size = SIMD3<Int>(extent.map { Int(($0 / spacing).rounded(.up)) + 4 })
    let slack = SIMD3<Double>(
      (0..<3).map { (Double(size[$0] - 1) * spacing - extent[$0]) / 2 / image.grid.spacing[$0] })
    let nodes = try VoxelGrid(
      size: size, spacing: SIMD3(repeating: spacing), axes: image.grid.axes,
      origin: image.grid.patientPoint(at: GridPoint(ijk: -slack)))
    return DisplacementField(
      rigid: rigid, nodes: nodes,
      coefficients: [SIMD4<Float>](repeating: .zero, count: nodes.voxelCount))
  }

  /// The same field on nodes of half the distance, or as it is when `spacing` is the present one.
  func refined(to spacing: Double, covering image: ContrastLevel) throws -> DisplacementField {
    var field = self
    while field.nodes.spacing.x > spacing * 1.01 {
      let half = field.nodes.spacing.x / 2
      let low = field.nodes.gridPoint(at: image.grid.origin).ijk * 2
      let last = SIMD3<Double>((0..<3).map { Double(image.grid.size[$0] - 1) })
      let high =
        field.nodes.gridPoint(at: image.grid.patientPoint(at: GridPoint(ijk: last))).ijk * 2
      let offset = SIMD3<Int>((0..<3).map { Int(low[$0].rounded(.down)) - 2 })
      let end = SIMD3<Int>((0..<3).map { Int(high[$0].rounded(.up)) + 2 })
      let origin = SIMD3<Double>((0..<3).map { Double(offset[$0]) / 2 })
      let nodes = try VoxelGrid(
        size: end &- offset &+ 1, spacing: SIMD3(repeating: half), axes: field.nodes.axes,
        origin: field.nodes.patientPoint(at: GridPoint(ijk: origin)))
      let lattice = field.lattice.refined(offset: offset, size: nodes.size)
      field = DisplacementField(rigid: rigid, nodes: nodes, coefficients: lattice.coefficients)
    }
    return field
  }
}
