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

/// A CSV table with a header line: columns are found by name, so their order does not matter.
///
/// Lines that are empty or begin with `#` are skipped; fields may be quoted: see ``CSVLines``.
struct TableFile {
  struct Row {
    /// Line of the file, from 1.
    let line: Int
    let fields: [String: String]
  }

  let path: String
  let columns: [String]
  let rows: [Row]
  private static let largest = 64 << 20

  /// - Throws: ``TableError`` when the file cannot be read, a required column is missing, a column
  ///   is not known, or a line has another number of fields than the header.
  init(_ file: URL, required: [String], optional: [String]) throws(TableError) {
    path = file.path
    let expected =
      "The header is \(required.joined(separator: ","))"
      + (optional.isEmpty ? "" : ", with \(optional.joined(separator: ", ")) where known")
    func failure(_ line: Int?, _ reason: String) -> TableError {
      TableError(path: file.path, line: line, reason: reason, remedy: expected + ".")
    }
    guard let data = try? Data(contentsOf: file), data.count <= Self.largest else {
      throw failure(nil, "cannot be read; check the path and its permissions")
    }
    let lines: [(number: Int, fields: [String])]
    do {
      lines = try CSVLines.read(data, skipping: "#").map { number, cells in
        (number, cells.map { $0.trimmingCharacters(in: .whitespaces) })
      }.filter { $0.1 != [""] }
    } catch {
      throw failure(error.line, error.reason)
    }
    guard let header = lines.first else { throw failure(nil, "is empty") }
    columns = header.fields
    for column in required where !columns.contains(column) {
      throw failure(header.number, "the column \(column) is missing")
    }
    for column in columns where !(required + optional).contains(column) {
      throw failure(header.number, "the column '\(column)' is not known")
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
    guard let value = Double(text), value.isFinite else {
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
}
