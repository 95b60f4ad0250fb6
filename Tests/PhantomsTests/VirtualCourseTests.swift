import Foundation
import Geometry
import Phantoms
import Quantities
import Testing
import Volumes

@Suite struct VirtualCourseTests {
  @Test func theSameSeedGivesTheSameImages() throws {
    let (first, second) = (VirtualCourse(), VirtualCourse())
    let visit = first.visits[1]
    let (a, b) = (try first.timePoint(visit), try second.timePoint(visit))
    #expect(a.ct.samples == b.ct.samples)
    #expect(a.emission.samples == b.emission.samples)
    #expect(a.frame == b.frame)
    #expect(try first.truth() == second.truth())
  }

  @Test func anotherSeedIsAnotherPatient() throws {
    var options = VirtualCourseOptions()
    options.seed = 8
    let (first, second) = (VirtualCourse(), VirtualCourse(options))
    let visit = first.visits[1]
    #expect(first.frame(of: visit) != second.frame(of: visit))
    #expect(first.motion(at: visit).rotationVector != second.motion(at: visit).rotationVector)
    #expect(try first.timePoint(visit).ct.samples != second.timePoint(visit).ct.samples)
  }

  @Test func visitsFollowTheCourse() {
    var options = VirtualCourseOptions()
    options.cycles = 2
    let visits = VirtualCourse(options).visits
    #expect(
      visits.map(\.id) == [
        "base", "c1h4", "c1h24", "c1h96", "c2h4", "c2h24", "c2h96", "fu1",
      ])
    #expect(zip(visits, visits.dropFirst()).allSatisfy { $0.scanStart < $1.scanStart })
    #expect(visits[1].injectedActivity == .gigabecquerels(7.4))
    #expect(abs(visits[2].sinceInjection.inHours - 23.8) < 1e-9)
  }

  @Test func truthSurvivesItsFile() throws {
    let truth = try CleanCourse.truth.get()
    let data = try JSONEncoder().encode(truth)
    #expect(try JSONDecoder().decode(CourseTruth.self, from: data) == truth)
    #expect(truth.landmarks.count >= 200)
    #expect(Set(truth.landmarks.map(\.kind)) == Set([.bone, .soft, .lung]))
  }

  @Test func ctShowsAirFatLiverAndBone() throws {
    let ct = try CleanCourse.baseline.get().ct
    func hounsfield(_ x: Double, _ y: Double, _ z: Double) -> Double {
      let p = ct.grid.gridPoint(at: .init(x: x, y: y, z: z)).ijk.rounded(.toNearestOrEven)
      return ct[Int(p.x), Int(p.y), Int(p.z)].inBaseUnit
    }
    #expect(hounsfield(-100, 10, 10) > 20 && hounsfield(-100, 10, 10) < 95)
    #expect(hounsfield(80, -10, 150) < -600)
    #expect(hounsfield(0, 64, -65) > 80)
    #expect(hounsfield(230, -120, -100) == -1000)
  }

  /// Noise in water-like tissue has the standard deviation that was asked for, within the
  /// sampling error and the tissue texture that both images share.
  @Test func noiseIsSeparateFromTexture() throws {
    var options = VirtualCourseOptions()
    options.resolution = false
    let noisy = VirtualCourse(options)
    let point = try noisy.timePoint(noisy.visits[0])
    let clean = try CleanCourse.baseline.get()
    let body = point.structure(.liver)
    var (squares, count) = (0.0, 0.0)
    for n in 0..<body.grid.voxelCount where body[n] {
      let difference = Double(point.ct.samples[n] - clean.ct.samples[n])
      squares += difference * difference
      count += 1
    }
    #expect(abs((squares / count).squareRoot() - 10) < 0.5)
  }

  @Test func outlinesLieInsideTheBodyAndDoNotOverlap() throws {
    let point = try CleanCourse.baseline.get()
    let body = point.structure(.body)
    var taken = Mask(grid: point.ct.grid)
    for organ in Organ.allCases where organ != .body {
      let mask = point.structure(organ)
      #expect(!mask.isEmpty, "\(organ)")
      #expect(try mask.subtracting(body).isEmpty, "\(organ)")
      #expect(try mask.intersection(taken).isEmpty, "\(organ)")
      taken = try taken.union(mask)
    }
  }
}

@Suite struct SeededGeneratorTests {
  @Test func imageNoiseHasMeanZeroAndVarianceOne() {
    var random = SeededGenerator(seed: 1, stream: "test")
    let values = (0..<100_000).map { _ in Double(random.imageNoise()) }
    let mean = values.reduce(0, +) / 1e5
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 1e5
    // Standard errors: 0.0032 of the mean, below 0.0045 of the variance.
    #expect(abs(mean) < 0.013)
    #expect(abs(variance - 1) < 0.018)
  }

  @Test func streamsDiffer() {
    var a = SeededGenerator(seed: 1, stream: "a")
    var b = SeededGenerator(seed: 1, stream: "b")
    var c = SeededGenerator(seed: 1, stream: "a", index: 1)
    var again = SeededGenerator(seed: 1, stream: "a")
    let first = a.next()
    #expect(first != b.next())
    #expect(first != c.next())
    #expect(first == again.next())
  }
}
