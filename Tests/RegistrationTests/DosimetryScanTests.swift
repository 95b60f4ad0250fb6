import Foundation
import Geometry
import Phantoms
import Quantities
import Testing
import Volumes

@testable import Registration

/// Maps from a whole-body CT to the low-dose CTs of SPECT scans, which show a part of the body with
/// noise, against the known motion of the virtual patient.
@Suite struct DosimetryScanTests {
  private struct Linked: Sendable {
    let course: VirtualCourse
    let links: [(visit: Visit, map: DeformableLink)]
  }

  private static let linked = Result {
    let course = VirtualCourse()
    let base = course.visits[0]
    let fixed = try CTPyramid(
      course.ct(at: base, on: course.grids(at: base).ct), role: .fixed)
    return Linked(
      course: course,
      links: try course.visits.filter { ["c1h4", "c1h96"].contains($0.id) }.map { visit in
        let moving = try CTPyramid(
          course.ct(at: visit, on: course.grids(at: visit).ct), role: .moving)
        let rigid = try RigidRegistration.register(
          fixed: fixed, fixedFrame: course.frame(of: base), moving: moving,
          movingFrame: course.frame(of: visit))
        return (
          visit,
          try DeformableRegistration.link(
            fixed: fixed, moving: moving, start: rigid.fixedToMoving)
        )
      })
  }

  /// Lesions that the field shows; breathing moves most of them by 7.5 and 8.5 mm.
  private func inField(_ linked: Linked) -> [VirtualLesion] {
    linked.course.lesions.filter { abs($0.centre.millimetres.z) < 185 }
  }

  @Test func lesionsAreFollowedToWithinAFewMillimetres() throws {
    let linked = try Self.linked.get()
    for (visit, map) in linked.links {
      #expect(map.quality.verdict.isAssessable)
      let motion = linked.course.motion(at: visit)
      let errors = inField(linked).map { map($0.centre).distance(to: motion($0.centre)) }
      let rigid = inField(linked).map { map.rigid($0.centre).distance(to: motion($0.centre)) }
      print(
        "figure: lesions at \(visit.id): rigid mean \(mean(rigid)) worst \(rigid.max() ?? 0), map "
          + "mean \(mean(errors)) worst \(errors.max() ?? 0) mm")
      #expect(mean(errors) < 2 && mean(errors) < mean(rigid) / 2)
      #expect((errors.max() ?? .infinity) < 3.5)
    }
  }

  /// From scan to scan of a cycle through the reference.
  @Test func betweenTwoScansOfACycleTissueIsFollowedThroughTheReference() throws {
    let linked = try Self.linked.get()
    let (a, b) = (linked.links[0], linked.links[1])
    let way = try ComposedLink(first: a.map, second: b.map)
    let errors = inField(linked).map { lesion in
      let (from, to) = (
        linked.course.motion(at: a.visit)(lesion.centre),
        linked.course.motion(at: b.visit)(lesion.centre)
      )
      return way(from).distance(to: to)
    }
    print("figure: lesions from \(a.visit.id) to \(b.visit.id) mean \(mean(errors)) mm")
    #expect(mean(errors) < 1.5)
  }

  /// Outside the field of the SPECT's CT nothing was compared: the rigid link holds there, and the
  /// map does not fold on its way to it.
  @Test func beyondTheFieldOfTheCTTheMapRestsOnTheRigidLink() throws {
    let linked = try Self.linked.get()
    for (visit, map) in linked.links {
      #expect(map.field.leastJacobian() > 0.2)
      var worst = 0.0
      for z in [-340.0, -320, 320, 340] {
        for place in [SIMD3(-90, 0, z), [90, 0, z], [0, -40, z], [0, 60, z]] {
          let p = PatientPoint(millimetres: place)
          #expect(map.localError(at: p).radiusMillimetres == nil)
          worst = max(worst, map.field.displacement(at: p).length)
        }
      }
      print("figure: beyond the field at \(visit.id) the map moves by at most \(worst) mm")
      #expect(worst < 0.2)
    }
  }
}
