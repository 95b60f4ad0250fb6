import Geometry
import Quantities
import Volumes

/// One lesion by its places in the lists.
struct LesionKey: Hashable {
  let time: Int
  let lesion: Int
}

/// The lesions while they are being edited.
struct EditedLesions {
  /// A lesion as it is now, and which found ones it came from.
  fileprivate struct Piece {
    var outline: LesionOutline
    var sources: Set<Int>
    /// Identity by a person's word: pieces with one number are one lesion.
    var joined: Int?
    var name: String?
  }

  private let originals: [OutliningResult]
  private let points: [TrackedTimePoint]
  private let found: TrackingResult
  private var pieces: [[Piece]]
  private var excluded: [[ExcludedCandidate]]
  private var joins = 0

  init(_ outlines: [OutliningResult], points: [TrackedTimePoint], found: TrackingResult) {
    originals = outlines
    self.points = points
    self.found = found
    pieces = outlines.map { result in
      result.lesions.enumerated().map { Piece(outline: $0.element, sources: [$0.offset]) }
    }
    excluded = outlines.map(\.excluded)
  }

  private struct Refusal: Error { let reason: String }

  mutating func apply(_ edit: LesionEdit) -> ReplayedEdit.Outcome {
    do {
      return .applied(try change(edit))
    } catch {
      return .refused(reason: error.reason)
    }
  }

  private mutating func change(_ edit: LesionEdit) throws(Refusal) -> String {
    switch edit.action {
    case .drop(let target): try exclude(target, "dropped: \(edit.reason)", edit)
    case .physiological(let target):
      try exclude(target, "physiological: \(edit.reason)", edit)
    case .merge(let targets): try merge(targets, edit)
    case .split(let target, let places): try split(target, at: places, edit)
    case .rename(let target, let name): try rename(target, name)
    }
  }

  // MARK: Finding

  /// The found lesions that a reference means, over all time points.
  private func members(_ target: LesionReference) throws(Refusal) -> [LesionKey] {
    let track: LesionTrack
    switch target {
    case .identity(let id):
      guard let known = found.tracks.first(where: { $0.id == id }) else {
        throw Refusal(
          reason: "there is no lesion \(id); found were "
            + (found.tracks.map(\.id).joined(separator: ", ")))
      }
      track = known
    case .place(let timePoint, let p):
      let key = try lesion(at: p, timePoint)
      guard
        let owner = found.tracks.first(where: {
          let state = $0.states[key.time]
          return state.lesion == key.lesion && !state.fate.sharesAnOutline
        })
      else { return [key] }
      track = owner
    }
    return track.states.enumerated().compactMap { time, state in
      state.fate.sharesAnOutline ? nil : state.lesion.map { LesionKey(time: time, lesion: $0) }
    }
  }

  /// The found lesion at a point of a time point's frame.
  private func lesion(at p: PatientPoint, _ timePoint: String) throws(Refusal) -> LesionKey {
    guard let time = points.firstIndex(where: { $0.id == timePoint }) else {
      throw Refusal(reason: "there is no diagnostic time point '\(timePoint)'")
    }
    let near = originals[time].lesions.enumerated().compactMap { n, lesion in
      lesion.outline.distance(to: p).map { (lesion: n, millimetres: $0.millimetres) }
    }.min { $0.millimetres < $1.millimetres }
    guard let near else { throw Refusal(reason: "no lesion was found at \(timePoint)") }
    let grid = originals[time].lesions[near.lesion].outline.grid
    guard near.millimetres <= max(Self.tolerance, grid.spacing.length / 2) else {
      let distance = (near.millimetres * 10).rounded() / 10
      throw Refusal(
        reason: "no lesion lies within \(Self.tolerance) mm of the point at \(timePoint); "
          + "the nearest is \(distance) mm away")
    }
    return LesionKey(time: time, lesion: near.lesion)
  }

  private static let tolerance = 5.0

  private func piece(of key: LesionKey) -> Int? {
    pieces[key.time].firstIndex { $0.sources.contains(key.lesion) }
  }

  // MARK: Changing

  private mutating func exclude(
    _ target: LesionReference, _ reason: String, _ edit: LesionEdit
  ) throws(Refusal) -> String {
    var taken: [String] = []
    for key in try members(target) {
      guard let n = piece(of: key) else { continue }
      let outline = pieces[key.time].remove(at: n).outline
      excluded[key.time].append(
        ExcludedCandidate(
          outline: outline.outline, maximum: outline.maximum, maximumAt: outline.maximumAt,
          reason: .edited(reason: reason, author: edit.author)))
      taken.append(points[key.time].id)
    }
    guard !taken.isEmpty else {
      throw Refusal(reason: "an earlier edit has taken it out of the lesions already")
    }
    return "taken out at " + taken.joined(separator: ", ")
  }

  private mutating func merge(
    _ targets: [LesionReference], _ edit: LesionEdit
  ) throws(Refusal) -> String {
    var keys: Set<LesionKey> = []
    var groups: Set<[LesionKey]> = []
    for target in targets {
      let meant = try members(target)
      groups.insert(meant)
      keys.formUnion(meant)
    }
    guard groups.count > 1 else { throw Refusal(reason: "the references mean one lesion") }
    joins += 1
    var united: [String] = []
    for time in pieces.indices {
      let own = Set(keys.filter { $0.time == time }.compactMap { piece(of: $0) }).sorted()
      guard let first = own.first else { continue }
      var joint = pieces[time][first]
      for other in own.dropFirst() { joint.unite(with: pieces[time][other].outline, edit) }
      joint.sources = own.reduce(into: []) { $0.formUnion(pieces[time][$1].sources) }
      joint.joined = joins
      joint.name = own.compactMap { pieces[time][$0].name }.first
      if own.count > 1 { united.append(points[time].id) }
      pieces[time][first] = joint
      for other in own.dropFirst().reversed() { pieces[time].remove(at: other) }
    }
    return united.isEmpty
      ? "one identity; no time point has both outlines"
      : "one identity; outlines united at " + united.joined(separator: ", ")
  }

  private mutating func split(
    _ target: LesionReference, at places: [PatientPoint], _ edit: LesionEdit
  ) throws(Refusal) -> String {
    guard case .place(let timePoint, let p) = target else {
      throw Refusal(reason: "a split names a time point and a point of the outline to be split")
    }
    guard places.count > 1 else { throw Refusal(reason: "a split needs two points or more") }
    let key = try lesion(at: p, timePoint)
    guard let n = piece(of: key) else {
      throw Refusal(reason: "an earlier edit has taken it out of the lesions already")
    }
    let whole = pieces[key.time][n]
    let grid = whole.outline.outline.grid
    var parts = [[Int]](repeating: [], count: places.count)
    for offset in whole.outline.outline.offsets {
      let centre = grid.centre(ofVoxelAt: offset)
      let nearest = places.indices.min {
        places[$0].distance(to: centre) < places[$1].distance(to: centre)
      }
      parts[nearest ?? 0].append(offset)
    }
    guard parts.allSatisfy({ !$0.isEmpty }) else {
      throw Refusal(reason: "one of the points has no voxel of the outline nearest to it")
    }
    pieces[key.time].remove(at: n)
    for (n, offsets) in parts.enumerated() {
      let outline = Outline(grid: grid, offsets: offsets)
      let inside = outline.contains(whole.outline.maximumAt)
      pieces[key.time].append(
        Piece(
          outline: LesionOutline(
            outline: outline, maximum: whole.outline.maximum,
            maximumAt: inside ? whole.outline.maximumAt : places[n],
            level: whole.outline.level, notes: whole.outline.notes + [edit.note]),
          sources: n == 0 ? whole.sources : []))
    }
    return "\(parts.count) outlines at \(timePoint)"
  }

  private mutating func rename(
    _ target: LesionReference, _ name: String
  ) throws(Refusal) -> String {
    let keys = try members(target)
    guard !pieces.joined().contains(where: { $0.name == name }) else {
      throw Refusal(reason: "another lesion has the name '\(name)'")
    }
    var given = false
    for key in keys {
      guard let n = piece(of: key) else { continue }
      pieces[key.time][n].name = name
      given = true
    }
    guard given else {
      throw Refusal(reason: "an earlier edit has taken it out of the lesions already")
    }
    return "named '\(name)'"
  }

  // MARK: Result

  func outlines() -> (
    results: [OutliningResult], joined: [[LesionKey]], names: [(LesionKey, String)]
  ) {
    var joined: [Int: [LesionKey]] = [:]
    var names: [(LesionKey, String)] = []
    let results = pieces.enumerated().map { time, pieces in
      let ordered = pieces.enumerated().sorted {
        ($0.element.outline.maximum, -$0.offset) > ($1.element.outline.maximum, -$1.offset)
      }.map(\.element)
      for (n, piece) in ordered.enumerated() {
        let key = LesionKey(time: time, lesion: n)
        if let group = piece.joined { joined[group, default: []].append(key) }
        if let name = piece.name { names.append((key, name)) }
      }
      return OutliningResult(
        lesions: ordered.map(\.outline), excluded: excluded[time], raised: originals[time].raised,
        options: originals[time].options, level: originals[time].level)
    }
    return (results, joined.keys.sorted().compactMap { joined[$0] }, names)
  }
}

extension EditedLesions.Piece {
  fileprivate mutating func unite(with other: LesionOutline, _ edit: LesionEdit) {
    let hotter = outline.maximum >= other.maximum ? outline : other
    outline = LesionOutline(
      name: outline.name, outline: outline.outline.union(other.outline),
      maximum: hotter.maximum, maximumAt: hotter.maximumAt, level: outline.level,
      notes: outline.notes + other.notes + [edit.note])
  }
}

extension LesionEdit {
  fileprivate var note: String { "edited by \(author): \(words)" }
}

extension LesionTrack.Fate {
  /// Whether the outline at this time point is another track's.
  var sharesAnOutline: Bool { if case .merged = self { true } else { false } }
}
