import Foundation

/// A rotation and a translation between two patient frames: maps a point of `from` to where it
/// lies in `to`, x ↦ R·x + t, in millimetres on LPS axes.
public struct RigidTransform: Sendable, Hashable, Codable {
  public let from: FrameOfReference
  public let to: FrameOfReference
  /// Columns of the rotation matrix R.
  public let columns: [SIMD3<Double>]
  /// The translation t in millimetres.
  public let translation: SIMD3<Double>

  /// - Parameters:
  ///   - rotationVector: Axis times angle in radians (Rodrigues), right-handed.
  ///   - centre: The point the rotation turns about, in millimetres of `from`.
  ///   - translation: Shift after the rotation, in millimetres.
  public init(
    from: FrameOfReference, to: FrameOfReference, rotationVector: SIMD3<Double> = .zero,
    about centre: PatientPoint = PatientPoint(millimetres: .zero),
    translation: SIMD3<Double> = .zero
  ) {
    let columns = Self.rotation(rotationVector)
    let turned = Self.multiply(columns, centre.millimetres)
    self.init(
      from: from, to: to, orthonormal: columns,
      translation: centre.millimetres - turned + translation)
  }

  /// For columns already known to be a rotation.
  init(
    from: FrameOfReference, to: FrameOfReference, orthonormal columns: [SIMD3<Double>],
    translation: SIMD3<Double>
  ) {
    self.from = from
    self.to = to
    self.columns = columns
    self.translation = translation
  }

  public static func identity(from: FrameOfReference, to: FrameOfReference) -> Self {
    Self(from: from, to: to)
  }

  public func callAsFunction(_ p: PatientPoint) -> PatientPoint {
    PatientPoint(millimetres: Self.multiply(columns, p.millimetres) + translation)
  }

  public var inverse: RigidTransform {
    let transposed = [
      SIMD3(columns[0].x, columns[1].x, columns[2].x),
      SIMD3(columns[0].y, columns[1].y, columns[2].y),
      SIMD3(columns[0].z, columns[1].z, columns[2].z),
    ]
    return RigidTransform(
      from: to, to: from, orthonormal: transposed,
      translation: -Self.multiply(transposed, translation))
  }

  /// First `self`, then `next`.
  ///
  /// - Throws: ``FrameMismatch`` when `next` does not start where `self` ends.
  public func then(_ next: RigidTransform) throws(FrameMismatch) -> RigidTransform {
    guard to == next.from else { throw FrameMismatch(expected: to, found: next.from) }
    return RigidTransform(
      from: from, to: next.to, orthonormal: columns.map { Self.multiply(next.columns, $0) },
      translation: Self.multiply(next.columns, translation) + next.translation)
  }

  /// Angle of the rotation in radians, 0 to π.
  public var rotationAngle: Double {
    let trace = columns[0].x + columns[1].y + columns[2].z
    return acos(min(max((trace - 1) / 2, -1), 1))
  }

  /// Rodrigues' formula: R = I + sin θ [n]× + (1 − cos θ) [n]×².
  private static func rotation(_ v: SIMD3<Double>) -> [SIMD3<Double>] {
    let angle = v.length
    guard angle > 0 else { return [[1, 0, 0], [0, 1, 0], [0, 0, 1]] }
    let n = v / angle
    func turned(_ e: SIMD3<Double>) -> SIMD3<Double> {
      e * cos(angle) + n.cross(e) * sin(angle) + n * (n.dot(e) * (1 - cos(angle)))
    }
    return [turned([1, 0, 0]), turned([0, 1, 0]), turned([0, 0, 1])]
  }

  private static func multiply(_ m: [SIMD3<Double>], _ v: SIMD3<Double>) -> SIMD3<Double> {
    m[0] * v.x + m[1] * v.y + m[2] * v.z
  }
}

/// Two transforms, or a transform and a volume, do not meet in the same patient frame.
public struct FrameMismatch: Error, Hashable, Sendable, CustomStringConvertible {
  public let expected: FrameOfReference
  public let found: FrameOfReference

  public init(expected: FrameOfReference, found: FrameOfReference) {
    self.expected = expected
    self.found = found
  }

  public var description: String {
    "frames of reference differ: expected \(expected), found \(found); "
      + "a link between them is needed first"
  }
}
