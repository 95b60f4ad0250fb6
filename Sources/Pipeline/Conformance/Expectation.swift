import DICOMIO
public import Foundation

extension SUVConformance {
  /// What a series should show, as a site's reference says: one line of the file of `--expect`.
  public struct Expectation: Sendable, Hashable {
    public enum Quantity: String, Sendable, Hashable, CaseIterable {
      case min, median, mean, max
      /// SUVbw per Bq/mL in g/Bq.
      case factor
      /// The series must be refused; the value, where given, is the tag at fault.
      case refused
    }

    /// Series Instance UID, or a folder below the one that is read; `*` for every series.
    public let series: String
    public let quantity: Quantity
    /// A number, or a tag as `(gggg,eeee)`, or empty.
    public let value: String
    public let tolerance: Double
  }

  /// Why a file of expectations cannot be used.
  public struct ExpectationError: Error, Hashable, Sendable, CustomStringConvertible {
    public let path: String
    public let line: Int
    public let reason: String

    public var description: String {
      "'\(path)', line \(line): \(reason); the file needs the header "
        + "series,quantity,value,tolerance, and quantities are "
        + Expectation.Quantity.allCases.map(\.rawValue).joined(separator: ", ")
    }
  }
}

extension SUVConformance.Expectation {
  /// Reads a comma-separated file with the header `series,quantity,value,tolerance`.
  public static func read(_ url: URL) throws -> [Self] {
    let text = try String(contentsOf: url, encoding: .utf8)
    let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
    func error(_ line: Int, _ reason: String) -> SUVConformance.ExpectationError {
      .init(path: url.path, line: line, reason: reason)
    }
    guard lines.first == "series,quantity,value,tolerance" else {
      throw error(1, "the header is missing")
    }
    return try lines.enumerated().dropFirst().compactMap { n, line in
      let line = line.trimmingPrefix(while: \.isWhitespace)
      guard !line.isEmpty else { return nil }
      guard let expectation = Self(Self.cells(line)) else {
        throw error(n + 1, "this is no expectation")
      }
      return expectation
    }
  }

  /// Cells of one line; a comma inside the brackets of a tag does not end a cell.
  private static func cells(_ line: Substring) -> [String] {
    var cells = [""]
    var depth = 0
    for character in line {
      if character == "(" { depth += 1 }
      if character == ")" { depth -= 1 }
      if character == ",", depth == 0 {
        cells.append("")
      } else {
        cells[cells.count - 1].append(character)
      }
    }
    return cells.map { String($0.filter { $0 != "\"" }.trimmingPrefix(while: \.isWhitespace)) }
  }

  private init?(_ cells: [String]) {
    guard (3...4).contains(cells.count), !cells[0].isEmpty,
      let quantity = Quantity(rawValue: cells[1])
    else { return nil }
    let tolerance = cells.count == 4 ? cells[3] : ""
    if quantity == .refused {
      self.init(series: cells[0], quantity: quantity, value: cells[2], tolerance: 0)
      return
    }
    guard let value = Double(cells[2]), value.isFinite, let number = Double(tolerance), number >= 0
    else { return nil }
    self.init(series: cells[0], quantity: quantity, value: cells[2], tolerance: number)
  }

  func concerns(_ series: SeriesCatalogue.Series) -> Bool {
    if self.series == "*" || self.series == series.uid { return true }
    let folder = self.series.hasSuffix("/") ? self.series : self.series + "/"
    return series.files.allSatisfy { $0.hasPrefix(folder) }
  }

  func check(_ outcome: SUVConformance.Outcome) -> SUVConformance.Check {
    switch outcome {
    case .refused(let refusal):
      let isMet = quantity == .refused && (value.isEmpty || value == refusal.tag)
      return .init(
        expectation: self, found: "refused" + (refusal.tag.map { " \($0)" } ?? ""), isMet: isMet)
    case .computed(let computed):
      guard let found = computed.value(of: quantity), let wanted = Double(value) else {
        return .init(expectation: self, found: "computed", isMet: false)
      }
      return .init(
        expectation: self, found: "\(found)", isMet: abs(found - wanted) <= tolerance)
    }
  }

  /// `max 4 ± 0.005`
  var words: String {
    quantity == .refused
      ? "refused" + (value.isEmpty ? "" : " \(value)")
      : "\(quantity.rawValue) \(value) ± \(tolerance)"
  }
}

extension SUVConformance.Computed {
  func value(of quantity: SUVConformance.Expectation.Quantity) -> Double? {
    switch quantity {
    case .min: min
    case .median: median
    case .mean: mean
    case .max: max
    case .factor: conversion.factor
    case .refused: nil
    }
  }
}
