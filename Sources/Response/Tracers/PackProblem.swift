/// Why a tracer or criteria pack cannot be used: the key at fault, and what is wrong with it.
public struct PackProblem: Error, Hashable, Sendable, CustomStringConvertible {
  public let key: String
  public let reason: String

  public init(key: String, reason: String) {
    (self.key, self.reason) = (key, reason)
  }

  public var description: String { "\(key): \(reason)" }
}

/// How well a statement of a pack is known.
public enum SourceConfidence: String, Sendable, Hashable, Codable, Comparable {
  /// The primary text was read.
  case primary = "P"
  /// A review, a table or a teaching text was read.
  case secondary = "S"
  /// Only the code or a picture of another program says so.
  case code = "C"
  /// No source; a choice of the pack or of the site.
  case none = "N"

  public var words: String {
    switch self {
    case .primary: "primary source read"
    case .secondary: "secondary source read"
    case .code: "known from code only"
    case .none: "no source: a choice"
    }
  }

  private var rank: Int {
    switch self {
    case .primary: 3
    case .secondary: 2
    case .code: 1
    case .none: 0
    }
  }
  /// The less well known is the smaller.
  public static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }
}
