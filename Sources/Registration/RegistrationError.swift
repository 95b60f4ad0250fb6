/// Why two images could not be registered at all. A registration that ran but cannot be trusted
/// is no error: its ``Link`` says so in ``LinkQuality/verdict``.
public enum RegistrationError: Error, Hashable, Sendable {
  /// Which of the two images is meant.
  public enum Role: String, Sendable, Hashable, Codable {
    case fixed, moving
  }

  case noBody(Role)
  case notFinite(Role)
  case tooSmall(Role, size: SIMD3<Int>)
  case startFramesDiffer
  case noLevels
  case notInvertible
  case nodesDoNotFit
}

extension RegistrationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noBody(let role):
      "no body was found in the \(role.rawValue) image; check that its rescale is applied and "
        + "that it shows a patient, or choose another series"
    case .notFinite(let role):
      "the \(role.rawValue) image holds samples that are not numbers; check its rescale slope "
        + "and intercept (0028,1053), (0028,1052)"
    case .tooSmall(let role, let size):
      "the \(role.rawValue) image has only \(size.x) × \(size.y) × \(size.z) voxels at the "
        + "registration spacing; choose a series that covers more of the patient"
    case .startFramesDiffer:
      "the starting transform does not lead from the fixed to the moving frame of reference"
    case .noLevels:
      "the deformable settings name no level; use the defaults or add one"
    case .notInvertible:
      "the deformable map has no inverse; register again with more bending"
    case .nodesDoNotFit:
      "a displacement field needs evenly spaced nodes, at least four along each axis, and one "
        + "displacement for each"
    }
  }
}
