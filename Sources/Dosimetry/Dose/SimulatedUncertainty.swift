import Foundation
public import Quantities
import Transport
import Volumes

/// The same measurement made many times over, each with its own errors: a check of the linear
/// propagation of ``DoseUncertainty``, which large outline errors strain.
///
/// Each draw outlines a sphere of a wrong size, counts what the blurred true sphere shows in it,
/// corrects by the recovery of the wrong size, and divides by its mass.
public struct SimulatedUncertainty: Sendable, Hashable, Codable {
  /// Standard deviation of the dose over its mean.
  public let relative: Double
  /// 2.5 and 97.5 % quantiles over the true dose.
  public let low95: Double
  public let high95: Double
  public let draws: Int

  private enum CodingKeys: String, CodingKey {
    case relative = "dose_relative"
    case low95 = "low_95_ratio"
    case high95 = "high_95_ratio"
    case draws
  }

  /// - Parameters:
  ///   - budget: What the draws scatter by.
  ///   - resolution: Of the activity image.
  ///   - isCorrected: Whether activities are corrected for recovery.
  public init(
    _ budget: DoseUncertainty, volume: TissueVolume, resolution: Length, isCorrected: Bool,
    draws: Int = 2000, seed: UInt64 = 1
  ) {
    let outline = OutlinedSphere(volume: volume, resolution: resolution)
    var random = RandomStream(seed: seed, stream: 0)
    var doses: [Double] = []
    while doses.count < draws {
      let size = 1 + budget.volume / 3 * random.normal()
      // An outline of less than a fifth of the diameter would have been seen to be wrong.
      guard size > 0.2 else { continue }
      let recovered = isCorrected ? outline.recovery(size) / outline.recovery(1) : 1
      let counts = outline.counts(size) / outline.counts(1)
      let mass = size * size * size * (1 + budget.density * random.normal())
      var dose = counts / recovered * pow(mass, -budget.massSensitivity)
      dose *= 1 + budget.calibration * random.normal()
      dose /= 1 + budget.recovery * random.normal()
      dose *= 1 + budget.timeIntegratedActivity * random.normal()
      dose *= 1 + budget.sValue * random.normal()
      dose *= 1 - budget.registration * abs(random.normal())
      doses.append(dose)
    }
    doses.sort()
    let mean = doses.reduce(0, +) / Double(draws)
    let variance = doses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(draws - 1)
    relative = variance.squareRoot() / mean
    low95 = doses[Int(0.025 * Double(draws))]
    high95 = doses[Int(0.975 * Double(draws))]
    self.draws = draws
  }
}

/// A blurred sphere seen through outlines of other sizes; sizes are over the true diameter.
private struct OutlinedSphere {
  private let step: Double
  private let countsBySize: [Double]
  private let recoveryBySize: [Double]

  init(volume: TissueVolume, resolution: Length) {
    let radius = cbrt(3 * volume.millilitres * 1000 / (4 * Double.pi))
    // As in the linear scheme: below half a millimetre an image counts as sharp.
    let resolution = Length.millimetres(max(resolution.millimetres, 0.5))
    let truth = BlurredSphere(radius: .millimetres(radius), resolution: resolution)
    let step = 0.02
    var (sum, counts, recovery) = (0.0, [0.0], [0.0])
    for n in 1...150 {
      let middle = (Double(n) - 0.5) * step
      sum += truth.value(atMillimetres: middle * radius) * middle * middle * step
      counts.append(sum)
      recovery.append(
        BlurredSphere(
          radius: .millimetres(Double(n) * step * radius), resolution: resolution
        ).mean)
    }
    self.step = step
    countsBySize = counts
    recoveryBySize = recovery
  }

  func counts(_ size: Double) -> Double { interpolated(countsBySize, size) }
  func recovery(_ size: Double) -> Double { interpolated(recoveryBySize, size) }

  private func interpolated(_ values: [Double], _ size: Double) -> Double {
    let place = min(max(size / step, 0), Double(values.count - 1))
    let lower = min(Int(place), values.count - 2)
    return values[lower] + (values[lower + 1] - values[lower]) * (place - Double(lower))
  }
}
