import Geometry
import Lesions
import Quantities
import Testing
import Volumes

@Suite struct LiverReferenceTests {
  typealias Ball = Phantom.Ball

  @Test func theSphereLiesInTheRightLobeAwayFromEdgeAndLesion() throws {
    let phantom = try Phantom([
      Ball(120, 120, 120, radius: 70, suv: 5), Ball(90, 120, 120, radius: 10, suv: 20),
    ])
    let reference = try LiverReference(in: phantom.image, liver: phantom.ball(0))
    #expect(abs(reference.mean.inBaseUnit - 5) < 0.02)
    #expect(reference.standardDeviation < suv(0.05))
    // −x is the patient's right on LPS axes.
    #expect(reference.centre.millimetres.x <= 122)
    #expect(reference.centre.distance(to: phantom.balls[1].centre) > 10 + 15 + 6)
    #expect(reference.centre.distance(to: phantom.balls[0].centre) < 70 - 15 - 6)
    // Lattice points within 15 mm / 4 mm = 3.75 of one of them.
    #expect(reference.voxelCount == 251)
    #expect(reference.placement == .automatic)
  }

  @Test func aSmallOutlineIsRefusedWithItsClearance() throws {
    let phantom = try Phantom([Ball(120, 120, 120, radius: 17, suv: 5)])
    #expect {
      try LiverReference(in: phantom.image, liver: phantom.ball(0))
    } throws: { error in
      guard case LesionError.liverTooSmall(let largest, 21) = error else { return false }
      return largest < 21
    }
  }

  @Test func aSphereBeyondTheImageIsRefused() throws {
    let phantom = try Phantom([Ball(120, 120, 120, radius: 17, suv: 5)])
    #expect(throws: LesionError.sphereOutsideImage) {
      try LiverReference(in: phantom.image, centredAt: PatientPoint(x: 5, y: 120, z: 120))
    }
  }
}
