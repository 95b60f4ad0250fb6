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
/// - With ``slides``, w keeps its value up to the wall (see ``isInsideWall(_:_:)``) and is 0 beyond:
///   organs slide along the ribs. The wall is a cylinder along z, so the jump is tangential, no
///   tissue is lost or doubled, and the inverse stays the same one-dimensional root.
public struct Breathing: Sendable, Hashable, Codable {
  /// A: how far the diaphragm stands towards the feet compared with baseline, in millimetres.
  public let amplitude: Double
  /// Whether organs slide along the chest wall instead of shearing near it.
  public let slides: Bool

  public init(amplitude: Double, slides: Bool = false) {
    self.amplitude = amplitude
    self.slides = slides
  }

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
    let w = amplitude * across(p.x, p.y)
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
    return 1 + amplitude * slope * across(q.millimetres.x, q.millimetres.y)
  }

  @inline(__always)
  func shift(_ q: SIMD3<Double>) -> Double {
    let h = Self.along(q.z)
    guard h > 0 else { return 0 }
    return amplitude * h * across(q.x, q.y)
  }

  /// h: 1 on the plateau, 0 beyond the reach.
  @inline(__always)
  static func along(_ z: Double) -> Double {
    let up = (reach.upperBound - z) / (reach.upperBound - plateau.upperBound)
    let down = (z - reach.lowerBound) / (plateau.lowerBound - reach.lowerBound)
    return smoothStep(min(up, down))
  }

  /// Whether a point lies within the elliptic cylinder inside the rib cage, along which organs
  /// slide.
  @inline(__always)
  public static func isInsideWall(_ x: Double, _ y: Double) -> Bool { wall(x, y) > 0 }

  /// Semi-axes of the wall along x and y, and the height of its axis, in millimetres.
  static var wallShape: (x: Double, y: Double, axisY: Double) { (122, 68, -2) }

  /// 1 on the wall's axis, 0 on the wall.
  @inline(__always)
  private static func wall(_ x: Double, _ y: Double) -> Double {
    let (u, v) = (x / wallShape.x, (y - wallShape.axisY) / wallShape.y)
    return 1 - u * u - v * v
  }

  /// w: 0 outside the wall and within 52 mm of the spine's axis.
  @inline(__always)
  private func across(_ x: Double, _ y: Double) -> Double {
    let wall = Self.wall(x, y)
    guard wall > 0 else { return 0 }
    let (dy, inner, outer) = (y - 66, 52.0, 95.0)
    let spine = (x * x + dy * dy - inner * inner) / (outer * outer - inner * inner)
    return (slides ? 1 : Self.smoothStep(wall / 0.6)) * Self.smoothStep(spine)
  }

  /// 6t⁵ − 15t⁴ + 10t³ between 0 and 1: twice continuously differentiable.
  @inline(__always)
  private static func smoothStep(_ t: Double) -> Double {
    let t = min(max(t, 0), 1)
    return t * t * t * (t * (6 * t - 15) + 10)
  }
}
