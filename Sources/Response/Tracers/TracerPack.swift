/// What is known of one tracer, read from a file that a site edits: when to scan, which numbers
/// mean something, and how much they vary without any change.
public struct TracerPack: Sendable, Hashable, Codable {
  /// Version of the file format.
  public let format: Int
  /// As the course file writes it: `F-18 FDG`.
  public let name: String
  /// Other spellings, of headers and of other sites.
  public let aliases: [String]?
  public let radionuclide: String
  public let halfLifeMinutes: Double
  /// What uptake stands for: `glucose metabolism`.
  public let target: String
  public let uptake: UptakeTime
  public let reference: Reference
  public let metrics: Metrics
  /// Test-retest data; empty where ``noVariation`` says why.
  public let variation: [Variation]
  public let noVariation: String?
  /// Differences between two scanners that meet one standard.
  public let acrossScanners: [Variation]?
  public let physiological: [PhysiologicalUptake]
  public let outlines: Outlines
  /// Criteria packs that were made for this tracer.
  public let criteria: [String]

  private enum CodingKeys: String, CodingKey {
    case format = "theratrack_tracer"
    case name, aliases, radionuclide, target, uptake, reference, metrics, variation, physiological
    case outlines, criteria
    case halfLifeMinutes = "half_life_min"
    case noVariation = "no_variation"
    case acrossScanners = "across_scanners"
  }

  /// From injection to the begin of the scan.
  public struct UptakeTime: Sendable, Hashable, Codable {
    /// `nil` where no window was found in a source that was read.
    public let fromMinutes: Double?
    public let toMinutes: Double?
    /// By how much two scans may differ.
    public let differenceMinutes: Double?
    public let source: String

    private enum CodingKeys: String, CodingKey {
      case fromMinutes = "from_min"
      case toMinutes = "to_min"
      case differenceMinutes = "difference_min"
      case source
    }

    public var window: ClosedRange<Double>? {
      guard let fromMinutes, let toMinutes, fromMinutes <= toMinutes else { return nil }
      return fromMinutes...toMinutes
    }
  }

  /// The region uptake is compared with.
  public struct Reference: Sendable, Hashable, Codable {
    public let region: String
    /// Taken where the first is diseased or not in the field.
    public let instead: String?
    public let source: String
  }

  public struct Metrics: Sendable, Hashable, Codable {
    public let allowed: [String]
    public let refused: [Refusal]

    public struct Refusal: Sendable, Hashable, Codable {
      public let metric: String
      public let reason: String
    }
  }

  /// How much a metric differs between two scans of an unchanged lesion: one of the two numbers.
  public struct Variation: Sendable, Hashable, Codable {
    public let metric: String
    public let site: LesionSite?
    /// Within-subject coefficient of variation.
    public let withinSubjectPercent: Double?
    /// Repeatability coefficient, 1.96 √2 times as much.
    public let coefficientPercent: Double?
    /// Systematic difference of two scanners, of either sign.
    public let shiftPercent: Double?
    public let source: String

    private enum CodingKeys: String, CodingKey {
      case metric, site, source
      case withinSubjectPercent = "within_subject_percent"
      case coefficientPercent = "coefficient_percent"
      case shiftPercent = "shift_percent"
    }
  }

  /// Uptake that is normal for the tracer, for whoever outlines lesions.
  public struct PhysiologicalUptake: Sendable, Hashable, Codable {
    /// Names of regions as in structure sets; one that is not outlined cannot be left out.
    public let organs: [String]
    public let rule: Rule
    public let reason: String
    public let source: String

    public enum Rule: String, Sendable, Hashable, Codable {
      /// Nothing in the organ is a lesion.
      case exclude
      /// Lesions in the organ must stand out from it.
      case aboveOrgan = "above organ"
      /// Often mistaken; left in and named in the report.
      case warn
    }
  }

  /// Outline rules in use for the tracer, as the course file writes them.
  public struct Outlines: Sendable, Hashable, Codable {
    public let usual: [String]
    public let source: String
  }

  public var tracer: Tracer { Tracer(rawValue: name) }

  /// Whether the text of a course file or header means this tracer; case, hyphens and spaces do
  /// not matter.
  public func isNamed(_ text: String) -> Bool {
    let wanted = Self.plain(text)
    return ([name] + (aliases ?? [])).contains { Self.plain($0) == wanted }
  }

  private static func plain(_ text: String) -> String {
    text.lowercased().filter { $0.isLetter || $0.isNumber }
  }

  /// Why a metric says nothing with this tracer; `nil` when it is allowed.
  public func refusal(of metric: UptakeMetric) -> String? {
    if let refused = metrics.refused.first(where: { $0.metric == metric.key }) {
      return "\(metric.displayName) is refused for \(name): \(refused.reason)"
    }
    guard !metrics.allowed.contains(metric.key) else { return nil }
    return "\(metric.displayName) is not among the metrics allowed for \(name)"
  }
}
