public import Foundation

/// One page of tables for a file of paper: facts, tables, and room for a signature.
public enum TablePage {
  public struct Content: Sendable {
    public var title: String
    public var facts: [ReportContent.Fact]
    public var statements: [String]
    public var tables: [ReportTable]
    /// What a person fills in by hand.
    public var signatures: [String]
    /// The last lines, each on a line of its own in the source.
    public var closing: [String]

    public init(
      title: String, facts: [ReportContent.Fact], statements: [String] = [],
      tables: [ReportTable], signatures: [String] = [], closing: [String] = []
    ) {
      (self.title, self.facts, self.statements) = (title, facts, statements)
      (self.tables, self.signatures, self.closing) = (tables, signatures, closing)
    }
  }

  public static func data(_ content: Content) -> Data {
    let head: [Markup] = [
      .empty("meta", ["charset": "utf-8"]),
      .empty(
        "meta",
        [
          "http-equiv": "Content-Security-Policy",
          "content": "default-src 'none'; style-src 'unsafe-inline'",
        ]),
      .element("title", [:], [.text("Theratrack: \(content.title)")]),
      .style(PageStyle.rules), .style(paper),
    ]
    let facts = content.facts.flatMap {
      [
        Markup.element("dt", [:], [.text($0.name)]), .element("dd", [:], [.text($0.value)]),
      ]
    }
    let body =
      [
        Markup.element("p", ["class": "notice"], [.text(ReportNotice.researchUse)]),
        .element("h1", [:], [.text(content.title)]), .element("dl", [:], facts),
      ] + content.statements.map { .element("p", ["class": "note"], [.text($0)]) }
      + content.tables.map(PageBlocks.table)
      + [signatures(content.signatures)]
      + content.closing.map { .element("p", ["class": "note"], [.text($0)]) }
    return Data(Markup.page(head, body).utf8)
  }

  private static func signatures(_ names: [String]) -> Markup {
    guard !names.isEmpty else { return .nothing }
    return .element(
      "div", ["class": "signatures"],
      names.map { .element("p", ["class": "signature"], [.text($0)]) })
  }

  private static let paper: StaticString = """
    @page { size: A4 landscape; }
    .signatures { display: grid; grid-template-columns: repeat(4, 1fr); gap: 24px;
      margin: 60px 0 20px; break-inside: avoid; }
    .signature { border-top: 1px solid var(--ink); padding-top: 4px; font-size: 12.5px; }
    """
}
