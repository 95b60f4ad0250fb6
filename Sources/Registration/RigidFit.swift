import Foundation
import Geometry
import Kernels

/// Fits a rigid transform so that the moving image matches the samples: Levenberg-Marquardt on
/// intensities, each residual under Tukey's biweight, and if asked each block under it too.
struct RigidFit {
  let samples: SamplePoints
  let moving: RigidIntensityFit.Image
  let movingGrid: VoxelGrid
  var cutoff: Double
  var gain = 1.0
  var iterations: Int
  /// Blocks whose own motion disagrees with the common one lose their weight: ribs and organs
  /// that breathe, a jaw, an arm.
  var weighsBlocks = false

  struct Outcome {
    var transform: RigidTransform
    var sums: [RigidIntensityFit.Sums]
    /// Weighted mean of Tukey's loss.
    var loss: Double
  }

  /// Motion, in millimetres at `lever` from the centre, below which the fit has converged.
  var converged = 0.005
  /// Half the width of a trunk: turns an angle into a motion at the skin, in millimetres.
  private static let lever = 150.0
  /// Longest step of one iteration, in millimetres.
  private static let longestStep = 20.0

  func run(from start: RigidTransform) -> Outcome {
    let centre = start(samples.reference)
    var best = start
    var sums = evaluate(best, centre)
    var weights = blockWeights(sums)
    var loss = Self.loss(sums, weights)
    var damping = 1e-4
    for _ in 0..<iterations {
      guard let step = NormalSystem(sums, weights: weights).solved(damping: damping) else { break }
      let limited = Self.limited(step)
      let trial = Self.moved(best, by: limited, about: centre)
      let trialSums = evaluate(trial, centre)
      let trialLoss = Self.loss(trialSums, weights)
      if trialLoss < loss {
        (best, sums) = (trial, trialSums)
        weights = blockWeights(sums)
        loss = Self.loss(sums, weights)
        damping = max(damping / 4, 1e-6)
        if Self.motion(limited) < converged { break }
      } else {
        if Self.motion(limited) < converged { break }
        damping *= 10
        if damping > 1e4 { break }
      }
    }
    return Outcome(transform: best, sums: sums, loss: loss)
  }

  /// The factor from fixed to moving intensity that fits best where the residuals are small.
  func fittedGain(at transform: RigidTransform) -> Double {
    let sums = evaluate(transform, transform(samples.reference))
    let below = sums.reduce(0) { $0 + $1.fixedByFixed }
    return below > 0 ? sums.reduce(0) { $0 + $1.movingByFixed } / below : gain
  }

  /// Moments of the intensities at the samples that fall inside the moving image.
  func moments(at transform: RigidTransform) -> RigidIntensityFit.Moments {
    RigidIntensityFit.moments(
      samples.points, in: moving, at: trial(transform, transform(samples.reference)))
  }

  /// The transform under which the images are most alike; `nil` when none brings them together.
  func best(of transforms: [RigidTransform]) -> RigidTransform? {
    let all = transforms.map { moments(at: $0) }
    let most = all.map(\.count).max() ?? 0
    let rated = zip(transforms, all).compactMap { transform, moments in
      moments.correlation.map {
        (transform, AlignmentStart.rating(correlation: $0, seen: moments.count / most))
      }
    }
    return rated.max { $0.1 < $1.1 }?.0
  }

  /// Median over the blocks of their mean absolute residual: the noise the cutoff must pass.
  func typicalResidual(at transform: RigidTransform) -> Double? {
    let means = evaluate(transform, transform(samples.reference))
      .filter { $0.count >= BlockMotion.leastSamples }
      .map { $0.absoluteResidual / Double($0.count) }
      .sorted()
    return means.isEmpty ? nil : means[means.count / 2]
  }

  func evaluate(
    _ transform: RigidTransform, _ centre: PatientPoint, shifts: [SIMD3<Float>]? = nil
  ) -> [RigidIntensityFit.Sums] {
    RigidIntensityFit.sums(
      samples.points, in: moving, at: trial(transform, centre), shifts: shifts)
  }

  private func trial(
    _ transform: RigidTransform, _ centre: PatientPoint
  ) -> RigidIntensityFit.Trial {
    RigidIntensityFit.Trial(
      columns: transform.columns, reference: transform(samples.reference), centre: centre,
      grid: movingGrid, gain: Float(gain), cutoff: Float(cutoff))
  }

  private func blockWeights(_ sums: [RigidIntensityFit.Sums]) -> [Double] {
    weighsBlocks
      ? BlockMotion.weights(sums) : [Double](repeating: 1, count: sums.count)
  }

  private static func loss(_ sums: [RigidIntensityFit.Sums], _ weights: [Double]) -> Double {
    var (loss, count) = (0.0, 0.0)
    for (sum, weight) in zip(sums, weights) {
      loss += weight * sum.loss
      count += weight * Double(sum.count)
    }
    return count > 0 ? loss / count : .infinity
  }

  /// `step` is (rotation vector, translation), applied in the moving frame about `centre`.
  static func moved(
    _ transform: RigidTransform, by step: [Double], about centre: PatientPoint
  ) -> RigidTransform {
    let small = RigidTransform(
      from: transform.to, to: transform.to, rotationVector: [step[0], step[1], step[2]],
      about: centre, translation: [step[3], step[4], step[5]])
    // The frames agree by construction, so composition cannot fail.
    return (try? transform.then(small)) ?? transform
  }

  private static func motion(_ step: [Double]) -> Double {
    let turn = SIMD3(step[0], step[1], step[2]).length * lever
    return turn + SIMD3(step[3], step[4], step[5]).length
  }

  private static func limited(_ step: [Double]) -> [Double] {
    let scale = min(1, longestStep / max(motion(step), 1e-12))
    return step.map { $0 * scale }
  }
}

extension RigidIntensityFit.Trial {
  /// A map to try on a moving image.
  ///
  /// - Parameters:
  ///   - columns: Of the map's linear part, in millimetres.
  ///   - reference: Where the map puts the point that samples count from.
  ///   - centre: Point of the moving frame that mapped coordinates count from.
  ///   - grid: Of the moving image.
  init(
    columns: [SIMD3<Double>], reference: PatientPoint, centre: PatientPoint, grid: VoxelGrid,
    gain: Float, cutoff: Float
  ) {
    let axes = grid.axes
    let rows = [axes.i / grid.spacing.x, axes.j / grid.spacing.y, axes.k / grid.spacing.z]
    let toCentre = centre.millimetres - grid.origin.millimetres
    self.init(
      toMoving: .init(
        columns: columns, translation: reference.millimetres - centre.millimetres),
      toVoxel: .init(
        columns: (0..<3).map { SIMD3(rows[0][$0], rows[1][$0], rows[2][$0]) },
        translation: SIMD3(
          rows[0].dot(toCentre), rows[1].dot(toCentre), rows[2].dot(toCentre))),
      gain: gain, cutoff: cutoff)
  }
}
