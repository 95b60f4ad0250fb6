import Geometry
import Lesions
import Quantities
import Testing
import Volumes

/// Outlines carried through links, and how far off the links may be.
@Suite struct CarriedOutlineTests {
  private func point(_ shift: Double, error: Double) throws -> TrackedTimePoint {
    let (here, reference) = (FrameOfReference(uid: "1"), FrameOfReference(uid: "2"))
    return TrackedTimePoint(
      id: "t", lesions: [],
      fieldOfView: try VoxelGrid(
        size: [20, 20, 20], spacing: [2, 2, 2], origin: PatientPoint(x: 0, y: 0, z: 0)),
      placement: .linked(
        referenceToHere: RigidTransform(from: reference, to: here, translation: [shift, 0, 0]),
        localError: .millimetres(error)))
  }

  @Test func errorsOfBothLinksAddInSquares() throws {
    let (first, second) = (try point(0, error: 3), try point(4, error: 4))
    let error = second.carryingError(at: PatientPoint(x: 10, y: 10, z: 10), from: first)
    #expect(try #require(error).millimetres == 5)
  }

  @Test func aDisplacedTimePointCarriesTheOutlineAsFarOff() throws {
    let (first, second) = (try point(0, error: 1), try point(4, error: 1))
    let outline = Outline(
      grid: first.fieldOfView, ball: PatientPoint(x: 18, y: 20, z: 20), radius: .millimetres(6))
    let carried = try #require(second.carrying(outline, from: first)?.centroid)
    let moved = try #require(
      second.displaced(by: [0, 2, -4]).carrying(outline, from: first)?.centroid)
    #expect(abs(carried.millimetres.x - 22) < 1e-9)
    let apart = moved.millimetres - carried.millimetres
    #expect(abs(apart.x) < 1e-9 && abs(apart.y - 2) < 1e-9 && abs(apart.z + 4) < 1e-9)
  }
}
