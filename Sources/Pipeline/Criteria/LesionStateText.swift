import Response

// States of lesions as course files and tables write them.

extension CriteriaLesion.State {
  /// What may be written.
  static let words =
    "present, new, first assessable, not yet seen, gone, too small, merged into …, part of … or "
    + "not assessable: …"

  /// `nil` when the text is no state; an empty one is `present`.
  init?(text: String) {
    switch text {
    case "", "present": self = .present
    case "new": self = .new
    case "first assessable": self = .firstAssessable
    case "not yet seen": self = .notYetSeen
    case "gone", "vanished": self = .gone
    case "too small": self = .tooSmall
    default:
      func rest(_ head: String) -> String? {
        guard text.hasPrefix(head) else { return nil }
        let rest = text.dropFirst(head.count).drop { $0 == ":" || $0 == " " }
        return rest.isEmpty ? nil : String(rest)
      }
      if let other = rest("merged into ") {
        self = .mergedInto(other)
      } else if let other = rest("part of ") {
        self = .partOf(other)
      } else if let reason = rest("not assessable") {
        self = .unknown(reason: reason)
      } else {
        return nil
      }
    }
  }

  var text: String {
    switch self {
    case .present: "present"
    case .new: "new"
    case .firstAssessable: "first assessable"
    case .notYetSeen: "not yet seen"
    case .gone: "gone"
    case .tooSmall: "too small"
    case .mergedInto(let other): "merged into \(other)"
    case .partOf(let other): "part of \(other)"
    case .unknown(let reason): "not assessable: \(reason)"
    }
  }
}
