import Foundation

/// Comma-separated lines after RFC 4180, with quoted cells; every table of a user is read here.
///
/// Semicolons or tabs part the cells where the first line has them and no comma, as spreadsheets
/// write it in countries with a decimal comma.
struct CSVLines {
  /// What keeps a text from being such lines.
  struct Problem: Error {
    /// Line of the file, from 1; `nil` when the whole file is meant.
    let line: Int?
    let reason: String
  }

  /// Lines that hold something, with the number they have in the file.
  let lines: [(number: Int, cells: [String])]
  let separator: Character

  /// - Parameter comment: Lines that begin with it are skipped.
  init(_ data: Data, skipping comment: Character? = nil) throws(Problem) {
    guard let text = String(bytes: data, encoding: .utf8) else {
      throw Problem(line: nil, reason: "it is not UTF-8 text")
    }
    // A byte order mark, as some spreadsheets write it, is no part of the first cell.
    let characters = Array(text.trimmingPrefix("\u{FEFF}"))
    separator = Self.separator(of: characters, skipping: comment)
    lines = try Self.lines(of: characters, separator, skipping: comment)
  }

  private static func separator(of text: [Character], skipping comment: Character?) -> Character {
    let first = text.split(whereSeparator: \.isNewline).first { line in
      let start = line.first { !$0.isWhitespace }
      return start != nil && start != comment
    }
    return [",", ";", "\t"].first { first?.contains($0) == true } ?? ","
  }

  private static func lines(
    of text: [Character], _ separator: Character, skipping comment: Character?
  ) throws(Problem) -> [(number: Int, cells: [String])] {
    var lines: [(number: Int, cells: [String])] = []
    var cells: [String] = [""]
    var isQuoted = false
    var (number, start) = (1, 1)
    func end() {
      if cells != [""] { lines.append((start, cells)) }
      cells = [""]
    }
    var characters = text
    if characters.last?.isNewline != true { characters.append("\n") }
    var n = 0
    while n < characters.count {
      let character = characters[n]
      n += 1
      if character.isNewline { number += 1 }
      if character == comment, !isQuoted, cells.count == 1, cells[0].allSatisfy(\.isWhitespace) {
        cells = [""]
        while !characters[n].isNewline { n += 1 }
      } else if isQuoted {
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
      } else if character == separator {
        cells.append("")
      } else if character.isNewline {
        end()
        start = number
      } else {
        cells[cells.count - 1].append(character)
      }
    }
    guard !isQuoted else {
      throw Problem(line: start, reason: "a quoted cell does not end")
    }
    return lines
  }
}
