public import Foundation

/// Tables as CSV after RFC 4180: comma, CRLF, UTF-8, decimal point whatever the locale.
///
/// Column names end in their unit (`volume_mL`, `suv_peak_g_per_mL`). An estimate takes two
/// columns, value and standard uncertainty. What is missing is empty, and the last column,
/// `not_assessable`, says why.
public enum TableWriter {
  public static func csv(_ table: ReportTable) -> Data {
    let header = table.columns.flatMap(names) + ["not_assessable"]
    let lines = table.rows.map { row in
      let cells = zip(row, table.columns).flatMap { fields($0, $1) }
      let reasons = zip(row, table.columns).compactMap { reason($0, $1) }
      return cells + [textField(reasons.joined(separator: "; "))]
    }
    let text = ([header] + lines).map { $0.joined(separator: ",") + "\r\n" }.joined()
    return Data(text.utf8)
  }

  /// The unit as the end of a column name: `g/mL` → `g_per_mL`, `%` → `percent`.
  public static func suffix(of unit: String) -> String {
    let replaced = [
      ("%", "percent"), ("/", "_per_"), ("·", "_"), ("µ", "u"), ("²", "2"), ("³", "3"),
      ("°", "degree"), ("⁻¹", "_inverse"), (" ", "_"),
    ].reduce(unit) { $0.replacing($1.0, with: $1.1) }
    return replaced.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
  }

  private static func names(_ column: ReportTable.Column) -> [String] {
    switch column.kind {
    case .text, .status: [column.key]
    case .number(let unit, _): ["\(column.key)_\(suffix(of: unit))"]
    case .estimate(let unit):
      [
        "\(column.key)_\(suffix(of: unit))",
        "\(column.key)_standard_uncertainty_\(suffix(of: unit))",
      ]
    }
  }

  private static func fields(
    _ cell: ReportTable.Cell, _ column: ReportTable.Column
  ) -> [String] {
    let isEstimate = names(column).count == 2
    switch cell {
    case .text(let text): return [textField(text)] + (isEstimate ? [""] : [])
    case .number(let value): return [number(value)] + (isEstimate ? [""] : [])
    case .estimate(let value, let uncertainty, _):
      return [number(value)] + (isEstimate ? [uncertainty.map(number) ?? ""] : [])
    case .status(let status, let text):
      let words = text.isEmpty || text == status.word ? status.word : "\(status.word): \(text)"
      return [textField(words)]
    case .missing, .notApplicable: return isEstimate ? ["", ""] : [""]
    }
  }

  private static func reason(
    _ cell: ReportTable.Cell, _ column: ReportTable.Column
  ) -> String? {
    switch cell {
    case .missing(let reason): "\(column.key): \(reason)"
    case .estimate(_, nil, let reason): "\(column.key): no uncertainty, \(reason ?? "not stated")"
    default: nil
    }
  }

  /// Shortest text that reads back as the same number.
  static func number(_ value: Double) -> String {
    let isWhole = value == value.rounded() && abs(value) < 1e15
    return isWhole ? String(Int64(value)) : "\(value)"
  }

  /// A text that a spreadsheet would take for a formula gets an apostrophe in front; quotes
  /// are set where RFC 4180 asks for them.
  static func textField(_ raw: String) -> String {
    var text = PlainText.safe(raw)
    if let first = text.first, "=+-@".contains(first), Double(text) == nil { text = "'" + text }
    guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
