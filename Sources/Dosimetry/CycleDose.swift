public import Quantities
public import Radiobiology

/// The doses of all regions in one cycle, and the regions that could not be assessed.
public struct CycleDose: Sendable, Hashable, Codable {
  public let cycle: Int
  public let administered: Activity
  public let doses: [RegionDose]
  public let notAssessable: [NotAssessable]

  private enum CodingKeys: String, CodingKey {
    case cycle
    case administered = "administered_activity_Bq"
    case doses
    case notAssessable = "not_assessable"
  }

  /// A region without a dose, and why.
  public struct NotAssessable: Sendable, Hashable, Codable {
    public let region: String
    public let kind: RegionKind
    public let reason: String
  }

  /// One scan of the cycle.
  public struct Scan: Sendable, Hashable, Codable {
    /// Time after administration in hours.
    public let hours: Double
    public let activities: RegionActivities

    private enum CodingKeys: String, CodingKey {
      case hours = "time_h"
      case activities
    }

    public init(time: Duration, activities: RegionActivities) {
      hours = time.inHours
      self.activities = activities
    }
  }

  /// An effective half-life that another cycle has shown.
  public struct KnownHalfLife: Sendable, Hashable, Codable {
    public let hours: Double
    /// Standard uncertainty over the half-life; `nil` when it is not known.
    public let relativeUncertainty: Double?

    private enum CodingKeys: String, CodingKey {
      case hours = "effective_half_life_h"
      case relativeUncertainty = "relative_uncertainty"
    }

    public init(_ halfLife: Duration, relativeUncertainty: Double?) {
      hours = halfLife.inHours
      self.relativeUncertainty = relativeUncertainty
    }
  }

  /// How to go from the scans of a cycle to its doses.
  public struct Options: Sendable, Hashable, Codable {
    public var fit = TimeActivityFit.Options()
    public var uncertainty: DoseUncertainty.Inputs
    /// Density by region name; others take the table.
    public var densities: [String: RegionDose.Density] = [:]
    /// Radiobiology by region name, and for all lesions.
    public var tissues: [String: TissueRadiobiology] = [:]
    public var lesionTissue: TissueRadiobiology?
    /// Effective half-lives by region name, used only for a region with a single scan: those of an
    /// earlier cycle of the same patient.
    public var knownHalfLives: [String: KnownHalfLife] = [:]

    private enum CodingKeys: String, CodingKey {
      case fit, uncertainty, densities, tissues
      case lesionTissue = "lesion_tissue"
      case knownHalfLives = "known_half_lives"
    }

    public init(uncertainty: DoseUncertainty.Inputs) { self.uncertainty = uncertainty }
  }

  /// Fits every region over the scans and computes its dose. A region that is missing on a scan,
  /// or that cannot be fitted, is listed with the reason and does not stop the others.
  ///
  /// - Parameter scans: In order of time.
  public init(
    cycle: Int, radionuclide: Radionuclide, administered: Activity, scans: [Scan],
    options: Options
  ) {
    self.cycle = cycle
    self.administered = administered
    var doses: [RegionDose] = []
    var refused: [NotAssessable] = []
    for (name, kind) in Self.regions(scans) {
      do throws(DosimetryError) {
        let measured = Self.measured(name, scans)
        let fit = try Self.fit(name, measured, radionuclide, administered, options)
        let input = Self.input(name, kind, radionuclide, administered, measured, options)
        doses.append(try RegionDose(input, fit: fit))
      } catch {
        refused.append(NotAssessable(region: name, kind: kind, reason: error.description))
      }
    }
    self.doses = doses
    notAssessable = refused
  }

  private typealias Measured = (hours: Double, activity: RegionActivity)

  private static func regions(_ scans: [Scan]) -> [(String, RegionKind)] {
    var seen: Set<String> = []
    return scans.flatMap(\.activities.regions).compactMap {
      $0.kind != .remainder && seen.insert($0.region).inserted ? ($0.region, $0.kind) : nil
    }
  }

  private static func measured(_ name: String, _ scans: [Scan]) -> [Measured] {
    scans.compactMap { scan in
      scan.activities.regions.first { $0.region == name }.map { (scan.hours, $0) }
    }
  }

  private static func fit(
    _ name: String, _ measured: [Measured], _ radionuclide: Radionuclide,
    _ administered: Activity, _ options: Options
  ) throws(DosimetryError) -> TimeActivityFit {
    let samples = measured.map(sample)
    if samples.count == 1, let known = options.knownHalfLives[name] {
      return try TimeActivityFit.singleTimePoint(
        samples[0], effectiveHalfLife: .hours(known.hours),
        halfLifeRelativeUncertainty: known.relativeUncertainty)
    }
    return try TimeActivityFit.fit(
      samples, radionuclide: radionuclide, administered: administered, options: options.fit)
  }

  private static func sample(_ measured: Measured) -> ActivitySample {
    let deviation = measured.activity.activity.standardUncertainty
    return ActivitySample(
      time: .hours(measured.hours), activity: measured.activity.activity.value,
      // An exactly uniform region leaves no residual; that is not a standard deviation of zero.
      standardDeviation: deviation.flatMap { $0.inBaseUnit > 0 ? $0 : nil })
  }

  private static func input(
    _ name: String, _ kind: RegionKind, _ radionuclide: Radionuclide, _ administered: Activity,
    _ measured: [Measured], _ options: Options
  ) -> RegionDose.Input {
    let count = Double(measured.count)
    let volume = measured.reduce(0) { $0 + $1.activity.volume.millilitres } / count
    let recovery = measured.compactMap(\.activity.recoveryCoefficient)
    return RegionDose.Input(
      region: name, kind: kind, radionuclide: radionuclide, administered: administered,
      volume: .millilitres(volume),
      density: options.densities[name] ?? RegionDose.Density(organ: name),
      recoveryCoefficient: recovery.count == measured.count
        ? recovery.reduce(0, +) / count : nil,
      tissue: options.tissues[name] ?? (kind == .lesion ? options.lesionTissue : nil),
      uncertainty: options.uncertainty)
  }
}
