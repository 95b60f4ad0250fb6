import Foundation
import Geometry
import Lesions
import Phantoms
import Quantities
import Volumes

/// Outlines and follows a field of lesions, and compares every fate with the truth.
struct FieldScore {
  let field: LesionField
  let visits: [TrackedTimePoint]
  let result: TrackingResult
  /// Per lesion, what was not right; empty where all was.
  private(set) var mistakes: [[String]]
  /// Tracks that belong to no true lesion, or to one that has another track.
  private(set) var surplus: [String] = []

  /// The outlining that the trials use: half of the maximum above background, from SUV 3 on.
  static var options: OutlineOptions {
    var rule = FractionOfMaximum(seeds: .fixed(.gramsPerMillilitre(3)), background: .local)
    rule.fraction = 0.5
    var options = OutlineOptions(rule: .fractionOfMaximum(rule))
    options.splitting = Splitting()
    return options
  }

  init(_ field: LesionField, residualMotion: Length = .zero) throws {
    self.field = field
    visits = try (0..<field.options.visits).map { visit in
      let image = try field.image(at: visit)
      let organs = try field.organs(at: visit).map {
        NamedRegion(name: $0.name, outline: $0.outline)
      }
      let found = try LesionOutliner(Self.options).outline(image, organs: organs)
      return TrackedTimePoint(
        id: "v\(visit)", lesions: found.lesions, fieldOfView: image.grid,
        placement: .linked(
          referenceToHere: field.links[visit],
          localError: visit == 0 ? .zero : field.options.linkError,
          residualMotion: residualMotion))
    }
    result = LesionTracker().track(visits)
    mistakes = Array(repeating: [], count: field.lesions.count)
    var used: Set<String> = []
    for n in field.lesions.indices { used.formUnion(judge(n)) }
    surplus = result.tracks.map(\.id).filter { !used.contains($0) }
  }

  var rightCount: Int { mistakes.count { $0.isEmpty } }

  /// The outline at a visit that holds a lesion's true centre.
  private func outline(of n: Int, at visit: Int) -> Int? {
    guard let ball = field.ball(of: n, at: visit) else { return nil }
    let near = visits[visit].lesions.enumerated().compactMap { i, lesion -> (Int, Double)? in
      lesion.outline.distance(to: ball.centre).map { (i, $0.millimetres) }
    }.min { $0.1 < $1.1 }
    return near.flatMap { $0.1 <= field.options.spacing.millimetres ? $0.0 : nil }
  }

  private func states(at visit: Int, of outline: Int) -> [(id: String, fate: LesionTrack.Fate)] {
    result.tracks.compactMap { track in
      let state = track.states[visit]
      return state.lesion == outline ? (track.id, state.fate) : nil
    }
  }

  /// - Returns: The tracks that stand for the lesion.
  private mutating func judge(_ n: Int) -> Set<String> {
    var id: String?
    var wasAbsent = false
    var used: Set<String> = []
    var hasPart = false
    for visit in visits.indices {
      let truth = field.truth(of: n, at: visit)
      switch truth {
      case .alone, .joined:
        guard let outline = outline(of: n, at: visit) else {
          mistakes[n].append("v\(visit): not outlined")
          continue
        }
        let states = states(at: visit, of: outline)
        used.formUnion(states.map(\.id))
        let owner = states.first { !$0.fate.isMerged }
        let own = states.first { $0.id == id } ?? owner
        guard let own else {
          mistakes[n].append("v\(visit): unplaced")
          continue
        }
        if let before = id, own.id != before {
          // The part of a lesion that came apart has a name of its own.
          if case .partOf = own.fate, field.lesions[n].story == .splits, !hasPart {
            hasPart = true
          } else {
            mistakes[n].append("v\(visit): was \(before), is \(own.id) \(own.fate)")
          }
        } else if !isRight(own.fate, n, visit: visit, isFirst: id == nil, wasAbsent: wasAbsent) {
          mistakes[n].append("v\(visit): \(own.id) \(own.fate) where \(truth)")
        }
        id = own.id
        wasAbsent = false
      case .absent, .outOfField:
        guard let id, let track = result.tracks.first(where: { $0.id == id }) else { continue }
        let fate = track.states[visit].fate
        let isOut = truth == .outOfField || isBeyondField(n, visit)
        if fate != (isOut ? .outOfField : .vanished) {
          mistakes[n].append("v\(visit): \(id) \(fate) where \(truth)")
        }
        if !isOut { wasAbsent = true }
      }
    }
    return used
  }

  private func isBeyondField(_ n: Int, _ visit: Int) -> Bool {
    guard let ball = field.lesions[n].balls.compactMap({ $0 }).first else { return false }
    return !visits[visit].fieldOfView.contains(field.links[visit](ball.centre))
  }

  private func isRight(
    _ fate: LesionTrack.Fate, _ n: Int, visit: Int, isFirst: Bool, wasAbsent: Bool
  ) -> Bool {
    switch fate {
    case .present: !wasAbsent && (!isFirst || visit == 0)
    case .new: isFirst && visit > 0
    case .reappeared: wasAbsent
    case .merged: field.lesions[n].story == .merges
    case .split, .partOf: field.lesions[n].story == .splits
    default: false
    }
  }
}

extension LesionTrack.Fate {
  fileprivate var isMerged: Bool { if case .merged = self { true } else { false } }
}
