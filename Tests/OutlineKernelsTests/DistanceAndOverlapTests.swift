import Foundation
import Kernels
import Testing

@Suite struct DistanceTransformTests {
  @Test(arguments: [1, 2, 3])
  func distancesAgreeWithTryingEveryVoxel(seed: Int) {
    var generator = ConnectedComponentsTests.Generator(state: UInt64(seed))
    // Uneven slices, as where bed positions join.
    let positions = [
      (0..<9).map { 2.0 * Double($0) }, (0..<7).map { 3.5 * Double($0) }, [0, 3, 6.1, 9, 13.5],
    ]
    let inside = (0..<(9 * 7 * 5)).map { _ in
      Double.random(in: 0..<1, using: &generator) < 0.03 ? UInt8(1) : 0
    }
    func point(_ n: Int) -> SIMD3<Double> {
      [positions[0][n % 9], positions[1][n / 9 % 7], positions[2][n / 63]]
    }
    let set = inside.indices.filter { inside[$0] != 0 }
    let found = DistanceTransform.squared(inside, positions: positions)
    for n in inside.indices {
      let nearest = set.map { m -> Double in
        let d = point(n) - point(m)
        return (d * d).sum()
      }.min()
      #expect(abs(Double(found[n]) - (nearest ?? .infinity)) < 1e-3)
    }
  }

  @Test func anEmptySetIsInfinitelyFar() {
    let found = DistanceTransform.squared([0, 0, 0, 0], positions: [[0, 1], [0, 1], [0]])
    #expect(found.allSatisfy { $0 == .infinity })
  }
}

@Suite struct SphereOverlapTests {
  static let radius = cbrt(3000 / (4 * Double.pi))

  static func faces(_ spacing: Double, shift: Double) -> [Double] {
    let reach = Int((radius / spacing).rounded(.up)) + 1
    return (-reach...(reach + 1)).map { (Double($0) - 0.5) * spacing - shift }
  }

  /// All parts of the sphere lie in some voxel, so the shared volumes sum to 1 mL.
  @Test(arguments: [1.5, 2, 2.7344, 4, 5.4688], [0, 0.3, 1.1])
  func sharedVolumesSumToTheSphere(spacing: Double, shift: Double) {
    var overlap = SphereOverlap(radius: Self.radius)
    var weights: [Double] = []
    overlap.fill(
      &weights, x: Self.faces(spacing, shift: shift), y: Self.faces(spacing, shift: -shift),
      z: Self.faces(spacing * 1.2, shift: shift / 2))
    #expect(abs(weights.reduce(0, +) - 1000) < 0.1)
    #expect(weights.allSatisfy { $0 >= 0 })
  }

  /// Against counting points on a grid of 0.05 mm, whose own error is about 10⁻³ of a voxel.
  @Test func eachShareAgreesWithCountingPoints() {
    let x = Self.faces(4, shift: 1.3)
    let y = Self.faces(4, shift: -0.4)
    let z = Self.faces(3, shift: 0.7)
    var overlap = SphereOverlap(radius: Self.radius)
    var weights: [Double] = []
    overlap.fill(&weights, x: x, y: y, z: z)
    let step = 0.05
    func bin(_ u: Double, _ faces: [Double]) -> Int { Int((u - faces[0]) / (faces[1] - faces[0])) }
    var counted = [Double](repeating: 0, count: weights.count)
    let n = Int((Self.radius / step).rounded(.up))
    let (nx, ny) = (x.count - 1, y.count - 1)
    for c in -n...n {
      for b in -n...n {
        for a in -n...n {
          let p = (SIMD3(Double(a), Double(b), Double(c)) + 0.5) * step
          guard (p * p).sum() <= Self.radius * Self.radius else { continue }
          counted[bin(p.x, x) + nx * (bin(p.y, y) + ny * bin(p.z, z))] += step * step * step
        }
      }
    }
    for (weight, count) in zip(weights, counted) { #expect(abs(weight - count) < 0.25) }
  }

  /// Eight voxels that meet at the centre share the sphere equally.
  @Test func aSphereOnAVoxelCornerIsSharedByEight() {
    var overlap = SphereOverlap(radius: 5)
    var weights: [Double] = []
    overlap.fill(&weights, x: [-8, 0, 8], y: [-8, 0, 8], z: [-8, 0, 8])
    let eighth = 4.0 / 3 * .pi * 125 / 8
    for weight in weights { #expect(abs(weight - eighth) < 1e-9 * eighth) }
  }
}
