import Kernels
import Testing

@Suite struct OrderStatisticTests {
  /// Numbers of all magnitudes and both signs, with repeats; from a linear congruence.
  private let samples: [Float] = {
    var state: UInt32 = 7
    return (0..<999).map { n in
      state = state &* 1_664_525 &+ 1_013_904_223
      let size = Float(state >> 8) / Float(1 << 24)
      return n % 5 == 0 ? 0.25 : (n % 2 == 0 ? size * 1e6 : -size * 1e-6)
    }
  }()

  @Test func everyRankIsThatOfTheSortedSamples() {
    let sorted = samples.sorted()
    for rank in sorted.indices {
      #expect(OrderStatistic.sample(atRank: rank, of: samples) == sorted[rank])
    }
  }

  @Test(
    arguments: [
      ([3], 3), ([1, 4], 2.5), ([-1, -5, 2], -1), ([0, 0, 0, 8], 0), ([.infinity, 1, 2], 2),
    ] as [([Float], Double)])
  func median(samples: [Float], expected: Double) {
    #expect(OrderStatistic.median(samples) == expected)
  }
}
