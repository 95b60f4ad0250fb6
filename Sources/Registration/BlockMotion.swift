import Foundation
import Geometry
import Kernels

/// The motion each block of samples would choose for itself, beyond the common transform.
enum BlockMotion {
  /// A block with fewer samples in the moving image says nothing on its own.
  static let leastSamples = 24
  /// A block is an outlier beyond this many times the median motion of all blocks.
  private static let outlierFactor = 3.0
  /// Motions below this, in millimetres, are never outliers: a quarter of a 4 mm voxel.
  private static let harmless = 1.0
  /// Share of the mean curvature added to each axis, so that a block which sees only an edge
  /// does not slide along it.
  private static let ridge = 0.1

  /// One Gauss-Newton translation of a block; `nil` when it has too few samples or no structure.
  static func step(_ sums: RigidIntensityFit.Sums) -> SIMD3<Double>? {
    guard sums.count >= leastSamples else { return nil }
    let trace = (3..<6).reduce(0) { $0 + Double(sums.rows[$1][$1]) }
    guard trace > 0 else { return nil }
    var a = (3..<6).map { p in (3..<6).map { q in Double(sums.rows[p][q]) } }
    for p in 0..<3 { a[p][p] += ridge * trace / 3 }
    guard let x = Cholesky.solve(a, (3..<6).map { -Double(sums.rows[$0][6]) }) else { return nil }
    return SIMD3(x[0], x[1], x[2])
  }

  /// Standard error of a block's own motion per axis, in millimetres, from its residuals and how
  /// steeply they change; `nil` where an axis is not determined.
  static func standardError(_ sums: RigidIntensityFit.Sums) -> Double? {
    guard sums.count >= leastSamples else { return nil }
    let curvature = (3..<6).map { p in (3..<6).map { q in Double(sums.rows[p][q]) } }
    // Small residuals give a loss of r²/2.
    let variance = 2 * sums.loss / Double(sums.count)
    var sum = 0.0
    for axis in 0..<3 {
      let unit = (0..<3).map { $0 == axis ? 1.0 : 0 }
      guard let column = Cholesky.solve(curvature, unit) else { return nil }
      sum += column[axis] * variance
    }
    return (sum / 3).squareRoot()
  }

  /// Tukey's weight of each block by the length of its own motion.
  static func weights(_ sums: [RigidIntensityFit.Sums]) -> [Double] {
    let lengths = sums.map { step($0)?.length }
    let known = lengths.compactMap { $0 }.sorted()
    guard !known.isEmpty else { return [Double](repeating: 1, count: sums.count) }
    let cutoff = max(harmless, outlierFactor * known[known.count / 2])
    return lengths.map { length in
      guard let length else { return 0 }
      let u = length / cutoff
      return u < 1 ? (1 - u * u) * (1 - u * u) : 0
    }
  }
}
