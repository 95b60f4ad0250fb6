import Foundation

/// The blocks of a chapter as markup.
enum PageBlocks {
  static func markup(_ block: ReportContent.Block) throws(ReportingError) -> Markup {
    switch block {
    case .heading(let text): .element("h3", [:], [.text(text)])
    case .paragraph(let text): .element("p", [:], [.text(text)])
    case .list(let items): list(items)
    case .facts(let facts): definitions(facts)
    case .table(let table): self.table(table)
    case .picture(let picture, let caption): try figure(picture, caption)
    case .gallery(let pictures): try gallery(pictures)
    case .plot(let plot): self.plot(plot)
    case .verdict(let verdict): self.verdict(verdict)
    case .proposal(let proposal): self.proposal(proposal)
    }
  }

  private static func list(_ items: [String]) -> Markup {
    .element("ul", [:], items.map { .element("li", [:], [.text($0)]) })
  }

  private static func definitions(_ facts: [ReportContent.Fact]) -> Markup {
    .element(
      "dl", [:],
      facts.flatMap {
        [Markup.element("dt", [:], [.text($0.name)]), .element("dd", [:], [.text($0.value)])]
      })
  }

  private static func figure(
    _ picture: Picture, _ caption: String
  ) throws(ReportingError) -> Markup {
    // About as wide as the page shows it, so that the page prints below 2 MB; the link leads to
    // the file beside it, which has every pixel.
    let canvas = picture.canvas.reduced(toWidth: 800)
    let image = try PNGFile.encode(canvas).base64EncodedString()
    return .element(
      "figure", [:],
      [
        .element(
          "a", ["href": "pictures/\(picture.name).png"],
          [
            .empty(
              "img",
              [
                "src": "data:image/png;base64,\(image)",
                "alt": picture.sidecar.alternativeText, "width": "\(canvas.width)",
                "height": "\(canvas.height)",
              ])
          ]),
        .element("figcaption", [:], [.text(caption)]),
      ])
  }

  /// Thumbnails lie in the page, so that it needs no other file; the links go to the files
  /// beside it.
  private static func gallery(
    _ pictures: [ReportContent.GalleryPicture]
  ) throws(ReportingError) -> Markup {
    var figures: [Markup] = []
    for item in pictures {
      let small = item.picture.canvas.reduced(toWidth: 340)
      let image = try PNGFile.encode(small).base64EncodedString()
      let link = Markup.element(
        "a", ["href": "pictures/\(item.picture.name).png"],
        [
          .empty(
            "img",
            [
              "src": "data:image/png;base64,\(image)",
              "alt": item.picture.sidecar.alternativeText, "width": "\(small.width)",
              "height": "\(small.height)",
            ])
        ])
      let related = item.related.map { related in
        [
          Markup.text(" "),
          .element(
            "a", ["href": "pictures/\(related.picture.name).png"], [.text(related.name)]),
        ]
      }
      figures.append(
        .element(
          "figure", [:],
          [link, .element("figcaption", [:], [.text(item.caption)] + (related ?? []))]))
    }
    return .element("div", ["class": "gallery"], [.lines(figures)])
  }

  private static func plot(_ plot: Plot) -> Markup {
    .element(
      "figure", ["class": "drawing"],
      [plot.drawing.markup, .element("figcaption", [:], [.text(plot.caption)])])
  }

  private static func verdict(_ verdict: ReportContent.Verdict) -> Markup {
    .element(
      "div", ["class": "verdict"],
      [
        .element("p", ["class": "name"], [.text(verdict.criterion)]),
        .element(
          "p", ["class": "value"],
          [.text(verdict.verdict)] + (verdict.status.map { [HTMLReport.badge($0)] } ?? [])),
        list(verdict.reasons),
      ])
  }

  private static func proposal(_ proposal: ReportContent.Proposal) -> Markup {
    let levels = proposal.levels.map { level -> Markup in
      let percent = NumberText.short(level.compliance * 100)
      let value = level.gigabecquerels.map { NumberText.significant($0) + " GBq" } ?? "none"
      return .element(
        "div", ["class": "level"],
        [
          .element("p", ["class": "value"], [.text(value)]),
          .element("p", ["class": "detail"], [.text("keeps all limits with \(percent) %")]),
        ])
    }
    let facts = [
      ReportContent.Fact("Binding limit", proposal.bindingLimit), .init("Reason", proposal.reason),
    ]
    return .element(
      "div", ["class": "proposal"],
      [
        .element(
          "p", ["class": "name"],
          [.text("Largest activity of the next cycle "), HTMLReport.badge(proposal.status)]),
        .element("div", ["class": "levels"], levels), definitions(facts),
        .element("p", ["class": "name"], [.text("What would change it")]),
        list(proposal.alternatives),
      ])
  }
}

extension PageBlocks {
  static func table(_ table: ReportTable) -> Markup {
    let heads = table.columns.map { column -> Markup in
      let unit = column.unit.flatMap { $0 == "1" ? nil : $0 }
      let label: [Markup] =
        [.text(column.heading)]
        + (unit.map { [.element("span", ["class": "unit"], [.text($0)])] } ?? [])
      return .element("th", ["scope": "col", "class": column.isNumber ? "number" : ""], label)
    }
    // A reason that a whole column shares is said once: repeated, it hides the numbers beside it.
    var said: [String: String] = [:]
    let rows = table.rows.map { row in
      Markup.element(
        "tr", [:],
        zip(row, table.columns).map { value, column in
          guard case .missing(let reason) = value else { return cell(value, column) }
          let isSaid = said.updateValue(reason, forKey: column.key) == reason
          return cell(isSaid ? .missing(Self.asAbove) : value, column)
        })
    }
    return .element(
      "div", ["class": "table"],
      [
        .element(
          "table", [:],
          [
            .element("caption", [:], [.text(table.title)]),
            .element("thead", [:], [.element("tr", [:], heads)]),
            .element("tbody", [:], [.lines(rows)]),
          ])
      ] + table.notes.map { .element("p", ["class": "note"], [.text($0)]) })
  }

  private static let asAbove = "as above"

  private static func cell(_ cell: ReportTable.Cell, _ column: ReportTable.Column) -> Markup {
    switch cell {
    case .text(let text): .element("td", [:], [.text(text)])
    case .number(let value):
      .element("td", ["class": "number"], [.text(column.text(value))])
    case .estimate(let value, let uncertainty?, _):
      .element(
        "td", ["class": "number"], [.text(NumberText.value(value, uncertainty: uncertainty))])
    case .estimate(let value, nil, let reason):
      .element(
        "td", ["class": "number"],
        [
          .text(NumberText.significant(value)),
          .element("span", ["class": "reason"], [.text("± " + (reason ?? "not stated"))]),
        ])
    case .status(let status, let text):
      .element("td", [:], [HTMLReport.badge(status, text.isEmpty ? nil : text)])
    case .notApplicable:
      .element("td", ["class": column.isNumber ? "number" : ""], [.text("–")])
    case .missing(let reason):
      .element(
        "td", ["class": column.isNumber ? "number" : ""],
        [.element("span", ["class": "reason"], [.text("not assessable: \(reason)")])])
    }
  }
}

extension ReportTable.Column {
  var isNumber: Bool { unit != nil }

  func text(_ value: Double) -> String {
    if case .number(_, let format) = kind { return format.text(value) }
    return NumberText.significant(value)
  }
}
