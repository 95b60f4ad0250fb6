public import Geometry

/// The link between two time points through the reference both are registered to: back along one
/// link, then forth along the other.
public struct ComposedLink: SpatialLink {
  /// From the reference to where this link starts, and to where it ends.
  public let first: any SpatialLink
  public let second: any SpatialLink
  public let rigid: RigidTransform

  /// - Throws: ``FrameMismatch`` when the links do not start in the same frame.
  public init(
    first: any SpatialLink, second: any SpatialLink
  ) throws(FrameMismatch) {
    guard first.from == second.from else {
      throw FrameMismatch(expected: first.from, found: second.from)
    }
    rigid = try first.rigid.inverse.then(second.rigid)
    (self.first, self.second) = (first, second)
  }

  /// Where the map back does not settle, its rigid part stands in, and the local error says so.
  public func callAsFunction(_ p: PatientPoint) -> PatientPoint {
    second(first.inverse(of: p) ?? first.rigid.inverse(p))
  }

  public func inverse(of p: PatientPoint) -> PatientPoint? {
    second.inverse(of: p).map { first($0) }
  }

  /// Both links' errors at the same place of the reference, taken as independent.
  public func localError(at p: PatientPoint) -> LocalError {
    guard let reference = first.inverse(of: p) else {
      return .notAssessable(reason: "the map to the reference cannot be undone here")
    }
    return first.localError(at: reference).joined(with: second.localError(at: reference))
  }
}
