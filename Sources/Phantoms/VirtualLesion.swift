import Foundation
public import Geometry
import Quantities

/// What becomes of a lesion between baseline and follow-up.
public enum LesionFate: String, Sendable, Hashable, Codable, CaseIterable {
  case stable, shrinks, grows, vanishes, new, merges
}

/// One lesion of the virtual patient: an ellipsoid in the baseline frame whose size and uptake
/// change over the course.
public struct VirtualLesion: Sendable, Hashable {
  public let name: String
  public let site: String
  public let fate: LesionFate
  /// Centre in the baseline frame.
  public let centre: PatientPoint
  /// Radius of the sphere of the same volume, in millimetres; 0 where the lesion is absent.
  let baselineRadius: Double
  let followUpRadius: Double
  /// SUVbw one hour after Ga-68 DOTATATE; 0 where the lesion is absent.
  let baselineSUV: Double
  let followUpSUV: Double
  /// Effective half-life of Lu-177 DOTATATE in the lesion.
  let effectiveHalfLife: Duration
  /// HU of the lesion, as far as CT shows it.
  let hounsfield: Float
  /// The organ whose outline holds the lesion, if any.
  public let organ: Organ?

  /// Semi-axes of the unit ellipsoid along x, y and z; the largest over the smallest is 1.13.
  static var shape: SIMD3<Double> { SIMD3(1.06, 1, 0.94) }

  /// The radius at a part of the way from baseline (0) to follow-up (1): the volume changes by
  /// the same factor in each step, and a lesion that is new or vanishes does so at the end.
  func radius(progress: Double) -> Double {
    if progress <= 0 { return baselineRadius }
    if progress >= 1 { return followUpRadius }
    guard baselineRadius > 0, followUpRadius > 0 else { return baselineRadius }
    return baselineRadius * pow(followUpRadius / baselineRadius, progress)
  }

  func suv(progress: Double) -> Double {
    if progress <= 0 { return baselineSUV }
    if progress >= 1 { return followUpSUV }
    guard baselineSUV > 0, followUpSUV > 0 else { return baselineSUV }
    return baselineSUV * pow(followUpSUV / baselineSUV, progress)
  }

  /// Volume of the ellipsoid in millilitres: 4/3 π a b c.
  static func millilitres(radius: Double) -> Double {
    4 / 3 * Double.pi * shape.x * shape.y * shape.z * radius * radius * radius / 1000
  }

  /// The lesions of every virtual course. Each lies where breathing keeps volumes (see
  /// ``Breathing``), so a lesion has the same volume in every frame.
  static let all: [VirtualLesion] = [
    lesion(1, "liver, segment 8", .shrinks, [-55, -28, 40], (18, 13.5), (22, 13), 92, 44, .liver),
    lesion(2, "liver, segment 2", .stable, [22, -42, 22], (13, 13), (16, 16), 84, 44, .liver),
    lesion(3, "mesenteric node", .grows, [10, -38, -78], (11, 15), (14, 24), 76, 46, nil),
    lesion(4, "thoracic vertebra", .vanishes, [0, 74, 98], (10, 0), (13, 0), 80, 90, .spine),
    lesion(5, "right ilium", .stable, [-84, 29, -229], (11, 11), (10, 10), 88, 90, nil),
    lesion(6, "left ilium", .new, [84, 29, -227], (0, 12), (0, 15), 80, 90, nil),
    lesion(7, "liver, segment 4", .merges, [-32, -32, -18], (10, 18), (18, 20), 98, 44, .liver),
    lesion(8, "liver, segment 5", .merges, [-66, -32, -18], (10, 18), (18, 20), 98, 44, .liver),
    lesion(9, "left lung", .stable, [88, 12, 182], (7.9, 7.9), (9, 9), 72, 40, nil),
  ]

  private static func lesion(
    _ number: Int, _ site: String, _ fate: LesionFate, _ centre: SIMD3<Double>,
    _ radii: (Double, Double), _ suv: (Double, Double), _ hours: Double, _ hounsfield: Float,
    _ organ: Organ?
  ) -> VirtualLesion {
    VirtualLesion(
      name: "lesion \(number)", site: site, fate: fate,
      centre: PatientPoint(millimetres: centre), baselineRadius: radii.0,
      followUpRadius: radii.1, baselineSUV: suv.0, followUpSUV: suv.1,
      effectiveHalfLife: .hours(hours), hounsfield: hounsfield, organ: organ)
  }
}

/// A lesion as it is at one time point.
struct LesionState: Sendable {
  let lesion: VirtualLesion
  /// Radius of the sphere of the same volume, in millimetres.
  let radius: Double
  /// SUV or Bq/mL, whatever is imaged.
  var concentration: Float = 0

  var millilitres: Double { VirtualLesion.millilitres(radius: radius) }
  /// Half the longest axis.
  var reach: Double { radius * VirtualLesion.shape.x }

  var ball: LesionBall {
    LesionBall(
      centre: lesion.centre.millimetres, radius: radius, concentration: concentration,
      hounsfield: lesion.hounsfield)
  }
}

/// What the loops over voxels need of a lesion: plain numbers only.
struct LesionBall: BitwiseCopyable, Sendable {
  let centre: SIMD3<Double>
  let radius: Double
  let concentration: Float
  let hounsfield: Float

  /// Signed distance estimate at a baseline point, in millimetres; negative inside.
  @inline(__always)
  func distance(_ p: SIMD3<Double>) -> Double {
    let d = (p - centre) / VirtualLesion.shape
    return (d * d).sum().squareRoot() - radius
  }
}
