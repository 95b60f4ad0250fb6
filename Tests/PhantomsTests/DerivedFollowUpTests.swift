import Foundation
import Geometry
import Phantoms
import Quantities
import Testing
import Volumes

@Suite struct DerivedFollowUpTests {
  private let frames = (FrameOfReference(uid: "1.2.3"), FrameOfReference(uid: "1.2.4"))

  /// A Gaussian blob of 12 mm standard deviation at (20, −10, 15) mm.
  private func blob() throws -> (image: Volume<ActivityConcentration>, mask: Mask) {
    let grid = try VoxelGrid(
      size: [50, 50, 50], spacing: [4, 4, 4], origin: PatientPoint(x: -100, y: -100, z: -100))
    let distances = (0..<grid.voxelCount).map { n in
      let (i, j, k) = (n % 50, n / 50 % 50, n / 2500)
      return grid.patientPoint(i: i, j: j, k: k).distance(to: PatientPoint(x: 20, y: -10, z: 15))
    }
    return (
      try Volume(grid: grid, samples: distances.map { Float(1000 * exp(-$0 * $0 / 288)) }),
      Mask(grid: grid) { distances[$0] < 40 }
    )
  }

  @Test func theBlobLiesWhereTheTruthPutsIt() throws {
    let (image, mask) = try blob()
    let derived = try DerivedFollowUp(
      emission: image, ct: nil, changes: [.init(mask, factor: 0.6)], from: frames.0, to: frames.1)
    var (sum, weight) = (SIMD3<Double>.zero, 0.0)
    for n in 0..<image.grid.voxelCount {
      let value = Double(derived.emission.samples[n])
      let p = image.grid.patientPoint(i: n % 50, j: n / 50 % 50, k: n / 2500)
      sum += p.millimetres * value
      weight += value
    }
    let expected = derived.truth.motion(PatientPoint(x: 20, y: -10, z: 15))
    #expect((sum / weight - expected.millimetres).length < 0.05)
    let centre = try #require(derived.masks[0].centroid)
    #expect(centre.distance(to: expected) < 0.5)
  }

  @Test func uptakeChangesByTheFactorInsideTheMaskOnly() throws {
    let (image, mask) = try blob()
    var options = DerivedFollowUp.Options()
    options.rotationVector = .zero
    options.translation = .zero
    let derived = try DerivedFollowUp(
      emission: image, ct: nil, changes: [.init(mask, factor: 0.6)], from: frames.0, to: frames.1,
      options: options)
    for n in 0..<image.grid.voxelCount {
      let expected = Double(image.samples[n]) * (mask[n] ? 0.6 : 1)
      #expect(abs(Double(derived.emission.samples[n]) - expected) < 1e-3)
    }
    #expect(
      abs(derived.truth.regions[0].meanAfter / derived.truth.regions[0].meanBefore - 0.6) < 1e-6)
  }

  @Test func anEmptyMaskIsRefused() throws {
    let (image, _) = try blob()
    #expect(throws: DerivedFollowUpError.maskIsEmpty) {
      try DerivedFollowUp(
        emission: image, ct: nil, changes: [.init(Mask(grid: image.grid), factor: 1)],
        from: frames.0, to: frames.1)
    }
  }

  /// The map and its inverse agree, and tissue nowhere folds: a numerical Jacobian stays positive.
  @Test func aDeformationIsInvertible() throws {
    let rigid = RigidTransform(
      from: frames.0, to: frames.1, rotationVector: [0.05, 0, -0.03], translation: [12, -7, 20])
    let motion = KnownMotion(rigid, deformation: 6, seed: 3)
    var random = SeededGenerator(seed: 5, stream: "points")
    var squares = 0.0
    for _ in 0..<500 {
      let p = PatientPoint(
        x: random.uniform(-250...250), y: random.uniform(-180...180), z: random.uniform(-500...500))
      #expect(motion.origin(of: motion(p)).distance(to: p) < 1e-6)
      let d = motion(p).millimetres - rigid(p).millimetres
      squares += (d * d).sum()
      func step(_ v: SIMD3<Double>) -> SIMD3<Double> {
        motion(PatientPoint(millimetres: p.millimetres + v)).millimetres - motion(p).millimetres
      }
      #expect(step([0.1, 0, 0]).cross(step([0, 0.1, 0])).dot(step([0, 0, 0.1])) > 0)
    }
    let size = (squares / 500).squareRoot()
    #expect(size > 3 && size < 9)
  }

  /// The image carried by the motion shows at y what the original shows where y came from.
  @Test func aDeformedImageShowsEachPointWhereTheMotionTakesIt() throws {
    let (image, mask) = try blob()
    let motion = KnownMotion(
      RigidTransform(
        from: frames.0, to: frames.1, rotationVector: [0.03, 0.02, 0], translation: [3, 5, -4]),
      deformation: 5, seed: 11)
    let moved = try motion.carried(image, onto: image.grid, outside: .zero)
    let target = motion(PatientPoint(x: 20, y: -10, z: 15))
    #expect(target.distance(to: motion.rigid(PatientPoint(x: 20, y: -10, z: 15))) > 0.5)
    for n in stride(from: 0, to: image.grid.voxelCount, by: 97) {
      let y = image.grid.patientPoint(i: n % 50, j: n / 50 % 50, k: n / 2500)
      let x = motion.origin(of: y)
      guard image.grid.contains(x) else { continue }
      let r = x.distance(to: PatientPoint(x: 20, y: -10, z: 15))
      #expect(abs(Double(moved.samples[n]) - 1000 * exp(-r * r / 288)) < 20)
    }
    #expect(abs(try motion.carried(mask, onto: mask.grid).volume / mask.volume - 1) < 0.3)
  }
}
