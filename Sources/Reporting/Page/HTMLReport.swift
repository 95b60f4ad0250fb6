public import Foundation

/// Sets a report as one HTML page that needs nothing else: styles inline, pictures as data, no
/// script, no request to anywhere. Prints on A4.
public enum HTMLReport {
  public static func data(_ content: ReportContent) throws(ReportingError) -> Data {
    var chapters: [Markup] = []
    for (n, chapter) in ReportContent.Chapter.allCases.enumerated() {
      chapters.append(try section(chapter, number: n + 1, content))
    }
    let body =
      [header(content), contents(content)] + [Markup.element("main", [:], [.lines(chapters)])]
      + [footer(content)]
    return Data(Markup.page(head(content), body).utf8)
  }

  private static func head(_ content: ReportContent) -> [Markup] {
    [
      .empty("meta", ["charset": "utf-8"]),
      .empty(
        "meta",
        [
          "http-equiv": "Content-Security-Policy",
          "content": "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
            + "base-uri 'none'; form-action 'none'",
        ]),
      .empty("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
      .element("title", [:], [.text("Theratrack report \(content.courseID)")]),
      .style(PageStyle.rules),
    ]
  }

  private static func header(_ content: ReportContent) -> Markup {
    let facts = [.init("Agent", content.agent)] + content.facts
    return .element(
      "header", [:],
      [
        .element("p", ["class": "notice"], [.text(ReportNotice.researchUse)]),
        .element(
          "div", ["class": "masthead"],
          [
            .element("h1", [:], [.text("Course \(content.courseID)")]),
            .element("p", ["class": "facts-line"], [.text(line(facts))]),
          ]),
        counts(content), highlights(content.highlights),
      ])
  }

  private static func line(_ facts: [ReportContent.Fact]) -> String {
    facts.map { "\($0.name): \($0.value)" }.joined(separator: "  ·  ")
  }

  private static func counts(_ content: ReportContent) -> Markup {
    let shown: [(Status, String, String)] = [
      (.fail, "failed check", "failed checks"), (.warn, "warning", "warnings"),
      (.notAssessable, "not assessable", "not assessable"),
    ]
    let badges = shown.compactMap { status, one, many -> Markup? in
      let n = content.count(status)
      guard n > 0 || status == .warn else { return nil }
      return badge(n == 0 ? .pass : status, n == 1 ? "1 \(one)" : "\(n) \(many)")
    }
    return .element(
      "p", ["class": "counts"],
      badges + [
        .element("a", ["href": "#findings"], [.text("All are listed in one place.")])
      ])
  }

  private static func highlights(_ items: [ReportContent.Highlight]) -> Markup {
    guard !items.isEmpty else { return .nothing }
    return .element(
      "div", ["class": "highlights"],
      items.map { item in
        .element(
          "div", ["class": "highlight"],
          [
            .element("p", ["class": "name"], [.text(item.name)]),
            .element(
              "p", ["class": "value"],
              [.text(item.value)] + (item.status.map { [badge($0)] } ?? [])),
            .element("p", ["class": "detail"], [.text(item.detail)]),
          ])
      })
  }

  private static func contents(_ content: ReportContent) -> Markup {
    .element(
      "nav", [:],
      [
        .element(
          "ol", [:],
          ReportContent.Chapter.allCases.map {
            .element(
              "li", [:], [.element("a", ["href": "#\($0.rawValue)"], [.text($0.title)])])
          })
      ])
  }

  private static func section(
    _ chapter: ReportContent.Chapter, number: Int, _ content: ReportContent
  ) throws(ReportingError) -> Markup {
    var blocks: [Markup] = []
    if chapter == .findings { blocks.append(findings(content.findings)) }
    for block in content.chapters[chapter] ?? [] { blocks.append(try PageBlocks.markup(block)) }
    if blocks.isEmpty {
      let reason = content.omissions[chapter] ?? "Not part of this run."
      blocks.append(.element("p", ["class": "omitted"], [.text(reason)]))
    }
    let heading = Markup.element("h2", [:], [.text("\(number)  \(chapter.title)")])
    return .element("section", ["id": chapter.rawValue], [.lines([heading] + blocks)])
  }

  private static func findings(_ findings: [ReportContent.Finding]) -> Markup {
    guard !findings.isEmpty else {
      return .element("p", [:], [.text("No warnings, and nothing was left unassessed.")])
    }
    let rows = findings.map { finding -> Markup in
      .element(
        "tr", [:],
        [
          .element("td", [:], [badge(finding.status)]),
          .element("td", [:], [.text(finding.subject)]),
          .element("td", ["class": "wide"], [.text(finding.text)]),
          .element("td", ["class": "wide"], [.text(finding.remedy)]),
        ])
    }
    let heads = ["Kind", "About", "What", "What to do"].map {
      Markup.element("th", ["scope": "col"], [.text($0)])
    }
    return .element(
      "table", [:],
      [
        .element("thead", [:], [.element("tr", [:], heads)]),
        .element("tbody", [:], [.lines(rows)]),
      ])
  }

  private static func footer(_ content: ReportContent) -> Markup {
    .element(
      "footer", [:],
      [.text("\(content.software)  ·  course \(content.courseID)  ·  \(ReportNotice.researchUse)")])
  }

  static func badge(_ status: Status, _ text: String? = nil) -> Markup {
    // Short words stay on one line; a long statement may break.
    let isShort = (text ?? status.word).count < 28
    return .element(
      "span", ["class": "badge \(status.rawValue)" + (isShort ? " short" : "")],
      [
        .element("span", ["class": "symbol"], [.text(status.symbol)]),
        .text(text ?? status.word),
      ])
  }
}
