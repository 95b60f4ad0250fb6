public import Geometry

/// A link between two patient frames that says, place by place, how far it can be trusted.
/// Rigid, deformable and composed links are used alike.
public protocol SpatialLink: Sendable {
  var from: FrameOfReference { get }
  var to: FrameOfReference { get }
  /// The rigid part alone.
  var rigid: RigidTransform { get }
  /// Where a point of ``from`` lies in ``to``.
  func callAsFunction(_ p: PatientPoint) -> PatientPoint
  /// Where a point of ``to`` lies in ``from``; `nil` where the map cannot be undone.
  func inverse(of p: PatientPoint) -> PatientPoint?
  /// How far the link may be wrong at a point of ``from``.
  func localError(at p: PatientPoint) -> LocalError
}

/// How far a point may lie from where a link puts it.
///
/// The figure is a radius: the true point lies within it of the mapped one with a probability of
/// 68 %, the distance taken in three dimensions. For an error spread alike along all axes,
/// one standard deviation per axis is ``perAxisMillimetres``.
public enum LocalError: Sendable, Hashable, Codable {
  case estimated(radiusMillimetres: Double)
  case notAssessable(reason: String)

  /// √χ²₃(0.68), the 68 % radius of a normal error with unit spread along each of three axes.
  public static let radiusPerStandardDeviation = 1.872

  /// The 68 % radius in millimetres; `nil` where there is none.
  public var radiusMillimetres: Double? {
    if case .estimated(let radius) = self { radius } else { nil }
  }

  /// One standard deviation along each axis, in millimetres.
  public var perAxisMillimetres: Double? {
    radiusMillimetres.map { $0 / Self.radiusPerStandardDeviation }
  }

  /// Errors of two independent links one after the other: their squares add.
  public func joined(with other: LocalError) -> LocalError {
    switch (self, other) {
    case (.estimated(let a), .estimated(let b)):
      .estimated(radiusMillimetres: (a * a + b * b).squareRoot())
    case (.notAssessable, _): self
    case (_, .notAssessable): other
    }
  }

  /// The same with its radius multiplied.
  public func scaled(by factor: Double) -> LocalError {
    guard let radius = radiusMillimetres else { return self }
    return .estimated(radiusMillimetres: radius * factor)
  }

  /// Why a lesion's change says nothing at this place: its own radius is smaller than the error
  /// of the link, or that error is not known. `nil` when the lesion can be assessed.
  public func refusal(ofLesionWithRadius millimetres: Double) -> String? {
    switch self {
    case .notAssessable(let reason): return reason
    case .estimated(let radius):
      guard radius > millimetres else { return nil }
      return "the link may be off by \(radius.inTenths) mm here, more than the lesion's radius "
        + "of \(millimetres.inTenths) mm"
    }
  }
}

extension Link: SpatialLink {
  public var rigid: RigidTransform { fixedToMoving }

  public func callAsFunction(_ p: PatientPoint) -> PatientPoint { fixedToMoving(p) }
  public func inverse(of p: PatientPoint) -> PatientPoint? { fixedToMoving.inverse(p) }

  /// How many times ``LinkQuality/estimatedErrorMillimetres`` holds 68 % of landmark errors on
  /// synthetic pairs with 15 mm of breathing: 1.25 to 1.6 on the four used to set it. Motion is
  /// measured on blocks of 40 mm, and single points move more than blocks do.
  private static let radiusPerEstimate = 1.45

  /// The same everywhere: a rigid link does not know where organs moved.
  public func localError(at p: PatientPoint) -> LocalError {
    guard quality.verdict.isAssessable else {
      return .notAssessable(reason: quality.verdict.reasons.joined(separator: "; "))
    }
    guard let estimate = quality.estimatedErrorMillimetres else {
      return .notAssessable(reason: "the link's error could not be estimated")
    }
    return .estimated(radiusMillimetres: estimate * Self.radiusPerEstimate)
  }
}

extension Double {
  var inTenths: String { "\((self * 10).rounded() / 10)" }
}

extension SpatialLink {
  public var from: FrameOfReference { rigid.from }
  public var to: FrameOfReference { rigid.to }
}
