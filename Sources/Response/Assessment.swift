/// A result, or the reason why there is none: never a zero that only means "unknown".
public enum Assessment<Value: Sendable & Hashable & Codable>: Sendable, Hashable, Codable {
  case value(Value)
  case notAssessable(reason: String)

  public var value: Value? {
    if case .value(let value) = self { value } else { nil }
  }
  public var reason: String? {
    if case .notAssessable(let reason) = self { reason } else { nil }
  }

  public func map<Other: Sendable & Hashable & Codable>(
    _ transform: (Value) -> Other
  ) -> Assessment<Other> {
    switch self {
    case .value(let value): .value(transform(value))
    case .notAssessable(let reason): .notAssessable(reason: reason)
    }
  }
}
