/// True, false, or not known: what a condition on incomplete facts comes to (Kleene's strong
/// logic: a combination is known when the known parts settle it).
public enum Truth: String, Sendable, Hashable, Codable {
  case yes, no, unknown

  init(_ value: Bool) { self = value ? .yes : .no }

  static prefix func ! (a: Truth) -> Truth {
    switch a {
    case .yes: .no
    case .no: .yes
    case .unknown: .unknown
    }
  }

  static func all(_ parts: [Truth]) -> Truth {
    if parts.contains(.no) { return .no }
    return parts.contains(.unknown) ? .unknown : .yes
  }

  static func any(_ parts: [Truth]) -> Truth {
    if parts.contains(.yes) { return .yes }
    return parts.contains(.unknown) ? .unknown : .no
  }
}
