import Geometry
import Quantities
import Volumes

/// Replays a person's corrections on what was found.
///
/// Every reference is looked up in the lesions and identities of the run without edits, so the
/// order of edits and their effect on names do not matter. Outlines change first, then lesions
/// are followed again, then names are given.
public struct LesionEditing: Sendable {
  public let edits: [LesionEdit]
  public let options: TrackingOptions

  public init(_ edits: [LesionEdit], options: TrackingOptions = TrackingOptions()) {
    self.edits = edits
    self.options = options
  }

  /// Lesions and identities with the edits in them.
  public struct Result: Sendable {
    public let outlines: [OutliningResult]
    public let tracking: TrackingResult
    public let replayed: [ReplayedEdit]
    /// Names that people gave, by identity.
    public let names: [String: String]
  }

  /// - Parameters:
  ///   - outlines: Of each time point, in order of time.
  ///   - timePoint: Makes the tracker's view of the time point with this index, given its lesions.
  public func replay(
    on outlines: [OutliningResult],
    timePoint: (_ index: Int, _ lesions: [LesionOutline]) -> TrackedTimePoint
  ) -> Result {
    let tracker = LesionTracker(options: options)
    let points = outlines.indices.map { timePoint($0, outlines[$0].lesions) }
    let found = tracker.track(points)
    guard !edits.isEmpty else {
      return Result(outlines: outlines, tracking: found, replayed: [], names: [:])
    }
    var work = EditedLesions(outlines, points: points, found: found)
    let replayed = edits.map { ReplayedEdit(edit: $0, outcome: work.apply($0)) }
    let edited = work.outlines()
    let tracking = tracker.track(
      edited.results.indices.map { timePoint($0, edited.results[$0].lesions) },
      joined: edited.joined)
    var names: [String: String] = [:]
    for (node, name) in edited.names {
      let owner = tracking.tracks.first { $0.states[node.time].lesion == node.lesion }
      if let owner { names[owner.id] = name }
    }
    return Result(
      outlines: edited.results, tracking: tracking, replayed: replayed, names: names)
  }
}
