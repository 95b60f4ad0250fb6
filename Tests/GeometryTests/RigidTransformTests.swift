import Foundation
import Geometry
import Testing

@Suite struct RigidTransformTests {
  private let baseline = FrameOfReference(uid: "1.2.3")
  private let later = FrameOfReference(uid: "1.2.4")

  /// A quarter turn about the head-foot axis takes left (+x) to back (+y).
  @Test func aQuarterTurnAboutTheLongAxis() {
    let turn = RigidTransform(
      from: baseline, to: later, rotationVector: [0, 0, .pi / 2],
      about: PatientPoint(x: 10, y: 0, z: 0), translation: [0, 0, 5])
    let p = turn(PatientPoint(x: 11, y: 0, z: 0))
    #expect(p.distance(to: PatientPoint(x: 10, y: 1, z: 5)) < 1e-12)
    #expect(abs(turn.rotationAngle - .pi / 2) < 1e-12)
  }

  @Test func theInverseUndoesTheTransform() throws {
    let there = RigidTransform(
      from: baseline, to: later, rotationVector: [0.05, -0.02, 0.07],
      about: PatientPoint(x: 3, y: 8, z: -40), translation: [4, -9, 12])
    let roundTrip = try there.then(there.inverse)
    let p = PatientPoint(x: 120, y: -35, z: 410)
    #expect(roundTrip(p).distance(to: p) < 1e-9)
    #expect(roundTrip.from == baseline && roundTrip.to == baseline)
  }

  @Test func transformsThatDoNotMeetInAFrameAreRefused() {
    let there = RigidTransform.identity(from: baseline, to: later)
    #expect(throws: FrameMismatch(expected: later, found: baseline)) {
      try there.then(there)
    }
  }
}
