import Geometry
import Quantities
import Volumes

/// Follows lesions through the time points of a course.
///
/// Time points are taken in the order given. At each one the tracks' last known places are
/// paired with its lesions in the reference frame at the least total cost; what stays unpaired
/// is then explained: merged, split, out of field, not assessable, vanished, or new.
public struct LesionTracker: Sendable {
  public let options: TrackingOptions

  public init(options: TrackingOptions = TrackingOptions()) { self.options = options }

  public func track(_ timePoints: [TrackedTimePoint]) -> TrackingResult {
    var course = TrackedCourse(options: options)
    for timePoint in timePoints { course.add(timePoint) }
    return TrackingResult(
      tracks: course.tracks.map(\.track), unplaced: course.unplaced, options: options)
  }
}

/// The tracks as far as they are known.
private struct TrackedCourse {
  struct Known {
    var track: LesionTrack
    /// Where it was last seen.
    var place: LesionPlace
    /// The track it has merged into, as long as it is not seen apart again.
    var mergedInto: Int?
  }

  let options: TrackingOptions
  private(set) var tracks: [Known] = []
  private(set) var unplaced: [TrackingResult.UnplacedLesion] = []
  private var earlier: [TrackedTimePoint] = []

  init(options: TrackingOptions) { self.options = options }

  mutating func add(_ timePoint: TrackedTimePoint) {
    defer { earlier.append(timePoint) }
    guard case .mapped = timePoint.placement else { return skip(timePoint) }
    let places = timePoint.lesions.compactMap { LesionPlace($0, in: timePoint) }
    var step = Step(timePoint: timePoint, places: places, trackCount: tracks.count)
    pair(&step)
    findMerged(&step)
    findParts(&step)
    explainMissing(&step)
    record(step)
    begin(step)
  }

  /// One time point's pairing while it is worked out.
  struct Step {
    let timePoint: TrackedTimePoint
    let places: [LesionPlace]
    /// Per track.
    var lesion: [Int?]
    var fate: [LesionTrack.Fate?]
    /// Per lesion: its track, the track it is a part of, or why it belongs to none.
    var owner: [Int?]
    var parent: [Int?]
    var withheld: [String?]

    init(timePoint: TrackedTimePoint, places: [LesionPlace], trackCount: Int) {
      self.timePoint = timePoint
      self.places = places
      lesion = Array(repeating: nil, count: trackCount)
      fate = Array(repeating: nil, count: trackCount)
      owner = Array(repeating: nil, count: places.count)
      parent = Array(repeating: nil, count: places.count)
      withheld = Array(repeating: nil, count: places.count)
    }
  }

  private mutating func skip(_ timePoint: TrackedTimePoint) {
    guard case .notLinked(let reason) = timePoint.placement else { return }
    for t in tracks.indices {
      append(.notAssessable(reason: reason), lesion: nil, timePoint, to: t)
    }
    for n in timePoint.lesions.indices {
      unplaced.append(.init(timePoint: timePoint.id, lesion: n, reason: reason))
    }
  }

  private func pair(_ step: inout Step) {
    var pairs: [OptimalAssignment.Pair] = []
    for t in tracks.indices {
      for (n, place) in step.places.enumerated() {
        guard let cost = options.cost(tracks[t].place, place) else { continue }
        pairs.append(.init(row: t, column: n, cost: cost))
      }
    }
    let columns = OptimalAssignment.solve(
      rows: tracks.count, columns: step.places.count, pairs: pairs, alone: options.alone)
    for (t, n) in columns.enumerated() {
      guard let n else { continue }
      step.lesion[t] = n
      step.fate[t] = .present
      step.owner[n] = t
    }
    withholdCoarse(&step)
  }

  /// A link coarser than the lesion cannot say which lesion this is, even when one is near.
  private func withholdCoarse(_ step: inout Step) {
    for t in tracks.indices {
      guard let n = step.lesion[t] else { continue }
      let error = max(tracks[t].place.localError, step.places[n].localError)
      guard error > tracks[t].place.radius else { continue }
      let reason = Self.coarse(error: error, radius: tracks[t].place.radius)
      step.fate[t] = .notAssessable(reason: reason)
      step.lesion[t] = nil
      step.owner[n] = nil
      step.withheld[n] = reason
    }
  }

  /// A track without a lesion has merged when another track's lesion now covers its place, or
  /// when that lesion fits the two taken together better than it fits the other alone.
  private func findMerged(_ step: inout Step) {
    for t in tracks.indices where step.fate[t] == nil {
      let own = tracks[t].place
      let best = step.places.indices.compactMap { n -> (n: Int, distance: Double)? in
        guard let other = step.owner[n], tracks[other].mergedInto == nil else { return nil }
        let place = step.places[n]
        let distance = place.distance(toReferencePoint: own.centre)
        let covers = distance <= place.halfVoxel + max(own.localError, place.localError)
        return covers || fitsTogether(own, tracks[other].place, place) ? (n, distance) : nil
      }.min { $0.distance < $1.distance }
      guard let best, let other = step.owner[best.n] else { continue }
      step.fate[t] = .merged(into: tracks[other].track.id)
      step.lesion[t] = best.n
    }
  }

  /// Whether two lesions before explain one lesion now better than the second alone does.
  private func fitsTogether(
    _ a: LesionPlace, _ b: LesionPlace, _ now: LesionPlace
  ) -> Bool {
    let total = a.volume + b.volume
    let joint = PatientPoint(
      millimetres: (a.centre.millimetres * a.volume + b.centre.millimetres * b.volume) / total)
    let reach = now.halfVoxel + now.localError + options.breathingAllowance.millimetres / 2
    guard now.distance(toReferencePoint: a.centre) <= reach else { return false }
    let together = options.squaredDistance(joint, now.centre, a, now)
    let alone = options.squaredDistance(b.centre, now.centre, b, now)
    // The joint lesion must be nearer, and nearer in size too.
    return together < alone && abs(now.volume - total) < abs(now.volume - b.volume)
  }

  /// An unowned lesion is a part of a track's lesion when that lesion, where last seen, covered
  /// its place and the track goes on beside it.
  private func findParts(_ step: inout Step) {
    for n in step.places.indices where step.owner[n] == nil && step.withheld[n] == nil {
      let place = step.places[n]
      let parent = tracks.indices.compactMap { t -> (t: Int, distance: Double)? in
        guard step.fate[t] == .present else { return nil }
        let before = tracks[t].place
        let distance = before.distance(toReferencePoint: place.centre)
        let near = before.halfVoxel + max(before.localError, place.localError)
        return distance <= near ? (t, distance) : nil
      }.min { $0.distance < $1.distance }
      step.parent[n] = parent?.t
    }
  }

  private func explainMissing(_ step: inout Step) {
    for t in tracks.indices where step.fate[t] == nil {
      let place = tracks[t].place
      guard case .mapped(let map) = step.timePoint.placement else { continue }
      let worst = max(map.error(at: place.centre), place.localError)
      if !step.timePoint.fieldOfView.contains(map.toHere(place.centre)) {
        step.fate[t] = .outOfField
      } else if worst > place.radius {
        step.fate[t] = .notAssessable(
          reason: Self.coarse(error: worst, radius: place.radius))
      } else if let other = tracks[t].mergedInto, let lesion = step.lesion[other] {
        step.fate[t] = .merged(into: tracks[other].track.id)
        step.lesion[t] = lesion
      } else {
        step.fate[t] = .vanished
      }
    }
  }

  private mutating func record(_ step: Step) {
    // Parts get the next free ids in order, so the split can name them before they begin.
    let newcomers = newLesions(step)
    for t in step.fate.indices {
      var fate = step.fate[t] ?? .vanished
      let parts = newcomers.enumerated().filter { step.parent[$0.element] == t }
        .map { "L\(tracks.count + $0.offset + 1)" }
      if !parts.isEmpty { fate = .split(into: parts) }
      append(fate, lesion: step.lesion[t], step.timePoint, to: t)
      if let n = step.lesion[t], step.owner[n] == t {
        tracks[t].place = step.places[n]
        tracks[t].mergedInto = nil
      } else if let n = step.lesion[t] {
        tracks[t].mergedInto = step.owner[n]
      }
    }
    for (n, reason) in step.withheld.enumerated() {
      guard let reason else { continue }
      unplaced.append(.init(timePoint: step.timePoint.id, lesion: n, reason: reason))
    }
  }

  /// Lesions that begin a track here, by falling uptake.
  private func newLesions(_ step: Step) -> [Int] {
    step.places.indices.filter { step.owner[$0] == nil && step.withheld[$0] == nil }
      .sorted { (step.places[$0].maximum, -$0) > (step.places[$1].maximum, -$1) }
  }

  private mutating func begin(_ step: Step) {
    let parents = step.parent.map { $0.map { tracks[$0].track.id } }
    for n in newLesions(step) {
      var states = earlier.map {
        LesionTrack.State(timePoint: $0.id, fate: .notYetSeen, lesion: nil)
      }
      let fate = parents[n].map(LesionTrack.Fate.partOf) ?? firstFate(of: step.places[n])
      states.append(.init(timePoint: step.timePoint.id, fate: fate, lesion: n))
      let track = LesionTrack(id: "L\(tracks.count + 1)", states: states)
      tracks.append(Known(track: track, place: step.places[n], mergedInto: nil))
    }
  }

  /// New only when an earlier time point could have shown it.
  private func firstFate(of place: LesionPlace) -> LesionTrack.Fate {
    if earlier.isEmpty { return .present }
    let wasImaged = earlier.contains {
      guard case .mapped(let map) = $0.placement else { return false }
      return map.error(at: place.centre) <= place.radius
        && $0.fieldOfView.contains(map.toHere(place.centre))
    }
    return wasImaged ? .new : .firstAssessable
  }

  private mutating func append(
    _ fate: LesionTrack.Fate, lesion: Int?, _ timePoint: TrackedTimePoint, to t: Int
  ) {
    tracks[t].track.states.append(.init(timePoint: timePoint.id, fate: fate, lesion: lesion))
  }

  private static func coarse(error: Double, radius: Double) -> String {
    func text(_ mm: Double) -> String { "\((mm * 10).rounded() / 10) mm" }
    guard error.isFinite else { return "the link's local error is not known at this place" }
    return "the link's local error (\(text(error))) is larger than the lesion's radius "
      + "(\(text(radius)))"
  }
}
