import Foundation

/// Comma-separated lines after RFC 4180, with quoted cells.
enum CSVLines {
  /// - Returns: Lines that hold something, with the number they have in the file.
  static func read(_ data: Data, path: String) throws -> [(number: Int, cells: [String])] {
    guard let text = String(bytes: data, encoding: .utf8) else {
      throw CriteriaTableError(path: path, line: 0, reason: "it is not UTF-8 text")
    }
    var lines: [(number: Int, cells: [String])] = []
    var cells: [String] = [""]
    var isQuoted = false
    var (number, start) = (1, 1)
    func end() {
      if cells != [""] { lines.append((start, cells)) }
      cells = [""]
    }
    var characters = Array(text.trimmingPrefix("\u{FEFF}"))
    if characters.last?.isNewline != true { characters.append("\n") }
    var n = 0
    while n < characters.count {
      let character = characters[n]
      n += 1
      if character.isNewline { number += 1 }
      if isQuoted {
        if character != "\"" {
          cells[cells.count - 1].append(character)
        } else if n < characters.count, characters[n] == "\"" {
          cells[cells.count - 1].append("\"")
          n += 1
        } else {
          isQuoted = false
        }
      } else if character == "\"" {
        isQuoted = true
      } else if character == "," {
        cells.append("")
      } else if character.isNewline {
        end()
        start = number
      } else {
        cells[cells.count - 1].append(character)
      }
    }
    guard !isQuoted else {
      throw CriteriaTableError(path: path, line: start, reason: "a quoted cell does not end")
    }
    return lines
  }
}
