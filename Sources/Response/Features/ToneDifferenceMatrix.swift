/// How far voxels of each grey level lie from the mean of their neighbours (IBSI neighbourhood
/// grey tone difference matrix, 3D, distance 1).
struct ToneDifferenceMatrix {
  private struct Row {
    let level: Double
    var count = 0.0
    var difference = 0.0
    var probability = 0.0
  }
  private var rows: [Row]
  private let total: Double

  /// - Returns: `nil` when no voxel has a neighbour.
  init?(_ levels: GreyLevels) {
    var rows = (0...levels.highest).map { Row(level: Double($0)) }
    for (n, level) in levels.levels.enumerated() where level > 0 {
      let place = levels.place(n)
      var (sum, count) = (0.0, 0.0)
      for direction in GreyLevels.directions {
        for side in [place &+ direction, place &- direction] {
          guard let m = levels.index(side), levels.levels[m] > 0 else { continue }
          sum += Double(levels.levels[m])
          count += 1
        }
      }
      guard count > 0 else { continue }
      rows[level].count += 1
      rows[level].difference += abs(Double(level) - sum / count)
    }
    let total = rows.reduce(0) { $0 + $1.count }
    guard total > 0 else { return nil }
    self.total = total
    self.rows = rows.filter { $0.count > 0 }
    for n in self.rows.indices { self.rows[n].probability = self.rows[n].count / total }
  }

  private func pairs(_ f: (Row, Row) -> Double) -> Double {
    rows.reduce(0) { sum, a in sum + rows.reduce(0) { $0 + f(a, $1) } }
  }

  /// Values that a uniform lesion does not have are left out.
  var features: [LesionFeature] {
    func feature(_ name: String, _ id: String, _ value: Double) -> LesionFeature {
      LesionFeature(
        family: .toneDifference, name: name, identifier: id, value: value, unit: "1")
    }
    let differences = rows.reduce(0) { $0 + $1.difference }
    let weighted = rows.reduce(0) { $0 + $1.probability * $1.difference }
    let n = Double(rows.count)
    guard rows.count > 1, weighted > 0 else { return [] }
    let spread = pairs { abs($0.level * $0.probability - $1.level * $1.probability) }
    let contrast = pairs {
      $0.probability * $1.probability * ($0.level - $1.level) * ($0.level - $1.level)
    }
    let complexity = pairs { a, b in
      abs(a.level - b.level)
        * (a.probability * a.difference + b.probability * b.difference)
        / (a.probability + b.probability)
    }
    let strength = pairs { a, b in
      (a.probability + b.probability) * (a.level - b.level) * (a.level - b.level)
    }
    var list = [
      feature("Coarseness", "QCDE", 1 / weighted),
      feature("Contrast", "65HE", contrast / (n * (n - 1)) * differences / total),
      feature("Complexity", "HDEZ", complexity / total),
      feature("Strength", "1X9X", strength / differences),
    ]
    if spread > 0 { list.insert(feature("Busyness", "NQ30", weighted / spread), at: 2) }
    return list
  }
}
