import Foundation

/// How often two grey levels are neighbours, all directions of three dimensions together (IBSI
/// grey level co-occurrence matrix, 3D, merged).
struct CooccurrenceMatrix {
  /// Probabilities, row by row; symmetric.
  private let p: [Double]
  private let count: Int

  /// - Returns: `nil` when no two voxels are neighbours.
  init?(_ levels: GreyLevels) {
    let count = levels.highest
    var pairs = [Double](repeating: 0, count: count * count)
    for (n, level) in levels.levels.enumerated() where level > 0 {
      let place = levels.place(n)
      for direction in GreyLevels.directions {
        guard let m = levels.index(place &+ direction), levels.levels[m] > 0 else { continue }
        let other = levels.levels[m]
        pairs[(level - 1) * count + other - 1] += 1
        pairs[(other - 1) * count + level - 1] += 1
      }
    }
    let total = pairs.reduce(0, +)
    guard total > 0 else { return nil }
    p = pairs.map { $0 / total }
    self.count = count
  }

  private static func entropy(_ p: [Double]) -> Double {
    p.reduce(0) { $1 > 0 ? $0 - $1 * log2($1) : $0 }
  }

  /// Σ p f(i, j) over all pairs of levels.
  private func sum(_ f: (Double, Double) -> Double) -> Double {
    var total = 0.0
    for i in 0..<count {
      for j in 0..<count where p[i * count + j] > 0 {
        total += p[i * count + j] * f(Double(i + 1), Double(j + 1))
      }
    }
    return total
  }

  private var marginal: [Double] {
    (0..<count).map { i in p[(i * count)..<((i + 1) * count)].reduce(0, +) }
  }

  var features: [LesionFeature] {
    func feature(_ name: String, _ id: String, _ value: Double) -> LesionFeature {
      LesionFeature(
        family: .cooccurrence, name: name, identifier: id, value: value, unit: "1")
    }
    let mean = sum { i, _ in i }
    let variance = sum { i, _ in (i - mean) * (i - mean) }
    var (differences, sums) = (
      [Double](repeating: 0, count: count), [Double](repeating: 0, count: 2 * count + 1)
    )
    for i in 0..<count {
      for j in 0..<count {
        differences[abs(i - j)] += p[i * count + j]
        sums[i + j + 2] += p[i * count + j]
      }
    }
    let difference = sum { abs($0 - $1) }
    let n = Double(count)
    func cluster(_ power: Double) -> Double { sum { pow($0 + $1 - 2 * mean, power) } }
    var list = [
      feature("Joint maximum", "GYBY", p.max() ?? 0), feature("Joint average", "60VM", mean),
      feature("Joint variance", "UR99", variance),
      feature("Joint entropy", "TU9B", Self.entropy(p)),
      feature("Difference average", "TF7R", difference),
      feature(
        "Difference variance", "D3YU", sum { pow(abs($0 - $1) - difference, 2) }),
      feature("Difference entropy", "NTRS", Self.entropy(differences)),
      feature("Sum average", "ZGXS", 2 * mean), feature("Sum variance", "OEEB", cluster(2)),
      feature("Sum entropy", "P6QZ", Self.entropy(sums)),
      feature("Angular second moment", "8ZQL", p.reduce(0) { $0 + $1 * $1 }),
      feature("Contrast", "ACUI", sum { ($0 - $1) * ($0 - $1) }),
      feature("Dissimilarity", "8S9J", difference),
      feature("Inverse difference", "IB1Z", sum { 1 / (1 + abs($0 - $1)) }),
      feature("Normalised inverse difference", "NDRX", sum { 1 / (1 + abs($0 - $1) / n) }),
      feature("Inverse difference moment", "WF0Z", sum { 1 / (1 + ($0 - $1) * ($0 - $1)) }),
      feature(
        "Normalised inverse difference moment", "1QCO",
        sum { 1 / (1 + ($0 - $1) * ($0 - $1) / (n * n)) }),
      feature(
        "Inverse variance", "E8JP", sum { $0 == $1 ? 0 : 1 / (($0 - $1) * ($0 - $1)) }),
      feature("Autocorrelation", "QWB0", sum { $0 * $1 }),
      feature("Cluster tendency", "DG8W", cluster(2)),
      feature("Cluster shade", "7NFM", cluster(3)),
      feature("Cluster prominence", "AE86", cluster(4)),
    ]
    if variance > 0 {
      list.append(
        feature("Correlation", "NI2N", (sum { $0 * $1 } - mean * mean) / variance))
      list += information(feature)
    }
    return list
  }

  private func information(
    _ feature: (String, String, Double) -> LesionFeature
  ) -> [LesionFeature] {
    let own = marginal
    let joint = Self.entropy(p)
    let single = Self.entropy(own)
    let crossed = sum { -log2(own[Int($0) - 1] * own[Int($1) - 1]) }
    var product = 0.0
    for a in own where a > 0 { for b in own where b > 0 { product -= a * b * log2(a * b) } }
    return [
      feature("Information correlation 1", "R8DG", (joint - crossed) / single),
      feature(
        "Information correlation 2", "JN9H",
        max(0, 1 - exp(-2 * (product - joint))).squareRoot()),
    ]
  }
}
