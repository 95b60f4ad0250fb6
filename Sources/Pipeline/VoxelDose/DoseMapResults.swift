public import Dosimetry
import Geometry
import Quantities
import Radiobiology
import Reporting
import Transport

/// What `theratrack dose` answers: dose maps as files, and what they say of each region.
public struct DoseMapResults: Sendable, Hashable, Codable {
  public let method: DoseMapSettings.Method
  public let timeActivity: DoseMapSettings.TimeActivity
  public let radionuclide: String
  /// Daughters that decay with it.
  public let daughters: [String]
  /// Decays simulated per cycle and their seed; with Monte Carlo only.
  public let decays: Int?
  public let seed: UInt64?
  public let cycles: [Cycle]
  /// In the reference frame; `nil` when no cycle has a map.
  public let cumulative: Cumulative?
  /// Paths below the output folder.
  public let files: [String]
  public let notes: [String]
  public let problems: [String]

  public struct Cycle: Sendable, Hashable, Codable {
    public let cycle: Int
    public let timePoint: String
    public let timePoints: [String]
    public let spacing: [Double]
    public let size: [Int]
    public let shareOutsideCT: Double
    public let unreliableVoxels: Int
    /// Voxels whose dose is the Monte Carlo's instead of the kernel's, and the median of their
    /// relative statistical standard deviations.
    public let simulatedVoxels: Int?
    public let simulatedError: Double?
    public let largestGray: Double
    /// Voxels with a clearance of their own; `nil` where every voxel has the shape of its region.
    let fittedVoxels: FittedVoxels.Counts?
    public let regions: [Region]

    private enum CodingKeys: String, CodingKey {
      case cycle
      case timePoint = "dose_grid_time_point"
      case timePoints = "time_points"
      case spacing = "voxel_mm"
      case size = "voxels"
      case shareOutsideCT = "decays_outside_ct_fraction"
      case unreliableVoxels = "unreliable_voxels"
      case simulatedVoxels = "simulated_voxels"
      case simulatedError = "simulated_median_relative_error"
      case largestGray = "maximum_Gy"
      case fittedVoxels = "voxel_fits"
      case regions
    }
  }

  public struct Cumulative: Sendable, Hashable, Codable {
    public let cycles: [Int]
    public let regions: [Region]
  }

  /// One region of a map.
  public struct Region: Sendable, Hashable, Codable {
    public let region: String
    public let kind: RegionKind
    public let volume: Double
    public let mean: Double
    /// The part of the mean from alphas and recoils, of a cycle; `nil` for nuclides without any.
    public let highLET: Double?
    /// With Monte Carlo only.
    public let statistical: Double?
    /// From the decays outside the region, by the kernel, and the rest of the mean: from those inside.
    public let own, cross: Double?
    public let minimum, maximum, d98, d95, d50, d2: Double
    /// With ``DoseMapResults/alpha``.
    public let uniform: Double
    public let bedMean: Double
    public let bedUniform: Double
    public let alphaBeta: Double?
    public let tissue: String?
    public let unreliableFraction: Double?
    public let simulatedFraction: Double?
    public let histogram: Histogram

    private enum CodingKeys: String, CodingKey {
      case region, kind
      case volume = "volume_mL"
      case mean = "mean_Gy"
      case highLET = "mean_high_let_Gy"
      case statistical = "mean_statistical_Gy"
      case own = "self_dose_Gy"
      case cross = "cross_dose_Gy"
      case minimum = "minimum_Gy"
      case maximum = "maximum_Gy"
      case d98 = "d98_Gy"
      case d95 = "d95_Gy"
      case d50 = "d50_Gy"
      case d2 = "d2_Gy"
      case uniform = "eud_Gy"
      case bedMean = "bed_mean_Gy"
      case bedUniform = "eubed_Gy"
      case alphaBeta = "alpha_beta_Gy"
      case tissue = "radiobiology"
      case unreliableFraction = "unreliable_fraction"
      case simulatedFraction = "simulated_fraction"
      case histogram = "dvh"
    }
  }

  /// Share of the volume that receives at least 0, 1, 2 … steps of dose.
  public struct Histogram: Sendable, Hashable, Codable {
    public let stepGray: Double
    public let percent: [Double]

    private enum CodingKeys: String, CodingKey {
      case stepGray = "step_Gy"
      case percent = "volume_percent"
    }
  }

  private enum CodingKeys: String, CodingKey {
    case method
    case timeActivity = "time_activity"
    case radionuclide, daughters
    case decays = "decays_per_cycle"
    case seed, cycles, cumulative, files, notes, problems
  }

  /// α of the equivalent uniform dose in 1/Gy, as in the worked example of the documentation.
  static let alpha = 0.3

  public var isAssessable: Bool { problems.isEmpty }

  public func json() throws -> String {
    String(decoding: try JSONWriter.data(self).dropLast(), as: UTF8.self)
  }
}

extension DoseMapResults.Region {
  init(_ region: CycleDoseMap.Region) {
    self.init(
      region.name, region.kind, region.dose, region.effect, highLET: region.highLETGray,
      statistical: region.statisticalGray, cross: region.crossGray, tissue: region.radiobiology,
      unreliable: region.unreliableFraction, simulated: region.simulatedFraction)
  }

  init(_ region: CumulativeDoseMap.Region) {
    self.init(
      region.name, region.kind, region.dose, region.effect, highLET: nil, statistical: nil,
      cross: nil, tissue: nil, unreliable: nil, simulated: nil)
  }

  private init(
    _ name: String, _ kind: RegionKind, _ dose: DoseVolume, _ effect: DoseVolume,
    highLET: Double?, statistical: Double?, cross: Double?, tissue: VoxelEffect.Tissue?,
    unreliable: Double?, simulated: Double?
  ) {
    let alpha = DoseMapResults.alpha
    region = name
    self.kind = kind
    volume = dose.volume.millilitres
    mean = dose.meanGray
    self.highLET = highLET
    self.statistical = statistical
    self.cross = cross
    own = cross.map { dose.meanGray - $0 }
    (minimum, maximum) = (dose.minimumGray, dose.maximumGray)
    (d98, d95, d50, d2) = (dose.d98Gray, dose.d95Gray, dose.d50Gray, dose.d2Gray)
    uniform = dose.equivalentUniformGray(alpha: alpha)
    bedMean = effect.meanGray
    bedUniform = effect.equivalentUniformGray(alpha: alpha)
    alphaBeta = tissue?.radiobiology.alphaBeta.gray
    self.tissue = tissue.map { ($0.isGeneric ? "generic: " : "") + $0.radiobiology.source }
    unreliableFraction = unreliable
    simulatedFraction = simulated
    histogram = DoseMapResults.Histogram(
      stepGray: dose.histogram.count > 1 ? dose.histogram[1].gray : 0,
      // A thousandth of a percent is finer than any voxel's share.
      percent: dose.histogram.map { ($0.volumeFraction * 1e5).rounded() / 1e3 })
  }
}

extension DoseMapResults {
  /// What a person reads first.
  public func text() -> String {
    var lines: [String] = []
    for cycle in cycles {
      lines += ["Cycle \(cycle.cycle), \(method.words), on the grid of \(cycle.timePoint)", head]
      lines += cycle.regions.map(row) + [""]
    }
    if let cumulative, cycles.count > 1 {
      let given = cumulative.cycles.map(String.init).joined(separator: ", ")
      lines += ["Cycles \(given) together, in the reference frame", head]
      lines += cumulative.regions.map(row) + [""]
    }
    lines += notes
    if !problems.isEmpty { lines += ["", "Needs attention:"] + problems.map { "  " + $0 } }
    return (lines + ["", "Files in dose: " + files.joined(separator: ", "), Provenance.statement])
      .joined(separator: "\n")
  }

  private var head: String {
    "Region".column(22) + "Mean Gy".column(18) + (hasHighLET ? "High-LET".column(10) : "")
      + "Cross Gy".column(10) + "D95".column(9)
      + "D2".column(9) + "EUD".column(9) + "BED".column(9)
  }

  /// Whether alphas and recoils give a part of the doses.
  var hasHighLET: Bool { cycles.contains { $0.regions.contains { $0.highLET != nil } } }

  private func row(_ region: Region) -> String {
    let spread = region.statistical.map { " ± \(Digits.text($0, 3))" } ?? ""
    let highLET = region.highLET.map { Digits.text($0, 3) } ?? "–"
    return region.region.column(22) + (Digits.text(region.mean, 3) + spread).column(18)
      + (hasHighLET ? highLET.column(10) : "")
      + (region.cross.map { Digits.text($0, 3) } ?? "–").column(10)
      + Digits.text(region.d95, 2).column(9) + Digits.text(region.d2, 2).column(9)
      + Digits.text(region.uniform, 2).column(9) + Digits.text(region.bedMean, 2).column(9)
  }
}
