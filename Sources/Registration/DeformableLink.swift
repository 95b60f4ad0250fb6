public import Geometry

/// A deformable link between two time points: its map, how far it may be wrong at each place, and
/// what was measured about it as a whole.
public struct DeformableLink: SpatialLink, Hashable, Codable {
  public let field: DisplacementField
  public let errors: LocalErrorMap
  public let quality: DeformableQuality

  public init(field: DisplacementField, errors: LocalErrorMap, quality: DeformableQuality) {
    (self.field, self.errors, self.quality) = (field, errors, quality)
  }

  public var rigid: RigidTransform { field.rigid }

  public func callAsFunction(_ p: PatientPoint) -> PatientPoint { field(p) }
  public func inverse(of p: PatientPoint) -> PatientPoint? { field.inverse(of: p) }

  public func localError(at p: PatientPoint) -> LocalError {
    guard quality.verdict.isAssessable else {
      return .notAssessable(reason: quality.verdict.reasons.joined(separator: "; "))
    }
    return errors.error(at: p)
  }

  /// How far the rigid part alone may be wrong at a point: what the map moves beyond it, and the
  /// map's own error.
  public func localErrorOfRigidPart(at p: PatientPoint) -> LocalError {
    let beyond = field.displacement(at: p).length
    return localError(at: p).joined(with: .estimated(radiusMillimetres: beyond))
  }
}
