import Foundation
import Geometry
import Phantoms
import Quantities
import Testing
import Volumes

@Suite struct LesionTests {
  private let course = CleanCourse.course

  /// The volume of the voxels on a 0.5 mm grid against 4/3 π a b c, here in every frame although
  /// breathing shears the lesions. Of a ball this size, voxel counting is right within 0.5 %.
  @Test func voxelsOfALesionAddUpToItsVolume() throws {
    let truth = try CleanCourse.truth.get()
    for visit in [course.visits[0], course.visits[4]] {
      let known = try #require(truth.timePoints.first { $0.id == visit.id })
      for lesion in course.lesions {
        let row = try #require(known.lesions.first { $0.name == lesion.name })
        guard row.isPresent else { continue }
        let corner = PatientPoint(millimetres: (row.centre - 35).rounded(.down))
        let grid = try VoxelGrid(size: [141, 141, 141], spacing: [0.5, 0.5, 0.5], origin: corner)
        let counted = course.mask(of: lesion, at: visit, on: grid)
        #expect(abs(counted.volume.millilitres / row.volume - 1) < 0.005, "\(lesion.name)")
      }
    }
  }

  /// Σ (c − background) · voxel volume over a box around the lesion is its excess activity.
  @Test(arguments: ["lesion 5", "lesion 9"])
  func theImageHoldsTheActivityOfALesion(name: String) throws {
    let truth = try CleanCourse.truth.get()
    let known = try #require(truth.timePoints.first { $0.id == "fu1" })
    let row = try #require(known.lesions.first { $0.name == name })
    let image = try CleanCourse.followUp.get().emission
    let lesion = try #require(course.lesions.first { $0.name == name })
    let mask = course.mask(of: lesion, at: course.visits[4], on: image.grid)
    let centre = try #require(mask.centroid)
    #expect(centre.distance(to: PatientPoint(millimetres: row.centre)) < 1)
    var inside = 0.0
    for k in 0..<image.grid.size.z {
      for j in 0..<image.grid.size.y {
        for i in 0..<image.grid.size.x {
          let p = image.grid.patientPoint(i: i, j: j, k: k).millimetres
          guard (p - row.centre).length < 24 else { continue }
          inside += image[i, j, k].inBaseUnit * image.grid.voxelMillilitres
        }
      }
    }
    // Background: below SUV 1 in a ball of 58 mL less the lesion.
    let background = try #require(known.concentrationPerSUV) * (58 - row.volume)
    #expect(inside / 1e6 > row.activity * 0.99)
    #expect(inside / 1e6 < row.activity * 1.01 + background / 1e6)
  }

  @Test func everyFateHappensAndMostLesionsAreOfMeasurableSize() throws {
    let truth = try CleanCourse.truth.get()
    let base = truth.timePoints[0].lesions
    let last = try #require(truth.timePoints.last).lesions
    #expect(Set(base.map(\.fate)) == Set(LesionFate.allCases))
    for (before, after) in zip(base, last) {
      switch before.fate {
      case .stable: #expect(before.volume == after.volume)
      case .shrinks: #expect(after.volume < before.volume && after.isPresent)
      case .grows, .merges: #expect(after.volume > before.volume && before.isPresent)
      case .vanishes: #expect(before.isPresent && !after.isPresent)
      case .new: #expect(!before.isPresent && after.isPresent)
      }
    }
    let volumes = (base + last).filter(\.isPresent).map(\.volume)
    #expect(volumes.filter { $0 >= 4 && $0 <= 40 }.count * 10 > volumes.count * 7)
    #expect(volumes.contains { abs($0 - 2) < 0.2 })
  }

  @Test func twoLesionsApartAtBaselineTouchAtFollowUp() throws {
    let truth = try CleanCourse.truth.get()
    let before = truth.timePoints[0].lesions.filter { $0.fate == .merges }
    let after = try #require(truth.timePoints.last).lesions.filter { $0.fate == .merges }
    #expect(before.map(\.connectedWith) == [[], []])
    #expect(after.map(\.connectedWith) == [["lesion 8"], ["lesion 7"]])
    #expect(after[0].connectedVolume < after[0].volume + after[1].volume)
    let grid = try VoxelGrid(
      size: [121, 121, 121], spacing: [1, 1, 1],
      origin: PatientPoint(millimetres: (after[0].centre - 60).rounded(.down)))
    let union = try course.mask(of: course.lesions[6], at: course.visits[4], on: grid)
      .union(course.mask(of: course.lesions[7], at: course.visits[4], on: grid))
    #expect(abs(union.volume.millilitres / after[0].connectedVolume - 1) < 0.005)
  }

  @Test func aLesionLiesOutsideTheSPECTFieldAndOthersInside() throws {
    let truth = try CleanCourse.truth.get()
    let spects = truth.timePoints.filter { $0.role == .dosimetry }
    #expect(spects.count == 3)
    for spect in spects {
      let present = spect.lesions.filter(\.isPresent)
      #expect(present.filter { !$0.isInField }.map(\.name) == ["lesion 5"])
    }
  }
}
