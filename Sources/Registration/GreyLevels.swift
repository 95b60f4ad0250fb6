import Kernels
import Volumes

/// Turns intensities into the grey levels that mutual information counts.
struct GreyLevels: Sendable {
  /// Intensity of each level, increasing.
  private let edges: [Float]

  /// Hounsfield units: coarse in lung, fine where fat, muscle and organs differ, coarse in bone.
  static let ct = GreyLevels(edges: [
    -1000, -900, -800, -700, -550, -400, -250, -150, -120, -100, -80, -60, -40, -20, 0, 15, 30,
    45, 60, 80, 110, 160, 250, 450,
  ])

  private init(edges: [Float]) {
    precondition(edges.count == JointHistogram.levels, "one edge per level")
    self.edges = edges
  }

  /// Levels of uptake that each hold the same share of all roots of uptake: the outline of the
  /// body gets its levels even where a few lesions hold most of the activity. `nil` without any
  /// uptake.
  init?(sharing uptake: [Float]) {
    // Every eighth voxel is enough for quantiles.
    let sorted = stride(from: 0, to: uptake.count, by: 8).map { max(uptake[$0], 0) }.sorted()
    let total = sorted.reduce(0) { $0 + Double($1.squareRoot()) }
    guard total > 0, let top = sorted.last else { return nil }
    var edges: [Float] = [0]
    var sum = 0.0
    for value in sorted {
      sum += Double(value.squareRoot())
      let next = Double(edges.count) / Double(JointHistogram.levels) * total
      // Equal values stay in one level.
      if sum >= next, value > edges[edges.count - 1], edges.count < JointHistogram.levels {
        edges.append(value)
      }
    }
    while edges.count < JointHistogram.levels { edges.append(max(top, edges.last ?? 0).nextUp) }
    self.init(edges: edges)
  }

  /// The level of an intensity, with fractions between two levels.
  func level(_ value: Float) -> Float {
    guard value > edges[0] else { return 0 }
    let last = edges.count - 1
    guard value < edges[last] else { return Float(last) }
    var (low, high) = (0, last)
    while high - low > 1 {
      let middle = (low + high) / 2
      if edges[middle] <= value { low = middle } else { high = middle }
    }
    return Float(low) + (value - edges[low]) / (edges[high] - edges[low])
  }
}
