public import Quantities
public import Volumes

/// The activity of a region at one scan, with spill-in and spill-out undone.
public struct RegionActivity: Sendable, Hashable, Codable {
  public let region: String
  public let kind: RegionKind
  /// Volume covered on the activity image, without what an earlier region covers.
  public let volume: TissueVolume
  /// With noise and resolution uncertainty; calibration is not in it, being common to all scans.
  public let activity: Estimate<Activity>
  /// What the image shows inside the outline.
  public let uncorrected: Activity
  /// Fraction of the region's own activity that stays inside its outline, ω_ii; `nil` without
  /// correction.
  public let recoveryCoefficient: Double?
  public let warnings: [String]

  private enum CodingKeys: String, CodingKey {
    case region, kind
    case volume = "volume_mL"
    case activity = "activity_Bq"
    case uncorrected = "uncorrected_activity_Bq"
    case recoveryCoefficient = "recovery_coefficient"
    case warnings
  }
}

/// Activities of all regions of one scan.
public struct RegionActivities: Sendable, Hashable, Codable {
  /// Options of the partial-volume correction.
  public struct Options: Sendable, Hashable, Codable {
    /// Spatial resolution of the activity image as a Gaussian; `nil` when it is not known, and
    /// then nothing is corrected.
    public var fullWidthHalfMaximum: Length?
    /// Standard uncertainty of the resolution over the resolution.
    public var resolutionRelativeUncertainty = 0.1

    private enum CodingKeys: String, CodingKey {
      case fullWidthHalfMaximum = "full_width_half_maximum_mm"
      case resolutionRelativeUncertainty = "resolution_relative_uncertainty"
    }

    public init(fullWidthHalfMaximum: Length?) {
      self.fullWidthHalfMaximum = fullWidthHalfMaximum
    }
  }

  /// One per region in the order given, then the rest of the body.
  public let regions: [RegionActivity]
  /// Regions without any volume on the image.
  public let notCovered: [String]
  /// Condition number (1-norm) of the transfer matrix; `nil` without correction.
  public let condition: Double?
  public let options: Options

  private enum CodingKeys: String, CodingKey {
    case regions
    case notCovered = "not_covered"
    case condition, options
  }

  /// The name of the region that holds the rest of the body.
  public static let remainder = "rest of body"

  /// Measures every region by the geometric transfer matrix (Rousset, Ma, Evans 1998, J Nucl Med
  /// 39:904): the mean over region i is Σⱼ ωᵢⱼ Tⱼ, where ωᵢⱼ is the mean over i of region j
  /// blurred by the point spread function; solved for the true means Tⱼ.
  ///
  /// Assumes uniform activity in each region. Where regions overlap, the earlier one keeps the
  /// voxel: list lesions before the organs they lie in.
  ///
  /// - Parameters:
  ///   - image: Activity concentration.
  ///   - body: The patient's outline; `nil` takes the whole image.
  /// - Throws: ``DosimetryError``.
  public static func measure(
    _ image: Volume<ActivityConcentration>, regions: [RegionCoverage], body: RegionCoverage?,
    options: Options
  ) throws(DosimetryError) -> RegionActivities {
    let partition = try RegionPartition(image.grid, regions: regions, body: body)
    let transfer = TransferMatrix(image, partition: partition)
    guard let fwhm = options.fullWidthHalfMaximum else {
      return transfer.uncorrected(options: options)
    }
    guard fwhm.millimetres > 0, fwhm.millimetres.isFinite else {
      throw .notPositive(quantity: "full width at half maximum of the activity image")
    }
    return try transfer.corrected(fwhm, options: options)
  }
}
