/// The cheapest one-to-one pairing of rows and columns, where leaving one alone has a price.
///
/// Pairs that are not listed cannot be made. Rows enter one by one, each along a shortest
/// augmenting path over the listed pairs only (Jonker and Volgenant, Computing 1987;38:325), so
/// a search never leaves the neighbourhood of its row: a thousand lesions with a few candidates
/// each take milliseconds.
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
    var search = PathSearch(rows: rows, columns: columns, pairs: pairs, alone: alone)
    for row in 0..<rows { search.insert(row) }
    return search.columnOf
  }
}

/// Shortest augmenting paths with column prices.
///
/// A column without a row costs the same wherever it happens, so a pair is worth its cost less
/// `alone`, and a row without a column is one paired with a stand-in of its own at `alone`.
private struct PathSearch {
  let alone: Double
  private let candidates: [[(column: Int, cost: Double)]]
  private(set) var columnOf: [Int?]
  private var rowOf: [Int?]
  private var price: [Double]
  // Of the search under way; only touched entries are cleared.
  private var distance: [Double]
  private var cameFrom: [Int]
  private var settled: [Bool]

  init(rows: Int, columns: Int, pairs: [OptimalAssignment.Pair], alone: Double) {
    self.alone = alone
    var candidates = [[(column: Int, cost: Double)]](repeating: [], count: rows)
    for pair in pairs { candidates[pair.row].append((pair.column, pair.cost - alone)) }
    self.candidates = candidates
    columnOf = Array(repeating: nil, count: rows)
    rowOf = Array(repeating: nil, count: columns)
    price = Array(repeating: 0, count: columns)
    distance = Array(repeating: .infinity, count: columns)
    cameFrom = Array(repeating: -1, count: columns)
    settled = Array(repeating: false, count: columns)
  }

  /// Where a path ends: at a free column, or with a row of the path going alone.
  private enum End {
    case column(Int)
    case alone(row: Int)
  }

  mutating func insert(_ newcomer: Int) {
    var touched: [Int] = []
    var reached: [(column: Int, distance: Double)] = []
    var (row, length) = (newcomer, 0.0)
    var best = (end: End.alone(row: newcomer), length: alone)
    while true {
      // What the row pays where it sits now; the newcomer sits nowhere.
      let seat = columnOf[row].map { cost(row, $0) - price[$0] } ?? 0
      if length + alone - seat < best.length { best = (.alone(row: row), length + alone - seat) }
      for (column, cost) in candidates[row] where !settled[column] {
        let through = length + cost - price[column] - seat
        guard through < distance[column] else { continue }
        if distance[column] == .infinity { touched.append(column) }
        distance[column] = through
        cameFrom[column] = row
      }
      let open = touched.filter { !settled[$0] }
      guard let next = open.min(by: { (distance[$0], $0) < (distance[$1], $1) }),
        distance[next] < best.length
      else { break }
      settled[next] = true
      reached.append((next, distance[next]))
      guard let sitting = rowOf[next] else {
        best = (.column(next), distance[next])
        break
      }
      (row, length) = (sitting, distance[next])
    }
    for (column, reached) in reached { price[column] += reached - best.length }
    augment(to: best.end, from: newcomer)
    for column in touched {
      (distance[column], cameFrom[column], settled[column]) = (.infinity, -1, false)
    }
  }

  /// Moves every row of the path one seat on.
  private mutating func augment(to end: End, from newcomer: Int) {
    var free: Int?
    switch end {
    case .column(let column): free = column
    case .alone(let row):
      if row == newcomer { return }
      free = columnOf[row]
      columnOf[row] = nil
    }
    while let column = free {
      let row = cameFrom[column]
      free = row == newcomer ? nil : columnOf[row]
      rowOf[column] = row
      columnOf[row] = column
    }
  }

  private func cost(_ row: Int, _ column: Int) -> Double {
    candidates[row].first { $0.column == column }?.cost ?? .infinity
  }
}
