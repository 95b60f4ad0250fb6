public import Foundation
public import Lesions
public import Quantities
public import Response

/// What tracking and quantification found over all diagnostic time points.
public struct TrackResult: Sendable, Hashable, Codable {
  public let scans: [ScanFacts]
  public let outlines: [OutliningResult]
  public let tracking: TrackingResult
  public let lesions: [TrackedLesion]
  /// All lesions together, per scan.
  public let burdens: [TumourBurden]
  /// A person's corrections, with what became of each.
  public let edits: [ReplayedEdit]

  /// What was read of one diagnostic scan.
  public struct ScanFacts: Sendable, Hashable, Codable {
    public let timePoint: String
    public let tracer: String?
    public let start: Date?
    public let uptakeMinutes: Double?
    public let injected: Activity?
    public let suvRule: String
    public let suvFactor: Double?
    public let suvCandidates: [String]
    public let liver: Assessment<LiverReference>
    /// Uptake of normal regions, in SUV.
    public let regions: [String: NormalUptake]
    /// Lean body mass over body weight.
    public let leanBodyFraction: Assessment<Double>
    public let origin: ImageOrigin
    /// Metrics that say nothing with this tracer, by their key, with the reason.
    public let refused: [String: String]
    /// What recovery of the mean uptake worked with.
    public let resolution: Assessment<EffectiveResolution>
    public let warnings: [String]
  }

  /// One track with its numbers at every time point and its changes since the first.
  public struct TrackedLesion: Sendable, Hashable, Codable {
    public let id: String
    /// As a person named it.
    public let name: String?
    public let points: [Point]
    /// Against the first time point where the lesion has an outline of its own.
    public let changes: [Change]

    public func point(_ timePoint: String) -> Point? {
      points.first { $0.timePoint == timePoint }
    }
  }

  /// A lesion at one time point.
  public struct Point: Sendable, Hashable, Codable {
    public let timePoint: String
    public let fate: LesionTrack.Fate
    /// `nil` when the lesion has no outline of its own here.
    public let metrics: UptakeMetrics?
    /// Index into the outlines of the time point.
    public let outline: Int?
    /// Other lesions that have grown into the same outline.
    public let sharedWith: [String]
    /// Ratios and features; `nil` without an outline.
    public let measures: LesionMeasures?
    /// Inside the lesion's first own outline, carried here through the links.
    public let carried: Assessment<CarriedUptake>?

    /// The fate in words, for tables: a lesion that others grew into says so.
    public var words: String {
      guard !sharedWith.isEmpty, fate == .present else { return fate.words }
      return "merged with \(sharedWith.joined(separator: ", "))"
    }
  }

  public struct Change: Sendable, Hashable, Codable {
    public let from: String
    public let to: String
    public let metric: UptakeMetric
    public let change: Assessment<UptakeChange>
  }

  /// The value of a metric, unless the tracer's pack refuses it.
  public func value(_ metric: UptakeMetric, of point: Point) -> Assessment<Double>? {
    guard let metrics = point.metrics else { return nil }
    let facts = scans.first { $0.timePoint == point.timePoint }
    if let reason = facts?.refused[metric.key] { return .notAssessable(reason: reason) }
    return metrics[metric]
  }

  public func outline(of lesion: TrackedLesion, at timePoint: String) -> LesionOutline? {
    guard let n = scans.firstIndex(where: { $0.timePoint == timePoint }),
      let index = lesion.point(timePoint)?.outline
    else { return nil }
    return outlines[n].lesions[index]
  }
}

extension LesionTrack.Fate {
  /// In words, for tables.
  public var words: String {
    switch self {
    case .notYetSeen: "not yet seen"
    case .present: "present"
    case .new: "new"
    case .firstAssessable: "first assessable"
    case .vanished: "vanished"
    case .reappeared: "reappeared"
    case .merged(let other): "merged into \(other)"
    case .split(let parts): "split into \(parts.joined(separator: ", "))"
    case .partOf(let other): "part of \(other)"
    case .outOfField: "out of field"
    case .notAssessable(let reason): "not assessable: \(reason)"
    }
  }
}
