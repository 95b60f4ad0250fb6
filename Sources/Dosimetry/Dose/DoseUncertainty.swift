import Foundation
public import Quantities
import Volumes

/// Where the uncertainty of a region's dose comes from, by the EANM scheme: Gear and others 2018,
/// Eur J Nucl Med Mol Imaging 45:2456, doi 10.1007/s00259-018-4136-7, re-derived.
///
/// Volume enters three times, in the activity, in its recovery and in the S value; the three are
/// correlated and are added before squaring: k_v = φ/2R − ∂ln R/∂ln v − c₂. Registration, density
/// and S value are not in the paper's scheme and are added in squares.
public struct DoseUncertainty: Sendable, Hashable, Codable {
  /// What the scheme needs to know about the measurement, all relative (k = 1).
  public struct Inputs: Sendable, Hashable, Codable {
    /// Calibration factor u(Q)/Q, shared by all scans of a scanner.
    public var calibration = 0.05
    /// Fitted recovery coefficient u(R)/R.
    public var recovery = 0.03
    /// Density of the tissue: half the spread of soft organs in ICRU 46, 1.03 to 1.06 g/mL.
    public var density = 0.015
    /// S value of a sphere in place of the organ, and of the simulation: organs of the ICRP 110
    /// phantoms lie within 3 % of it (docs/dosimetry.md), taken as a rectangle.
    public var sValue = 0.017
    /// How far the outline may lie from its place on the activity image; 0 where it was drawn on
    /// the same examination.
    public var registration = Length.millimetres(0)
    /// Voxel size of the image the region was drawn on.
    public var outlineVoxel: Length
    /// Resolution of the image the region was drawn on.
    public var outlineResolution: Length
    /// Resolution of the activity image.
    public var activityResolution: Length
    /// u(v)/v of a volume that was interpolated between two scans, beyond their outlines.
    public var interpolatedVolume = 0.0

    private enum CodingKeys: String, CodingKey {
      case calibration = "calibration_relative"
      case recovery = "recovery_relative"
      case density = "density_relative"
      case sValue = "s_value_relative"
      case registration = "registration_mm"
      case outlineVoxel = "outline_voxel_mm"
      case outlineResolution = "outline_resolution_mm"
      case activityResolution = "activity_resolution_mm"
      case interpolatedVolume = "interpolated_volume_relative"
    }

    public init(outlineVoxel: Length, outlineResolution: Length, activityResolution: Length) {
      self.outlineVoxel = outlineVoxel
      self.outlineResolution = outlineResolution
      self.activityResolution = activityResolution
    }
  }

  /// Relative standard uncertainties (k = 1) of each part.
  public let calibration: Double
  public let recovery: Double
  public let timeIntegratedActivity: Double
  public let volume: Double
  /// k_v: how strongly the volume acts on the dose.
  public let volumeSensitivity: Double
  public let density: Double
  /// c₂ of S = c₁ m^(−c₂): how strongly the mass acts on the dose.
  public let massSensitivity: Double
  public let registration: Double
  public let sValue: Double

  private enum CodingKeys: String, CodingKey {
    case calibration = "calibration_relative"
    case recovery = "recovery_relative"
    case timeIntegratedActivity = "tia_relative"
    case volume = "volume_relative"
    case volumeSensitivity = "volume_sensitivity"
    case density = "density_relative"
    case massSensitivity = "mass_sensitivity"
    case registration = "registration_relative"
    case sValue = "s_value_relative"
  }

  /// - Parameters:
  ///   - timeIntegratedActivity: u(TIA)/TIA of the fit.
  ///   - recoveryCoefficient: R, and its slope ∂ln R/∂ln v.
  ///   - volumeExponent: c₂ of S = c₁ v^(−c₂).
  public init(
    _ inputs: Inputs, volume: TissueVolume, timeIntegratedActivity: Double,
    recoveryCoefficient: Double, recoverySlope: Double, volumeExponent: Double
  ) {
    calibration = inputs.calibration
    recovery = inputs.recovery
    self.timeIntegratedActivity = timeIntegratedActivity
    self.volume = hypot(Self.volumeUncertainty(volume, inputs), inputs.interpolatedVolume)
    let spill = Self.spillOut(volume, inputs.activityResolution)
    volumeSensitivity = spill / (2 * recoveryCoefficient) - recoverySlope - volumeExponent
    density = inputs.density
    massSensitivity = volumeExponent
    registration = Self.displacementLoss(volume, inputs)
    sValue = inputs.sValue
  }

  /// u(D)/D with every part.
  public var dose: Double { hypot(calibration, independent) }

  /// The part that does not repeat from cycle to cycle. The calibration is the same each time; a
  /// region is outlined afresh, so its volume is counted here.
  public var independent: Double {
    parts.filter { $0.source != .calibration }.reduce(0) { $0 + $1.relative * $1.relative }
      .squareRoot()
  }

  /// u(v)/v = 3 u(d)/d with u²(d) = a²/6 + 2σ²: voxel size and blur at both ends of a diameter.
  static func volumeUncertainty(_ volume: TissueVolume, _ inputs: Inputs) -> Double {
    let diameter = 2 * cbrt(3 * volume.millilitres * 1000 / (4 * Double.pi))
    let a = inputs.outlineVoxel.millimetres
    let sigma = inputs.outlineResolution.millimetres / sigmaPerFWHM
    return 3 * (a * a / 6 + 2 * sigma * sigma).squareRoot() / diameter
  }

  /// φ = erf(2r/√2σ) − 2σ/(r√2π) · (1 − e^(−2r²/σ²)): share of counts lost with the outermost
  /// layer.
  static func spillOut(_ volume: TissueVolume, _ resolution: Length) -> Double {
    let r = cbrt(3 * volume.millilitres * 1000 / (4 * Double.pi))
    let sigma = resolution.millimetres / sigmaPerFWHM
    guard sigma > 0 else { return 1 }
    return erf(2 * r / (2.0.squareRoot() * sigma))
      - 2 * sigma / (r * (2 * Double.pi).squareRoot()) * (1 - exp(-2 * r * r / (sigma * sigma)))
  }

  /// Share of the counts of a sphere that a displaced outline of its size misses.
  private static func displacementLoss(_ volume: TissueVolume, _ inputs: Inputs) -> Double {
    guard inputs.registration.millimetres > 0 else { return 0 }
    // A sharp image is treated as one of half a millimetre, where the integrals stay exact.
    let resolution = max(inputs.activityResolution.millimetres, 0.5)
    let sphere = BlurredSphere(volume: volume, resolution: .millimetres(resolution))
    return 1 - sphere.mean(displacedBy: inputs.registration) / sphere.mean
  }

  /// √(8 ln 2), rounded as in the scheme.
  private static let sigmaPerFWHM = 2.3548
}

extension DoseUncertainty {
  public enum Source: String, Sendable, Hashable, Codable, CaseIterable {
    case calibration, recovery
    case fit = "time-activity fit"
    case outline, density, registration
    case sValue = "S value"

    /// What would make this part smaller.
    public var remedy: String {
      switch self {
      case .calibration: "calibrate with a larger, well-counted source against a traceable one"
      case .recovery: "scan a phantom with inserts near this volume"
      case .fit: "one more scan, later than the last if much is extrapolated; longer scans"
      case .outline: "outline on a sharper image with smaller voxels"
      case .density: "take the density from the CT of the region"
      case .registration: "outline on the CT of the same examination"
      case .sValue: "a voxel or Monte Carlo dose in place of the sphere"
      }
    }
  }

  /// What one source adds.
  public struct Part: Sendable, Hashable, Codable {
    public let source: Source
    /// Its standard uncertainty of the dose over the dose.
    public let relative: Double
    /// Its share of the variance.
    public let share: Double

    private enum CodingKeys: String, CodingKey {
      case source
      case relative = "dose_relative"
      case share = "variance_share"
    }
  }

  /// Every source, in the order of the scheme.
  public var parts: [Part] {
    let values: [(Source, Double)] = [
      (.calibration, calibration), (.recovery, recovery), (.fit, timeIntegratedActivity),
      (.outline, abs(volumeSensitivity) * volume), (.density, abs(massSensitivity) * density),
      (.registration, registration), (.sValue, sValue),
    ]
    let total = values.reduce(0) { $0 + $1.1 * $1.1 }
    return values.map {
      Part(source: $0.0, relative: $0.1, share: total > 0 ? $0.1 * $0.1 / total : 0)
    }
  }

  /// With the parts, which decoding makes anew.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(calibration, forKey: .calibration)
    try values.encode(recovery, forKey: .recovery)
    try values.encode(timeIntegratedActivity, forKey: .timeIntegratedActivity)
    try values.encode(volume, forKey: .volume)
    try values.encode(volumeSensitivity, forKey: .volumeSensitivity)
    try values.encode(density, forKey: .density)
    try values.encode(massSensitivity, forKey: .massSensitivity)
    try values.encode(registration, forKey: .registration)
    try values.encode(sValue, forKey: .sValue)
    var derived = encoder.container(keyedBy: DerivedKeys.self)
    try derived.encode(dose, forKey: .dose)
    try derived.encode(parts, forKey: .parts)
    try derived.encode(dominant?.source.remedy, forKey: .remedy)
  }

  private enum DerivedKeys: String, CodingKey {
    case dose = "dose_relative"
    case parts
    case remedy = "reduced_by"
  }

  /// The largest part.
  public var dominant: Part? { parts.max { $0.relative < $1.relative } }

  /// u(D)/D if the source with the largest part were known exactly.
  public var withoutDominant: Double {
    parts.reduce(0) { $0 + ($1.source == dominant?.source ? 0 : $1.relative * $1.relative) }
      .squareRoot()
  }
}
