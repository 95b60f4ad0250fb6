import Foundation
public import Quantities

/// Where the uncertainty of a region's dose comes from, by the EANM scheme: Gear and others 2018,
/// Eur J Nucl Med Mol Imaging 45:2456, doi 10.1007/s00259-018-4136-7, re-derived.
///
/// Volume enters three times, in the activity, in its recovery and in the S value; the three are
/// correlated and are added before squaring: k_v = φ/2R − ∂ln R/∂ln v − c₂.
public struct DoseUncertainty: Sendable, Hashable, Codable {
  /// What the scheme needs to know about the measurement, all relative (k = 1).
  public struct Inputs: Sendable, Hashable, Codable {
    /// Calibration factor u(Q)/Q, shared by all scans of a scanner.
    public var calibration = 0.05
    /// Fitted recovery coefficient u(R)/R.
    public var recovery = 0.03
    /// Voxel size of the image the region was drawn on.
    public var outlineVoxel: Length
    /// Resolution of the image the region was drawn on.
    public var outlineResolution: Length
    /// Resolution of the activity image.
    public var activityResolution: Length

    private enum CodingKeys: String, CodingKey {
      case calibration = "calibration_relative"
      case recovery = "recovery_relative"
      case outlineVoxel = "outline_voxel_mm"
      case outlineResolution = "outline_resolution_mm"
      case activityResolution = "activity_resolution_mm"
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

  private enum CodingKeys: String, CodingKey {
    case calibration = "calibration_relative"
    case recovery = "recovery_relative"
    case timeIntegratedActivity = "tia_relative"
    case volume = "volume_relative"
    case volumeSensitivity = "volume_sensitivity"
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
    self.volume = Self.volumeUncertainty(volume, inputs)
    let spill = Self.spillOut(volume, inputs.activityResolution)
    volumeSensitivity = spill / (2 * recoveryCoefficient) - recoverySlope - volumeExponent
  }

  /// u(D)/D with every part.
  public var dose: Double { hypot(calibration, independent) }

  /// The part that does not repeat from cycle to cycle. The calibration is the same each time; a
  /// region is outlined afresh, so its volume is counted here.
  public var independent: Double {
    let volumePart = volumeSensitivity * volume
    return
      (recovery * recovery + timeIntegratedActivity * timeIntegratedActivity
      + volumePart * volumePart).squareRoot()
  }

  /// The name of the largest part, for the report.
  public var largestPart: String {
    let parts = [
      ("calibration", calibration), ("recovery", recovery),
      ("time-activity fit", timeIntegratedActivity),
      ("outline", abs(volumeSensitivity) * volume),
    ]
    return parts.max { $0.1 < $1.1 }?.0 ?? "calibration"
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

  /// √(8 ln 2), rounded as in the scheme.
  private static let sigmaPerFWHM = 2.3548
}
