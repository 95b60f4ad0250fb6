import Kernels

/// The cheapest one-to-one pairing of rows and columns, where leaving one alone has a price.
///
/// Pairs that are not listed cannot be made. The pairs fall into separate clusters, each solved
/// by shortest augmenting paths (Jonker and Volgenant, Computing 1987;38:325); a cluster of n
/// rows takes n³ steps at worst, so hundreds of lesions in small clusters cost almost nothing.
public enum OptimalAssignment {
  public struct Pair: Sendable, Hashable {
    public let row: Int
    public let column: Int
    public let cost: Double

    public init(row: Int, column: Int, cost: Double) {
      (self.row, self.column, self.cost) = (row, column, cost)
    }
  }

  /// - Parameters:
  ///   - pairs: The pairs that may be made, each at most once.
  ///   - alone: The price of a row left without a column, and of a column without a row.
  /// - Returns: For each row its column, or `nil`.
  public static func solve(
    rows: Int, columns: Int, pairs: [Pair], alone: Double
  ) -> [Int?] {
    var result = [Int?](repeating: nil, count: rows)
    for cluster in clusters(of: pairs, rows: rows, columns: columns) {
      let rowIDs = Set(cluster.map(\.row)).sorted()
      let columnIDs = Set(cluster.map(\.column)).sorted()
      let chosen = solveCluster(cluster, rowIDs, columnIDs, alone: alone)
      for (row, column) in zip(rowIDs, chosen) { result[row] = column }
    }
    return result
  }

  /// Pairs that share a row or column, directly or through others, belong together.
  private static func clusters(of pairs: [Pair], rows: Int, columns: Int) -> [[Pair]] {
    var sets = DisjointSets(count: rows + columns)
    for pair in pairs { sets.join(pair.row, rows + pair.column) }
    var byRoot: [Int: [Pair]] = [:]
    for pair in pairs { byRoot[sets.root(of: pair.row), default: []].append(pair) }
    return byRoot.keys.sorted().compactMap { byRoot[$0] }
  }

  /// A square problem: each row gets a dummy column and each column a dummy row, at the price of
  /// being alone; dummies pair among themselves for nothing.
  private static func solveCluster(
    _ pairs: [Pair], _ rowIDs: [Int], _ columnIDs: [Int], alone: Double
  ) -> [Int?] {
    let (n, m) = (rowIDs.count, columnIDs.count)
    // Dearer than leaving everyone alone, so a forbidden pair is never worth making.
    let forbidden = 4 * (abs(alone) + 1) * Double(n + m)
    var cost = [[Double]](
      repeating: [Double](repeating: forbidden, count: m + n), count: n + m)
    for pair in pairs {
      guard let r = rowIDs.firstIndex(of: pair.row),
        let c = columnIDs.firstIndex(of: pair.column)
      else { continue }
      cost[r][c] = pair.cost
    }
    for r in 0..<n { cost[r][m + r] = alone }
    for c in 0..<m { cost[n + c][c] = alone }
    for r in 0..<m { for c in 0..<n { cost[n + r][m + c] = 0 } }
    let columnOfRow = hungarian(cost)
    return (0..<n).map { columnOfRow[$0] < m ? columnIDs[columnOfRow[$0]] : nil }
  }

  /// Shortest augmenting paths with row and column prices, on a square matrix.
  /// - Returns: The column of each row.
  private static func hungarian(_ cost: [[Double]]) -> [Int] {
    let n = cost.count
    var rowPrice = [Double](repeating: 0, count: n)
    var columnPrice = [Double](repeating: 0, count: n + 1)
    // Column n is a stand-in from which each row's search starts.
    var rowOf = [Int](repeating: -1, count: n + 1)
    for row in 0..<n {
      rowOf[n] = row
      var column = n
      var slack = [Double](repeating: .infinity, count: n)
      var previous = [Int](repeating: n, count: n)
      var visited = [Bool](repeating: false, count: n + 1)
      repeat {
        visited[column] = true
        let r = rowOf[column]
        var (next, step) = (-1, Double.infinity)
        for c in 0..<n where !visited[c] {
          let reduced = cost[r][c] - rowPrice[r] - columnPrice[c]
          if reduced < slack[c] { (slack[c], previous[c]) = (reduced, column) }
          if slack[c] < step { (step, next) = (slack[c], c) }
        }
        for c in 0...n where visited[c] {
          rowPrice[rowOf[c]] += step
          columnPrice[c] -= step
        }
        for c in 0..<n where !visited[c] { slack[c] -= step }
        column = next
      } while rowOf[column] >= 0
      while column != n {
        rowOf[column] = rowOf[previous[column]]
        column = previous[column]
      }
    }
    var columnOf = [Int](repeating: 0, count: n)
    for c in 0..<n where rowOf[c] >= 0 { columnOf[rowOf[c]] = c }
    return columnOf
  }
}
