public import Geometry
public import Quantities

/// Where tissue of one time point lies at another: along a deformable map of both CTs where there
/// is one that holds, along the rigid link otherwise.
public struct TissueLink: SpatialLink {
  public let rigid: RigidTransform
  /// `nil` where none was made or none may be used: tissue then follows the rigid link.
  public let map: DeformableLink?
  /// How far the rigid link may be off, the same at all places.
  public let rigidError: LocalError
  /// How many times as large as stated the errors are, by loops that did not close; at least 1.
  public let errorFactor: Double

  /// - Parameter map: Left out when its verdict is not assessable.
  public init(
    rigid: RigidTransform, rigidError: LocalError, map: DeformableLink? = nil,
    errorFactor: Double = 1
  ) {
    self.rigid = rigid
    self.rigidError = rigidError
    self.map = map.flatMap { $0.quality.verdict.isAssessable ? $0 : nil }
    self.errorFactor = errorFactor
  }

  public func callAsFunction(_ p: PatientPoint) -> PatientPoint { map?(p) ?? rigid(p) }

  /// Never `nil`: outside the body the map may have no inverse, and the rigid link stands in.
  public func inverse(of p: PatientPoint) -> PatientPoint? {
    map?.inverse(of: p) ?? rigid.inverse(p)
  }

  /// Not assessable where only one of the CTs shows tissue.
  public func localError(at p: PatientPoint) -> LocalError {
    (map?.localError(at: p) ?? rigidError).scaled(by: errorFactor)
  }

  /// The same, with the rigid link's error where the map knows none of its own.
  public func errorAnywhere(at p: PatientPoint) -> LocalError {
    let own = localError(at: p)
    return own.radiusMillimetres == nil ? rigidError.scaled(by: errorFactor) : own
  }

  /// How far tissue may lie from where the link puts it for reasons that the stated error does not
  /// see, two standard deviations: beside walls on which organs slide a map is off by up to 5 mm.
  public var residualMotion: Length {
    map == nil ? Self.motionLeftByRigidLinks : .millimetres(5)
  }

  /// Breathing moves a lesion by up to 15 mm after rigid registration.
  public static let motionLeftByRigidLinks = Length.millimetres(15)
}
