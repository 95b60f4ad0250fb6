public import Geometry

extension CourseLinks {
  /// The time point whose shape lies nearest to the mean shape of all: the middle of a course, to
  /// which all others have the least way.
  ///
  /// Posture is left out: shapes are compared in the reference frame after the rigid part of each
  /// link was undone, so a link without a deformable map counts as the reference's own shape.
  ///
  /// - Parameters:
  ///   - ids: Time points in the order in which ties are settled; one without a link is the
  ///     reference itself.
  ///   - points: Where the shapes are compared, in the reference frame.
  /// - Returns: `nil` without time points or points.
  public func nearestToMean(of ids: [String], at points: [PatientPoint]) -> String? {
    guard let first = ids.first, !points.isEmpty else { return nil }
    let shapes = ids.map { id in points.map { shape(id, at: $0) } }
    let mean = points.indices.map { n in
      shapes.reduce(SIMD3<Double>.zero) { $0 + $1[n] } / Double(shapes.count)
    }
    func distance(_ shape: [SIMD3<Double>]) -> Double {
      zip(shape, mean).reduce(0) { $0 + ($1.0 - $1.1).dot($1.0 - $1.1) }
    }
    var nearest = (id: first, distance: distance(shapes[0]))
    for (id, shape) in zip(ids, shapes).dropFirst() {
      let own = distance(shape)
      // Rounding must not choose between equals.
      if own < nearest.distance * (1 - 1e-9) { nearest = (id, own) }
    }
    return nearest.id
  }

  /// How far tissue lies from where the reference shows it, posture undone, in millimetres.
  private func shape(_ id: String, at p: PatientPoint) -> SIMD3<Double> {
    guard let link = links[id] else { return .zero }
    return link.rigid.inverse(link(p)).millimetres - p.millimetres
  }
}
