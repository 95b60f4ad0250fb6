import Geometry

extension DisplacementField {
  /// Nodes beyond the tissue in common over which the map is left as it was fitted, so that nothing
  /// changes at the skin, and nodes over which it then comes to rest.
  private static let kept = 2
  private static let fading = 4

  /// The same map among the places that both images show, coming to rest on the rigid link beyond
  /// them: out there nothing was compared, and the spline only goes on as it left off.
  ///
  /// The field as it is where the change would fold it.
  func atRest(beyond errors: LocalErrorMap) throws -> DisplacementField {
    guard errors.nodes == nodes else { return self }
    let steps = Self.steps(
      from: (0..<nodes.voxelCount).map { errors.radius(atNode: $0) != nil }, shape: nodes.size,
      atMost: Self.kept + Self.fading)
    let values = (0..<nodes.voxelCount).map { n -> SIMD3<Double> in
      let beyond = Double(steps[n] - Self.kept) / Double(Self.fading)
      guard beyond < 1 else { return .zero }
      let t = 1 - max(beyond, 0)
      return displacement(at: nodes.patientPoint(offset: n)) * (t * t * (3 - 2 * t))
    }
    let rested = try DisplacementField(rigid: rigid, nodes: nodes, through: values)
    return rested.leastJacobian() > 0 ? rested : self
  }

  /// How many nodes each lies from the nearest marked one, along axes and diagonals, `most` at most.
  private static func steps(from marked: [Bool], shape: SIMD3<Int>, atMost most: Int) -> [Int] {
    var steps = marked.map { $0 ? 0 : most }
    var reached = marked
    for step in 1..<most {
      for (axis, stride) in [1, shape.x, shape.x * shape.y].enumerated() {
        let before = reached
        for n in before.indices where before[n] {
          let position = n / stride % shape[axis]
          if position > 0 { reached[n - stride] = true }
          if position < shape[axis] - 1 { reached[n + stride] = true }
        }
      }
      for n in reached.indices where reached[n] && steps[n] > step { steps[n] = step }
    }
    return steps
  }
}
