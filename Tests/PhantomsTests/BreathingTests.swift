import Foundation
import Geometry
import Phantoms
import Testing

@Suite struct BreathingTests {
  private let frames = (FrameOfReference(uid: "1.2.3"), FrameOfReference(uid: "1.2.4"))

  private func motion(amplitude: Double) -> PatientMotion {
    PatientMotion(
      from: frames.0, to: frames.1, rotationVector: [0.03, -0.02, 0.05],
      centre: PatientPoint(x: 0, y: 30, z: 0), translation: [7, -4, 11],
      breathing: Breathing(amplitude: amplitude))
  }

  @Test(arguments: [-6.0, 4, 15])
  func thereAndBackIsTheSamePoint(amplitude: Double) {
    let motion = motion(amplitude: amplitude)
    for x in stride(from: -150.0, through: 150, by: 25) {
      for y in stride(from: -100.0, through: 100, by: 20) {
        for z in stride(from: -250.0, through: 250, by: 17) {
          let p = PatientPoint(x: x, y: y, z: z)
          #expect(motion.baseline(of: motion(p)).distance(to: p) < 1e-9)
        }
      }
    }
  }

  @Test(arguments: [-6.0, 15])
  func theMapNeverFolds(amplitude: Double) {
    let breathing = Breathing(amplitude: amplitude)
    var lowest = Double.infinity
    for x in stride(from: -130.0, through: 130, by: 10) {
      for y in stride(from: -80.0, through: 80, by: 10) {
        for z in stride(from: -200.0, through: 200, by: 2) {
          lowest = min(lowest, breathing.jacobian(at: PatientPoint(x: x, y: y, z: z)))
        }
      }
    }
    #expect(lowest > 0.4)
    #expect(lowest < 0.95, "the lungs and the bowel do give way")
  }

  /// h = 1 and w = 1 at the dome of the liver, so tissue there moves by the whole amplitude.
  @Test func theLiverMovesByTheAmplitudeTowardsTheFeet() {
    let shift = motion(amplitude: 15).breathing
    let p = PatientPoint(x: -30, y: -35, z: 40)
    let still = PatientMotion(
      from: frames.0, to: frames.1, rotationVector: .zero, centre: p, translation: .zero,
      breathing: shift)
    #expect(abs(still(p).millimetres.z - (p.millimetres.z - 15)) < 1e-9)
  }

  @Test func boneFollowsTheRigidMotionAlone() throws {
    let course = CleanCourse.course
    let truth = try CleanCourse.truth.get()
    let bones = truth.landmarks.filter { $0.kind == .bone }
    #expect(bones.count >= 100)
    for visit in course.visits {
      let rigid = course.motion(at: visit).rigid
      for bone in bones {
        let base = try #require(bone.positions["base"])
        let seen = try #require(bone.positions[visit.id])
        let expected = rigid(PatientPoint(millimetres: base))
        #expect((expected.millimetres - seen).length < 1e-9, "landmark \(bone.id)")
      }
    }
  }

  @Test func lesionsLieWhereVolumesAreKept() throws {
    let course = CleanCourse.course
    for visit in course.visits {
      let motion = course.motion(at: visit)
      for lesion in course.lesions {
        for direction in [SIMD3(0.0, 0, 0), [0, 0, 17], [0, 0, -17], [15, 0, 0], [0, 15, 0]] {
          let p = PatientPoint(millimetres: lesion.centre.millimetres + direction)
          let q = motion.rigid.inverse(motion(p))
          // The small lung lesion only reaches 8 mm.
          if lesion.site == "left lung", direction.z < -8 { continue }
          #expect(abs(motion.breathing.jacobian(at: q) - 1) < 1e-6, "\(lesion.name), \(visit.id)")
        }
      }
    }
  }

  @Test func motionsStayWithinWhatAPatientDoes() {
    let course = CleanCourse.course
    for visit in course.visits.dropFirst() {
      let motion = course.motion(at: visit)
      #expect(motion.rigid.rotationAngle > 1 * Double.pi / 180)
      #expect(motion.rigid.rotationAngle <= 4.0001 * Double.pi / 180)
      #expect(motion.translation.length <= 15)
      #expect(abs(motion.breathing.amplitude) <= 15)
    }
  }
}
