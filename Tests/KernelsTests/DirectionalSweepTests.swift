import Foundation
import Kernels
import Testing

struct DirectionalSweepTests {
  static let size = SIMD3(25, 21, 23)
  static let sweep = DirectionalSweep(size: size, spacing: [10, 12, 9], pairs: 24)
  static let count = size.x * size.y * size.z

  static func offset(_ i: Int, _ j: Int, _ k: Int) -> Int { i + size.x * (j + size.y * k) }

  static func source(_ even: [Float]) -> [Float] {
    even + [Float](repeating: 0, count: 3 * count)
  }

  @Test func insideAnEvenSourceAsMuchIsTakenOutAsStarts() {
    let fluence = Self.sweep.fluence(
      of: Self.source([Float](repeating: 3, count: Self.count)),
      density: [Float](repeating: 1, count: Self.count), attenuation: 0.1)
    let middle = Self.offset(12, 10, 11)
    #expect(abs(fluence[middle] - 3 / 0.1) < 0.01 * 30)
    // And as much flies one way as the other.
    for axis in 1...3 { #expect(abs(fluence[axis * Self.count + middle]) < 0.01) }
  }

  /// What is lost along a path in another density is exp(-Δρ μ s); between the rays of a single voxel
  /// the paths are longer than the straight one.
  @Test(arguments: [
    (SIMD3(8, 0, 0), 0.04), (SIMD3(0, 7, 0), 0.04), (SIMD3(0, 0, 9), 0.04),
    (SIMD3(5, 4, 6), 0.2),
  ])
  func theRatioOfTwoDensitiesIsThatOfTheirAttenuation(step: SIMD3<Int>, allowed: Double) {
    var even = [Float](repeating: 0, count: Self.count)
    even[Self.offset(12, 10, 11)] = 1
    func fluence(_ density: Float) -> [Float] {
      Self.sweep.fluence(
        of: Self.source(even), density: [Float](repeating: density, count: Self.count),
        attenuation: 0.015)
    }
    let there = Self.offset(12 + step.x, 10 + step.y, 11 + step.z)
    let path = SIMD3<Double>(step) * Self.sweep.spacing
    let expected = exp(0.7 * 0.015 * (path * path).sum().squareRoot())
    let ratio = Double(fluence(0.3)[there] / fluence(1)[there])
    #expect(abs(ratio / expected - 1) < allowed)
  }

  @Test func aSourceInTheMiddleShinesTheSameBothWays() {
    var even = [Float](repeating: 0, count: Self.count)
    even[Self.offset(12, 10, 11)] = 1
    let fluence = Self.sweep.fluence(
      of: Self.source(even), density: [Float](repeating: 0.8, count: Self.count),
      attenuation: 0.01)
    let largest = fluence[..<Self.count].max() ?? 0
    for n in 0..<Self.count {
      #expect(abs(fluence[n] - fluence[Self.count - 1 - n]) <= 1e-6 * largest)
    }
  }

  @Test func aSourceThatStartsUpwardsIsSeenAboveOnly() {
    var even = [Float](repeating: 0, count: Self.count)
    even[Self.offset(12, 10, 11)] = 1
    let none = [Float](repeating: 0, count: Self.count)
    // As much upwards as all together: nothing starts more than 90 degrees from there.
    let fluence = Self.sweep.fluence(
      of: even + none + none + even, density: [Float](repeating: 1, count: Self.count),
      attenuation: 0.01)
    let above = fluence[Self.offset(12, 10, 17)]
    #expect(above > 20 * fluence[Self.offset(12, 10, 5)])
    #expect(fluence[3 * Self.count + Self.offset(12, 10, 17)] > 0.5 * above)
  }
}

struct BlockScalingTests {
  @Test func aLinearFieldIsLinearBetweenTheMiddlesOfBlocksAndEvenBeyond() {
    let (size, blocks, factor) = (SIMD3(12, 6, 4), SIMD3(4, 3, 2), SIMD3(4, 3, 3))
    func field(_ x: Float, _ y: Float, _ z: Float) -> Float { 2 + x - 0.5 * y + 0.25 * z }
    var values: [Float] = []
    for z in 0..<blocks.z {
      for y in 0..<blocks.y {
        for x in 0..<blocks.x { values.append(field(Float(x), Float(y), Float(z))) }
      }
    }
    let first = SIMD3(3, 1, 1)
    var samples = [Float](repeating: 2, count: size.x * size.y * size.z)
    BlockScaling.multiply(
      &samples, size: size, by: values, blocks: blocks, factor: factor, first: first)
    func place(_ n: Int, _ axis: Int) -> Float {
      let at = (Float(n + first[axis]) + 0.5) / Float(factor[axis]) - 0.5
      return min(max(at, 0), Float(blocks[axis] - 1))
    }
    for n in samples.indices {
      let (i, j, k) = (n % size.x, n / size.x % size.y, n / (size.x * size.y))
      let expected = 2 * field(place(i, 0), place(j, 1), place(k, 2))
      #expect(abs(samples[n] - expected) < 1e-5)
    }
  }
}
