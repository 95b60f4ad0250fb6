import Kernels

/// Bootstrap of fractions over voxels that are not independent: whole blocks are drawn.
///
/// Percentile method, Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 13;
/// blocks for dependent data after Künsch, Ann Stat 1989;17:1217.
struct BlockBootstrap {
  /// Evaluated and counted millilitres of each block.
  private let blocks: [(evaluated: Double, counted: Double)]

  init(_ blocks: [(evaluated: Double, counted: Double)]) { self.blocks = blocks }

  /// Fewer blocks than this say nothing of their spread.
  static let fewestBlocks = 5
  private static let draws = 500

  /// The 95 % interval of counted over evaluated; `nil` with too few blocks.
  var interval: ClosedRange<Double>? {
    guard blocks.count >= Self.fewestBlocks else { return nil }
    // SplitMix64 from a fixed seed: the same blocks give the same interval.
    var state: UInt64 = 0x9e37_79b9_7f4a_7c15
    func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return z ^ (z >> 31)
    }
    let fractions = (0..<Self.draws).map { _ -> Double in
      var (evaluated, counted) = (0.0, 0.0)
      for _ in blocks.indices {
        let block = blocks[Int(next() % UInt64(blocks.count))]
        evaluated += block.evaluated
        counted += block.counted
      }
      return evaluated > 0 ? counted / evaluated : 0
    }.sorted()
    let last = Double(Self.draws - 1)
    return fractions[Int(0.025 * last)]...fractions[Int((0.975 * last).rounded(.up))]
  }
}
