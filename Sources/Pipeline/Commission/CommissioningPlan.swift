import Foundation
import Phantoms

/// What a commissioning run draws: how far, how much, how often.
public struct CommissioningPlan: Sendable, Hashable, Codable {
  /// Follow-ups to derive.
  public var repeats = 5
  public var seed: UInt64 = 7
  /// Largest rotation about each axis, in degrees.
  public var largestRotation = 4.0
  /// Largest shift along each axis, in millimetres.
  public var largestShift = 20.0
  /// Root mean square size of the smooth deformation, in millimetres. With a CT only: a PET
  /// alone is linked rigidly.
  public var deformation = 4.0
  /// Range of the factor on each lesion's uptake.
  public var uptakeFactors = 0.5...1.5
  /// How far beyond its outline a lesion's uptake changes, in millimetres: the resolution of
  /// common PET scanners, which carries uptake that far.
  public var spillOut = 8.0
  /// Relative noise added at the mean of the first lesion.
  public var noise = 0.05
  /// Noise added to the CT, in HU.
  public var ctNoise = 10.0
  /// Points of the body at which each link is scored.
  public var points = 400

  public init() {}

  /// The motion and noise of one follow-up.
  func options(of repeated: Int, deforms: Bool) -> DerivedFollowUp.Options {
    var random = SeededGenerator(seed: seed, stream: "commissioning", index: repeated)
    func vector(_ reach: Double) -> SIMD3<Double> {
      SIMD3(
        random.uniform(-reach...reach), random.uniform(-reach...reach),
        random.uniform(-reach...reach))
    }
    var options = DerivedFollowUp.Options()
    options.rotationVector = vector(largestRotation * Double.pi / 180)
    options.translation = vector(largestShift)
    options.deformation = deforms ? deformation : 0
    (options.reach, options.edge) = (spillOut, spillOut / 2)
    options.noise = noise
    options.ctNoise = ctNoise
    options.seed = seed &+ UInt64(repeated)
    return options
  }

  /// Factors on the uptake of `count` lesions, even on a logarithmic scale.
  func factors(of repeated: Int, count: Int) -> [Double] {
    var random = SeededGenerator(seed: seed, stream: "uptake factors", index: repeated)
    let range = log(uptakeFactors.lowerBound)...log(uptakeFactors.upperBound)
    return (0..<count).map { _ in exp(random.uniform(range)) }
  }
}

/// Why a course cannot be commissioned.
public enum CommissioningError: Error, Hashable, Sendable, CustomStringConvertible {
  case noBaselinePET(timePoint: String)
  case noLesions(timePoint: String)
  case noTracer(timePoint: String, missing: String)

  public var description: String {
    switch self {
    case .noBaselinePET(let id):
      "the reference time point '\(id)' has no PET; commissioning derives its follow-ups from one"
    case .noLesions(let id):
      "no lesion is outlined at '\(id)' by the rule of the course file, so no change could be "
        + "recovered; check 'lesions' in the course file"
    case .noTracer(let id, let missing):
      "the PET of '\(id)' does not say \(missing), which a derived PET has to state; "
        + "export the series again with it"
    }
  }
}
