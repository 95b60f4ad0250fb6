import Geometry
import Quantities

/// Tells what became of each identity at every time point.
struct LesionHistory {
  private let timePoints: [TrackedTimePoint]
  private let options: TrackingOptions
  private var known: [Known]

  /// One identity: its lesions, and how far its story is told.
  private struct Known {
    let id: String
    /// Its lesion at each time point.
    let own: [LesionNode?]
    let begin: Int
    var states: [LesionTrack.State] = []
    /// Where it was last seen.
    var place: LesionPlace?
    /// The track it has merged into, as long as it is not seen apart again.
    var mergedInto: Int?
    /// Whether its place was imaged without it since it was last seen.
    var hasVanished = false
  }

  var tracks: [LesionTrack] { known.map { LesionTrack(id: $0.id, states: $0.states) } }

  init(_ timePoints: [TrackedTimePoint], chains: [[LesionNode]], options: TrackingOptions) {
    self.timePoints = timePoints
    self.options = options
    // Named by falling uptake at the first time point, later ones after them.
    let ordered = chains.sorted { a, b in
      let (p, q) = (a[0], b[0])
      if p.time != q.time { return p.time < q.time }
      return (p.place.maximum, -p.lesion) > (q.place.maximum, -q.lesion)
    }
    known = ordered.enumerated().map { n, chain in
      var own = [LesionNode?](repeating: nil, count: timePoints.count)
      for node in chain { own[node.time] = node }
      return Known(id: "L\(n + 1)", own: own, begin: chain[0].time)
    }
    for time in timePoints.indices { tell(time) }
  }

  private mutating func tell(_ time: Int) {
    if case .notLinked(let reason) = timePoints[time].placement {
      for t in known.indices {
        append(
          known[t].begin > time ? .notYetSeen : .notAssessable(reason: reason), lesion: nil,
          time, to: t)
      }
      return
    }
    let parents = known.indices.map { parent(of: $0, at: time) }
    // All fates are told from what was known before this time point.
    let told = known.indices.map { story(of: $0, at: time, parents: parents) }
    for t in known.indices {
      append(told[t].fate, lesion: told[t].lesion, time, to: t)
      moveOn(t, told[t], time)
    }
  }

  /// A fate, the lesion that goes with it, and the track that owns that lesion if another does.
  private struct Story {
    let fate: LesionTrack.Fate
    var lesion: Int?
    var host: Int?
  }

  private mutating func append(
    _ fate: LesionTrack.Fate, lesion: Int?, _ time: Int, to t: Int
  ) {
    known[t].states.append(.init(timePoint: timePoints[time].id, fate: fate, lesion: lesion))
  }

  private mutating func moveOn(_ t: Int, _ story: Story, _ time: Int) {
    if let node = known[t].own[time] {
      known[t].place = node.place
      known[t].mergedInto = nil
      known[t].hasVanished = false
    } else if let host = story.host {
      known[t].mergedInto = host
    } else if story.fate == .vanished {
      known[t].hasVanished = true
    }
  }

  private func story(of t: Int, at time: Int, parents: [Int?]) -> Story {
    let track = known[t]
    guard track.begin <= time else { return Story(fate: .notYetSeen) }
    if let node = track.own[time] {
      return Story(fate: seen(t, node, at: time, parents), lesion: node.lesion)
    }
    guard let place = track.place else { return Story(fate: .notYetSeen) }
    if let host = host(of: t, at: time) ?? stillMerged(t, at: time) {
      return Story(
        fate: .merged(into: known[host].id), lesion: known[host].own[time]?.lesion, host: host)
    }
    return Story(fate: missing(place, at: time))
  }

  private func seen(
    _ t: Int, _ node: LesionNode, at time: Int, _ parents: [Int?]
  ) -> LesionTrack.Fate {
    if known[t].begin == time {
      return parents[t].map { .partOf(known[$0].id) } ?? firstFate(of: node.place, at: time)
    }
    let parts = known.indices.filter { parents[$0] == t }.map { known[$0].id }
    if !parts.isEmpty { return .split(into: parts) }
    return known[t].hasVanished ? .reappeared : .present
  }

  /// Why an identity has no lesion, its own or another's, where it should be.
  private func missing(_ place: LesionPlace, at time: Int) -> LesionTrack.Fate {
    guard case .mapped(let map) = timePoints[time].placement else { return .vanished }
    guard timePoints[time].fieldOfView.contains(map.toHere(place.centre)) else {
      return .outOfField
    }
    let worst = max(map.error(at: place.centre), place.localError)
    return worst > place.radius
      ? .notAssessable(reason: LesionTracker.coarse(error: worst, radius: place.radius))
      : .vanished
  }

  // MARK: Merging and coming apart

  /// The track whose lesion now covers another's place, or fits the two taken together better
  /// than it fits its own alone.
  private func host(of t: Int, at time: Int) -> Int? {
    guard let own = known[t].place else { return nil }
    return known.indices.compactMap { other -> (host: Int, distance: Double)? in
      guard other != t, known[other].begin < time, known[other].mergedInto == nil,
        let now = known[other].own[time]?.place, let before = known[other].place
      else { return nil }
      let distance = now.distance(toReferencePoint: own.centre)
      let covers = distance <= now.halfVoxel + max(own.localError, now.localError)
      return covers || fitsTogether(own, before, now) ? (other, distance) : nil
    }.min { $0.distance < $1.distance }?.host
  }

  /// Whether two lesions before explain one lesion now better than the second alone does.
  private func fitsTogether(
    _ a: LesionPlace, _ b: LesionPlace, _ now: LesionPlace
  ) -> Bool {
    let total = a.volume + b.volume
    let joint = PatientPoint(
      millimetres: (a.centre.millimetres * a.volume + b.centre.millimetres * b.volume) / total)
    let reach = now.halfVoxel + now.localError + now.map.residualMotion / 2
    guard now.distance(toReferencePoint: a.centre) <= reach else { return false }
    let together = options.squaredDistance(joint, now.centre, a, now)
    let alone = options.squaredDistance(b.centre, now.centre, b, now)
    // The joint lesion must be nearer, and nearer in size too.
    return together < alone && abs(now.volume - total) < abs(now.volume - b.volume)
  }

  /// The host of before, where the place is fine enough linked to say so and the host goes on.
  private func stillMerged(_ t: Int, at time: Int) -> Int? {
    guard let host = known[t].mergedInto, known[host].own[time] != nil,
      let place = known[t].place, missing(place, at: time) == .vanished
    else { return nil }
    return host
  }

  /// The track that a newcomer came apart from: its lesion, where last seen, covered the
  /// newcomer's place, and it goes on beside it.
  private func parent(of t: Int, at time: Int) -> Int? {
    guard known[t].begin == time, time > 0, let place = known[t].own[time]?.place else {
      return nil
    }
    return known.indices.compactMap { other -> (parent: Int, distance: Double)? in
      guard known[other].begin < time, known[other].own[time] != nil,
        let before = known[other].place
      else { return nil }
      let distance = before.distance(toReferencePoint: place.centre)
      let near = before.halfVoxel + max(before.localError, place.localError)
      return distance <= near ? (other, distance) : nil
    }.min { $0.distance < $1.distance }?.parent
  }

  /// New only when an earlier time point could have shown it.
  private func firstFate(of place: LesionPlace, at time: Int) -> LesionTrack.Fate {
    if time == 0 { return .present }
    let wasImaged = timePoints[..<time].contains {
      guard case .mapped(let map) = $0.placement else { return false }
      return map.error(at: place.centre) <= place.radius
        && $0.fieldOfView.contains(map.toHere(place.centre))
    }
    return wasImaged ? .new : .firstAssessable
  }
}
