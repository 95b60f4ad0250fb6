import Lesions
import Testing

@Suite struct OptimalAssignmentTests {
  struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 29)
    }
  }

  /// The least cost over every way to pair rows from `row` on.
  static func least(
    _ cost: [[Double?]], row: Int = 0, free: Set<Int>, alone: Double
  ) -> Double {
    guard row < cost.count else { return alone * Double(free.count) }
    var best = alone + least(cost, row: row + 1, free: free, alone: alone)
    for c in free {
      guard let price = cost[row][c] else { continue }
      best = min(best, price + least(cost, row: row + 1, free: free.subtracting([c]), alone: alone))
    }
    return best
  }

  @Test(arguments: 1...40)
  func noPairingIsCheaper(seed: Int) {
    var generator = Generator(state: UInt64(seed) &* 977)
    let rows = Int.random(in: 1...6, using: &generator)
    let columns = Int.random(in: 1...6, using: &generator)
    var cost = [[Double?]](repeating: Array(repeating: nil, count: columns), count: rows)
    var pairs: [OptimalAssignment.Pair] = []
    for r in 0..<rows {
      for c in 0..<columns where Double.random(in: 0..<1, using: &generator) < 0.6 {
        let price = Double.random(in: -1..<8, using: &generator)
        cost[r][c] = price
        pairs.append(.init(row: r, column: c, cost: price))
      }
    }
    let alone = 2.5
    let found = OptimalAssignment.solve(rows: rows, columns: columns, pairs: pairs, alone: alone)
    let used = found.compactMap { $0 }
    #expect(Set(used).count == used.count)
    var total = alone * Double(columns - used.count)
    for (r, c) in found.enumerated() { total += c.flatMap { cost[r][$0] } ?? alone }
    let least = Self.least(cost, free: Set(0..<columns), alone: alone)
    #expect(abs(total - least) < 1e-9)
  }

  @Test func nothingToPairLeavesAllAlone() {
    #expect(OptimalAssignment.solve(rows: 3, columns: 2, pairs: [], alone: 1) == [nil, nil, nil])
  }
}
