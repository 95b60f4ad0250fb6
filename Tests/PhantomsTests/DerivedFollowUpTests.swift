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
      emission: image, ct: nil, mask: mask, from: frames.0, to: frames.1)
    var (sum, weight) = (SIMD3<Double>.zero, 0.0)
    for n in 0..<image.grid.voxelCount {
      let value = Double(derived.emission.samples[n])
      let p = image.grid.patientPoint(i: n % 50, j: n / 50 % 50, k: n / 2500)
      sum += p.millimetres * value
      weight += value
    }
    let expected = derived.truth.motion(PatientPoint(x: 20, y: -10, z: 15))
    #expect((sum / weight - expected.millimetres).length < 0.05)
    let centre = try #require(derived.mask.centroid)
    #expect(centre.distance(to: expected) < 0.5)
  }

  @Test func uptakeChangesByTheFactorInsideTheMaskOnly() throws {
    let (image, mask) = try blob()
    var options = DerivedFollowUp.Options()
    options.rotationVector = .zero
    options.translation = .zero
    options.uptakeFactor = 0.6
    let derived = try DerivedFollowUp(
      emission: image, ct: nil, mask: mask, from: frames.0, to: frames.1, options: options)
    for n in 0..<image.grid.voxelCount {
      let expected = Double(image.samples[n]) * (mask[n] ? 0.6 : 1)
      #expect(abs(Double(derived.emission.samples[n]) - expected) < 1e-3)
    }
    #expect(abs(derived.truth.meanAfter / derived.truth.meanBefore - 0.6) < 1e-6)
  }

  @Test func anEmptyMaskIsRefused() throws {
    let (image, _) = try blob()
    #expect(throws: DerivedFollowUpError.maskIsEmpty) {
      try DerivedFollowUp(
        emission: image, ct: nil, mask: Mask(grid: image.grid), from: frames.0, to: frames.1)
    }
  }
}
