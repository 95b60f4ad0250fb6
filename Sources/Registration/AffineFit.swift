import Geometry
import Kernels

/// Fits an affine map so that the moving image matches the samples: Levenberg-Marquardt on
/// intensities under Tukey's biweight, with blocks that move for themselves weighted down, as
/// ``RigidFit`` does it.
struct AffineFit {
  let samples: SamplePoints
  let moving: RigidIntensityFit.Image
  let movingGrid: VoxelGrid
  let cutoff: Double
  let iterations: Int

  /// Distance from the centre, in millimetres, at which parameters count in millimetres: half the
  /// width of a trunk.
  private static let lever = 150.0
  /// Motion at the lever, in millimetres, below which the fit has converged, and the longest step.
  private static let converged = 0.005
  private static let longestStep = 20.0

  func run(from start: AffineTransform) -> AffineTransform {
    let centre = start(samples.reference)
    var (best, weights) = (start, blockWeights(at: start, centre))
    var sums = evaluate(best, centre, weights)
    var damping = 1e-4
    for _ in 0..<iterations {
      guard let step = Self.step(sums, damping: damping) else { break }
      let isSmall = Self.length(step) < Self.converged
      let trial = Self.moved(best, by: step, about: centre)
      let trialSums = trial.map { evaluate($0, centre, weights) }
      if let trial, let trialSums, Self.loss(trialSums) < Self.loss(sums) {
        best = trial
        weights = blockWeights(at: best, centre)
        sums = evaluate(best, centre, weights)
        damping = max(damping / 4, 1e-6)
      } else {
        damping *= 10
      }
      if isSmall || damping > 1e4 { break }
    }
    return best
  }

  private func evaluate(
    _ map: AffineTransform, _ centre: PatientPoint, _ weights: [Float]
  ) -> AffineIntensityFit.Sums {
    AffineIntensityFit.sums(
      samples.points, in: moving, at: trial(map, centre), lever: Float(Self.lever),
      weights: weights)
  }

  /// By the motion that each block of samples would choose for itself.
  private func blockWeights(at map: AffineTransform, _ centre: PatientPoint) -> [Float] {
    BlockMotion.weights(
      RigidIntensityFit.sums(samples.points, in: moving, at: trial(map, centre))
    ).map(Float.init)
  }

  private func trial(
    _ map: AffineTransform, _ centre: PatientPoint
  ) -> RigidIntensityFit.Trial {
    RigidIntensityFit.Trial(
      columns: map.columns, reference: map(samples.reference), centre: centre,
      grid: movingGrid, gain: 1, cutoff: Float(cutoff))
  }

  private static func loss(_ sums: AffineIntensityFit.Sums) -> Double {
    sums.count > 0 ? sums.loss / sums.count : .infinity
  }

  /// A Levenberg-Marquardt step, not longer than ``longestStep``.
  private static func step(_ sums: AffineIntensityFit.Sums, damping: Double) -> [Double]? {
    var normal = sums.normal
    for n in normal.indices { normal[n][n] *= 1 + damping }
    guard let step = Cholesky.solve(normal, sums.gradient.map { -$0 }) else { return nil }
    let scale = min(1, longestStep / max(length(step), 1e-12))
    return step.map { $0 * scale }
  }

  private static func length(_ step: [Double]) -> Double {
    step.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  /// y ↦ y + A·((y − centre) / lever, 1), after `map`; `nil` where that would fold the patient.
  private static func moved(
    _ map: AffineTransform, by step: [Double], about centre: PatientPoint
  ) -> AffineTransform? {
    let columns = (0..<3).map { b -> SIMD3<Double> in
      var column = SIMD3(step[b], step[4 + b], step[8 + b]) / lever
      column[b] += 1
      return column
    }
    let shift = SIMD3(step[3], step[7], step[11])
    let c = centre.millimetres
    let turned = columns[0] * c.x + columns[1] * c.y + columns[2] * c.z
    let small = try? AffineTransform(
      from: map.to, to: map.to, columns: columns, translation: c - turned + shift)
    return small.flatMap { try? map.then($0) }
  }
}
