import Dosimetry
import Foundation
import Lesions
import Quantities
import Reporting
import Response

/// The plots of all lesions together, from the results of a course.
struct CoursePlots {
  let results: CourseResults
  private let tracks: TrackResult
  /// The time points of the first and the last diagnostic scan.
  private let first, last: String

  /// `nil` without a follow-up.
  init?(_ results: CourseResults) {
    guard let tracks = results.tracks, tracks.scans.count > 1, !tracks.lesions.isEmpty,
      let first = tracks.scans.first?.timePoint, let last = tracks.scans.last?.timePoint
    else { return nil }
    (self.results, self.tracks, self.first, self.last) = (results, tracks, first, last)
  }

  private static let metric = UptakeMetric.suvPeak
  private var quantity: String { Self.metric.displayName }
  private var interval: String { "\(first) to \(last)" }

  func waterfall() -> Plot {
    var bars: [WaterfallPlot.Bar] = []
    var others: [String] = []
    for lesion in tracks.lesions {
      switch outcome(of: lesion, at: last) {
      case .vanished:
        bars.append(
          .init(name: lesion.id, percent: -100, isBeyondNoise: nil, note: "vanished"))
      case .changed(let change):
        bars.append(
          .init(name: lesion.id, percent: change.percent, isBeyondNoise: change.isBeyondNoise))
      case .none(let reason): others.append("\(lesion.id): \(reason)")
      }
    }
    return WaterfallPlot(
      quantity: quantity, interval: interval, bars: bars, noise: noise, others: others
    ).plot(named: "waterfall")
  }

  /// `nil` with one follow-up, where it would say no more than the waterfall.
  func spider() -> Plot? {
    guard tracks.scans.count > 2 else { return nil }
    let lines = tracks.lesions.compactMap { lesion -> SpiderPlot.Line? in
      let points = tracks.scans.dropFirst().compactMap { scan -> SpiderPlot.Point? in
        guard let days = days(scan.start) else { return nil }
        switch outcome(of: lesion, at: scan.timePoint) {
        case .vanished: return .init(days: days, percent: -100, isBeyondNoise: nil)
        case .changed(let change):
          return .init(days: days, percent: change.percent, isBeyondNoise: change.isBeyondNoise)
        case .none: return nil
        }
      }
      return points.isEmpty ? nil : SpiderPlot.Line(name: lesion.id, points: points)
    }
    guard !lines.isEmpty else { return nil }
    return SpiderPlot(
      quantity: quantity, lines: lines, noise: noise, cycles: cycles.map(\.days)
    ).plot(named: "spider")
  }

  /// `nil` when a scan does not say when it was made.
  func swimmer() -> Plot? {
    let times = tracks.scans.compactMap { scan in
      days(scan.start).map { (scan.timePoint, $0) }
    }
    guard times.count == tracks.scans.count else { return nil }
    let lanes = tracks.lesions.map { lesion in
      SwimmerPlot.Lane(
        name: lesion.id,
        scans: times.compactMap { timePoint, days in
          lesion.point(timePoint)?.swimmerState.map { .init(days: days, state: $0) }
        })
    }
    return SwimmerPlot(lanes: lanes, cycles: cycles).plot(named: "swimmer")
  }

  /// `nil` when no lesion has a dose.
  func doseResponse() -> Plot? {
    let doses = Dictionary(
      results.cumulative.filter { $0.kind == .lesion }.map { ($0.region, $0.dose) },
      uniquingKeysWith: { first, _ in first })
    var points: [DoseResponsePlot.Point] = []
    var others: [String] = []
    for lesion in tracks.lesions {
      guard let dose = doses[lesion.id] else {
        others.append("\(lesion.id): no dose")
        continue
      }
      let (gray, uncertainty) = (dose.value.gray, dose.standardUncertainty?.gray)
      switch outcome(of: lesion, at: last) {
      case .vanished:
        points.append(
          .init(
            name: lesion.id, gray: gray, grayUncertainty: uncertainty, percent: -100,
            percentInterval: nil))
      case .changed(let change):
        points.append(
          .init(
            name: lesion.id, gray: gray, grayUncertainty: uncertainty, percent: change.percent,
            percentInterval: change.interval))
      case .none(let reason): others.append("\(lesion.id): \(reason)")
      }
    }
    guard !points.isEmpty else { return nil }
    return DoseResponsePlot(
      quantity: quantity, interval: interval, points: points, noise: noise, others: others
    ).plot(named: "dose-response")
  }

  // MARK: What became of a lesion

  private enum Outcome {
    case vanished
    case changed(UptakeChange)
    case none(reason: String)
  }

  /// Against the first scan; a lesion that was first seen later has no bar.
  private func outcome(
    of lesion: TrackResult.TrackedLesion, at timePoint: String
  ) -> Outcome {
    let point = lesion.point(timePoint)
    if point?.fate == .vanished { return .vanished }
    let change = lesion.changes.last {
      $0.metric == Self.metric && $0.to == timePoint && $0.from == first
    }
    guard let change else { return .none(reason: point?.words ?? "not seen") }
    switch change.change {
    case .value(let value): return .changed(value)
    case .notAssessable(let reason): return .none(reason: reason)
    }
  }

  /// The limits of the first lesion that has some: one tracer and one metric have one.
  private var noise: ClosedRange<LogRatio>? {
    for lesion in tracks.lesions {
      for case .value(let change) in lesion.changes.filter({ $0.metric == Self.metric })
        .map(\.change)
      {
        guard let noise = change.noise else { continue }
        return LogRatio.percent(noise.lowerPercent)...LogRatio.percent(noise.upperPercent)
      }
    }
    return nil
  }

  private func days(_ date: Date?) -> Double? {
    guard let date, let start = tracks.scans.first?.start else { return nil }
    return date.timeIntervalSince(start) / 86_400
  }

  private var cycles: [SwimmerPlot.Cycle] {
    results.course.cycles.compactMap { cycle in
      days(cycle.at).map { .init(name: "cycle \(cycle.number)", days: $0) }
    }
  }
}

extension UptakeChange {
  /// `nil` where no test-retest data exist.
  fileprivate var isBeyondNoise: Bool? {
    switch judgement {
    case .beyondRepeatability: true
    case .withinRepeatability: false
    case .notJudged: nil
    }
  }

  /// What repeatability allows around the measured change, in per cent.
  fileprivate var interval: ClosedRange<Double>? {
    noise.map { noise in
      let ratio = 1 + percent / 100
      return (ratio * (1 + noise.lowerPercent / 100) - 1)
        * 100...(ratio * (1 + noise.upperPercent / 100) - 1) * 100
    }
  }
}

extension TrackResult.Point {
  /// `nil` before the lesion is seen.
  fileprivate var swimmerState: SwimmerPlot.State? {
    guard sharedWith.isEmpty || fate != .present else { return .joined }
    switch fate {
    case .notYetSeen: return nil
    case .new: return .new
    case .vanished: return .vanished
    case .merged, .split, .partOf: return .joined
    case .outOfField, .notAssessable: return .notAssessable
    default: return .present
    }
  }
}
