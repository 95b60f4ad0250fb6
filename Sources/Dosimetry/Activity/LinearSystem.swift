/// A small square matrix of doubles, row by row: fits and transfer matrices of a few dozen rows.
struct SquareMatrix {
  let size: Int
  private(set) var elements: [Double]

  init(size: Int) {
    self.size = size
    elements = [Double](repeating: 0, count: size * size)
  }

  subscript(row: Int, column: Int) -> Double {
    get { elements[row * size + column] }
    set { elements[row * size + column] = newValue }
  }

  /// The inverse by Gauss–Jordan elimination with row pivoting; `nil` when singular.
  var inverse: SquareMatrix? {
    var left = self
    var right = SquareMatrix(size: size)
    for n in 0..<size { right[n, n] = 1 }
    for column in 0..<size {
      guard
        let pivot = (column..<size).max(by: { abs(left[$0, column]) < abs(left[$1, column]) }),
        abs(left[pivot, column]) > 0, left[pivot, column].isFinite
      else { return nil }
      left.swapRows(column, pivot)
      right.swapRows(column, pivot)
      let scale = 1 / left[column, column]
      left.scaleRow(column, by: scale)
      right.scaleRow(column, by: scale)
      for row in 0..<size where row != column {
        let factor = left[row, column]
        guard factor != 0 else { continue }
        left.subtract(factor, timesRow: column, from: row)
        right.subtract(factor, timesRow: column, from: row)
      }
    }
    return right
  }

  func times(_ vector: [Double]) -> [Double] {
    (0..<size).map { row in
      (0..<size).reduce(0) { $0 + self[row, $1] * vector[$1] }
    }
  }

  /// Largest column sum of absolute values; ‖A‖·‖A⁻¹‖ is the condition number.
  var oneNorm: Double {
    (0..<size).map { column in (0..<size).reduce(0) { $0 + abs(self[$1, column]) } }.max() ?? 0
  }

  private mutating func swapRows(_ a: Int, _ b: Int) {
    guard a != b else { return }
    for column in 0..<size { elements.swapAt(a * size + column, b * size + column) }
  }

  private mutating func scaleRow(_ row: Int, by factor: Double) {
    for column in 0..<size { self[row, column] *= factor }
  }

  private mutating func subtract(_ factor: Double, timesRow source: Int, from row: Int) {
    for column in 0..<size { self[row, column] -= factor * self[source, column] }
  }
}
