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

/// Noise of known size on many voxels of one truth: the variation that the scatter tells is the one
/// that the integrals have, and the limit parts them.
@Test func theScatterTellsHowFarAVoxelCanBeTrusted() throws {
  let count = 4000
  func images(_ noise: Double) throws -> [VoxelTimeActivity.Scan] {
    var draws = SeededDraws(state: 11)
    return try scans(count) { _, t in
      let activity = 1e4 * exp2(-t / 50)
      return activity + draws.normal() * noise * (1e4 * activity).squareRoot()
    }
  }
  // Bisect the limit at which half of the voxels pass: the typical variation by the scatter.
  func typical(_ scans: [VoxelTimeActivity.Scan]) throws -> Double {
    var (low, high) = (0.0, 1.0)
    for _ in 0..<12 {
      let middle = (low + high) / 2
      let trust = try VoxelTimeActivity(
        scans, radionuclide: .lutetium177, largestVariation: middle
      ).trust
      let passed = trust.count { $0 == .fitted }
      let judged = trust.count { $0 == .fitted || $0 == .uncertain }
      if passed * 2 > judged { high = middle } else { low = middle }
    }
    return (low + high) / 2
  }
  let noisy = try images(0.03)
  let result = try VoxelTimeActivity(noisy, radionuclide: .lutetium177)
  let logs = zip(result.integral.samples, result.trust).filter { $1 == .fitted }.map {
    log(Double($0.0))
  }
  let mean = logs.reduce(0, +) / Double(logs.count)
  let spread = (logs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(logs.count)).squareRoot()
  let told = try typical(noisy)
  print("figure: voxel-wise TIA spread \(spread), told by the scatter \(told)")
  #expect(abs(told / spread - 1) < 0.1)
  #expect(result.trust.allSatisfy { $0 != .misfit })
  // What is ten times noisier is not trusted.
  let wild = try VoxelTimeActivity(images(0.6), radionuclide: .lutetium177)
  let trusted = wild.trust.count { $0 == .fitted }
  #expect(trusted < count / 4)
}

@Test func twoScansLeaveNoScatterAndASharedShapeIsNotItsOwn() throws {
  let images = try scans(20) { 100 * exp2(-$1 / (40 + Double($0))) }
  let two = try VoxelTimeActivity(Array(images.prefix(2)), radionuclide: .lutetium177)
  #expect(two.trust.allSatisfy { $0 == .fitted })
  let region = try TimeActivityFit.fit(
    hours.map { .init(time: .hours($0), activity: .megabecquerels(50 * exp2(-$0 / 50))) },
    radionuclide: .lutetium177)
  var half = [UInt8](repeating: 0, count: 20)
  for n in 0..<10 { half[n] = 1 }
  let mask = try Mask(grid: images[0].image.grid, inside: half)
  let mixed = try VoxelTimeActivity(
    images, radionuclide: .lutetium177,
    regions: [.init(mask: mask, fit: region, sharing: .shape)])
  #expect(mixed.trust.prefix(10).allSatisfy { $0 == .shared })
  #expect(mixed.trust.suffix(10).allSatisfy { $0 == .fitted })
  let still = try VoxelTimeActivity(scans(2) { v, _ in v == 0 ? 0 : 7 }, radionuclide: .lutetium177)
  #expect(still.trust == [.empty, .held])
}

/// Two fifths of the voxels lie at an edge that moves away between the scans; the others are as noisy as
/// before, and keep their own clearance.
@Test func edgesThatMoveDoNotCountForTheInside() throws {
  let count = 5000
  let isEdge = { (voxel: Int) in voxel % 5 < 2 }
  func images(moving: Bool) throws -> [VoxelTimeActivity.Scan] {
    var draws = SeededDraws(state: 3)
    return try scans(count) { voxel, t in
      let activity = 1e4 * exp2(-t / 50) * (moving && isEdge(voxel) && t == 24 ? 0.2 : 1)
      return activity + draws.normal() * 0.03 * (1e4 * activity).squareRoot()
    }
  }
  let still = try VoxelTimeActivity(images(moving: false), radionuclide: .lutetium177)
  let moved = try VoxelTimeActivity(images(moving: true), radionuclide: .lutetium177)
  let inside = moved.trust.enumerated().filter { !isEdge($0.offset) }
  let edges = moved.trust.enumerated().filter { isEdge($0.offset) }
  print(
    "figure: voxels inside that keep their own clearance beside moving edges "
      + "\(Double(inside.count { $0.element == .fitted }) / Double(inside.count)), edges set aside "
      + "\(Double(edges.count { $0.element == .misfit }) / Double(edges.count))")
  #expect(still.trust.count { $0 == .fitted } > count * 99 / 100)
  #expect(inside.count { $0.element == .fitted } > inside.count * 99 / 100)
  #expect(edges.count { $0.element == .misfit } > edges.count * 95 / 100)
}

/// A misfit of a few per mille is far beyond the scatter of scans without noise, and harms nothing.
@Test func aMisfitTooSmallToMatterIsNone() throws {
  let result = try VoxelTimeActivity(
    scans(100) { voxel, t in
      1e4 * exp2(-t / 50) * (voxel < 30 && t == 24 ? 1.004 : 1) * (1 + 1e-5 * Double(voxel % 7) * t)
    }, radionuclide: .lutetium177)
  #expect(result.trust.allSatisfy { $0 == .fitted })
}

/// Any table of the chi-square distribution.
@Test(arguments: [
  (0.5, 1, 0.454936), (0.5, 2, 1.386294), (0.5, 3, 2.365974), (0.999, 1, 10.8276),
  (0.999, 2, 13.8155), (0.95, 4, 9.4877), (0.99, 5, 15.0863),
])
func chiSquareQuantilesAreThoseOfTheTables(probability: Double, freedom: Int, value: Double) {
  let quantile = ChiSquare.quantile(probability, degreesOfFreedom: freedom)
  #expect(abs(quantile / value - 1) < 1e-5)
}

/// Counts in the first scan alone fit a curve that was immense before it.
@Test func aCurveThatLiesBeforeTheFirstScanIsNotTrusted() throws {
  let result = try VoxelTimeActivity(
    scans(50) { voxel, t in
      voxel < 10 ? (t == 4 ? 10 : 0.2 * exp2(-t / 20)) : 100 * exp2(-t / (40 + Double(voxel)))
    }, radionuclide: .lutetium177)
  #expect(result.trust.prefix(10).allSatisfy { $0 == .uncertain })
  #expect(result.trust.dropFirst(10).allSatisfy { $0 == .fitted })
}
