import Foundation
import Geometry
import Kernels
import Quantities
import Testing
import Volumes

@testable import Dosimetry

private let hours = [4.0, 24, 72, 120]

private func scans(
  _ count: Int, _ activity: (_ voxel: Int, _ hours: Double) -> Double
) throws -> [VoxelTimeActivity.Scan] {
  let grid = try VoxelGrid(size: SIMD3(count, 1, 1), spacing: SIMD3(4, 4, 4))
  return try hours.map { t in
    VoxelTimeActivity.Scan(
      time: .hours(t),
      image: try Volume(grid: grid, samples: (0..<count).map { Float(activity($0, t)) }))
  }
}

@Test func everyVoxelHasItsOwnClearance() throws {
  let halfLives = (0..<1003).map { 15 + Double($0) * 0.1 }
  let result = try VoxelTimeActivity(
    scans(1003) { 1e4 * exp2(-$1 / halfLives[$0]) }, radionuclide: .lutetium177)
  for (voxel, halfLife) in halfLives.enumerated() {
    let expected = 1e4 * halfLife / log(2.0) * 3600 * 0.064
    #expect(abs(Double(result.integral.samples[voxel]) / expected - 1) < 1e-4)
    #expect(abs(Double(result.halfLifeHours[voxel]) / halfLife - 1) < 1e-4)
  }
}

@Test func emptySlowAndNegativeVoxelsHaveAnAnswer() throws {
  let result = try VoxelTimeActivity(
    scans(3) { [0, -5, 100 * exp2(-$1 / 1000)][$0] }, radionuclide: .lutetium177)
  #expect(result.integral.samples[0] == 0)
  #expect(result.integral.samples[1] == 0)
  // A tail slower than decay is held at it.
  #expect(abs(result.halfLifeHours[2] / Float(6.6443 * 24) - 1) < 1e-5)
  #expect(result.heldAtPhysicalDecay == 1)
}

@Test func theUptakeOfTheRegionReachesItsVoxels() throws {
  func activity(_ voxel: Int, _ t: Double) -> Double {
    Double(100 + voxel) * (exp2(-t / (40 + Double(voxel))) - exp2(-t / 5))
  }
  let images = try scans(20, activity)
  let region = try TimeActivityFit.fit(
    [1.0, 4, 12, 24, 72, 120].map { t in
      ActivitySample(
        time: .hours(t), activity: .megabecquerels(50 * (exp2(-t / 50) - exp2(-t / 5))))
    }, radionuclide: .lutetium177)
  let grid = images[0].image.grid
  let whole = try Mask(grid: grid, inside: [UInt8](repeating: 1, count: 20))
  let shared = try VoxelTimeActivity(
    images, radionuclide: .lutetium177,
    regions: [.init(mask: whole, fit: region, sharing: .uptake)])
  for voxel in 0..<20 {
    let truth = Double(100 + voxel) * (35 + Double(voxel)) / log(2.0) * 3600 * 0.064
    #expect(abs(Double(shared.integral.samples[voxel]) / truth - 1) < 1e-3)
  }
  // One shape for all: right where it is the voxel's own.
  let shape = try VoxelTimeActivity(
    images, radionuclide: .lutetium177,
    regions: [.init(mask: whole, fit: region, sharing: .shape)])
  let truth = 110 * 45 / log(2.0) * 3600 * 0.064
  #expect(abs(Double(shape.integral.samples[10]) / truth - 1) < 1e-3)
}

@Test func scansThatCannotBeFittedAreRefusedByRow() throws {
  let good = try scans(4) { 10 * exp2(-$1 / Double(40 + $0)) }
  #expect(throws: DosimetryError.self) {
    try VoxelTimeActivity([good[1], good[0]], radionuclide: .lutetium177)
  }
  #expect(throws: DosimetryError.self) {
    try VoxelTimeActivity([good[0]], radionuclide: .lutetium177)
  }
  let bad = try scans(4) { $0 == 2 ? .nan : $1 }
  let error = #expect(throws: DosimetryError.self) {
    try VoxelTimeActivity(bad, radionuclide: .lutetium177)
  }
  #expect(error?.description.contains("row 1") == true)
}
