import Foundation

/// Round numbers along an axis.
enum Ticks {
  /// Multiples of 1, 2 or 5 × 10ⁿ inside a range, about `target` of them.
  static func linear(from lower: Double, to upper: Double, about target: Int = 5) -> [Double] {
    guard upper > lower, (upper - lower).isFinite else { return [lower] }
    let rough = (upper - lower) / Double(max(target, 1))
    let power = pow(10, log10(rough).rounded(.down))
    let step = power * ([1, 2, 5, 10].first { $0 * power >= rough * 0.999 } ?? 10)
    let first = Int((lower / step - 1e-9).rounded(.up))
    let last = Int((upper / step + 1e-9).rounded(.down))
    guard first <= last else { return [lower] }
    return (first...last).map { Double($0) * step }
  }

  /// The labels of ticks, all with the decimals that the step needs.
  static func labels(_ ticks: [Double]) -> [String] {
    guard ticks.count > 1 else { return ticks.map(NumberText.short) }
    let step = abs(ticks[1] - ticks[0])
    let decimals = max(0, Int((-log10(step) + 1e-9).rounded(.up)))
    return ticks.map { NumberText.fixed($0, decimals: decimals) }
  }
}
