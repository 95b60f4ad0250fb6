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

  /// - Throws: ``TableError`` naming the line.
  init(_ file: URL) throws(TableError) {
    let columns = TimeActivityColumns(
      values: TimeActivityColumns.activities, deviations: TimeActivityColumns.deviations)
    let table = try TableFile(file, required: [], optional: columns.names + ["kind"])
    let chosen = try columns.chosen(
      in: table, header: "time_h,activity_MBq, with sd_MBq, kind where known")
    var samples: [ActivitySample] = []
    for row in table.rows {
      let kind = row.fields["kind"].flatMap { $0.isEmpty ? nil : $0.lowercased() } ?? "spect"
      guard ["spect", "pet", "planar"].contains(kind) else {
        throw TableError(
          path: file.path, line: row.line, reason: "kind is '\(kind)'",
          remedy: "Write spect, pet or planar.")
      }
      let (hours, value, spread) = try chosen.numbers(in: row, of: table)
      samples.append(
        ActivitySample(
          time: .hours(hours), activity: .megabecquerels(value),
          standardDeviation: spread.map(Activity.megabecquerels), isPlanar: kind == "planar"))
    }
    path = file.path
    self.samples = samples
    lines = table.rows.map(\.line)
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
