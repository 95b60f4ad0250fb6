public import Quantities
public import Radiobiology
public import Volumes

/// The doses of all regions in one cycle, and the regions that could not be assessed.
public struct CycleDose: Sendable, Hashable, Codable {
  public let cycle: Int
  /// Administration, in hours after the first of the course.
  public let startHours: Double
  public let administered: Activity
  public let doses: [RegionDose]
  public let notAssessable: [NotAssessable]

  private enum CodingKeys: String, CodingKey {
    case cycle
    case startHours = "start_h"
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

  /// What planar scans show of a region, on a scale of its own.
  public struct Planar: Sendable, Hashable, Codable {
    public let kind: RegionKind
    public let samples: [ActivitySample]

    public init(kind: RegionKind, samples: [ActivitySample]) {
      (self.kind, self.samples) = (kind, samples)
    }
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

  /// How to go from the scans of a cycle to its doses.
  public struct Options: Sendable, Hashable, Codable {
    public var fit = TimeActivityFit.Options()
    public var uncertainty: DoseUncertainty.Inputs
    /// Density by region name; others take the table.
    public var densities: [String: RegionDose.Density] = [:]
    /// Radiobiology by region name, and for all lesions.
    public var tissues: [String: TissueRadiobiology] = [:]
    public var lesionTissue: TissueRadiobiology?
    /// What an earlier cycle of the same patient showed, by region name; used only for a region
    /// with a single scan, whose activity then scales the earlier curve.
    public var earlierFits: [String: TimeActivityFit] = [:]
    /// Coefficient of variation of TIA/A from cycle to cycle beyond the fit of the earlier one.
    ///
    /// Kidney doses from the patient's own half-life of cycle 1 and one scan at 24 h of a later
    /// cycle deviate by 2 % on average, at 4 h by 13 % (Willowson 2018, doi
    /// 10.1186/s40658-018-0232-9); 5 % is between.
    public var variationBetweenCycles = 0.05
    /// Effective half-lives of a population by region name, for a region with one scan and no
    /// earlier cycle.
    public var halfLifePriors: [String: TimeActivityFit.HalfLifePrior] = [:]
    /// Planar samples by region name: the course over time, whose level the scans give.
    public var planar: [String: Planar] = [:]
    /// S values between regions, for cross-dose; `nil` leaves it out.
    public var crossDose: SValueTable?
    /// RBE of alphas and recoils, for alpha emitters.
    public var rbe: Double?
    /// What activities were corrected by, where the resolution was not known.
    public var recoveryCurve: RecoveryCurve?
    /// u(v)/v of regions whose volume was interpolated between two scans, by name.
    public var interpolatedVolumes: [String: Double] = [:]
    /// How far outlines that come from another examination may lie from their place, by region
    /// name.
    public var registrations: [String: Length] = [:]

    private enum CodingKeys: String, CodingKey {
      case fit, uncertainty, densities, tissues
      case lesionTissue = "lesion_tissue"
      case earlierFits = "earlier_fits"
      case variationBetweenCycles = "variation_between_cycles"
      case halfLifePriors = "half_life_priors"
      case planar
      case crossDose = "cross_dose"
      case rbe
      case recoveryCurve = "recovery_curve"
      case interpolatedVolumes = "interpolated_volumes_relative"
      case registrations = "registrations_mm"
    }

    public init(uncertainty: DoseUncertainty.Inputs) { self.uncertainty = uncertainty }
  }

  /// Fits every region over the scans and computes its dose. A region that is missing on a scan,
  /// or that cannot be fitted, is listed with the reason and does not stop the others.
  ///
  /// - Parameters:
  ///   - start: Administration, after the first of the course.
  ///   - scans: In order of time.
  public init(
    cycle: Int, start: Duration = .zero, radionuclide: Radionuclide, kernels: DecayKernels,
    administered: Activity, scans: [Scan], options: Options
  ) {
    self.cycle = cycle
    startHours = start.inHours
    self.administered = administered
    var doses: [RegionDose] = []
    let regions = Self.regions(scans)
    var refused = Self.planarAlone(options, regions.map(\.0))
    var fits: [(name: String, kind: RegionKind, measured: [Measured], fit: TimeActivityFit)] = []
    for (name, kind) in regions {
      do throws(DosimetryError) {
        let measured = Self.measured(name, scans)
        let fit = try Self.fit(name, measured, radionuclide, administered, options)
        fits.append((name, kind, measured, fit))
      } catch {
        refused.append(NotAssessable(region: name, kind: kind, reason: error.description))
      }
    }
    let integrals = Dictionary(
      fits.map { ($0.name, $0.fit.timeIntegratedActivity.value) }, uniquingKeysWith: { a, _ in a })
    for (name, kind, measured, fit) in fits {
      do throws(DosimetryError) {
        var input = Self.input(name, kind, kernels, administered, measured, options)
        input.rbe = options.rbe
        input.uncertainty.registration = options.registrations[name] ?? .zero
        input.uncertainty.interpolatedVolume = options.interpolatedVolumes[name] ?? 0
        if let curve = options.recoveryCurve, input.recoveryCoefficient != nil {
          input.recoverySlope = curve.slope(of: input.volume)
          input.uncertainty.recovery =
            curve.relativeUncertainty(of: input.volume) ?? input.uncertainty.recovery
        }
        input.crossDose = options.crossDose?.crossDose(to: name, from: integrals) ?? []
        doses.append(try RegionDose(input, fit: fit))
      } catch {
        refused.append(NotAssessable(region: name, kind: kind, reason: error.description))
      }
    }
    self.doses = doses
    notAssessable = refused
  }

  /// Regions that planar scans show and no scan of the cycle measures.
  private static func planarAlone(_ options: Options, _ measured: [String]) -> [NotAssessable] {
    options.planar.filter { !measured.contains($0.key) }.sorted { $0.key < $1.key }.map {
      NotAssessable(
        region: $0.key, kind: $0.value.kind, reason: DosimetryError.planarOnly.description)
    }
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
    let planar = options.planar[name]?.samples ?? []
    let samples = measured.map(sample).joined(with: planar)
    if samples.count == 1, planar.isEmpty {
      if let earlier = options.earlierFits[name] {
        return try TimeActivityFit.singleTimePoint(
          samples[0], by: .shape(of: earlier, variation: options.variationBetweenCycles))
      }
      if let prior = options.halfLifePriors[name] {
        return try TimeActivityFit.singleTimePoint(samples[0], by: .prior(prior))
      }
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
    _ name: String, _ kind: RegionKind, _ kernels: DecayKernels, _ administered: Activity,
    _ measured: [Measured], _ options: Options
  ) -> RegionDose.Input {
    let count = Double(measured.count)
    let volume = measured.reduce(0) { $0 + $1.activity.volume.millilitres } / count
    let recovery = measured.compactMap(\.activity.recoveryCoefficient)
    return RegionDose.Input(
      region: name, kind: kind, kernels: kernels, administered: administered,
      volume: .millilitres(volume),
      density: options.densities[name] ?? RegionDose.Density(organ: name),
      recoveryCoefficient: recovery.count == measured.count
        ? recovery.reduce(0, +) / count : nil,
      tissue: options.tissues[name] ?? (kind == .lesion ? options.lesionTissue : nil),
      uncertainty: options.uncertainty)
  }
}
