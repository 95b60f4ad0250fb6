import DICOMIO
public import Foundation
import Reporting

extension SUVConformance {
  /// Names of the two files that ``write(to:at:)`` makes.
  public static let fileNames = ["suv-conformance.csv", "suv-conformance.html"]

  /// Writes the table for programs and the page for paper into a folder; both sealed.
  ///
  /// The same series, expectations and version give the same files but for the line with `date`.
  public func write(to folder: URL, at date: Date) throws {
    try AtomicFile.makeFolder(at: folder)
    let table = ConformanceTable(rows: rows)
    let time = date.formatted(.iso8601)
    let csv = try TableWriter.csv(table.whole())
    let short = [try table.short(), try table.remarks()]
    let files = [
      SealedText.sealed { csvFile(csv, time: time, digest: $0) },
      SealedText.sealed { page(short, time: time, digest: $0) },
    ]
    for (name, data) in zip(Self.fileNames, files) {
      try AtomicFile.write(data, to: folder.appending(path: name))
    }
  }

  private var facts: [(name: String, value: String)] {
    [
      ("software", "theratrack \(Provenance.softwareVersion)"),
      ("SUV rules", "version \(SUVConversion.rulesVersion)"),
      ("input SHA-256", digest), ("series and frames", "\(rows.count)"),
      ("result", summary),
    ]
  }

  /// For people, in one line.
  public var summary: String {
    let refused = rows.count { $0.refusal != nil }
    let checked = rows.filter { !$0.checks.isEmpty }
    let missed = checked.count { $0.status == .fail }
    let expected =
      checked.isEmpty
      ? "no expectations were given"
      : "\(checked.count - missed) of \(checked.count) as expected"
    let idle = unused.isEmpty ? "" : ", \(unused.count) expectations name no series"
    return "\(rows.count - refused) computed, \(refused) refused; \(expected)\(idle)"
  }

  private func csvFile(_ table: Data, time: String, digest: String) -> Data {
    let head =
      ["# theratrack SUV conformance"] + facts.map { "# \($0.name): \($0.value)" }
      + ["# \(Self.sealMeaning)", "# \(ReportNotice.researchUse)"]
      + unused.map { "# expectation without a series: \($0.words)" }
    let tail = ["# \(SealedText.timeMark) \(time)", "# \(SealedText.digestMark)\(digest)"]
    func lines(_ texts: [String]) -> Data { Data(texts.map { $0 + "\r\n" }.joined().utf8) }
    return lines(head) + table + lines(tail)
  }

  private func page(_ tables: [ReportTable], time: String, digest: String) -> Data {
    TablePage.data(
      TablePage.Content(
        title: "SUV conformance",
        facts: facts.map { .init($0.name, $0.value) },
        statements: [Self.sealMeaning]
          + unused.map { "Expectation without a series: \($0.words)" },
        tables: tables, signatures: ["Checked by (name)", "Function", "Date", "Signature"],
        closing: ["\(SealedText.timeMark) \(time)", "\(SealedText.digestMark)\(digest)"]))
  }

  private static let sealMeaning =
    "The last line is the SHA-256 of this file without its last two lines; theratrack suv --verify "
    + "checks it. It shows whether the file was changed, not who made it."
}

extension SUVConformance: Encodable {
  private enum Key: String, CodingKey {
    case digest = "input_sha256"
    case rows, summary, software
    case isMet = "as_expected"
    case rulesVersion = "rules_version"
    case unused = "expectations_without_series"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(digest, forKey: .digest)
    try container.encode(Provenance.softwareVersion, forKey: .software)
    try container.encode(SUVConversion.rulesVersion, forKey: .rulesVersion)
    try container.encode(summary, forKey: .summary)
    try container.encode(isMet, forKey: .isMet)
    try container.encode(unused.map { "\($0.series): \($0.words)" }, forKey: .unused)
    try container.encode(rows.map(RowEntry.init), forKey: .rows)
  }

  public func json() throws -> String {
    String(decoding: try JSONWriter.data(self), as: UTF8.self)
  }
}

/// One row as written to JSON.
private struct RowEntry: Encodable {
  private enum Key: String, CodingKey {
    case number, rule, min = "suv_min", median = "suv_median", max = "suv_max"
    case factor = "suvbw_factor_g_per_Bq"
    case digest = "input_sha256"
    case refusedTag = "refused_tag"
    case refusal = "refused"
    case warnings, status, result
  }

  let row: SUVConformance.Row

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    var found: SUVConformance.Computed?
    if case .computed(let computed) = row.outcome { found = computed }
    try container.encode(row.number, forKey: .number)
    try container.encode(row.digest, forKey: .digest)
    try container.encode(found?.conversion.rule, forKey: .rule)
    try container.encode(found?.conversion.factor, forKey: .factor)
    try container.encode(found?.min, forKey: .min)
    try container.encode(found?.median, forKey: .median)
    try container.encode(found?.max, forKey: .max)
    try container.encode(row.refusal?.tag, forKey: .refusedTag)
    try container.encode(row.refusal?.text, forKey: .refusal)
    try container.encode(row.warnings, forKey: .warnings)
    try container.encode(row.status, forKey: .status)
    try container.encode(row.result, forKey: .result)
  }
}
