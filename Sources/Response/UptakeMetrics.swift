public import Geometry
import Kernels
public import Quantities
public import Volumes

/// Uptake and size of one lesion at one time point.
///
/// Standard uncertainties of the uncorrected values come from test-retest data, which belong to
/// a tracer and not to one image: see ``Repeatability``.
public struct UptakeMetrics: Sendable, Hashable, Codable {
  public let voxelCount: Int
  /// Sum of the voxel volumes, with true slice distances.
  public let metabolicVolume: TissueVolume
  public let suvMax: SUVbw
  /// Centre of the highest voxel.
  public let suvMaxAt: PatientPoint
  /// Mean over the outline, voxels weighted by their volume.
  public let suvMean: SUVbw
  public let suvPeak: Assessment<PeakUptake>
  /// SUVpeak times lean body mass over weight.
  public let sulPeak: Assessment<SUVlbm>
  /// The mean freed of the partial-volume effect.
  public let recovered: Assessment<RecoveredUptake>

  /// SUVmean × metabolic volume, in g.
  public var totalLesionGlycolysis: Mass {
    .grams(suvMean.inBaseUnit * metabolicVolume.millilitres)
  }

  /// What the metrics need beside the image.
  public struct Options: Sendable, Hashable, Codable {
    /// Lean body mass over body weight (Janmahasatian 2005); `nil` when height or sex is missing.
    public var leanBodyFraction: Double?
    /// `nil` when the image's resolution is not known.
    public var recovery: RecoveredUptake.Options?

    public init(leanBodyFraction: Double? = nil, recovery: RecoveredUptake.Options? = nil) {
      self.leanBodyFraction = leanBodyFraction
      self.recovery = recovery
    }
  }

  /// - Parameters:
  ///   - others: Other uptake near the lesion, kept out of its background.
  ///   - isShared: Whether several lesions have merged into this outline, which then has no
  ///     uptake of its own to recover.
  /// - Returns: `nil` for an empty outline.
  public init?(
    of outline: Outline, in image: Volume<SUVbw>, others: [Outline] = [], isShared: Bool = false,
    options: Options = Options()
  ) {
    precondition(outline.grid == image.grid, "outline and image lie on different grids")
    let samples = image.samples
    var (sum, millilitres, count) = (0.0, 0.0, 0)
    var highest: (value: Float, offset: Int)?
    for run in outline.runs {
      let first = image.grid.ijk(at: run.lowerBound)
      let voxel = image.grid.voxelMillilitres(inSlice: first.z)
      for n in run {
        let value = samples[n]
        sum += Double(value) * voxel
        if value > highest?.value ?? -.infinity { highest = (value, n) }
      }
      millilitres += voxel * Double(run.count)
      count += run.count
    }
    guard let highest else { return nil }
    let at = image.grid.ijk(at: highest.offset)
    voxelCount = count
    metabolicVolume = .millilitres(millilitres)
    suvMax = .gramsPerMillilitre(Double(highest.value))
    suvMaxAt = image.grid.patientPoint(i: at.x, j: at.y, k: at.z)
    suvMean = .gramsPerMillilitre(sum / millilitres)
    suvPeak = PeakUptake.find(in: outline, of: image)
    sulPeak = Self.sulPeak(suvPeak, fraction: options.leanBodyFraction)
    recovered = Self.recovered(outline, image, others, isShared, options.recovery)
  }

  /// The metrics of many lesions of one image, each with the rest as ``others``.
  ///
  /// - Returns: In the order of `outlines`; `nil` for empty ones.
  public static func measure(
    _ outlines: [Outline], in image: Volume<SUVbw>, others: [Outline] = [],
    shared: Set<Int> = [], options: Options = Options()
  ) -> [UptakeMetrics?] {
    Slabs.map(of: outlines.count) { slab in
      slab.map {
        UptakeMetrics(
          of: outlines[$0], in: image, others: outlines + others, isShared: shared.contains($0),
          options: options)
      }
    }.flatMap { $0 }
  }

  private static func sulPeak(
    _ peak: Assessment<PeakUptake>, fraction: Double?
  ) -> Assessment<SUVlbm> {
    guard let fraction else {
      return .notAssessable(reason: "lean body mass is not known; height and sex are needed")
    }
    switch peak {
    case .value(let peak): return .value(.gramsPerMillilitre(peak.value.inBaseUnit * fraction))
    case .notAssessable(let reason): return .notAssessable(reason: reason)
    }
  }

  private static func recovered(
    _ outline: Outline, _ image: Volume<SUVbw>, _ others: [Outline], _ isShared: Bool,
    _ options: RecoveredUptake.Options?
  ) -> Assessment<RecoveredUptake> {
    guard let options else {
      return .notAssessable(reason: "the image's resolution is not known")
    }
    guard !isShared else {
      return .notAssessable(reason: "several lesions share this outline")
    }
    return RecoveredUptake.measure(outline, in: image, others: others, options: options)
  }
}

/// The numbers by which a lesion's change is judged.
public enum UptakeMetric: String, Sendable, Hashable, Codable, CaseIterable {
  case suvMax, suvPeak, suvMean, sulPeak, metabolicVolume, totalLesionGlycolysis, recoveredMean

  /// As written in reports: `SUVpeak`.
  public var displayName: String {
    switch self {
    case .suvMax: "SUVmax"
    case .suvPeak: "SUVpeak"
    case .suvMean: "SUVmean"
    case .sulPeak: "SULpeak"
    case .metabolicVolume: "Volume"
    case .totalLesionGlycolysis: "TLG"
    case .recoveredMean: "SUVmean, recovered"
    }
  }

  /// UCUM unit of the metric.
  public var unit: String {
    switch self {
    case .suvMax, .suvPeak, .suvMean, .recoveredMean: SUVbw.baseUnit
    case .sulPeak: SUVlbm.baseUnit
    case .metabolicVolume: TissueVolume.baseUnit
    case .totalLesionGlycolysis: Mass.baseUnit
    }
  }
}

extension UptakeMetrics {
  /// The value of a metric in its unit, or why there is none.
  public subscript(metric: UptakeMetric) -> Assessment<Double> {
    switch metric {
    case .suvMax: .value(suvMax.inBaseUnit)
    case .suvMean: .value(suvMean.inBaseUnit)
    case .metabolicVolume: .value(metabolicVolume.millilitres)
    case .totalLesionGlycolysis: .value(totalLesionGlycolysis.grams)
    case .suvPeak: suvPeak.map(\.value.inBaseUnit)
    case .sulPeak: sulPeak.map(\.inBaseUnit)
    case .recoveredMean: recovered.map(\.mean.value.inBaseUnit)
    }
  }
}
