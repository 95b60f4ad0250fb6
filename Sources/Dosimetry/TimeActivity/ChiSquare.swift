import Foundation

/// The chi-square distribution for whole degrees of freedom.
enum ChiSquare {
  /// The chance of a larger value: Abramowitz and Stegun 26.4.4 (odd) and 26.4.5 (even).
  static func upperTail(_ value: Double, degreesOfFreedom: Int) -> Double {
    guard value > 0 else { return 1 }
    var (sum, term) = (0.0, 1.0)
    if degreesOfFreedom % 2 == 0 {
      for r in 0..<(degreesOfFreedom / 2) {
        if r > 0 { term *= value / 2 / Double(r) }
        sum += term
      }
      return exp(-value / 2) * sum
    }
    let chi = value.squareRoot()
    term = chi
    for r in 0..<((degreesOfFreedom - 1) / 2) {
      if r > 0 { term *= value / Double(2 * r + 1) }
      sum += term
    }
    return erfc(chi / 2.0.squareRoot()) + exp(-value / 2) * (2 / Double.pi).squareRoot() * sum
  }

  /// The value that a share `probability` of the distribution lies below, by bisection.
  static func quantile(_ probability: Double, degreesOfFreedom: Int) -> Double {
    var (low, high) = (0.0, 1.0)
    while upperTail(high, degreesOfFreedom: degreesOfFreedom) > 1 - probability { high *= 2 }
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if upperTail(middle, degreesOfFreedom: degreesOfFreedom) > 1 - probability {
        low = middle
      } else {
        high = middle
      }
    }
    return (low + high) / 2
  }
}
