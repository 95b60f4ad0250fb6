/// A patient frame, named by its DICOM Frame of Reference UID (0020,0052).
///
/// Two points may be compared only if their frames are equal.
public struct FrameOfReference: Sendable, Hashable, Codable, CustomStringConvertible {
  public let uid: String

  public init(uid: String) { self.uid = uid }

  public var description: String { uid }
}
