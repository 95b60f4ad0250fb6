import Foundation
import Lesions
import Quantities
import Response
import Volumes

/// How large a lesion is over a course, relative to its size at the reference scan.
///
/// Between two diagnostic scans the logarithm of the volume is taken to change evenly, from the
/// first administration after the earlier one on: before it nothing made it shrink. Before the first
/// and after the last scan that shows the lesion it keeps its size.
struct LesionSize: Sendable, Hashable, Codable {
  /// What one diagnostic scan says.
  struct Knot: Sendable, Hashable, Codable {
    let at: Date
    /// ln of the volume over that at the reference.
    let logRatio: Double
  }

  /// In order of time; empty where only the reference shows the lesion.
  let knots: [Knot]

  /// Volume over that at the reference, and its standard uncertainty over it: the change is monotone
  /// at best, so the volume may be anywhere between the two scans'; a rectangle midway, nothing at
  /// either end.
  func volumeRatio(
    at date: Date, administrations: [Date]
  ) -> (ratio: Double, relativeUncertainty: Double) {
    guard let after = knots.firstIndex(where: { $0.at > date }) else {
      return (exp(knots.last?.logRatio ?? 0), 0)
    }
    guard after > 0 else { return (exp(knots[0].logRatio), 0) }
    let (a, b) = (knots[after - 1], knots[after])
    let start = administrations.filter { $0 > a.at && $0 < b.at }.min() ?? a.at
    let part = max(0, date.timeIntervalSince(start) / b.at.timeIntervalSince(start))
    let change = b.logRatio - a.logRatio
    return (
      exp(a.logRatio + part * change), abs(change) * (part * (1 - part) / 3).squareRoot()
    )
  }
}

extension TrackResult {
  /// The lesions outlined at the reference, by track.
  func lesions(atReference reference: String) -> [DosedLesion] {
    lesions.compactMap { lesion in
      outline(of: lesion, at: reference).map {
        DosedLesion(
          track: lesion.id, name: lesion.name, outline: $0.outline,
          radius: lesion.point(reference)?.recoveredRadius, size: size(of: lesion, reference))
      }
    }
  }

  private func size(of lesion: TrackedLesion, _ reference: String) -> LesionSize {
    LesionSize(
      knots: scans.compactMap { scan in
        guard let at = scan.start,
          let ratio = logRatio(of: lesion, at: scan.timePoint, reference)
        else { return nil }
        return LesionSize.Knot(at: at, logRatio: ratio)
      }.sorted { $0.at < $1.at })
  }

  /// From the recovered spheres of both scans, else from the outlines; lesions that have grown
  /// into one share its growth.
  private func logRatio(
    of lesion: TrackedLesion, at timePoint: String, _ reference: String
  ) -> Double? {
    guard timePoint != reference else { return 0 }
    guard let point = lesion.point(timePoint) else { return nil }
    var host = lesion
    if case .merged(let id) = point.fate {
      guard let other = lesions.first(where: { $0.id == id }) else { return nil }
      host = other
    }
    guard let now = host.point(timePoint), let volume = now.metrics?.metabolicVolume else {
      return nil
    }
    let isAlone = now.sharedWith.isEmpty && host.id == lesion.id
    if isAlone, let radius = now.recoveredRadius,
      let before = lesion.point(reference)?.recoveredRadius
    {
      return 3 * log(radius / before)
    }
    let group = [host] + lesions.filter { now.sharedWith.contains($0.id) }
    let volumes = group.compactMap { $0.point(reference)?.metrics?.metabolicVolume.millilitres }
    guard volumes.count == group.count else { return nil }
    return log(volume.millilitres / volumes.reduce(0, +))
  }
}

extension TrackResult.Point {
  fileprivate var recoveredRadius: Length? { metrics?.recovered.value?.radius?.value }
}
