import Geometry
import Kernels

/// How far blocks of tissue move beyond the rigid link, each followed for itself by repeated
/// Gauss-Newton translations. A later deformable stage can start from the same blocks.
enum LocalMotion {
  /// Motions are followed up to this length, in millimetres: deep breathing at the diaphragm.
  static let farthest = 20.0
  private static let rounds = 8
  /// A block whose own motion is less well known than this, in millimetres, says nothing.
  private static let greatestStandardError = 0.5

  /// The motion of each block in millimetres of the moving frame, in block order; `nil` where a
  /// block has too few samples inside the moving image or no structure to hold on to.
  static func displacements(_ fit: RigidFit, at transform: RigidTransform) -> [SIMD3<Double>?] {
    let centre = transform(fit.samples.reference)
    let ranges = zip(fit.samples.points.blockStarts, fit.samples.points.blockStarts.dropFirst())
    let sizes = ranges.map { $1 - $0 }
    var motions = [SIMD3<Double>?](repeating: .zero, count: sizes.count)
    for round in 0...rounds {
      let shifts = motions.map { SIMD3<Float>($0 ?? .zero) }
      let sums = fit.evaluate(transform, centre, shifts: shifts)
      for n in motions.indices {
        guard let motion = motions[n] else { continue }
        if round < rounds {
          motions[n] = followed(motion, sums[n], samples: sizes[n])
        } else if BlockMotion.standardError(sums[n]) ?? .infinity > greatestStandardError {
          motions[n] = nil
        }
      }
    }
    return motions
  }

  private static func followed(
    _ motion: SIMD3<Double>, _ sums: RigidIntensityFit.Sums, samples: Int
  ) -> SIMD3<Double>? {
    guard sums.count * 2 >= samples, let step = BlockMotion.step(sums) else { return nil }
    let next = motion + step
    return next.length > farthest ? next / next.length * farthest : next
  }
}
