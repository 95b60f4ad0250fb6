import Foundation

/// One series preferred to others of its kind, with the reason against each of them.
public struct SeriesChoice: Sendable, Hashable {
  public typealias Series = SeriesCatalogue.Series

  /// A series that was not taken.
  public struct PassedOver: Sendable, Hashable {
    public let series: Series
    public let reason: String
    /// Both could be meant, and only a person knows which.
    public let isForUser: Bool
  }

  /// `nil` when none can be used.
  public let chosen: Series?
  /// Others that are as good by every rule.
  public let ties: [Series]
  public let passedOver: [PassedOver]
}

/// One rule by which series are preferred.
struct Preference {
  typealias Series = SeriesCatalogue.Series

  /// Less is better.
  let grade: (Series) -> Double
  /// Grades this close to the best are as good.
  var tolerance = 0.0
  var isForUser = false
  /// What is said of a series that falls behind another.
  let reason: (_ loser: Series, _ better: Series) -> String

  /// Prefers series that do not have a flaw.
  static func without(
    _ reason: String, _ hasFlaw: @escaping (Series) -> Bool
  ) -> Preference {
    Preference(grade: { hasFlaw($0) ? 1 : 0 }, reason: { _, _ in reason })
  }
}

extension SeriesChoice {
  /// Applies rules in order: each passes over the series that it finds worse than the best that
  /// are left. What no rule tells apart is a tie.
  ///
  /// - Parameters:
  ///   - candidates: In any order; the result does not depend on it.
  ///   - exclusion: Why a series cannot be used at all; `nil` when it can.
  init(
    among candidates: [Series], excluding exclusion: (Series) -> String?, by rules: [Preference]
  ) {
    var passed: [PassedOver] = []
    var left: [Series] = []
    for series in candidates.sorted(by: Self.isBefore) {
      if let reason = exclusion(series) {
        passed.append(PassedOver(series: series, reason: reason, isForUser: false))
      } else {
        left.append(series)
      }
    }
    for rule in rules where left.count > 1 {
      let grades = left.map(rule.grade)
      guard let best = grades.min(), let winner = grades.firstIndex(of: best) else { continue }
      let limit = best + rule.tolerance
      for (series, grade) in zip(left, grades) where grade > limit {
        passed.append(
          PassedOver(
            series: series, reason: rule.reason(series, left[winner]), isForUser: rule.isForUser))
      }
      left = zip(left, grades).filter { $1 <= limit }.map(\.0)
    }
    chosen = left.first
    ties = Array(left.dropFirst())
    passedOver = passed
  }

  private static func isBefore(_ a: Series, _ b: Series) -> Bool {
    let (start, other) = (a.start ?? .distantFuture, b.start ?? .distantFuture)
    return start == other ? a.uid < b.uid : start < other
  }
}

extension SeriesCatalogue.Series {
  /// The first path, in quotes: how messages name a series.
  public var place: String { "'\(PlainText.escaped(files.first ?? ""))'" }

  /// Whether its slices are known not to make a volume.
  var isBroken: Bool { role.isStack && grid == nil }

  func minutes(from other: SeriesCatalogue.Series) -> Double? {
    guard let start, let begin = other.start else { return nil }
    return start.timeIntervalSince(begin) / 60
  }
}
