import Geometry

/// Where a slice lies, as a physicist looks it up: a patient coordinate where the stack runs
/// nearly along a patient axis, else the distance along the normal.
public struct SlicePosition: Sendable, Hashable, Codable, CustomStringConvertible {
  /// `x`, `y` or `z` of the patient (LPS); `nil` for an oblique stack.
  public let axis: String?
  /// The coordinate of the slice's first pixel along that axis, or along the normal.
  public let millimetres: Double

  public init(axis: String?, millimetres: Double) {
    self.axis = axis
    self.millimetres = millimetres
  }

  /// A normal within about 18° of a patient axis counts as along it.
  private static let nearlyAlong = 0.95

  /// - Parameters:
  ///   - corner: The first pixel of the slice in the patient.
  ///   - normal: The unit normal of the stack.
  init(corner: SIMD3<Double>, normal: SIMD3<Double>) {
    let axis = (0..<3).first { abs(normal[$0]) > Self.nearlyAlong }
    self.axis = axis.map { ["x", "y", "z"][$0] }
    millimetres = axis.map { corner[$0] } ?? corner.dot(normal)
  }

  /// Millimetres with at most two decimals.
  var text: String {
    let rounded = (millimetres * 100).rounded() / 100
    return Int(exactly: rounded).map(String.init) ?? String(rounded)
  }

  /// For example `z = -123.4 mm`.
  public var description: String {
    axis.map { "\($0) = \(text) mm" } ?? "\(text) mm along the normal"
  }
}
