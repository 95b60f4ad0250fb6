/// A piece of HTML or SVG. Text can only enter escaped, so a hostile name stays text.
struct Markup: Sendable, Hashable {
  private(set) var source: String

  private init(source: String) { self.source = source }

  static let nothing = Markup(source: "")

  /// Text of any origin.
  static func text(_ text: String) -> Markup { Markup(source: escaped(text)) }

  /// Style rules written by this module, which hold no text from outside.
  static func style(_ rules: StaticString) -> Markup {
    Markup(source: "<style>\n\(rules)\n</style>")
  }

  /// - Parameters:
  ///   - name: Element name; a literal, never a text from outside.
  ///   - attributes: Values are escaped.
  static func element(
    _ name: StaticString, _ attributes: KeyValuePairs<String, String> = [:],
    _ children: [Markup] = []
  ) -> Markup {
    Markup(
      source: "<\(name)\(listed(attributes))>" + children.map(\.source).joined() + "</\(name)>")
  }

  /// An element without content: `meta`, `img`, `br`.
  ///
  /// - Parameter isClosed: As SVG wants it.
  static func empty(
    _ name: StaticString, _ attributes: KeyValuePairs<String, String> = [:],
    isClosed: Bool = false
  ) -> Markup {
    Markup(source: "<\(name)\(listed(attributes))\(isClosed ? "/" : "")>")
  }

  /// Attributes without a value are left out, `alt` excepted: there it says that a picture adds
  /// nothing to the text.
  private static func listed(_ attributes: KeyValuePairs<String, String>) -> String {
    attributes.filter { !$0.value.isEmpty || $0.key == "alt" }
      .map { " \($0.key)=\"\(escaped($0.value))\"" }.joined()
  }

  /// Pieces one after the other, each on its own line.
  static func lines(_ children: [Markup]) -> Markup {
    Markup(source: children.map(\.source).filter { !$0.isEmpty }.joined(separator: "\n"))
  }

  static func page(_ head: [Markup], _ body: [Markup]) -> String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    \(lines(head).source)
    </head>
    <body>
    \(lines(body).source)
    </body>
    </html>

    """
  }

  static func escaped(_ text: String) -> String {
    var result = ""
    for character in PlainText.safe(text).unicodeScalars {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }
}
