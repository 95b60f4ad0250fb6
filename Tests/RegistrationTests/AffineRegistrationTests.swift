import Geometry
import Quantities
import Registration
import Testing
import Volumes

@Suite struct AffineRegistrationTests {
  /// The same samples on a grid stretched along its axes: a known stretch without interpolation.
  private func stretched(
    _ volume: Volume<Hounsfield>, by factor: SIMD3<Double>
  ) throws -> Volume<Hounsfield> {
    let grid = volume.grid
    return try Volume(
      grid: VoxelGrid(
        size: grid.size, spacing: grid.spacing * factor,
        origin: PatientPoint(millimetres: grid.origin.millimetres * factor)),
      samples: volume.samples)
  }

  private func link(
    _ fixed: Volume<Hounsfield>, _ moving: Volume<Hounsfield>
  ) throws -> AffineLink {
    try AffineRegistration.register(
      fixed: fixed, fixedFrame: first, moving: moving, movingFrame: second)
  }

  private func error(_ map: AffineTransform, _ truth: (PatientPoint) -> PatientPoint) -> Double {
    var distances: [Double] = []
    for x in stride(from: -140.0, through: 140, by: 70) {
      for y in stride(from: -80.0, through: 80, by: 40) {
        for z in stride(from: -280.0, through: 380, by: 60) {
          let p = PatientPoint(x: x, y: y, z: z)
          distances.append(map(p).distance(to: truth(p)))
        }
      }
    }
    return distances.reduce(0, +) / Double(distances.count)
  }

  /// Another field of view, another table, 3 % wider, 2 % flatter, 4 % longer and turned.
  @Test func findsAStretchOnTopOfAMotion() throws {
    let person = SyntheticPatient()
    let there = lying(in: second, degrees: [1, -2, 3], shift: [12, -9, 18])
    let fixed = try person.ct(on: grid(), .init(lying: lying(in: first), seed: 3))
    let still = try person.ct(
      on: grid(from: -300, slices: 170, shift: 5), .init(lying: there, table: 140, seed: 4))
    let factor = SIMD3(1.03, 0.98, 1.04)
    let link = try link(fixed, stretched(still, by: factor))
    let motion = try lying(in: first).inverse.then(there)
    let found = error(link.fixedToMoving) {
      PatientPoint(millimetres: motion($0).millimetres * factor)
    }
    let rigid = error(AffineTransform(link.rigid.fixedToMoving)) {
      PatientPoint(millimetres: motion($0).millimetres * factor)
    }
    #expect(found < 0.5)
    #expect(rigid > 4)
    #expect(link.quality.verdict.isAssessable)
    #expect(abs(link.stretches.greatest - 1.04) < 0.004)
    #expect(abs(link.stretches.least - 0.98) < 0.004)
    #expect(try #require(link.quality.boneResidual).median < 1)
    #expect(try #require(link.quality.inverseConsistency) < 0.5)
  }

  /// One scan of the chest and abdomen, one of the abdomen and pelvis.
  @Test func partialOverlapIsEnough() throws {
    let person = SyntheticPatient()
    let fixed = try person.ct(
      on: grid(from: -200, slices: 120), .init(lying: lying(in: first), seed: 3))
    let moving = try person.ct(
      on: grid(from: -330, slices: 110),
      .init(lying: lying(in: second, shift: [10, 6, -12]), seed: 4))
    let link = try link(fixed, moving)
    let distances = stride(from: -140.0, through: 60, by: 40).map { z -> Double in
      let p = PatientPoint(x: 60, y: 20, z: z)
      return link.fixedToMoving(p).distance(to: PatientPoint(x: 70, y: 26, z: z - 12))
    }
    #expect(distances.reduce(0, +) / Double(distances.count) < 0.7)
    #expect(link.quality.verdict.isAssessable)
  }

  @Test func aStretchNoPatientShowsIsNotPassed() throws {
    let fixed = try SyntheticPatient().ct(on: grid(), .init(lying: lying(in: first)))
    let link = try link(fixed, stretched(fixed, by: [1.13, 1.13, 1]))
    #expect(link.quality.verdict != .pass)
  }
}
