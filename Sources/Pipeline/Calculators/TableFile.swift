import Foundation

/// Why a table of a user could not be read.
public struct TableError: Error, Hashable, Sendable, CustomStringConvertible {
  public let path: String
  /// Line of the file, from 1; `nil` when the whole file is meant.
  public let line: Int?
  public let reason: String
  public let remedy: String?

  public var description: String {
    "'\(path)'" + (line.map { ", line \($0)" } ?? "") + ": \(reason)"
  }
}

/// A CSV table with a header line: columns are found by name, so their order does not matter, and
/// neither do case, spaces and brackets: `Time (h)` is `time_h`.
///
/// Lines that are empty or begin with `#` are skipped; fields may be quoted: see ``CSVLines``. A
/// header with semicolons or tabs in place of commas says that these part the fields, and then
/// numbers may have a decimal comma.
struct TableFile {
  struct Row {
    /// Line of the file, from 1.
    let line: Int
    let fields: [String: String]
  }

  let path: String
  /// As the program spells them.
  let columns: [String]
  let rows: [Row]
  /// Line of the header, from 1.
  let headerLine: Int
  private let separator: Character
  private static let largest = 64 << 20

  /// - Throws: ``TableError`` when the file cannot be read, a required column is missing, a column
  ///   is not known, or a line has another number of fields than the header.
  init(_ file: URL, required: [String], optional: [String]) throws(TableError) {
    path = file.path
    let known = (required + optional).joined(separator: ", ")
    let expected =
      required.isEmpty
      ? "Known columns are \(known)"
      : "The header is \(required.joined(separator: ","))"
        + (optional.isEmpty ? "" : ", with \(optional.joined(separator: ", ")) where known")
    func failure(_ line: Int?, _ reason: String) -> TableError {
      TableError(path: file.path, line: line, reason: reason, remedy: expected + ".")
    }
    guard let data = try? Data(contentsOf: file), data.count <= Self.largest else {
      throw failure(nil, "cannot be read; check the path and its permissions")
    }
    let table: CSVLines
    do { table = try CSVLines(data, skipping: "#") } catch {
      throw failure(error.line, error.reason)
    }
    separator = table.separator
    let lines = table.lines.map { number, cells in
      (number: number, fields: cells.map { $0.trimmingCharacters(in: .whitespaces) })
    }.filter { $0.fields != [""] }
    guard let header = lines.first else { throw failure(nil, "is empty") }
    headerLine = header.number
    let spelling = Dictionary(
      (required + optional).map { (Self.plain($0), $0) }, uniquingKeysWith: { first, _ in first })
    columns = header.fields.map { spelling[Self.plain($0)] ?? $0 }
    for column in required where !columns.contains(column) {
      throw failure(header.number, "the column \(column) is missing")
    }
    for column in columns where !(required + optional).contains(column) {
      throw TableError(
        path: file.path, line: header.number,
        reason: "the column '\(column)' is not known; known are \(known)", remedy: nil)
    }
    guard Set(columns).count == columns.count else {
      throw failure(header.number, "a column is there twice")
    }
    var rows: [Row] = []
    for line in lines.dropFirst() {
      let fields = line.fields
      guard fields.count == columns.count else {
        throw failure(line.number, "\(fields.count) fields where the header has \(columns.count)")
      }
      rows.append(
        Row(line: line.number, fields: Dictionary(uniqueKeysWithValues: zip(columns, fields))))
    }
    guard !rows.isEmpty else { throw failure(nil, "has no rows below its header") }
    self.rows = rows
  }

  /// A finite number; `nil` where the column is absent or the field empty.
  func number(_ column: String, in row: Row) throws(TableError) -> Double? {
    guard let text = row.fields[column], !text.isEmpty else { return nil }
    // A comma that does not part fields is a decimal one, if it stands alone.
    let isDecimalComma = separator != "," && !text.contains(".") && text.count { $0 == "," } == 1
    let number = isDecimalComma ? text.replacing(",", with: ".") : text
    guard let value = Double(number), value.isFinite else {
      throw TableError(
        path: path, line: row.line, reason: "\(column) is '\(text)', not a number",
        remedy: "Write it with a decimal point, without a unit.")
    }
    return value
  }

  func required(_ column: String, in row: Row) throws(TableError) -> Double {
    if let value = try number(column, in: row) { return value }
    throw TableError(
      path: path, line: row.line, reason: "\(column) is empty", remedy: "Write a number.")
  }

  /// Letters and digits alone.
  private static func plain(_ column: String) -> String {
    column.lowercased().filter { $0.isLetter || $0.isNumber }
  }
}
