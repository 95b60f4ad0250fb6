public import Foundation

/// JSON that is the same for the same value: sorted keys, two-space indent, a final newline.
public enum JSONWriter {
  /// - Throws: ``ReportingError/notANumber(what:)`` for an infinite or undefined number.
  public static func data(_ value: some Encodable) throws(ReportingError) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    do {
      return try encoder.encode(value) + Data("\n".utf8)
    } catch {
      throw .notANumber(what: "a value for JSON, \(type(of: value)),")
    }
  }
}
