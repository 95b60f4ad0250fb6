import Foundation
import TestSupport
import Testing

/// The report of the virtual course as a browser sees it.
@Suite struct ReportPageTests {
  private func results() throws -> URL { try DemoCourse.shared.folder.appending(path: "results") }

  /// Every link of the page leads to a part of it or to a file beside it.
  @Test func everyLinkOfTheReportLeadsSomewhere() throws {
    let html = try String(
      contentsOf: results().appending(path: "report.html"), encoding: .utf8)
    let links = html.matches(of: /href="([^"]*)"/).map { String($0.1) }
    #expect(links.count > 15)
    for link in links {
      if link.hasPrefix("#") {
        #expect(html.contains("id=\"\(link.dropFirst())\""), "\(link)")
      } else {
        let file = try results().appending(path: link)
        #expect(FileManager.default.fileExists(atPath: file.path), "\(link)")
      }
    }
    // Alternative texts differ, since each says what its picture shows.
    let texts = html.matches(of: /<img [^>]*alt="([^"]*)"/).map { String($0.1) }
    #expect(texts.count > 8 && texts.allSatisfy { $0.count > 20 })
  }

  /// Without network, script or console: the page is whole, and prints under 2 MB. Needs
  /// Chromium; set THERATRACK_LONG.
  @Test(
    .enabled(if: ProcessInfo.processInfo.environment["THERATRACK_LONG"] != nil),
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/chromium"))
  )
  func aBrowserShowsThePageWithoutAskingAnybody() throws {
    try withTemporaryFolder { folder in
      let page = try results().appending(path: "report.html").path
      let browser =
        "unshare -rn chromium --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage "
        + "--no-first-run --user-data-dir=\(folder.path)/profile --enable-logging=stderr "
      let dump = try BuiltCommand.shell("\(browser) --dump-dom 'file://\(page)'")
      #expect(dump.exitCode == 0, "\(dump.errors.suffix(400))")
      #expect(dump.output.contains("</html>") && dump.output.contains("<svg"))
      // The browser's own pages, at chrome:, speak of the missing network.
      let console = dump.errors.split(separator: "\n").filter {
        $0.contains("CONSOLE") && !$0.contains("chrome:")
      }
      #expect(console.isEmpty, "\(console.prefix(3))")
      let pdf = folder.appending(path: "r.pdf")
      let print = try BuiltCommand.shell(
        "\(browser) --no-pdf-header-footer --print-to-pdf='\(pdf.path)' 'file://\(page)'")
      #expect(print.exitCode == 0)
      let bytes = try Data(contentsOf: pdf).count
      Swift.print("figure: report as PDF \(Double(bytes) / 1e6) MB")
      #expect(bytes < 2_000_000)
    }
  }
}
