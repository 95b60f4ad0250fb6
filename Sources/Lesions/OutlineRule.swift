public import Quantities

/// An uptake level: a fixed SUV, or one tied to the patient's own liver.
public enum UptakeThreshold: Sendable, Hashable, Codable {
  case fixed(SUVbw)
  /// `multiple` × liver mean + `standardDeviations` × liver SD, in the 3 cm reference sphere.
  case liver(multiple: Double, standardDeviations: Double)

  /// PERCIST 1.0: 1.5 × liver mean + 2 SD (Wahl 2009, J Nucl Med 50 Suppl 1:122S). Liver and
  /// lesion are normalised alike, so the rule is the same voxels in SUVbw and in SUL.
  public static let percist = UptakeThreshold.liver(multiple: 1.5, standardDeviations: 2)

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

  public enum Background: String, Sendable, Hashable, Codable {
    /// Level = fraction × maximum.
    case ignored
    /// Level = background + fraction × (maximum − background), with the mean of the shell 5 to
    /// 10 mm outside the plain region as background.
    case local
  }

  public init(seeds: UptakeThreshold, background: Background = .ignored) {
    self.seeds = seeds
    self.background = background
  }
}
