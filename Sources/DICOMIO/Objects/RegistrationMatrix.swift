import Foundation
public import Geometry

/// A 4 × 4 homogeneous matrix between two patient frames (PS3.3 C.20.2.1.1): maps a point of
/// `from` to where it lies in `to`, in millimetres.
public struct RegistrationMatrix: Sendable, Hashable, Codable {
  public let from: FrameOfReference
  public let to: FrameOfReference
  /// Columns of the linear part.
  public let columns: [SIMD3<Double>]
  /// The translation in millimetres.
  public let translation: SIMD3<Double>

  public init(
    from: FrameOfReference, to: FrameOfReference, columns: [SIMD3<Double>],
    translation: SIMD3<Double>
  ) {
    precondition(columns.count == 3, "a matrix in space has three columns")
    (self.from, self.to, self.columns, self.translation) = (from, to, columns, translation)
  }

  public init(_ rigid: RigidTransform) {
    self.init(
      from: rigid.from, to: rigid.to, columns: rigid.columns, translation: rigid.translation)
  }

  public static func identity(from: FrameOfReference, to: FrameOfReference) -> Self {
    Self(
      from: from, to: to, columns: [[1, 0, 0], [0, 1, 0], [0, 0, 1]], translation: .zero)
  }

  public func callAsFunction(_ p: PatientPoint) -> PatientPoint {
    PatientPoint(millimetres: linear(p.millimetres) + translation)
  }

  func linear(_ v: SIMD3<Double>) -> SIMD3<Double> {
    columns[0] * v.x + columns[1] * v.y + columns[2] * v.z
  }

  /// Volume scale of the map; negative when it mirrors.
  public var determinant: Double { columns[0].cross(columns[1]).dot(columns[2]) }

  /// How far the columns are from perpendicular unit vectors; 0 for a rotation.
  public var distortion: Double {
    let lengths = columns.map { abs($0.length - 1) }
    let angles = [(0, 1), (1, 2), (2, 0)].map { abs(columns[$0].dot(columns[$1])) }
    return (lengths + angles).max() ?? 0
  }

  /// Matrices in files carry about six digits; less distortion than this is rounding.
  static let rigidTolerance = 1e-4

  /// `RIGID`, `RIGID_SCALE` or `AFFINE`, as PS3.3 C.20.2.1.2 defines them.
  public var kind: String {
    guard !isRigid else { return "RIGID" }
    let square = [(0, 1), (1, 2), (2, 0)].allSatisfy { a, b in
      abs(columns[a].dot(columns[b]))
        <= Self.rigidTolerance * columns[a].length * columns[b].length
    }
    return square ? "RIGID_SCALE" : "AFFINE"
  }

  public var isRigid: Bool { distortion <= Self.rigidTolerance && determinant > 0 }

  /// The rotation and translation; the rotation nearest to the matrix where that is rounded.
  ///
  /// - Throws: ``NotRigid`` when the matrix scales, shears or mirrors.
  public func rigid() throws(NotRigid) -> RigidTransform {
    guard isRigid else { throw NotRigid(distortion: distortion, determinant: determinant) }
    return RigidTransform(
      from: from, to: to, rotationVector: rotationVector, translation: translation)
  }

  /// Axis times angle, through the unit quaternion (Shepperd, J Guid Control 1978;1:223), which
  /// is exact at all angles.
  private var rotationVector: SIMD3<Double> {
    let (a, b, c) = (columns[0], columns[1], columns[2])
    let candidates: [SIMD4<Double>] = [
      [1 + a.x + b.y + c.z, b.z - c.y, c.x - a.z, a.y - b.x],
      [b.z - c.y, 1 + a.x - b.y - c.z, a.y + b.x, c.x + a.z],
      [c.x - a.z, a.y + b.x, 1 - a.x + b.y - c.z, b.z + c.y],
      [a.y - b.x, c.x + a.z, b.z + c.y, 1 - a.x - b.y + c.z],
    ]
    // The row with the largest diagonal loses no digits.
    let best = (0..<4).max { candidates[$0][$0] < candidates[$1][$1] } ?? 0
    var q = candidates[best]
    q /= (q * q).sum().squareRoot()
    if q.x < 0 { q = -q }
    let axis = SIMD3(q.y, q.z, q.w)
    let sine = axis.length
    return sine > 0 ? axis / sine * (2 * atan2(sine, q.x)) : .zero
  }

  /// The matrix that maps first through `next`'s right-hand neighbour: `self` · `next`.
  func multiplied(by next: RegistrationMatrix) -> RegistrationMatrix {
    RegistrationMatrix(
      from: next.from, to: to, columns: next.columns.map(linear),
      translation: linear(next.translation) + translation)
  }
}

/// A registration matrix is no rotation with a translation.
public struct NotRigid: Error, Hashable, Sendable, CustomStringConvertible {
  /// See ``RegistrationMatrix/distortion``.
  public let distortion: Double
  public let determinant: Double

  public var description: String {
    "the registration is not rigid: it "
      + (determinant < 0
        ? "mirrors" : "scales or shears by \((distortion * 1000).rounded() / 10) %")
  }
}

extension RegistrationMatrix {
  /// Frame of Reference Transformation Matrix (3006,00C6), row by row.
  init(
    _ item: DICOMHeader, from: FrameOfReference, to: FrameOfReference
  ) throws(DICOMReadError) {
    let m = try item.requiredNumbers(.transformationMatrix, count: 16)
    guard m[12] == 0, m[13] == 0, m[14] == 0, m[15] == 1 else {
      throw .unusable(
        .transformationMatrix, file: item.file, reason: "does not end with the row 0, 0, 0, 1",
        remedy: "Export the registration again.")
    }
    self.init(
      from: from, to: to,
      columns: (0..<3).map { [m[$0], m[4 + $0], m[8 + $0]] }, translation: [m[3], m[7], m[11]])
    guard abs(determinant) > 1e-9 else {
      throw .unusable(
        .transformationMatrix, file: item.file, reason: "has no inverse",
        remedy: "Export the registration again.")
    }
  }

  /// The sixteen numbers row by row.
  var rows: [Double] {
    (0..<3).flatMap { [columns[0][$0], columns[1][$0], columns[2][$0], translation[$0]] }
      + [0, 0, 0, 1]
  }

  func isLike(_ other: RegistrationMatrix, within tolerance: Double) -> Bool {
    zip(rows, other.rows).allSatisfy { abs($0 - $1) <= tolerance }
  }
}
