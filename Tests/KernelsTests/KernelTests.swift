import Foundation
import Kernels
import Testing

@Suite struct KernelTests {
  @Test func maskedSumCountsOnlyTheMask() {
    let samples: [Float] = [1, 2, 4, 8]
    let mask: [UInt8] = [0, 1, 0, 255]
    let inside = MaskedSum.run(samples.span, where: mask.span)
    #expect(inside.sum == 10)
    #expect(inside.count == 2)
  }

  @Test(arguments: [0, 1, 31, 32, 33, 1000])
  func slabsCoverTheRangeOnceAndInOrder(total: Int) {
    let covered = Slabs.ranges(of: total).flatMap(Array.init)
    #expect(covered == Array(0..<total))
    #expect(Slabs.sum(of: total) { Double($0.reduce(0, +)) } == Double(total * (total - 1) / 2))
  }

  /// Trilinear interpolation is exact for a field that is linear in each coordinate.
  @Test func resamplingALinearFieldIsExact() {
    let size: SIMD3<Int> = [6, 5, 4]
    var field: [Float] = []
    for k in 0..<4 {
      for j in 0..<5 { for i in 0..<6 { field.append(Float(i + 10 * j + 100 * k)) } }
    }
    let out = TrilinearResample.run(
      .init(samples: field, size: size, slices: nil), onto: [3, 2, 2],
      sliceStarts: [[0.5, 1.25, 0.5], [0.5, 1.25, 2.75]], stepI: [1, 0, 0], stepJ: [0, 2, 0],
      outside: -1)
    let expected: [Float] = [63, 64, 65, 83, 84, 85, 288, 289, 290, 308, 309, 310]
    #expect(zip(out, expected).allSatisfy { abs($0 - $1) < 1e-4 })
  }

  @Test func outsideTheVoxelFacesIsOutside() {
    let out = TrilinearResample.run(
      .init(samples: [7, 9], size: [2, 1, 1], slices: nil), onto: [4, 1, 1],
      sliceStarts: [[-0.6, 0, 0]], stepI: [0.7, 0, 0], stepJ: [0, 1, 0], outside: -1)
    // Positions −0.6, 0.1, 0.8 and 1.5: outside, between, between, held at the far face.
    #expect(out[0] == -1)
    #expect(abs(out[1] - 7.2) < 1e-5)
    #expect(abs(out[2] - 8.6) < 1e-5)
    #expect(out[3] == 9)
  }

  @Test func unevenSlicesAreInterpolatedBetweenTheirTruePositions() {
    let out = TrilinearResample.run(
      .init(samples: [0, 10, 20], size: [1, 1, 3], slices: [0, 0.8, 2]), onto: [1, 1, 3],
      sliceStarts: [[0, 0, 0.4], [0, 0, 0.8], [0, 0, 1.4]], stepI: [1, 0, 0], stepJ: [0, 1, 0],
      outside: -1)
    #expect(zip(out, [5, 10, 15]).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  /// The variance of a smoothed impulse is σ² plus that of one voxel, 1/12.
  @Test(arguments: [0.6, 1.0, 2.5])
  func smoothingAnImpulseGivesAGaussianOfThatWidth(sigma: Double) {
    let n = 41
    var impulse = [Float](repeating: 0, count: n * n)
    impulse[(n / 2) * n + n / 2] = 1
    let out = GaussianSmoothing.run(impulse, size: [n, n, 1], sigma: [sigma, sigma, 0])
    let total = out.reduce(0) { $0 + Double($1) }
    var variance = 0.0
    for j in 0..<n {
      for i in 0..<n {
        let x = Double(i - n / 2)
        variance += Double(out[j * n + i]) * x * x
      }
    }
    #expect(abs(total - 1) < 1e-5)
    #expect(abs(variance - (sigma * sigma + 1.0 / 12)) < 0.004 * sigma * sigma + 1e-3)
  }

  @Test func smoothingLeavesAConstantAlone() {
    let flat = [Float](repeating: 3, count: 7 * 6 * 5)
    let out = GaussianSmoothing.run(flat, size: [7, 6, 5], sigma: [1.5, 2, 3])
    #expect(out.allSatisfy { abs($0 - 3) < 1e-5 })
  }

  @Test func blocksAreAveragedAndLeftOversDropped() {
    let (samples, size) = BlockAverage.run(
      [1, 3, 100, 5, 7, 100], size: [3, 2, 1], factor: [2, 2, 1])
    #expect(size == [1, 1, 1])
    #expect(samples == [4])
  }
}
