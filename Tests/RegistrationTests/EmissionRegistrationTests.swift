import Geometry
import Quantities
import Registration
import Testing
import Volumes

@Suite struct EmissionRegistrationTests {
  private func link(
    _ fixed: Volume<SUVbw>, _ moving: Volume<SUVbw>
  ) throws -> Link {
    try EmissionRegistration.register(
      fixed: fixed, fixedFrame: first, moving: moving, movingFrame: second)
  }

  /// The bar: within 1 mm over the body while a tumour of 370 mL loses two thirds of its uptake.
  @Test func findsTheMotionOfAPETWhoseTumourResponds() throws {
    let (link, truth) = try responding(breath: 0)
    let error = try errors(link.fixedToMoving, truth, z: -280...380)
    #expect(error.mean < 0.5)
    #expect(error.degrees < 0.15)
    #expect(link.quality.verdict.isAssessable)
    #expect(link.quality.boneResidual == nil)
  }

  /// Without bone to hold on to, organs that breathe pull a little, and the estimate covers it.
  @Test func theEstimatedErrorCoversTheBreath() throws {
    let (link, truth) = try responding(breath: 8)
    let error = try errors(link.fixedToMoving, truth, z: -280...380)
    #expect(error.mean < 2)
    #expect(error.mean < (try #require(link.quality.estimatedErrorMillimetres)))
  }

  private func responding(breath: Double) throws -> (Link, truth: RigidTransform) {
    let there = lying(in: second, degrees: [1, -2, 3], shift: [12, -9, 18])
    let here = lying(in: first)
    let person = SyntheticPatient()
    let fixed = try person.emission(
      on: grid(), .init(lying: here, noise: 0.2, seed: 3), tumour: 9)
    let moving = try person.emission(
      on: grid(shift: 5), .init(lying: there, breath: breath, noise: 0.25, seed: 4), tumour: 3)
    return (try link(fixed, moving), try here.inverse.then(there))
  }

  /// A tracer that shows little but kidneys, liver, spleen and tumour, in other units.
  @Test func findsTheMotionWhenOnlyOrgansTakeUp() throws {
    let there = lying(in: second, degrees: [0, 1, -3], shift: [-8, 6, -14])
    let here = lying(in: first)
    let person = SyntheticPatient()
    let fixed = try person.emission(
      on: grid(slices: 110), .init(lying: here, noise: 0.2, seed: 3), tumour: 6, background: 0.15)
    let moving = try person.emission(
      on: grid(slices: 110), .init(lying: there, noise: 0.2, seed: 4), tumour: 3, background: 0.15)
    let counts = try EmissionRegistration.register(
      fixed: fixed.scaled(by: 8e3, as: ActivityConcentration.self), fixedFrame: first,
      moving: moving.scaled(by: 3e3, as: ActivityConcentration.self), movingFrame: second)
    let error = try errors(counts.fixedToMoving, here.inverse.then(there), z: -280...100)
    #expect(error.mean < 1.5)
    #expect(counts.quality.verdict.isAssessable)
  }

  @Test func mirroredUptakeIsNotAssessable() throws {
    let person = SyntheticPatient()
    let fixed = try person.emission(
      on: grid(), .init(lying: lying(in: first), noise: 0.2), tumour: 6)
    let moving = try person.emission(
      on: grid(), .init(lying: lying(in: second), noise: 0.2, seed: 5, isMirrored: true),
      tumour: 6)
    #expect(try !link(fixed, moving).quality.verdict.isAssessable)
  }

  @Test func anEmptyImageIsAnErrorThatNamesIt() throws {
    let empty = Volume<SUVbw>(grid: try grid(), filledWith: .zero)
    let fixed = try SyntheticPatient().emission(
      on: grid(), .init(lying: lying(in: first), noise: 0.2), tumour: 6)
    #expect(throws: RegistrationError.noBody(.moving)) { try link(fixed, empty) }
  }
}
