import Dosimetry
import Foundation
import Quantities

/// What planar scans of a cycle show of its regions over time, as a camera's workstation exports it:
/// a CSV of `region`, `time_h` after the administration, and `counts`, `cps` or
/// `activity_MBq` at the time of the scan, with `sd_…` or `sd_percent` where known.
///
/// Only the course over time is taken from it: each region has a scale of its own, which the cycle's
/// SPECT gives. One count stands for one MBq in the samples.
struct PlanarFile: Sendable, Hashable {
  struct Region: Sendable, Hashable, Codable {
    /// In the spelling of the house, see ``RegionName``.
    let name: String
    /// As the file spells it, and its first line.
    let title: String
    let line: Int
    let samples: [ActivitySample]
  }

  let path: String
  let regions: [Region]

  private static let counts = [("counts", 1.0), ("cps", 1.0)]
  private static let countDeviations = [("sd_counts", 1.0), ("sd_cps", 1.0)]

  /// - Throws: ``TableError`` naming the line.
  init(_ file: URL) throws(TableError) {
    let columns = TimeActivityColumns(
      values: TimeActivityColumns.activities + Self.counts,
      deviations: TimeActivityColumns.deviations + Self.countDeviations)
    let table = try TableFile(file, required: ["region"], optional: columns.names)
    let chosen = try columns.chosen(
      in: table, header: "region,time_h,counts (or activity_MBq), with sd_percent where known")
    var regions: [Region] = []
    for row in table.rows {
      let title = row.fields["region"] ?? ""
      let name = RegionName.canonical(title)
      guard !name.isEmpty else {
        throw TableError(
          path: file.path, line: row.line, reason: "region is empty",
          remedy: "Write the name of an organ or lesion as in the structures.")
      }
      let known = regions.firstIndex { $0.name == name }
      let before = known.map { regions[$0].samples } ?? []
      let sample = try Self.sample(row, table, chosen, title: title, after: before)
      let region = Region(
        name: name, title: known.map { regions[$0].title } ?? title,
        line: known.map { regions[$0].line } ?? row.line, samples: before + [sample])
      if let known { regions[known] = region } else { regions.append(region) }
    }
    path = file.path
    self.regions = regions
  }

  private static func sample(
    _ row: TableFile.Row, _ table: TableFile, _ columns: TimeActivityColumns.Chosen,
    title: String, after before: [ActivitySample]
  ) throws(TableError) -> ActivitySample {
    func failure(_ reason: String, _ remedy: String) -> TableError {
      TableError(path: table.path, line: row.line, reason: "\(title): \(reason)", remedy: remedy)
    }
    let (hours, value, spread) = try columns.numbers(in: row, of: table)
    let time = Digits.significant(hours, 4)
    guard hours >= 0 else {
      throw failure(
        "the time of \(time) h lies before the administration",
        "Times are hours after the administration of the cycle.")
    }
    if let last = before.last, hours <= last.hours {
      throw failure(
        "the time of \(time) h does not come after \(Digits.significant(last.hours, 4)) h above it",
        "Put the rows of a region in order of time, each time once.")
    }
    guard value > 0 else {
      throw failure(
        "the value is not positive", "Leave out scans in which nothing of the region is seen.")
    }
    if let spread, !(spread > 0) {
      throw failure(
        "the standard deviation is not positive", "Leave the column out where it is not known.")
    }
    if let last = before.last, (last.standardDeviation == nil) != (spread == nil) {
      throw failure(
        "some of its rows have a standard deviation and some have none",
        "Give one in every row of a region, or in none.")
    }
    return ActivitySample(
      time: .hours(hours), activity: .megabecquerels(value),
      standardDeviation: spread.map(Activity.megabecquerels), isPlanar: true)
  }

  /// The samples under the names that the cycle's regions go by.
  ///
  /// - Parameter names: By canonical name; also what the structures outline and no scan measures.
  /// - Throws: ``TableError`` for a region that the cycle does not know.
  func samples(named names: [String: String]) throws(TableError) -> [String: CycleDose.Planar] {
    var found: [String: CycleDose.Planar] = [:]
    for region in regions {
      guard let name = names[region.name] else {
        let known = Set(names.values).sorted().joined(separator: ", ")
        throw TableError(
          path: path, line: region.line,
          reason: "'\(region.title)' is no region of the cycle's SPECT",
          remedy: known.isEmpty
            ? "Give structures of the cycle's time points in the course file."
            : "Known are \(known); correct the name, or leave the region out.")
      }
      let isLesion = name != region.name || RegionName.isLesion(name)
      found[name] = CycleDose.Planar(kind: isLesion ? .lesion : .organ, samples: region.samples)
    }
    return found
  }
}
