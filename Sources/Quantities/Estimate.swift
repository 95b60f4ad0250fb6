/// A result with its standard uncertainty, or with the reason why there is none.
public struct Estimate<Value: Quantity>: Sendable, Hashable, Codable {
  public let value: Value
  public let uncertainty: Uncertainty

  public enum Uncertainty: Sendable, Hashable, Codable {
    /// One standard deviation (k = 1), in the unit of the value.
    case standard(Value)
    /// No uncertainty could be stated; the reason is for the reader of the report.
    case notKnown(reason: String)
  }

  public init(_ value: Value, standardUncertainty: Value) {
    self.value = value
    self.uncertainty = .standard(standardUncertainty)
  }

  public init(_ value: Value, noUncertaintyBecause reason: String) {
    self.value = value
    self.uncertainty = .notKnown(reason: reason)
  }

  /// The standard uncertainty in the unit of the value; `nil` when it is not known.
  public var standardUncertainty: Value? {
    if case .standard(let u) = uncertainty { u } else { nil }
  }

  /// Standard uncertainty over value; `nil` when it is not known or the value is zero.
  public var relativeUncertainty: Double? {
    guard let u = standardUncertainty, value.inBaseUnit != 0 else { return nil }
    return abs(u / value)
  }
}
