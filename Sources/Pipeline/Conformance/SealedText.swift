import CourseStore
public import Foundation

/// A text that carries the SHA-256 of itself, so that a later change shows.
///
/// The digest is over all lines but two: the one that holds it and the one with the time of
/// writing, so that the same input gives the same digest on any day. Anyone can compute it anew:
/// it tells an unchanged file from a changed one and nothing about who made it.
public enum SealedText {
  public enum Verdict: Sendable, Hashable {
    case unchanged(digest: String)
    case changed(stated: String, found: String)
    case notSealed
  }

  static let timeMark = "made:"
  static let digestMark = "sha256:"

  /// - Parameter text: Makes the text around a digest; called with a stand-in first.
  static func sealed(_ text: (_ digest: String) throws -> Data) rethrows -> Data {
    let draft = try text(String(repeating: "0", count: 64))
    return try text(digest(of: draft))
  }

  public static func verify(_ data: Data) -> Verdict {
    guard let parts = Parts(data) else { return .notSealed }
    let found = Digest(of: parts.counted).hexadecimal
    return parts.stated == found
      ? .unchanged(digest: found) : .changed(stated: parts.stated, found: found)
  }

  private static func digest(of data: Data) -> String {
    Parts(data).map { Digest(of: $0.counted).hexadecimal } ?? ""
  }

  /// The stated digest, and all that it is of.
  private struct Parts {
    let stated: String
    let counted: Data

    /// `nil` when the text has no digest, or no time of writing on the line before it.
    init?(_ data: Data) {
      // Split by bytes: a carriage return and a line feed are one Character in Swift.
      var lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      func text(_ n: Int) -> String { String(decoding: lines[n], as: UTF8.self) }
      guard let last = lines.indices.last(where: { text($0).contains(digestMark) }), last > 0,
        let stated = text(last).firstMatch(of: #/sha256:([0-9a-f]{64})/#)?.1,
        // Nothing but a time may stand where the digest does not look.
        text(last - 1).contains(#/^[^:]{0,20}made: [0-9TZ:-]{20}(</p>)?\r?$/#)
      else { return nil }
      self.stated = String(stated)
      lines.removeSubrange((last - 1)...last)
      counted = Data(lines.joined(separator: [UInt8(ascii: "\n")]))
    }
  }
}
