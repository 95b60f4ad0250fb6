import Foundation
import Geometry
import Phantoms
import Quantities
import Testing
import Volumes

@testable import Registration

/// Response must survive the map: lesions of the virtual course keep the volume they have at
/// follow-up when their outlines and their uptake are brought to the baseline. Breathing keeps
/// volumes where they lie, so that volume is known. Run with THERATRACK_LONG=1.
@Suite(
  .enabled(
    if: ProcessInfo.processInfo.environment["THERATRACK_LONG"] != nil,
    "slow; set THERATRACK_LONG=1 to run it"))
struct LesionChangeTests {
  @Test(arguments: [false, true])
  func lesionsKeepTheVolumeTheyHaveAtFollowUp(slides: Bool) throws {
    var options = VirtualCourseOptions()
    (options.seed, options.slides) = (5, slides)
    let course = VirtualCourse(options)
    let (base, visit) = (course.visits[0], course.visits[course.visits.count - 1])
    let grids = (
      try CalibrationPair.grid(course, base), try CalibrationPair.grid(course, visit)
    )
    let (fixed, moving) = (
      try course.ct(at: base, on: grids.0), try course.ct(at: visit, on: grids.1)
    )
    let rigid = try RigidRegistration.register(
      fixed: fixed, fixedFrame: course.frame(of: base), moving: moving,
      movingFrame: course.frame(of: visit))
    let field = try DeformableRegistration.register(
      fixed: fixed, moving: moving, start: rigid.fixedToMoving)
    var compared = 0
    for lesion in course.lesions {
      let mask = course.mask(of: lesion, at: visit, on: grids.1)
      guard !mask.isEmpty else { continue }
      let outline = try mask.warped(onto: grids.0, through: field)
      // As a scanner of 6 mm sees it, measured alike before and after.
      let uptake = try Volume<SUVbw>(
        grid: grids.1, samples: mask.inside.map { 1 + 9 * Float($0) }
      ).smoothed(fullWidthHalfMaximum: .millimetres(6))
      let warped = try uptake.warped(onto: grids.0, through: field, outside: .zero)
      // Half-way between the uptake around the lesion and in it.
      func hot(_ image: Volume<SUVbw>) -> Double {
        Mask(grid: image.grid) { image.samples[$0] > 5.5 }.volume.millilitres
      }
      let truth = mask.volume.millilitres
      let (byOutline, byUptake) = (
        outline.volume.millilitres / truth, hot(warped) / hot(uptake)
      )
      print("\(lesion.name) \(lesion.fate) outline \(byOutline) uptake \(byUptake)")
      #expect(abs(byOutline - 1) < 0.1, "\(lesion.name)")
      // The requirement is on lesions that change. A volume read off a level comes out some 5 %
      // too small in all of them, 10 % in the smallest, while their outlines keep it: most likely
      // blur by interpolation, which was not measured apart.
      if [.shrinks, .grows].contains(lesion.fate) {
        #expect(abs(byUptake - 1) < 0.1, "\(lesion.name)")
      }
      compared += 1
    }
    #expect(compared >= 6)
  }
}
