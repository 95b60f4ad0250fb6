import Foundation
import Geometry
import Lesions
import Quantities
import Testing
import Volumes

@Suite struct LesionTrackerTests {
  /// A lesion of one or more balls in the reference frame.
  struct Known {
    var balls: [(centre: SIMD3<Double>, radius: Double)]
    var suv: Double

    init(_ x: Double, _ y: Double, _ z: Double, radius: Double, suv: Double = 8) {
      balls = [([x, y, z], radius)]
      self.suv = suv
    }

    func joined(with other: Known) -> Known {
      var joined = self
      joined.balls += other.balls
      joined.suv = max(suv, other.suv)
      return joined
    }
  }

  static let reference = FrameOfReference(uid: "1.1")
  static let later = FrameOfReference(uid: "1.2")
  static let still = RigidTransform.identity(from: reference, to: reference)
  /// 6 degrees and some 25 mm.
  static let moved = RigidTransform(
    from: reference, to: later, rotationVector: [0.05, -0.03, 0.09],
    about: PatientPoint(x: 200, y: 200, z: 200), translation: [12, -18, 9])

  static func timePoint(
    _ id: String, _ known: [Known], through link: RigidTransform = still, error: Double = 1,
    breathing: SIMD3<Double> = .zero, slices: Int = 100
  ) throws -> TrackedTimePoint {
    let grid = try VoxelGrid(size: [100, 100, slices], spacing: [4, 4, 4])
    let lesions = known.map { lesion -> LesionOutline in
      let parts = lesion.balls.map { ball in
        Outline(
          grid: grid, ball: link(PatientPoint(millimetres: ball.centre + breathing)),
          radius: .millimetres(ball.radius))
      }
      let outline = parts.dropFirst().reduce(parts[0]) { $0.union($1) }
      return LesionOutline(
        outline: outline, maximum: suv(lesion.suv),
        maximumAt: link(PatientPoint(millimetres: lesion.balls[0].centre + breathing)))
    }
    return TrackedTimePoint(
      id: id, lesions: lesions, fieldOfView: grid,
      placement: .linked(referenceToHere: link, localError: .millimetres(error)))
  }

  static func track(_ timePoints: [TrackedTimePoint]) -> TrackingResult {
    LesionTracker().track(timePoints)
  }

  static func fates(_ result: TrackingResult, at id: String) -> [String: LesionTrack.Fate] {
    Dictionary(
      uniqueKeysWithValues: result.tracks.compactMap { track in
        track.state(at: id).map { (track.id, $0.fate) }
      })
  }

  /// One shrinks, one grows, one vanishes, one is stable, two merge, one is new; the patient lies
  /// otherwise and breathes 8 mm deeper.
  @Test func everyFateOfACourseIsTold() throws {
    let shrinking = Known(100, 100, 100, radius: 15, suv: 20)
    let growing = Known(280, 100, 100, radius: 8, suv: 18)
    let vanishing = Known(100, 280, 100, radius: 10, suv: 16)
    let stable = Known(280, 280, 120, radius: 12, suv: 14)
    let first = Known(180, 180, 250, radius: 11, suv: 12)
    let second = Known(212, 180, 250, radius: 9, suv: 10)
    let baseline = try Self.timePoint(
      "base", [stable, first, shrinking, second, vanishing, growing])
    let merged = Known(182, 180, 250, radius: 15).joined(with: Known(206, 180, 250, radius: 13))
    let followUp = try Self.timePoint(
      "fu",
      [
        merged, Known(280, 280, 120, radius: 12, suv: 13), Known(100, 100, 100, radius: 9, suv: 9),
        Known(280, 100, 100, radius: 13, suv: 25), Known(190, 330, 300, radius: 8, suv: 7),
      ], through: Self.moved, breathing: [0, 2, 8])
    let result = Self.track([baseline, followUp])
    // Named by falling uptake at baseline: L1 shrinking, L2 growing, L3 vanishing, L4 stable,
    // L5 and L6 the pair; L7 is new.
    let fates = Self.fates(result, at: "fu")
    #expect(fates.count == 7)
    for id in ["L1", "L2", "L4", "L5"] { #expect(fates[id] == .present) }
    #expect(fates["L3"] == .vanished)
    #expect(fates["L6"] == .merged(into: "L5"))
    #expect(fates["L7"] == .new)
    #expect(result.tracks[0].state(at: "fu")?.lesion == 2)
    #expect(result.tracks[1].state(at: "fu")?.lesion == 3)
    #expect(result.tracks[5].state(at: "fu")?.lesion == 0)
    #expect(result.tracks[6].state(at: "base")?.fate == .notYetSeen)
    #expect(result.unplaced.isEmpty)
  }

  @Test func aLesionThatComesApartIsSplitAndItsPartsHaveAParent() throws {
    let whole = Known(200, 200, 200, radius: 14).joined(with: Known(222, 200, 200, radius: 10))
    let parts = [
      Known(197, 200, 200, radius: 10, suv: 6), Known(223, 200, 200, radius: 6, suv: 5),
    ]
    let result = Self.track([
      try Self.timePoint("base", [whole]), try Self.timePoint("fu", parts, through: Self.moved),
    ])
    let fates = Self.fates(result, at: "fu")
    #expect(fates == ["L1": .split(into: ["L2"]), "L2": .partOf("L1")])
    #expect(result.tracks[0].state(at: "fu")?.lesion == 0)
  }

  @Test func aMergedLesionSeenApartAgainIsItself() throws {
    let pair = [
      Known(180, 200, 200, radius: 12, suv: 9), Known(214, 200, 200, radius: 11, suv: 8),
    ]
    let joined = pair[0].joined(with: pair[1]).joined(with: Known(197, 200, 200, radius: 9))
    let result = Self.track([
      try Self.timePoint("base", pair), try Self.timePoint("c1", [joined]),
      try Self.timePoint("c2", [joined]), try Self.timePoint("fu", pair),
    ])
    #expect(result.tracks.count == 2)
    #expect(
      result.tracks[1].states.map(\.fate)
        == [.present, .merged(into: "L1"), .merged(into: "L1"), .present])
    #expect(result.tracks[0].states.map(\.fate) == Array(repeating: .present, count: 4))
  }

  /// A later scan that ends at z = 240 mm did not image the lesion at 300 mm.
  @Test func outsideTheFieldIsNotVanished() throws {
    let known = [
      Known(200, 200, 100, radius: 10, suv: 9), Known(200, 200, 300, radius: 10, suv: 8),
      Known(100, 200, 100, radius: 10, suv: 7),
    ]
    let result = Self.track([
      try Self.timePoint("base", known), try Self.timePoint("fu", [known[0]], slices: 60),
    ])
    #expect(
      Self.fates(result, at: "fu")
        == ["L1": .present, "L2": .outOfField, "L3": .vanished])
  }

  @Test func aPlaceThatWasNeverImagedBeforeHoldsNoNewLesion() throws {
    let low = Known(200, 200, 100, radius: 10)
    let result = Self.track([
      try Self.timePoint("base", [low], slices: 60),
      try Self.timePoint(
        "fu", [low, Known(200, 200, 300, radius: 10, suv: 6), Known(90, 90, 90, radius: 9, suv: 5)]
      ),
    ])
    #expect(
      Self.fates(result, at: "fu")
        == ["L1": .present, "L2": .firstAssessable, "L3": .new])
  }

  @Test func aTimePointWithoutALinkIsNotAssessable() throws {
    let known = [Known(200, 200, 100, radius: 10)]
    let base = try Self.timePoint("base", known)
    let unlinked = TrackedTimePoint(
      id: "c1", lesions: base.lesions, fieldOfView: base.fieldOfView,
      placement: .notLinked(reason: "body overlap 61 %"))
    let result = Self.track([base, unlinked, try Self.timePoint("fu", known)])
    #expect(result.tracks.count == 1)
    #expect(
      result.tracks[0].states.map(\.fate)
        == [.present, .notAssessable(reason: "body overlap 61 %"), .present])
    #expect(result.unplaced.map(\.timePoint) == ["c1"])
  }

  @Test func aLinkCoarserThanTheLesionSaysNothingOfIt() throws {
    let known = [
      Known(200, 200, 100, radius: 6, suv: 9), Known(100, 100, 100, radius: 20, suv: 8),
      Known(300, 100, 100, radius: 6, suv: 7),
    ]
    let result = Self.track([
      try Self.timePoint("base", known),
      try Self.timePoint("fu", Array(known.prefix(2)), error: 9),
    ])
    let fates = Self.fates(result, at: "fu")
    for id in ["L1", "L3"] {
      guard case .notAssessable(let reason) = fates[id] else {
        Issue.record("\(id) was judged through a link coarser than itself")
        continue
      }
      #expect(reason.contains("9.0 mm"))
    }
    #expect(fates["L2"] == .present)
    // The lesion near L1 is neither L1 for sure nor new.
    #expect(result.unplaced.map(\.lesion) == [0])
    #expect(result.tracks.count == 3)
  }

  /// Two neighbours both move by more than half their distance: nearest neighbour would cross
  /// them over, the joint assignment does not.
  @Test func neighboursThatMoveTogetherKeepTheirNames() throws {
    let known = [
      Known(200, 200, 200, radius: 6, suv: 9), Known(200, 200, 224, radius: 6, suv: 8),
    ]
    let result = Self.track([
      try Self.timePoint("base", known), try Self.timePoint("fu", known, breathing: [0, 0, 14]),
    ])
    #expect(result.tracks.count == 2)
    #expect(result.tracks.map { $0.state(at: "fu")?.lesion } == [0, 1])
  }

  /// Hundreds of lesions over four visits, each displaced by up to 6 mm and changed in size.
  @Test func hundredsOfLesionsKeepTheirNames() throws {
    var generator = OptimalAssignmentTests.Generator(state: 7)
    var places: [SIMD3<Double>] = []
    while places.count < 300 {
      let p = SIMD3(
        Double.random(in: 20...380, using: &generator),
        Double.random(in: 20...380, using: &generator),
        Double.random(in: 20...380, using: &generator))
      if places.allSatisfy({ ($0 - p).length > 26 }) { places.append(p) }
    }
    let visits = try (0..<4).map { visit in
      let known = places.enumerated().map { n, p in
        let shift = SIMD3<Double>.random(in: -3.4...3.4, using: &generator)
        let at = visit == 0 ? p : p + shift
        let radius = Double.random(in: 5...9, using: &generator)
        return Known(at.x, at.y, at.z, radius: radius, suv: 100 - Double(n) / 10)
      }
      return try Self.timePoint("v\(visit)", known)
    }
    let start = ContinuousClock.now
    let result = Self.track(visits)
    let elapsed = ContinuousClock.now - start
    #expect(result.tracks.count == 300)
    for (n, track) in result.tracks.enumerated() {
      #expect(track.states.allSatisfy { $0.lesion == n && $0.fate == .present })
    }
    #expect(elapsed < .seconds(2))
  }

  @Test func tracksSurviveJSON() throws {
    let known = [Known(200, 200, 100, radius: 10), Known(100, 200, 100, radius: 10)]
    let result = Self.track([
      try Self.timePoint("base", known), try Self.timePoint("fu", [known[0]]),
    ])
    let json = try JSONEncoder().encode(result)
    #expect(try JSONDecoder().decode(TrackingResult.self, from: json) == result)
  }
}
