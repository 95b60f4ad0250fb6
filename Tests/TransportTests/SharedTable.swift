import Foundation
import TestSupport
import Testing

/// Reference tables beside the checkout; they are not part of the project.
enum SharedTable {
  typealias Row = [String: String]

  static func rows(_ name: String) throws -> [Row] {
    let shared = try #require(RealData.shared)
    let file = shared.appending(path: "reference/data/dosimetry").appending(path: name)
    let lines = try String(contentsOf: file, encoding: .utf8).split(whereSeparator: \.isNewline)
    let names = try #require(lines.first).split(separator: ",", omittingEmptySubsequences: false)
    return lines.dropFirst().map { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      return Dictionary(
        zip(names, fields).map { (String($0), String($1)) }, uniquingKeysWith: { a, _ in a })
    }
  }
}

extension [String: String] {
  /// Numbers in the columns whose name starts so.
  func values(startingWith prefix: String) -> [Double] {
    filter { $0.key.hasPrefix(prefix) }.compactMap { Double($0.value) }
  }
}
