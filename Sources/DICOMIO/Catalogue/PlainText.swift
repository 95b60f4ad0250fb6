/// Text from outside, made safe to print: file names may hold line breaks, terminal commands and
/// marks that turn the direction of writing.
public enum PlainText {
  /// Control, format and bidirectional characters as `\u{…}`.
  public static func escaped(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator:
        result += "\\u{\(String(scalar.value, radix: 16))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
  }
}
