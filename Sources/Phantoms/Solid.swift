import Foundation

/// A body with a signed distance: negative inside, in millimetres. The distance is exact for
/// capsules and a close estimate near the surface for the others, which is all painting needs.
enum Solid: Sendable {
  case ellipsoid(centre: SIMD3<Float>, radii: SIMD3<Float>, tilt: Float)
  /// A rounded rod whose radius runs from one end to the other.
  case capsule(from: SIMD3<Float>, to: SIMD3<Float>, radii: (Float, Float))
  /// A vertebral body or disc: rounded square across, flat at both ends.
  case block(centre: SIMD3<Float>, halfSize: SIMD3<Float>)
  /// An ellipsoid cut by the dome of the diaphragm.
  case lung(centre: SIMD3<Float>, radii: SIMD3<Float>, domeTop: Float)

  func distance(_ p: SIMD3<Float>) -> Float {
    switch self {
    case .ellipsoid(let centre, let radii, let tilt):
      var d = p - centre
      if tilt != 0 {
        let (c, s) = (cos(tilt), sin(tilt))
        d = [d.x * c + d.z * s, d.y, d.z * c - d.x * s]
      }
      return Self.ellipsoidDistance(d / radii, radii)
    case .capsule(let a, let b, let radii):
      let axis = b - a
      let along = ((p - a) * axis).sum() / max((axis * axis).sum(), 1e-9)
      let t = min(max(along, 0), 1)
      let d = p - a - axis * t
      return (d * d).sum().squareRoot() - (radii.0 + (radii.1 - radii.0) * t)
    case .block(let centre, let half):
      let d = (p - centre)
      let (u, v) = (abs(d.x) / half.x, abs(d.y) / half.y)
      let q = cbrt(u * u * u + v * v * v)
      return max((q - 1) * min(half.x, half.y), abs(d.z) - half.z)
    case .lung(let centre, let radii, let top):
      let d = p - centre
      let side = p.x - (centre.x > 0 ? 68 : -68)
      let dome = top - 0.006 * (side * side + (p.y + 5) * (p.y + 5)) - p.z
      return max(Self.ellipsoidDistance(d / radii, radii), dome)
    }
  }

  private static func ellipsoidDistance(_ scaled: SIMD3<Float>, _ radii: SIMD3<Float>) -> Float {
    ((scaled * scaled).sum().squareRoot() - 1) * radii.min()
  }

  /// A box around the solid.
  var bounds: (low: SIMD3<Float>, high: SIMD3<Float>) {
    switch self {
    case .ellipsoid(let centre, let radii, let tilt):
      let widest = max(radii.x, radii.z)
      let reach = tilt == 0 ? radii : SIMD3(widest, radii.y, widest)
      return (centre - reach, centre + reach)
    case .capsule(let a, let b, let radii):
      let r = SIMD3<Float>(repeating: max(radii.0, radii.1))
      return (pointwiseMin(a, b) - r, pointwiseMax(a, b) + r)
    case .block(let centre, let half):
      return (centre - half, centre + half)
    case .lung(let centre, let radii, _):
      return (centre - radii, centre + radii)
    }
  }
}

/// A solid with what it is made of. Later tissues cover earlier ones.
struct Tissue: Sendable {
  let solid: Solid
  let hounsfield: Float
  /// `nil` leaves the region as it is: a vessel inside the liver stays liver.
  let region: Region?
  /// Width of the soft edge in millimetres.
  var edge: Float = 2
  /// Grows (negative) or shrinks the solid, for the inner part of a shell.
  var inset: Float = 0
  /// Whether the tissue ends at the wall along which organs slide (see ``Breathing``).
  var endsAtWall = false

  /// Signed distance from the tissue's surface, negative inside.
  func distance(_ p: SIMD3<Float>) -> Float {
    let distance = solid.distance(p) + inset
    guard endsAtWall else { return distance }
    let wall = Breathing.wallShape
    let (u, v) = (p.x / Float(wall.x), (p.y - Float(wall.axisY)) / Float(wall.y))
    return max(distance, ((u * u + v * v).squareRoot() - 1) * Float(min(wall.x, wall.y)))
  }
}
