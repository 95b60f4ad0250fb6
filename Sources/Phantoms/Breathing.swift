public import Geometry

/// How the organs slide head-to-foot with the breath, as a smooth map with a closed form.
///
/// In the patient's own axes (the baseline frame once the rigid motion is undone) a point q at
/// this breathing state shows the tissue that lies at baseline
///
///     D(q) = q + (0, 0, A · h(q.z) · w(q.x, q.y))
///
/// so the analytic direction is *time point → baseline*, the one image generation needs. Its
/// inverse is a one-dimensional root, solved to 10⁻¹² mm, since x and y do not change.
///
/// - h is 1 over liver, spleen and kidneys and falls to 0 over the lungs above and the bowel
///   below, so in the abdomen the map is a pure shear: it keeps every volume exactly.
/// - w is 1 inside the trunk and exactly 0 at ribs, spine, aorta and skin: the skeleton follows
///   the rigid motion alone.
/// - The Jacobian determinant is 1 + A · h′ · w; see ``jacobian(at:)``. It is positive for
///   |A| ≤ 30 mm.
public struct Breathing: Sendable, Hashable, Codable {
  /// A: how far the diaphragm stands towards the feet compared with baseline, in millimetres.
  public let amplitude: Double

  public init(amplitude: Double) { self.amplitude = amplitude }

  // Computed, not stored: the loops over voxels would test a stored one for being initialised.

  /// The craniocaudal shift h·w stays constant between these heights (mm, baseline frame).
  public static var plateau: ClosedRange<Double> { -117...86 }
  /// Beyond these heights nothing moves.
  public static var reach: ClosedRange<Double> { -187...172 }

  /// The baseline position of the tissue seen at q.
  @inline(__always)
  func baseline(of q: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3(q.x, q.y, q.z + shift(q))
  }

  /// Where the tissue of baseline position p lies at this breathing state.
  func position(of p: SIMD3<Double>) -> SIMD3<Double> {
    let w = amplitude * Self.across(p.x, p.y)
    guard w != 0 else { return p }
    // z + w·h(z) rises everywhere, so bisection ends at the only root.
    var (low, high) = (p.z - abs(w) - 1, p.z + abs(w) + 1)
    while high - low > 1e-12 {
      let middle = (low + high) / 2
      if middle <= low || middle >= high { break }
      if middle + w * Self.along(middle) < p.z { low = middle } else { high = middle }
    }
    return [p.x, p.y, (low + high) / 2]
  }

  /// Volume of baseline tissue per volume at q, the determinant of the map's derivative.
  public func jacobian(at q: PatientPoint) -> Double {
    let step = 1e-3
    let (above, below) = (q.millimetres.z + step, q.millimetres.z - step)
    let slope = (Self.along(above) - Self.along(below)) / (2 * step)
    return 1 + amplitude * slope * Self.across(q.millimetres.x, q.millimetres.y)
  }

  @inline(__always)
  func shift(_ q: SIMD3<Double>) -> Double {
    let h = Self.along(q.z)
    guard h > 0 else { return 0 }
    return amplitude * h * Self.across(q.x, q.y)
  }

  /// h: 1 on the plateau, 0 beyond the reach.
  @inline(__always)
  static func along(_ z: Double) -> Double {
    let up = (reach.upperBound - z) / (reach.upperBound - plateau.upperBound)
    let down = (z - reach.lowerBound) / (plateau.lowerBound - reach.lowerBound)
    return smoothStep(min(up, down))
  }

  /// w: 0 outside an ellipse within the rib cage and within 52 mm of the spine's axis.
  @inline(__always)
  static func across(_ x: Double, _ y: Double) -> Double {
    let (u, v) = (x / 122, (y + 2) / 68)
    let wall = (1 - u * u - v * v) / 0.6
    guard wall > 0 else { return 0 }
    let (dy, inner, outer) = (y - 66, 52.0, 95.0)
    let spine = (x * x + dy * dy - inner * inner) / (outer * outer - inner * inner)
    return smoothStep(wall) * smoothStep(spine)
  }

  /// 6t⁵ − 15t⁴ + 10t³ between 0 and 1: twice continuously differentiable.
  @inline(__always)
  private static func smoothStep(_ t: Double) -> Double {
    let t = min(max(t, 0), 1)
    return t * t * t * (t * (6 * t - 15) + 10)
  }
}
