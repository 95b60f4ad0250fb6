import Foundation
import Geometry

/// How the patient lies at each visit of a lesion field, and what the link does not know of it.
enum LesionFieldPose {
  static func link(visit: Int, seed: UInt64) -> RigidTransform {
    let reference = FrameOfReference(uid: "2.25.\(seed).0")
    guard visit > 0 else { return .identity(from: reference, to: reference) }
    var random = SeededGenerator(seed: seed, stream: "lesion field pose", index: visit)
    return RigidTransform(
      from: reference, to: FrameOfReference(uid: "2.25.\(seed).\(visit)"),
      rotationVector: random.direction() * random.uniform(0...0.03),
      about: PatientPoint(millimetres: LesionFieldPlan.centre),
      translation: random.direction() * random.uniform(0...8))
  }

  /// A smooth displacement whose length is below `error` with 68 % probability over lesions: a
  /// radius of 1.872 standard deviations per axis holds 68 % of a three-dimensional normal
  /// distribution.
  static func displacement(
    of p: PatientPoint, visit: Int, error: Double, seed: UInt64
  ) -> SIMD3<Double> {
    guard visit > 0 else { return .zero }
    var random = SeededGenerator(seed: seed, stream: "lesion field displacement", index: visit)
    let waves = 8
    var sum = SIMD3<Double>.zero
    for axis in 0..<3 {
      for _ in 0..<waves {
        let wave = random.direction() * (2 * Double.pi / random.uniform(90...250))
        let phase = random.uniform(0...(2 * Double.pi))
        sum[axis] += cos((wave * p.millimetres).sum() + phase)
      }
    }
    // Each wave has a variance of one half.
    return sum * (error / 1.872 / (Double(waves) / 2).squareRoot())
  }
}
