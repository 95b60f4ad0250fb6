import Foundation
import Geometry
import Kernels
import Quantities
import Registration
import Testing
import Volumes

@Suite struct CTPyramidTests {
  private static let breath = 15.0

  /// A patient and the same with 15 mm of breathing, moved on the table.
  private func pair() throws -> (
    fixed: Volume<Hounsfield>, moving: Volume<Hounsfield>, truth: RigidTransform
  ) {
    let (here, there) = (
      lying(in: first), lying(in: second, degrees: [1, -1, 3], shift: [8, -10, 15])
    )
    let person = SyntheticPatient()
    return (
      try person.ct(on: grid(slices: 150), .init(lying: here, seed: 3)),
      try person.ct(
        on: grid(slices: 150, shift: 5),
        .init(lying: there, breath: Self.breath, table: 112, seed: 4)),
      try here.inverse.then(there)
    )
  }

  /// One pyramid serves both stages; nothing depends on who made it.
  @Test func aPyramidMadeOnceGivesTheSameBits() throws {
    let (fixed, moving, _) = try pair()
    let (a, b) = (try CTPyramid(fixed, role: .fixed), try CTPyramid(moving, role: .moving))
    let shared = try RigidRegistration.register(
      fixed: a, fixedFrame: first, moving: b, movingFrame: second)
    let single = try RigidRegistration.register(
      fixed: fixed, fixedFrame: first, moving: moving, movingFrame: second)
    #expect(shared == single)
    let start = try #require(
      try RigidRegistration.transform(
        fixed: a, fixedFrame: first, moving: b, movingFrame: second))
    #expect(start == single.fixedToMoving)
    #expect(
      try DeformableRegistration.register(fixed: a, moving: b, start: start)
        == DeformableRegistration.register(fixed: fixed, moving: moving, start: start))
  }

  /// Following all tissue is nearer to the organs that breathe; following the skeleton, to bone.
  @Test func aLinkFollowsWhatItIsAskedTo() throws {
    let (fixed, moving, truth) = try pair()
    let (a, b) = (try CTPyramid(fixed, role: .fixed), try CTPyramid(moving, role: .moving))
    func distance(
      _ follows: RigidSettings.Follows, _ points: [PatientPoint], breath: Double
    ) throws -> Double {
      var settings = RigidSettings()
      settings.follows = follows
      let link = try #require(
        try RigidRegistration.transform(
          fixed: a, fixedFrame: first, moving: b, movingFrame: second, settings: settings))
      return points.reduce(0) { sum, x in
        sum + link(x).distance(to: truth(Self.before(x, breath: breath)))
      } / Double(points.count)
    }
    let organs = Self.trunk.filter {
      abs($0.millimetres.x) <= 80 && abs($0.millimetres.z - 70) <= 85
    }
    let breath = Self.breath
    #expect(
      try distance(.body, organs, breath: breath) < distance(.skeleton, organs, breath: breath))
    #expect(try distance(.skeleton, Self.trunk, breath: 0) < 0.5)
    #expect(
      try distance(.body, Self.trunk, breath: 0) > distance(.skeleton, Self.trunk, breath: 0))
  }

  /// Points all over the trunk.
  private static let trunk = stride(from: -120.0, through: 120, by: 40).flatMap { x in
    stride(from: -80.0, through: 60, by: 35).flatMap { y in
      stride(from: -280.0, through: 220, by: 50).map { PatientPoint(x: x, y: y, z: $0) }
    }
  }

  /// Where tissue at `x` lay before it breathed, by fixed-point iteration.
  private static func before(_ x: PatientPoint, breath: Double) -> PatientPoint {
    var p = x.millimetres
    for _ in 0..<50 { p += x.millimetres - SyntheticPatient.breathed(p, by: breath) }
    return PatientPoint(millimetres: p)
  }

  @Test func setVoxelsAreFoundInOrder() {
    var mask = [UInt8](repeating: 0, count: 1003)
    let set = [0, 7, 8, 63, 500, 999, 1002]
    for n in set { mask[n] = 1 }
    #expect(MaskIndices.count(mask) == set.count)
    #expect(MaskIndices.scattered(mask, most: .max).map(\.voxel) == set)
    // SplitMix64 started at 0 gives this first number (Vigna's reference implementation).
    #expect(MaskIndices.scramble(0) == 0xE220_A839_7B1D_CDAF)
    #expect(MaskIndices.scattered(mask, most: 0).isEmpty)
  }

  @Test func aThresholdHoldsInsideACoarserMaskOnly() {
    // Four voxels on two of the mask; only the second of the mask is inside.
    let marks = ThresholdMask.run(
      [300, 100, 300, 200], axes: ([0, 0, 1, 1], [0], [0]),
      inside: .init(inside: [0, 1], size: SIMD3(2, 1, 1)), above: 200)
    #expect(marks == [0, 0, 1, 0])
  }

  /// 5 × 3 voxels in blocks of 2 × 3: the fifth column is dropped.
  @Test func blocksAverageWholeRows() {
    let samples = (0..<15).map { Float($0) }
    let averaged = BlockAverage.run(samples, size: SIMD3(5, 3, 1), factor: SIMD3(2, 3, 1))
    #expect(averaged.size == SIMD3(2, 1, 1))
    #expect(averaged.samples == [5.5, 7.5])
  }
}
