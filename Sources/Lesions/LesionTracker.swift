import Geometry
import Quantities
import Volumes

/// Follows lesions through the time points of a course.
///
/// Identities are chosen for the lesions of all time points together, at the least total cost in
/// the reference frame (see ``LesionChains``). What each identity did at a time point where it
/// has no lesion of its own is then explained: merged, out of field, not assessable, vanished;
/// and where it begins: present, new, part of another, first assessable.
public struct LesionTracker: Sendable {
  public let options: TrackingOptions

  public init(options: TrackingOptions = TrackingOptions()) { self.options = options }

  /// - Parameter timePoints: In order of time.
  public func track(_ timePoints: [TrackedTimePoint]) -> TrackingResult {
    track(timePoints, joined: [])
  }

  /// - Parameter joined: Lesions that are one by a person's word, at most one per time point.
  func track(_ timePoints: [TrackedTimePoint], joined: [[LesionKey]]) -> TrackingResult {
    let nodes = timePoints.enumerated().flatMap { time, point in
      point.lesions.enumerated().compactMap { n, lesion in
        LesionPlace(lesion, in: point).map { LesionNode(time: time, lesion: n, place: $0) }
      }
    }
    let isLinked = timePoints.map { $0.placement.isMapped }
    let chained = LesionChains(options: options, isLinked: isLinked)
      .join(nodes, together: joined)
    let (chains, withheld) = withholdCoarse(
      chained.map { $0.map { nodes[$0] } }, exempt: Set(joined.joined()))
    let history = LesionHistory(timePoints, chains: chains, options: options)
    let notLinked = timePoints.flatMap { point -> [TrackingResult.UnplacedLesion] in
      guard case .notLinked(let reason) = point.placement else { return [] }
      return point.lesions.indices.map {
        .init(timePoint: point.id, lesion: $0, reason: reason)
      }
    }
    let order = Dictionary(
      uniqueKeysWithValues: timePoints.enumerated().map { ($0.element.id, $0.offset) })
    let coarse = withheld.map { node, reason in
      TrackingResult.UnplacedLesion(
        timePoint: timePoints[node.time].id, lesion: node.lesion, reason: reason)
    }
    return TrackingResult(
      tracks: history.tracks,
      unplaced: (notLinked + coarse).sorted {
        (order[$0.timePoint] ?? 0, $0.lesion) < (order[$1.timePoint] ?? 0, $1.lesion)
      }, options: options)
  }

  /// A link coarser than the lesion cannot say which lesion this is, even when one is near: such
  /// lesions leave their chain. What is left of a chain stays one as long as it holds together.
  private func withholdCoarse(
    _ chains: [[LesionNode]], exempt: Set<LesionKey>
  ) -> (kept: [[LesionNode]], withheld: [(LesionNode, String)]) {
    var kept: [[LesionNode]] = []
    var withheld: [(LesionNode, String)] = []
    for chain in chains {
      var part = [chain[0]]
      for node in chain.dropFirst() {
        let last = part[part.count - 1].place
        if exempt.contains(LesionKey(time: node.time, lesion: node.lesion)) {
          part.append(node)
          continue
        }
        let error = max(last.localError, node.place.localError)
        if error > last.radius {
          withheld.append((node, Self.coarse(error: error, radius: last.radius)))
        } else if options.cost(last, node.place) == nil {
          kept.append(part)
          part = [node]
        } else {
          part.append(node)
        }
      }
      kept.append(part)
    }
    return (kept, withheld)
  }

  static func coarse(error: Double, radius: Double) -> String {
    func text(_ mm: Double) -> String { "\((mm * 10).rounded() / 10) mm" }
    guard error.isFinite else { return "the link's local error is not known at this place" }
    return "the link's local error (\(text(error))) is larger than the lesion's radius "
      + "(\(text(radius)))"
  }
}

extension TrackedTimePoint.Placement {
  var isMapped: Bool { if case .mapped = self { true } else { false } }
}
