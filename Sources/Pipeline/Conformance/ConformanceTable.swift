import DICOMIO
import Foundation
import Reporting

/// The rows of a conformance table as columns for a file and for a page.
struct ConformanceTable {
  let rows: [SUVConformance.Row]

  /// Everything, one line per series.
  func whole() throws(ReportingError) -> ReportTable {
    try ReportTable(
      name: "suv_conformance", title: "SUV of every PET series",
      columns: [
        .text("number", "No."), .text("manufacturer", "Manufacturer"), .text("model", "Model"),
        .text("software", "Software"), .number("files", "Files", unit: "1"),
        .text("input_sha256", "SHA-256 of the files"), .text("units", "Units"),
        .text("suv_type", "SUV type"), .text("decay_correction", "Decay correction"),
        .text("corrected_image", "Corrections"), .text("rule", "Rule that decided"),
        .text("candidates", "Candidates"), Self.factor, Self.suv("min", "Minimum"),
        Self.suv("median", "Median"), Self.suv("max", "Maximum"), .text("warnings", "Warnings"),
        .text("refusal", "Refusal"), .text("expected", "Expected"), .status("result", "Result"),
      ],
      rows: rows.map { row in
        [
          .text(row.number), .text(row.scanner.manufacturer ?? ""),
          .text(row.scanner.model ?? ""), .text(row.scanner.software ?? ""),
          .number(Double(row.files)), .text(row.digest), .text(row.units ?? ""),
          .text(row.suvType ?? ""), .text(row.decayCorrection ?? ""),
          .text(row.correctedImage.joined(separator: " ")),
        ] + Self.numbers(row) + [
          .text(row.warnings.joined(separator: "; ")), .text(row.refusal?.text ?? ""),
          .text(row.checks.map(\.expectation.words).joined(separator: "; ")),
          .result(row),
        ]
      })
  }

  /// The same for paper: what does not fit a line is in ``remarks()``.
  func short() throws(ReportingError) -> ReportTable {
    try ReportTable(
      name: "suv_conformance_short", title: "SUV by body weight of every PET series",
      columns: [
        .text("number", "No."), .text("scanner", "Scanner and software"),
        .text("values", "Units, decay correction, corrections"),
        .text("rule", "Rule that decided"), .text("candidates", "Candidates: factor in g/Bq"),
        Self.factor, Self.suv("min", "Minimum"), Self.suv("median", "Median"),
        Self.suv("max", "Maximum"), .status("result", "Result"),
      ],
      rows: rows.map { row in
        let scanner = [row.scanner.manufacturer, row.scanner.model, row.scanner.software]
        let values = [row.units, row.suvType, row.decayCorrection]
        return [
          .text(row.number), .text(scanner.compactMap { $0 }.joined(separator: ", ")),
          .text((values.compactMap { $0 } + row.correctedImage).joined(separator: " ")),
        ] + Self.numbers(row) + [.result(row)]
      },
      notes: [
        "Minimum and median are over voxels above zero. Candidates are all reference times that "
          + "the headers offer, with the seconds by which they differ from the one used."
      ])
  }

  /// Warnings, refusals and expectations, one per line.
  func remarks() throws(ReportingError) -> ReportTable {
    try ReportTable(
      name: "suv_conformance_remarks", title: "Files, warnings, refusals and expectations",
      columns: [
        .text("number", "No."), .text("kind", "Kind"), .text("text", "What"),
      ],
      rows: rows.flatMap { row -> [[ReportTable.Cell]] in
        let entries: [(String, String)] =
          [("SHA-256", "\(row.files) files: \(row.digest)")]
          + row.warnings.map { ("warning", $0) }
          + (row.refusal.map { [("refused", $0.text)] } ?? [])
          + row.checks.map {
            ($0.isMet ? "met" : "not met", "\($0.expectation.words): \($0.found)")
          }
        return entries.map { [.text(row.number), .text($0.0), .text($0.1)] }
      })
  }

  private static let factor = ReportTable.Column.number(
    "suvbw_factor", "SUVbw factor", unit: "g/Bq", .significant(6))

  private static func suv(_ key: String, _ heading: String) -> ReportTable.Column {
    .number("suvbw_\(key)", heading, unit: "g/mL", .decimals(4))
  }

  /// Rule, candidates, factor, minimum, median and maximum.
  private static func numbers(_ row: SUVConformance.Row) -> [ReportTable.Cell] {
    guard case .computed(let found) = row.outcome else {
      return [.text(""), .text("")] + [ReportTable.Cell](repeating: .notApplicable, count: 4)
    }
    let candidates = found.conversion.candidates.map { candidate in
      let factor = candidate.factor.map { String(format: "%.6g", $0) } ?? "before the injection"
      return "\(candidate.rule.rawValue): \(factor)"
        + String(format: " (%+.0f s)", candidate.secondsFromUsed)
    }
    return [
      .text(found.conversion.rule.rawValue), .text(candidates.joined(separator: "; ")),
      found.conversion.factor.map { .number($0) } ?? .notApplicable, .number(found.min),
      .number(found.median), .number(found.max),
    ]
  }
}

extension ReportTable.Cell {
  fileprivate static func result(_ row: SUVConformance.Row) -> Self {
    row.status.map { .status($0, row.result) } ?? .text(row.result)
  }
}

extension SUVConformance.Row {
  var warnings: [String] {
    if case .computed(let found) = outcome { found.warnings } else { [] }
  }

  var refusal: SUVConformance.Refusal? {
    if case .refused(let refusal) = outcome { refusal } else { nil }
  }

  /// How the expectations ended; `nil` where there were none and an SUV was computed, since then
  /// nothing was checked.
  var status: Status? {
    if !checks.isEmpty { return checks.allSatisfy(\.isMet) ? .pass : .fail }
    return refusal == nil ? nil : .notAssessable
  }

  var result: String {
    if !checks.isEmpty {
      let missed = checks.filter { !$0.isMet }
      return missed.isEmpty
        ? "as expected"
        : missed.map { "\($0.expectation.words), found \($0.found)" }.joined(separator: "; ")
    }
    if refusal != nil { return "refused" }
    return warnings.isEmpty ? "computed" : "computed, with warnings"
  }
}
