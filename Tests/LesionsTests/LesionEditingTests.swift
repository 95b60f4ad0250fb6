import Foundation
import Geometry
import Lesions
import Quantities
import Testing
import Volumes

@Suite struct LesionEditingTests {
  typealias Known = LesionTrackerTests.Known
  static let known = [
    Known(200, 200, 100, radius: 10, suv: 9), Known(240, 200, 100, radius: 10, suv: 8),
    Known(100, 200, 200, radius: 12, suv: 7),
  ]

  private static func course() throws -> [TrackedTimePoint] {
    [
      try LesionTrackerTests.timePoint("base", known),
      try LesionTrackerTests.timePoint("fu", known, through: LesionTrackerTests.moved),
    ]
  }

  private static func replay(_ actions: [LesionEdit.Action]) throws -> LesionEditing.Result {
    let points = try course()
    let outlines = points.map {
      OutliningResult(
        lesions: $0.lesions, excluded: [], options: OutlineOptions(rule: .given), level: nil)
    }
    let edits = actions.map {
      LesionEdit(action: $0, author: "A. Physicist", date: "2026-11-28", reason: "seen on MR")
    }
    return LesionEditing(edits).replay(on: outlines) { n, lesions in
      TrackedTimePoint(
        id: points[n].id, lesions: lesions, fieldOfView: points[n].fieldOfView,
        placement: points[n].placement)
    }
  }

  @Test func withoutEditsAllStaysAsFound() throws {
    let result = try Self.replay([])
    #expect(result.tracking == LesionTracker().track(try Self.course()))
    #expect(result.replayed.isEmpty)
  }

  @Test func whatIsPhysiologicalLeavesAllTimePointsWithItsAuthor() throws {
    let result = try Self.replay([
      .physiological(.place(timePoint: "base", PatientPoint(x: 203, y: 200, z: 100)))
    ])
    #expect(result.replayed[0].outcome == .applied("taken out at base, fu"))
    #expect(result.tracking.tracks.count == 2)
    for outline in result.outlines {
      #expect(outline.excluded.count == 1)
      #expect(
        outline.excluded[0].reason
          == .edited(reason: "physiological: seen on MR", author: "A. Physicist"))
    }
  }

  @Test func mergedLesionsAreOneOutlineAndOneIdentity() throws {
    let result = try Self.replay([.merge([.identity("L1"), .identity("L2")])])
    #expect(result.tracking.tracks.count == 2)
    let volume = try Self.course()[0].lesions.prefix(2)
      .reduce(0) { $0 + $1.outline.volume.millilitres }
    for (time, outline) in result.outlines.enumerated() {
      #expect(outline.lesions.count == 2)
      let n = try #require(result.tracking.tracks[0].states[time].lesion)
      #expect(abs(outline.lesions[n].outline.volume.millilitres / volume - 1) < 0.03)
    }
  }

  /// 140 mm apart at two time points: nobody but a person would take them for one.
  @Test func lesionsOfDifferentTimePointsBecomeOneByAPersonsWord() throws {
    let points = [
      try LesionTrackerTests.timePoint("base", [Self.known[0]]),
      try LesionTrackerTests.timePoint("fu", [Self.known[2]]),
    ]
    let outlines = points.map {
      OutliningResult(
        lesions: $0.lesions, excluded: [], options: OutlineOptions(rule: .given), level: nil)
    }
    let edit = LesionEdit(
      action: .merge([.identity("L1"), .identity("L2")]), author: "A", date: "2026", reason: "r")
    let result = LesionEditing([edit]).replay(on: outlines) { n, lesions in
      TrackedTimePoint(
        id: points[n].id, lesions: lesions, fieldOfView: points[n].fieldOfView,
        placement: points[n].placement)
    }
    #expect(result.tracking.tracks.map { $0.states.map(\.fate) } == [[.present, .present]])
  }

  @Test func aSplitOutlineHasAPartForEachPoint() throws {
    let result = try Self.replay([
      .merge([.identity("L1"), .identity("L2")]),
      .split(
        .place(timePoint: "base", PatientPoint(x: 240, y: 200, z: 100)),
        at: [PatientPoint(x: 200, y: 200, z: 100), PatientPoint(x: 240, y: 200, z: 100)]),
    ])
    #expect(result.outlines[0].lesions.count == 3)
    #expect(result.outlines[1].lesions.count == 2)
    #expect(result.replayed.allSatisfy { $0.refusal == nil })
  }

  @Test func aNameStaysWithItsLesion() throws {
    let result = try Self.replay([
      .drop(.identity("L1")), .rename(.identity("L3"), name: "left ilium"),
    ])
    // With L1 gone, what was L3 is L2 now, and still the left ilium.
    #expect(result.names == ["L2": "left ilium"])
  }

  @Test func editsThatNoLongerApplySayWhy() throws {
    let far = LesionReference.place(timePoint: "base", PatientPoint(x: 300, y: 300, z: 300))
    let result = try Self.replay([
      .drop(.identity("L9")), .drop(far),
      .drop(.place(timePoint: "c1", PatientPoint(x: 0, y: 0, z: 0))),
      .merge([.identity("L1"), .place(timePoint: "base", PatientPoint(x: 200, y: 200, z: 100))]),
      .drop(.identity("L3")), .drop(.identity("L3")), .rename(.identity("L3"), name: "x"),
      .split(.identity("L1"), at: []),
    ])
    let refusals = result.replayed.map(\.refusal)
    #expect(refusals[0]?.contains("no lesion L9; found were L1, L2, L3") == true)
    #expect(refusals[1]?.contains("mm away") == true)
    #expect(refusals[2]?.contains("no diagnostic time point 'c1'") == true)
    #expect(refusals[3] == "the references mean one lesion")
    #expect(refusals[4] == nil)
    #expect(refusals[5]?.contains("already") == true)
    #expect(refusals[6]?.contains("already") == true)
    #expect(refusals[7]?.contains("names a time point") == true)
    #expect(result.outlines[0].lesions.count == 2)
  }

  @Test func anOutlineIsCarriedThroughTheLink() throws {
    let points = try Self.course()
    let base = points[0].lesions[2].outline
    let carried = try #require(points[1].carrying(base, from: points[0]))
    let there = points[1].lesions[2].outline
    let common = carried.commonVoxelCount(with: there)
    #expect(Double(common) > 0.9 * Double(there.voxelCount))
    #expect(abs(carried.volume / base.volume - 1) < 0.05)
    let unlinked = TrackedTimePoint(
      id: "x", lesions: [], fieldOfView: points[0].fieldOfView,
      placement: .notLinked(reason: "none"))
    #expect(unlinked.carrying(base, from: points[0]) == nil)
  }
}
