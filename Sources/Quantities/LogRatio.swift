import Foundation

/// A relative change as the natural logarithm of after over before. Base unit: 1.
///
/// Logarithms make a halving and a doubling the same distance from no change, and they add up
/// over several steps; per cent do neither.
public struct LogRatio: Quantity {
  public let inBaseUnit: Double
  public static let baseUnit = "1"
  public init(inBaseUnit: Double) { self.inBaseUnit = inBaseUnit }

  /// ln(after / before). Both must be positive.
  public static func after(_ after: Double, before: Double) -> Self {
    Self(inBaseUnit: log(after / before))
  }
  public static func percent(_ value: Double) -> Self { Self(inBaseUnit: log1p(value / 100)) }

  /// The change in per cent of the value before: −50 is a halving, +100 a doubling.
  public var percent: Double { expm1(inBaseUnit) * 100 }
}
