import Dosimetry
import Foundation
import Quantities

/// Activities of a region over time, as a CSV file holds them: `time_h,activity_MBq`, with
/// `sd_MBq` (one standard deviation) and `kind` (`spect` or `planar`) where known; times also in
/// minutes or days, activities in Bq, kBq or GBq, deviations in per cent.
struct TimeActivityFile {
  let path: String
  let samples: [ActivitySample]
  /// Line of each sample, for messages.
  private let lines: [Int]

  /// Columns by quantity, and their scale to hours and MBq.
  private static let times = [("time_h", 1.0), ("time_min", 1.0 / 60), ("time_d", 24.0)]
  private static let activities = units("activity")
  private static let deviations = units("sd")
  private static let percentage = "sd_percent"

  private static func units(_ quantity: String) -> [(String, Double)] {
    [("MBq", 1.0), ("Bq", 1e-6), ("kBq", 1e-3), ("GBq", 1e3)].map { ("\(quantity)_\($0.0)", $0.1) }
  }

  /// - Throws: ``TableError`` naming the line.
  init(_ file: URL) throws(TableError) {
    let known = Self.times + Self.activities + Self.deviations
    let table = try TableFile(
      file, required: [], optional: known.map(\.0) + [Self.percentage, "kind"])
    guard let time = try Self.column(Self.times, table),
      let activity = try Self.column(Self.activities, table)
    else {
      let missing = try Self.column(Self.times, table) == nil ? "time_h" : "activity_MBq"
      throw TableError(
        path: file.path, line: table.headerLine, reason: "the column \(missing) is missing",
        remedy: "The header is time_h,activity_MBq, with sd_MBq, kind where known.")
    }
    let deviation = try Self.column(Self.deviations + [(Self.percentage, 0.01)], table)
    var samples: [ActivitySample] = []
    for row in table.rows {
      let kind = row.fields["kind"].flatMap { $0.isEmpty ? nil : $0.lowercased() } ?? "spect"
      guard ["spect", "pet", "planar"].contains(kind) else {
        throw TableError(
          path: file.path, line: row.line, reason: "kind is '\(kind)'",
          remedy: "Write spect, pet or planar.")
      }
      let value = try table.required(activity.name, in: row) * activity.scale
      var spread: Double?
      if let deviation, let number = try table.number(deviation.name, in: row) {
        spread = number * deviation.scale * (deviation.name == Self.percentage ? value : 1)
      }
      samples.append(
        ActivitySample(
          time: .hours(try table.required(time.name, in: row) * time.scale),
          activity: .megabecquerels(value),
          standardDeviation: spread.map(Activity.megabecquerels), isPlanar: kind == "planar"))
    }
    path = file.path
    self.samples = samples
    lines = table.rows.map(\.line)
  }

  /// The column of a quantity that the table has; `nil` for none.
  private static func column(
    _ choices: [(String, Double)], _ table: TableFile
  ) throws(TableError) -> (name: String, scale: Double)? {
    let there = choices.filter { table.columns.contains($0.0) }
    guard there.count < 2 else {
      throw TableError(
        path: table.path, line: table.headerLine,
        reason: "\(there.map(\.0).joined(separator: " and ")) say the same twice",
        remedy: "Leave one column.")
    }
    return there.first.map { (name: $0.0, scale: $0.1) }
  }

  /// Every activity with the same relative standard deviation, where the file has none.
  func samples(noise: Double?) -> [ActivitySample] {
    guard let noise, samples.allSatisfy({ $0.standardDeviation == nil }) else { return samples }
    return samples.map {
      ActivitySample(
        time: .hours($0.hours), activity: $0.activity, standardDeviation: $0.activity * noise,
        isPlanar: $0.isPlanar)
    }
  }

  /// The error of a fit, with the line of the file it is about.
  func failure(_ error: DosimetryError) -> TableError {
    TableError(
      path: path, line: error.row.map { lines[$0.number - 1] }, reason: error.description,
      remedy: nil)
  }
}
