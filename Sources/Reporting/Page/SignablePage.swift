public import Foundation

/// A stand-alone page that a person checks, signs and files: sections of blocks, and at the end
/// room for a name, a date and a signature. Self-contained and printable as the report is.
public enum SignablePage {
  /// One section of the page.
  public struct Section: Sendable {
    public let title: String
    public let blocks: [ReportContent.Block]
    public init(_ title: String, _ blocks: [ReportContent.Block]) {
      (self.title, self.blocks) = (title, blocks)
    }
  }

  /// - Parameters:
  ///   - facts: Short facts under the heading.
  ///   - software: `theratrack 0.1.0`
  public static func data(
    title: String, facts: [ReportContent.Fact], sections: [Section], software: String
  ) throws(ReportingError) -> Data {
    var body: [Markup] = [
      .element(
        "header", [:],
        [
          .element("p", ["class": "notice"], [.text(ReportNotice.researchUse)]),
          .element("div", ["class": "masthead"], [.element("h1", [:], [.text(title)])]),
          try PageBlocks.markup(.facts(facts)),
        ])
    ]
    for (n, section) in sections.enumerated() {
      var blocks = [Markup.element("h2", [:], [.text("\(n + 1)  \(section.title)")])]
      for block in section.blocks { blocks.append(try PageBlocks.markup(block)) }
      body.append(.element("section", [:], [.lines(blocks)]))
    }
    body.append(signature(number: sections.count + 1))
    body.append(
      .element("footer", [:], [.text("\(software)  ·  \(ReportNotice.researchUse)")]))
    return Data(Markup.page(HTMLReport.head(title: title), body).utf8)
  }

  private static func signature(number: Int) -> Markup {
    let lines = ["Name", "Function", "Date", "Signature"].map { name in
      Markup.element(
        "tr", [:], [.element("td", [:], [.text(name)]), .element("td", ["class": "wide"], [])])
    }
    return .element(
      "section", [:],
      [
        .element("h2", [:], [.text("\(number)  Checked by")]),
        .element("table", [:], [.element("tbody", [:], [.lines(lines)])]),
      ])
  }
}
