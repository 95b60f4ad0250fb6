import Foundation
import Geometry
import Quantities
import Registration
import Testing
import Volumes

@Suite struct RigidRegistrationTests {
  /// The bar of the demo course: below 1 mm and 0.3 degrees, with 15 mm of breathing, a table
  /// that moved on its own, and noise. Twice as strict here, since bone is truly rigid.
  @Test func findsTheSkeletonsMotionThroughBreathingAndAMovedTable() throws {
    let there = lying(in: second, degrees: [2, -1.5, 4], shift: [9, -14, 21])
    let here = lying(in: first)
    let person = SyntheticPatient()
    let fixed = try person.ct(on: grid(), .init(lying: here, seed: 3))
    let moving = try person.ct(
      on: grid(shift: 7), .init(lying: there, breath: 15, table: 112, noise: 20, seed: 4))
    let link = try RigidRegistration.register(
      fixed: fixed, fixedFrame: first, moving: moving, movingFrame: second)
    let error = try errors(link.fixedToMoving, here.inverse.then(there), z: -280...380)
    #expect(error.mean < 0.5)
    #expect(error.degrees < 0.15)
    #expect(link.quality.verdict.isAssessable)
    #expect(try #require(link.quality.boneResidual).median < 1)
    #expect(try #require(link.quality.inverseConsistency) < 1)
    #expect(link.fixedToMoving.from == first && link.fixedToMoving.to == second)
  }

  /// The rigid link cannot follow breath, and says how much it misses.
  @Test func breathingShowsAsLocalMotion() throws {
    let person = SyntheticPatient()
    let fixed = try person.ct(on: grid(slices: 150), .init(lying: lying(in: first), noise: 4))
    let motion = try [0.0, 15].map { breath in
      let moving = try person.ct(
        on: grid(slices: 150),
        .init(lying: lying(in: second), breath: breath, noise: 4, seed: 2))
      let link = try RigidRegistration.register(
        fixed: fixed, fixedFrame: first, moving: moving, movingFrame: second)
      return try #require(link.quality.localMotion)
    }
    // Both far from the noise: what rests is half a voxel at most, what breathes far more.
    #expect(motion[0].percentile68 < 2)
    #expect(motion[1].percentile95 > 2 * motion[0].percentile95)
  }

  /// A 40 cm SPECT/CT within a whole-body CT, at three places along it, with a frame whose origin
  /// is elsewhere.
  @Test(arguments: [-320.0, -120, 80])
  func findsAPartOfTheBody(from z0: Double) throws {
    let there = lying(in: second, degrees: [0, 2, -3], shift: [15, 20, 640])
    let here = lying(in: first)
    let person = SyntheticPatient()
    let fixed = try person.ct(on: grid(from: -400, slices: 240), .init(lying: here, seed: 3))
    let moving = try person.ct(
      on: grid(from: z0 + 640, slices: 100),
      .init(lying: there, breath: 8, table: 160, noise: 25, seed: 9))
    let link = try RigidRegistration.register(
      fixed: fixed, fixedFrame: first, moving: moving, movingFrame: second)
    let error = try errors(
      link.fixedToMoving, here.inverse.then(there), z: (z0 + 40)...(z0 + 360))
    #expect(error.mean < 1)
    #expect(error.degrees < 0.3)
    #expect(link.quality.verdict.isAssessable)
    #expect(link.quality.movingBodySeen > 0.9)
    #expect(link.quality.fixedBodySeen < 0.6)
  }

  @Test func anIdenticalImageGivesTheIdentity() throws {
    let ct = try SyntheticPatient().ct(on: grid(), .init(lying: lying(in: first)))
    let link = try RigidRegistration.register(
      fixed: ct, fixedFrame: first, moving: ct, movingFrame: second)
    let error = try errors(
      link.fixedToMoving, .identity(from: first, to: second), z: -280...380)
    #expect(error.mean < 0.01)
    #expect(link.quality.verdict == .pass)
    #expect(try #require(link.quality.estimatedErrorMillimetres) < 0.05)
  }

  @Test func sameInputGivesTheSameBits() throws {
    let person = SyntheticPatient()
    let fixed = try person.ct(on: grid(slices: 120), .init(lying: lying(in: first)))
    let moving = try person.ct(
      on: grid(slices: 120), .init(lying: lying(in: second, shift: [5, 6, 7]), seed: 2))
    let links = try (0..<2).map { _ in
      try RigidRegistration.register(
        fixed: fixed, fixedFrame: first, moving: moving, movingFrame: second)
    }
    #expect(links[0] == links[1])
  }

  @Test func aLinkSurvivesJSON() throws {
    let ct = try SyntheticPatient().ct(on: grid(slices: 120), .init(lying: lying(in: first)))
    let link = try RigidRegistration.register(
      fixed: ct, fixedFrame: first, moving: ct, movingFrame: second)
    let back = try JSONDecoder().decode(Link.self, from: JSONEncoder().encode(link))
    #expect(back == link)
  }

  @Test func twoVoxelAveragingKeepsTheAccuracy() throws {
    let there = lying(in: second, degrees: [0, 0, 3], shift: [4, 8, -12])
    let here = lying(in: first)
    let fine = try VoxelGrid(
      size: [208, 144, 110], spacing: [2, 2, 3], origin: PatientPoint(x: -206, y: -136, z: -300))
    let fixed = try SyntheticPatient().ct(on: fine, .init(lying: here, seed: 3))
    let moving = try SyntheticPatient().ct(on: fine, .init(lying: there, seed: 4))
    let link = try RigidRegistration.register(
      fixed: fixed, fixedFrame: first, moving: moving, movingFrame: second)
    let error = try errors(link.fixedToMoving, here.inverse.then(there), z: -280...0)
    #expect(error.mean < 0.25)
  }
}

@Suite struct FailedLinkTests {
  private func link(
    _ fixed: Volume<Hounsfield>, _ moving: Volume<Hounsfield>
  ) throws -> Link {
    try RigidRegistration.register(
      fixed: fixed, fixedFrame: first, moving: moving, movingFrame: second)
  }
  private static let scan = Result {
    try SyntheticPatient().ct(on: grid(), .init(lying: lying(in: first)))
  }
  private func baseline() throws -> Volume<Hounsfield> { try Self.scan.get() }

  @Test func aMirroredImageIsNotAssessable() throws {
    let moving = try SyntheticPatient().ct(
      on: grid(), .init(lying: lying(in: second, shift: [5, 5, 5]), seed: 8, isMirrored: true))
    let verdict = try link(baseline(), moving).quality.verdict
    #expect(!verdict.isAssessable)
    #expect(verdict.reasons.contains { $0.contains("mirrored") })
  }

  @Test(arguments: [0.88, 1.12])
  func anotherPatientIsNotAssessable(stature: Double) throws {
    let other = SyntheticPatient(stature: stature, identity: 5)
    let moving = try other.ct(on: grid(), .init(lying: lying(in: second), seed: 8))
    #expect(try !link(baseline(), moving).quality.verdict.isAssessable)
  }

  @Test func headAndPelvisAreNotAssessable() throws {
    let person = SyntheticPatient()
    let pelvis = try person.ct(on: grid(from: -400, slices: 60), .init(lying: lying(in: first)))
    let head = try person.ct(
      on: grid(from: 350, slices: 55), .init(lying: lying(in: second), seed: 2))
    #expect(try !link(pelvis, head).quality.verdict.isAssessable)
  }

  @Test func aBlockOfWaterIsNotAssessable() throws {
    let box = try grid()
    let water = Mask(grid: box) { n in
      let (i, j, k) = (n % 104, n / 104 % 72, n / (104 * 72))
      return (30..<75).contains(i) && (20..<50).contains(j) && (20..<160).contains(k)
    }
    let volume = try Volume<Hounsfield>(
      grid: box, samples: water.inside.map { $0 == 1 ? 0 : -1000 })
    #expect(try !link(baseline(), volume).quality.verdict.isAssessable)
  }

  @Test func airAloneIsAnErrorThatNamesTheImage() throws {
    let air = Volume<Hounsfield>(grid: try grid(), filledWith: .hounsfieldUnits(-1000))
    let fixed = try baseline()
    #expect(throws: RegistrationError.noBody(.moving)) { try link(fixed, air) }
    #expect(throws: RegistrationError.noBody(.fixed)) { try link(air, fixed) }
  }

  @Test func samplesThatAreNoNumbersAreAnError() throws {
    let fixed = try baseline()
    var samples = fixed.samples
    samples[1000] = .nan
    let broken = try Volume<Hounsfield>(grid: fixed.grid, samples: samples)
    #expect(throws: RegistrationError.notFinite(.moving)) { try link(fixed, broken) }
  }

  @Test func aStartInOtherFramesIsRefused() throws {
    let fixed = try baseline()
    #expect(throws: RegistrationError.startFramesDiffer) {
      try RigidRegistration.register(
        fixed: fixed, fixedFrame: first, moving: fixed, movingFrame: second,
        start: .identity(from: second, to: first))
    }
  }
}
