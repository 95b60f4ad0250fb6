import Foundation
import Phantoms

/// A figure with its 95 % confidence interval; the interval is `nil` where too few follow-ups
/// were derived to give one.
struct Interval: Sendable, Codable, Hashable {
  let value: Double
  let low: Double?
  let high: Double?
  let count: Int

  /// Fewest follow-ups that a bootstrap over follow-ups says anything with.
  static let fewestGroups = 3
  private static let draws = 2000

  /// A statistic of all values, with the interval of 2,000 bootstrap draws of whole groups:
  /// points of one follow-up share their link, so they are not drawn apart. Percentile method,
  /// Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 13.
  init?(_ groups: [[Double]], seed: UInt64, statistic: ([Double]) -> Double) {
    let filled = groups.filter { !$0.isEmpty }
    guard !filled.isEmpty else { return nil }
    value = statistic(filled.flatMap { $0 })
    count = filled.reduce(0) { $0 + $1.count }
    guard filled.count >= Self.fewestGroups else {
      (low, high) = (nil, nil)
      return
    }
    var random = SeededGenerator(seed: seed, stream: "bootstrap")
    let drawn = (0..<Self.draws).map { _ in
      statistic(
        (0..<filled.count).flatMap { _ in filled[Int(random.next() % UInt64(filled.count))] })
    }.sorted()
    low = Statistic.quantile(0.025, ofSorted: drawn)
    high = Statistic.quantile(0.975, ofSorted: drawn)
  }

  /// A fraction with Wilson's interval (J Am Stat Assoc 1927; 22:209).
  init?(hits: Int, of count: Int) {
    guard count > 0 else { return nil }
    let (n, p, z) = (Double(count), Double(hits) / Double(count), 1.959_964)
    let middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    let half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    (value, low, high, self.count) = (p, max(middle - half, 0), min(middle + half, 1), count)
  }
}

/// Statistics of errors.
enum Statistic {
  static func mean(_ values: [Double]) -> Double {
    values.reduce(0, +) / Double(max(values.count, 1))
  }

  static func percentile95(_ values: [Double]) -> Double {
    quantile(0.95, ofSorted: values.sorted())
  }

  /// Linear between order statistics.
  static func quantile(_ fraction: Double, ofSorted values: [Double]) -> Double {
    guard let last = values.last else { return 0 }
    let place = fraction * Double(values.count - 1)
    let index = Int(place)
    guard index + 1 < values.count else { return last }
    return values[index] + (place - Double(index)) * (values[index + 1] - values[index])
  }
}
