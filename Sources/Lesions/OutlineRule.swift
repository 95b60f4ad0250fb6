public import Quantities

/// An uptake level: a fixed SUV, or one tied to the patient's own liver.
public enum UptakeThreshold: Sendable, Hashable, Codable {
  case fixed(SUVbw)
  /// `multiple` × liver mean + `standardDeviations` × liver SD, in the 3 cm reference sphere.
  case liver(multiple: Double, standardDeviations: Double)

  /// PERCIST 1.0: 1.5 × liver mean + 2 SD (Wahl 2009, J Nucl Med 50 Suppl 1:122S). Liver and
  /// lesion are normalised alike, so the rule is the same voxels in SUVbw and in SUL.
  public static let percist = UptakeThreshold.liver(multiple: 1.5, standardDeviations: 2)

  /// Liver mean + 2 SD: the level PERCIST 1.0 measures total lesion glycolysis above (table 3 of
  /// J Cancer 2010;1:80, adapted from Wahl 2009).
  public static let liverMeanAndTwoDeviations = UptakeThreshold.liver(
    multiple: 1, standardDeviations: 2)

  /// SUV 3: qPSMA's level for bone lesions (Gafita 2019, J Nucl Med 60:1277, abstract). Its
  /// liver-based level for soft tissue is not given there and is left to the site.
  public static let psma = UptakeThreshold.fixed(.gramsPerMillilitre(3))

  /// The level in SUVbw.
  ///
  /// - Throws: ``LesionError/liverReferenceNeeded`` or ``LesionError/thresholdNotPositive``.
  public func level(liver: LiverReference?) throws(LesionError) -> SUVbw {
    let level: SUVbw
    switch self {
    case .fixed(let suv): level = suv
    case .liver(let multiple, let deviations):
      guard let liver else { throw .liverReferenceNeeded }
      level = liver.mean * multiple + liver.standardDeviation * deviations
    }
    guard level > .zero, level.inBaseUnit.isFinite else { throw .thresholdNotPositive }
    return level
  }
}

/// How the edge of a lesion is drawn.
public enum OutlineRule: Sendable, Hashable, Codable {
  /// Every connected region at or above one level.
  case threshold(UptakeThreshold)
  /// Each region at or above a seed level, drawn again at a fraction of its own maximum.
  case fractionOfMaximum(FractionOfMaximum)
  /// Each region at or above a seed level, drawn again where uptake falls most steeply.
  case gradient(GradientEdge)
  /// The voxels that at least so many of several rules take in. Kolinger 2019 (EJNMMI Res 9:14)
  /// found such a vote (MV2: two of four) the most repeatable.
  indirect case majority(of: [OutlineRule], least: Int)
  /// Outlines that a person or another program drew (RTSTRUCT, SEG).
  case given

  public static func fixed(_ suv: SUVbw) -> OutlineRule { .threshold(.fixed(suv)) }
  public static let percist = OutlineRule.threshold(.percist)
}

/// The 41 % rule and its relatives: the outline is the region connected to the maximum at or
/// above a fraction of it.
///
/// 41 % of the maximum is the level that EANM's FDG guideline names (Boellaard 2015, Eur J Nucl
/// Med Mol Imaging 42:328) and that Erdi 1997 (Cancer 80:2505) found for large spheres at high
/// contrast; it draws low-contrast lesions too large unless the background is taken in.
public struct FractionOfMaximum: Sendable, Hashable, Codable {
  public var fraction = 0.41
  /// Regions start where uptake reaches this level.
  public var seeds: UptakeThreshold
  public var background = Background.ignored
  /// How far beyond its seed a region may grow where the fraction lies below the seed level. A
  /// region that reaches this far has leaked into its surroundings and is cut back to its seed.
  public var reach = Length.millimetres(15)

  public enum Background: Sendable, Hashable, Codable {
    /// Level = fraction × maximum.
    case ignored
    /// Level = background + fraction × (maximum − background), with the mean of the shell 5 to
    /// 10 mm outside the plain region as background.
    case local
    /// The level at which a blurred uniform sphere of the region's own size has its true edge,
    /// above the local background: near one half for large regions, less for small ones. `width`
    /// is the full width at half maximum of the image's point spread, voxels included;
    /// ``fraction`` is where the search for the size begins.
    case modelled(width: Length)
  }

  public init(
    seeds: UptakeThreshold, fraction: Double = 0.41, background: Background = .ignored
  ) {
    self.fraction = fraction
    self.seeds = seeds
    self.background = background
  }

  /// 45 % of the maximum, for somatostatin receptor PET: with 60 %, the fraction whose volume
  /// foretold progression best in 34 patients with Ga-68 DOTATATE PET (segmentation of the
  /// somatostatin receptor expressing tumour volume, Nucl Med Commun 2023; abstract).
  public static func sstr(seeds: UptakeThreshold) -> FractionOfMaximum {
    FractionOfMaximum(seeds: seeds, fraction: 0.45)
  }
}

/// The edge is where the watershed between the lesion's core and its surroundings runs on the
/// magnitude of the gradient (Geets 2007, Eur J Nucl Med Mol Imaging 34:1427).
public struct GradientEdge: Sendable, Hashable, Codable {
  /// Regions start where uptake reaches this level.
  public var seeds: UptakeThreshold
  /// How far beyond its seed the edge is looked for.
  public var reach = Length.millimetres(12)
  /// Above this fraction of the way from the surroundings to the maximum lies the core.
  public var core = 0.7

  public init(seeds: UptakeThreshold) { self.seeds = seeds }
}
