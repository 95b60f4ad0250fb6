import Foundation
import Response

/// Lesions × time points as a table, for criteria without images: read from CSV, or from the
/// `criteria_input` of `results.json`. One line is a lesion, a reference region or a clinical
/// fact at a time point; docs/formats.md has the columns.
struct CriteriaTable {
  private var scans: [CriteriaScan] = []
  /// What a lesion was seen on, where the table says so.
  private var images: [String: CriteriaPack.Images] = [:]
  private let path: String

  /// A cell by column, and where it stands for messages.
  struct Row {
    let line: Int
    let cells: [String: String]

    subscript(_ column: String) -> String {
      cells[column]?.trimmingCharacters(in: .whitespaces) ?? ""
    }
  }

  init(file: URL) throws {
    path = file.path
    guard let data = try? Data(contentsOf: file) else {
      throw CriteriaTableError(path: path, line: 0, reason: "the file cannot be read")
    }
    let rows =
      file.pathExtension.lowercased() == "json" ? try Self.json(data, path) : try csv(data)
    try fill(rows)
  }

  /// The scans with the lesions that criteria of these images see.
  func scans(_ wanted: CriteriaPack.Images) -> [CriteriaScan] {
    scans.map { scan in
      var scan = scan
      scan.lesions.removeAll { images[$0.id].map { $0 != wanted } ?? false }
      return scan
    }
  }

  // MARK: Rows

  private static func json(_ data: Data, _ path: String) throws -> [Row] {
    let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
    guard let rows = object?["criteria_input"] as? [[String: Any]] else {
      throw CriteriaTableError(
        path: path, line: 0,
        reason: "it has no 'criteria_input'; give the results.json of a run, or a CSV")
    }
    return rows.enumerated().map { n, row in
      Row(line: n + 1, cells: row.mapValues { $0 is NSNull ? "" : "\($0)" })
    }
  }

  private static let columns =
    [
      "time_point", "day", "image", "lesion", "state", "organ", "node", "distant", "target",
      "region",
      "scale", "mean", "sd", "max", "fact", "value", "uptake_time_min", "injected_MBq",
      "not_assessable",
    ] + CriteriaMetric.given.map(\.column)

  private func csv(_ data: Data) throws -> [Row] {
    let lines: [(number: Int, cells: [String])]
    do {
      lines = try CSVLines(data).lines
    } catch {
      throw CriteriaTableError(path: path, line: error.line ?? 0, reason: error.reason)
    }
    guard let header = lines.first?.cells, header.contains("time_point") else {
      throw CriteriaTableError(
        path: path, line: 1,
        reason: "the header has no time_point; columns are "
          + Self.columns.joined(separator: ", "))
    }
    if let unknown = header.first(where: { !Self.columns.contains($0) }) {
      throw CriteriaTableError(
        path: path, line: 1,
        reason: "'\(unknown)' is no column; columns are "
          + Self.columns.joined(separator: ", "))
    }
    return try lines.dropFirst().map { line in
      guard line.cells.count == header.count else {
        throw CriteriaTableError(
          path: path, line: line.number,
          reason: "\(line.cells.count) cells under \(header.count) columns")
      }
      return Row(
        line: line.number,
        cells: Dictionary(zip(header, line.cells), uniquingKeysWith: { first, _ in first }))
    }
  }

  // MARK: Scans

  private mutating func fill(_ rows: [Row]) throws {
    for row in rows {
      guard !row["time_point"].isEmpty else { throw error(row, "time_point is empty") }
      let n = index(of: row["time_point"])
      scans[n].days = try number(row, "day") ?? scans[n].days
      scans[n].uptakeMinutes = try number(row, "uptake_time_min") ?? scans[n].uptakeMinutes
      scans[n].injectedMegabecquerels =
        try number(row, "injected_MBq") ?? scans[n].injectedMegabecquerels
      if !row["lesion"].isEmpty { try add(lesion: row, to: n) }
      if !row["region"].isEmpty { try add(region: row, to: n) }
      if !row["fact"].isEmpty { scans[n].facts[row["fact"]] = try fact(row) }
    }
    guard !scans.isEmpty else {
      throw CriteriaTableError(path: path, line: 0, reason: "the table has no line")
    }
    if scans.allSatisfy({ $0.days != nil }) {
      scans.sort { ($0.days ?? 0) < ($1.days ?? 0) }
    }
    try completeStates()
  }

  private mutating func index(of timePoint: String) -> Int {
    if let known = scans.firstIndex(where: { $0.id == timePoint }) { return known }
    scans.append(CriteriaScan(id: timePoint, lesions: []))
    return scans.count - 1
  }

  private mutating func add(lesion row: Row, to n: Int) throws {
    guard scans[n].lesion(named: row["lesion"]) == nil else {
      throw error(row, "'\(row["lesion"])' stands twice at '\(row["time_point"])'")
    }
    var values: [CriteriaMetric: Double] = [:]
    for metric in CriteriaMetric.given {
      guard let value = try number(row, metric.column) else { continue }
      guard value >= 0 || metric == .attenuation else {
        throw error(row, "\(metric.column) is below zero")
      }
      values[metric] = value
    }
    switch row["image"] {
    case "": break
    case CriteriaPack.Images.pet.rawValue: images[row["lesion"]] = .pet
    case CriteriaPack.Images.ct.rawValue: images[row["lesion"]] = .ct
    default: throw error(row, "image is '\(row["image"])'; write PET or CT")
    }
    guard let state = CriteriaLesion.State(text: row["state"]) else {
      throw error(row, "'\(row["state"])' is no state; write \(CriteriaLesion.State.words)")
    }
    scans[n].lesions.append(
      CriteriaLesion(
        id: row["lesion"], state: state, values: values,
        organ: row["organ"].isEmpty ? nil : row["organ"], isNode: try flag(row, "node"),
        isDistant: try flag(row, "distant"), isTarget: try flag(row, "target")))
  }

  private mutating func add(region row: Row, to n: Int) throws {
    guard let mean = try number(row, "mean") else { throw error(row, "mean is empty") }
    let region = NormalUptake(
      mean: mean, standardDeviation: try number(row, "sd"), maximum: try number(row, "max"))
    switch row["scale"].lowercased() {
    case "suv", "": scans[n].suvReferences[row["region"]] = region
    case "sul": scans[n].sulReferences[row["region"]] = region
    default: throw error(row, "scale is '\(row["scale"])'; write suv or sul")
    }
  }

  private func fact(_ row: Row) throws -> ClinicalFact {
    if let flag = try? flag(row, "value") { return .flag(flag) }
    guard let number = try number(row, "value") else { throw error(row, "value is empty") }
    return .number(number)
  }

  /// A lesion that is not listed is not gone: before its first line it was not yet seen, later it
  /// is missing. Whether its first line is a new lesion has to be said.
  private mutating func completeStates() throws {
    for id in scans.flatMap({ $0.lesions.map(\.id) }).uniqued() {
      let first = scans.firstIndex { $0.lesion(named: id) != nil } ?? 0
      let known = scans.compactMap { $0.lesion(named: id) }
      for n in scans.indices {
        guard let at = scans[n].lesions.firstIndex(where: { $0.id == id }) else {
          var missing = CriteriaLesion(
            id: id,
            state: n < first
              ? .notYetSeen : .unknown(reason: "no line of \(id) at \(scans[n].id)"))
          Self.complete(&missing, from: known)
          scans[n].lesions.append(missing)
          continue
        }
        if n == first, n > 0, scans[n].lesions[at].state == .present {
          throw CriteriaTableError(
            path: path, line: 0,
            reason: "'\(id)' is first listed at '\(scans[n].id)': write new, first assessable or "
              + "part of … as its state")
        }
        Self.complete(&scans[n].lesions[at], from: known)
      }
    }
  }

  /// What is said of a lesion once holds at every time point.
  private static func complete(_ lesion: inout CriteriaLesion, from known: [CriteriaLesion]) {
    lesion.organ = lesion.organ ?? known.lazy.compactMap(\.organ).first
    lesion.isNode = lesion.isNode ?? known.lazy.compactMap(\.isNode).first
    lesion.isDistant = lesion.isDistant ?? known.lazy.compactMap(\.isDistant).first
    lesion.isTarget = lesion.isTarget ?? known.lazy.compactMap(\.isTarget).first
  }

  // MARK: Cells

  private func number(_ row: Row, _ column: String) throws -> Double? {
    let text = row[column]
    if text.isEmpty { return nil }
    guard let number = Double(text), number.isFinite else {
      throw error(row, "\(column) is '\(text)', not a number")
    }
    return number
  }

  private func flag(_ row: Row, _ column: String) throws -> Bool? {
    switch row[column].lowercased() {
    case "": return nil
    case "yes", "true": return true
    case "no", "false": return false
    default: throw error(row, "\(column) is '\(row[column])'; write yes or no")
    }
  }

  private func error(_ row: Row, _ reason: String) -> CriteriaTableError {
    CriteriaTableError(path: path, line: row.line, reason: reason)
  }
}

/// Why a table of lesions cannot be used.
public struct CriteriaTableError: Error, Hashable, Sendable, CustomStringConvertible {
  public let path: String
  public let line: Int
  public let reason: String

  public var description: String {
    "'\(path)'\(line > 0 ? ", line \(line)" : ""): \(reason)"
  }
}

extension CriteriaScan {
  func lesion(named id: String) -> CriteriaLesion? { lesions.first { $0.id == id } }
}

extension CriteriaMetric {
  /// Metrics that a table gives; the others are made from them.
  static let given: [CriteriaMetric] = allCases.filter {
    $0 != .recistDiameter && $0 != .functionalDiameter
  }

  /// Column with its unit: `suvmax_g_per_mL`.
  var column: String { rawValue + "_" + unit.replacing("/", with: "_per_") }
}

extension [String] {
  /// Each once, in order.
  func uniqued() -> [String] {
    reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}
