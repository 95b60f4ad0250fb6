import Foundation
import Testing

@testable import Reporting

@Suite struct PageTests {
  static let hostile = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\" onload=\"x", "';DROP TABLE t",
    "a\u{202E}b", "\u{1B}[31mred", "line\r\nbreak", "&amp;",
  ]

  private func page(_ content: ReportContent) throws -> String {
    String(decoding: try HTMLReport.data(content), as: UTF8.self)
  }

  @Test(arguments: hostile)
  func hostileTextStaysText(text: String) throws {
    var sample = SampleReport()
    sample.courseID = text
    var content = try sample.content()
    content.agent = text
    content.findings = [.init(status: .warn, subject: text, text: text, remedy: text)]
    content.chapters[.read] = [
      .paragraph(text), .list([text]), .heading(text), .facts([.init(text, text)]),
      .table(
        try ReportTable(
          name: "t", title: text, columns: [.text("a", text)], rows: [[.text(text)]],
          notes: [text])),
      .plot(
        TimeActivityPlot(
          regions: [.init(name: text, fit: text, measured: [], curve: [])], unit: text
        ).plot(named: "p")),
    ]
    let html = try page(content)
    for mark in ["<script", "<img", "onload=\"", "\u{202E}", "\u{1B}"] {
      #expect(!html.contains(mark), "\(mark)")
    }
    #expect(html.contains(Markup.escaped(text)))
  }

  @Test func thePageAsksNobodyForAnything() throws {
    let html = try page(SampleReport().content())
    #expect(
      html.contains("default-src &#39;none&#39;; img-src data:; style-src &#39;unsafe-inline&#39;"))
    for mark in ["http:", "https:", "//", "<link", "<script", "@import", "url("] {
      #expect(!html.contains(mark), "\(mark)")
    }
  }

  @Test func thePageSaysWhatItIsAndCountsItsWarningsFirst() throws {
    let html = try page(SampleReport().content())
    let notice = try #require(html.range(of: ReportNotice.researchUse))
    let counts = try #require(html.range(of: "1 warning"))
    let first = try #require(html.range(of: "<h2>"))
    #expect(notice.upperBound < counts.lowerBound)
    #expect(counts.upperBound < first.lowerBound)
    #expect(html.contains("Only one cycle was given; there is nothing to add up."))
  }

  @Test func chaptersFollowTheDataFlow() throws {
    let html = try page(SampleReport().content())
    let places = ReportContent.Chapter.allCases.compactMap {
      html.range(of: "<section id=\"\($0.rawValue)\">")?.lowerBound
    }
    #expect(places.count == ReportContent.Chapter.allCases.count)
    #expect(places == places.sorted())
  }

  @Test func theSamePageTwiceIsTheSameBytes() throws {
    let content = try SampleReport().content()
    #expect(try HTMLReport.data(content) == HTMLReport.data(content))
  }

  /// Set THERATRACK_PICTURES to a folder to look at the page.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["THERATRACK_PICTURES"] != nil))
  func thePageCanBeLookedAt() throws {
    let samples = PictureSamples(patient: try SyntheticPatient())
    var sample = SampleReport()
    sample.pictures = [
      try samples.lesionPanel(), try samples.beforeAfterChange(),
      try samples.fusedPicture(.axial),
    ]
    let folder = URL(filePath: ProcessInfo.processInfo.environment["THERATRACK_PICTURES"] ?? "")
    try AtomicFile.write(
      HTMLReport.data(sample.content()), to: folder.appending(path: "report.html"))
  }
}
