import Geometry
import Phantoms
import Testing

/// Breathing that slides along the chest wall.
@Suite struct SlidingTests {
  private let frames = (FrameOfReference(uid: "1.2.3"), FrameOfReference(uid: "1.2.4"))

  private func motion(_ amplitude: Double, slides: Bool) -> PatientMotion {
    PatientMotion(
      from: frames.0, to: frames.1, rotationVector: .zero, centre: PatientPoint(x: 0, y: 0, z: 0),
      translation: .zero, breathing: Breathing(amplitude: amplitude, slides: slides))
  }

  /// At the side, far from the spine and at the height of the liver, tissue just inside the wall
  /// moves by the whole amplitude along z, tissue just outside not at all.
  @Test(arguments: [-6.0, 14])
  func theJumpAtTheWallIsTheAmplitudeAlongTheWall(amplitude: Double) {
    let motion = motion(amplitude, slides: true)
    let (inside, outside) = (
      PatientPoint(x: 121.9, y: -2, z: 0), PatientPoint(x: 122.1, y: -2, z: 0)
    )
    #expect(Breathing.isInsideWall(121.9, -2) && !Breathing.isInsideWall(122.1, -2))
    let moved = motion(inside).millimetres - inside.millimetres
    #expect(moved.x == 0 && moved.y == 0 && abs(moved.z + amplitude) < 1e-9)
    #expect(motion(outside) == outside)
  }

  @Test func thereAndBackIsTheSamePointOnBothSidesOfTheWall() {
    let motion = motion(15, slides: true)
    for x in stride(from: -130.0, through: 130, by: 10.7) {
      for y in stride(from: -80.0, through: 80, by: 9.3) {
        for z in stride(from: -220.0, through: 200, by: 17) {
          let p = PatientPoint(x: x, y: y, z: z)
          #expect(motion.baseline(of: motion(p)).distance(to: p) < 1e-9)
          #expect(motion.breathing.jacobian(at: p) > 0.4)
        }
      }
    }
  }

  /// Without sliding the same place moves less, and nothing jumps.
  @Test func theSmoothMotionFadesBeforeTheWall() {
    let p = PatientPoint(x: 119, y: -2, z: 0)
    let smooth = motion(14, slides: false)(p).distance(to: p)
    #expect(smooth < 1 && motion(14, slides: true)(p).distance(to: p) > 13.9)
  }

  /// The lungs end at the wall, so that it is the pleura along which they slide; bone stays.
  @Test func slidingOrgansEndAtTheWallAndBoneStays() throws {
    var options = VirtualCourseOptions()
    options.slides = true
    let course = VirtualCourse(options)
    let motion = course.motion(at: course.visits[course.visits.count - 1])
    #expect(motion.breathing.slides)
    for z in stride(from: 60.0, through: 180, by: 20) {
      for x in stride(from: -140.0, through: 140, by: 7) {
        for y in stride(from: -95.0, through: 90, by: 7) {
          guard course.region(at: PatientPoint(x: x, y: y, z: z)) == .lungs else { continue }
          // A voxel of the painted anatomy is 2.5 mm wide.
          #expect(Breathing.isInsideWall(x * 0.97, y * 0.97 - 0.06))
        }
      }
    }
    for landmark in course.landmarks where landmark.kind == .bone {
      #expect(motion(landmark.point).distance(to: motion.rigid(landmark.point)) < 1e-9)
    }
  }
}
