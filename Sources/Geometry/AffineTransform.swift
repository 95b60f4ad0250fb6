import Foundation

/// A linear map with a shift between two patient frames: maps a point of `from` to where it lies
/// in `to`, x ↦ M·x + t, in millimetres on LPS axes. M keeps left and right: its determinant is
/// positive.
public struct AffineTransform: Sendable, Hashable, Codable {
  public let from: FrameOfReference
  public let to: FrameOfReference
  /// Columns of M.
  public let columns: [SIMD3<Double>]
  /// The shift t in millimetres.
  public let translation: SIMD3<Double>

  /// - Throws: ``AffineError`` unless there are three finite columns with a positive determinant.
  public init(
    from: FrameOfReference, to: FrameOfReference, columns: [SIMD3<Double>],
    translation: SIMD3<Double>
  ) throws(AffineError) {
    guard columns.count == 3 else { throw .notThreeColumns(found: columns.count) }
    let determinant = columns[0].cross(columns[1]).dot(columns[2])
    guard determinant > 0, determinant.isFinite, translation.length.isFinite else {
      throw .notInvertible(determinant: determinant)
    }
    self.init(from: from, to: to, invertible: columns, translation: translation)
  }

  /// A rigid map, seen as an affine one.
  public init(_ rigid: RigidTransform) {
    self.init(
      from: rigid.from, to: rigid.to, invertible: rigid.columns, translation: rigid.translation)
  }

  private init(
    from: FrameOfReference, to: FrameOfReference, invertible columns: [SIMD3<Double>],
    translation: SIMD3<Double>
  ) {
    (self.from, self.to) = (from, to)
    (self.columns, self.translation) = (columns, translation)
  }

  public func callAsFunction(_ p: PatientPoint) -> PatientPoint {
    PatientPoint(millimetres: linear(p.millimetres) + translation)
  }

  /// M·v: where a direction goes.
  public func linear(_ v: SIMD3<Double>) -> SIMD3<Double> {
    columns[0] * v.x + columns[1] * v.y + columns[2] * v.z
  }

  /// The factor by which volumes change, the same everywhere.
  public var determinant: Double { columns[0].cross(columns[1]).dot(columns[2]) }

  public var inverse: AffineTransform {
    // Rows of M⁻¹ are the cross products of M's columns over its determinant (Cramer).
    let rows = [
      columns[1].cross(columns[2]) / determinant, columns[2].cross(columns[0]) / determinant,
      columns[0].cross(columns[1]) / determinant,
    ]
    let back = (0..<3).map { SIMD3(rows[0][$0], rows[1][$0], rows[2][$0]) }
    let shift = back[0] * translation.x + back[1] * translation.y + back[2] * translation.z
    return AffineTransform(from: to, to: from, invertible: back, translation: -shift)
  }

  /// First `self`, then `next`.
  ///
  /// - Throws: ``FrameMismatch`` when `next` does not start where `self` ends.
  public func then(_ next: AffineTransform) throws(FrameMismatch) -> AffineTransform {
    guard to == next.from else { throw FrameMismatch(expected: to, found: next.from) }
    return AffineTransform(
      from: from, to: next.to, invertible: columns.map(next.linear),
      translation: next.linear(translation) + next.translation)
  }

  /// M = R·S, a symmetric stretch S in the frame `from` and then a rotation R: the polar form.
  /// Both keep the translation such that `rigid(stretch(x))` is `self(x)`.
  public var polar: (stretch: AffineTransform, rigid: RigidTransform) {
    var rotation = columns
    // Higham's iteration Q ← (Q + Q⁻ᵀ)/2 (SIAM J Sci Stat Comput 1986;7:1160-1174) doubles its
    // digits at each step: eight steps take any plausible stretch to machine precision.
    for _ in 0..<8 {
      let d = rotation[0].cross(rotation[1]).dot(rotation[2])
      let inverseTransposed = [
        rotation[1].cross(rotation[2]) / d, rotation[2].cross(rotation[0]) / d,
        rotation[0].cross(rotation[1]) / d,
      ]
      rotation = zip(rotation, inverseTransposed).map { ($0 + $1) / 2 }
    }
    // S = RᵀM, column by column.
    let stretch = columns.map { c in
      SIMD3(rotation[0].dot(c), rotation[1].dot(c), rotation[2].dot(c))
    }
    return (
      AffineTransform(from: from, to: from, invertible: stretch, translation: .zero),
      RigidTransform(from: from, to: to, orthonormal: rotation, translation: translation)
    )
  }

  /// Least and greatest factor by which any length changes: the singular values of M.
  public var stretches: (least: Double, greatest: Double) {
    let s = polar.stretch.columns
    let eigenvalues = Self.eigenvalues(ofSymmetric: s)
    return (eigenvalues.min() ?? 1, eigenvalues.max() ?? 1)
  }

  /// Closed form for 3 × 3 (Smith, Commun ACM 1961;4:168).
  private static func eigenvalues(ofSymmetric a: [SIMD3<Double>]) -> [Double] {
    let mean = (a[0].x + a[1].y + a[2].z) / 3
    let b = (0..<3).map { n -> SIMD3<Double> in
      var column = a[n]
      column[n] -= mean
      return column
    }
    let spread = (b.reduce(0) { $0 + $1.dot($1) } / 6).squareRoot()
    guard spread > 1e-15 * abs(mean) else { return [mean, mean, mean] }
    let half = b[0].cross(b[1]).dot(b[2]) / (2 * spread * spread * spread)
    let angle = acos(min(max(half, -1), 1)) / 3
    return (0..<3).map { mean + 2 * spread * cos(angle + 2 * .pi * Double($0) / 3) }
  }
}

/// Why three columns and a shift make no affine map between patients.
public enum AffineError: Error, Hashable, Sendable, CustomStringConvertible {
  case notThreeColumns(found: Int)
  case notInvertible(determinant: Double)

  public var description: String {
    switch self {
    case .notThreeColumns(let found):
      "an affine map has three columns, not \(found)"
    case .notInvertible(let determinant):
      "an affine map between patients needs a positive determinant, not \(determinant): it would "
        + "flatten the patient or exchange left and right"
    }
  }
}
