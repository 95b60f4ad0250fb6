import Geometry
import Lesions
import Quantities
import Reporting
import Volumes

// What is above the level and no lesion, and by which rule.

extension ReportTables {
  /// - Parameter least: Smaller ones are left out.
  func excluded(_ tracks: TrackResult, least: TissueVolume) throws -> ReportTable {
    let rows = tracks.excludedEntries.filter { $0.volume >= least.millilitres }
      .map { one -> [ReportTable.Cell] in
        let place: [ReportTable.Cell] =
          one.maximumAt.map { $0.map { .number($0) } }
          ?? Array(repeating: .notApplicable, count: 3)
        return [.text(one.timePoint)] + place + [
          .number(one.maximum), .number(one.volume), .text(one.reason), .text(one.rule),
        ]
      }
    return try ReportTable(
      name: "excluded_uptake", title: "Uptake above threshold that is not counted as a lesion",
      columns: [
        .text("time_point", "Time point"), .number("x", "x", unit: "mm", .decimals(0)),
        .number("y", "y", unit: "mm", .decimals(0)), .number("z", "z", unit: "mm", .decimals(0)),
        .number("suvmax", "SUVmax", unit: "g/mL", .decimals(1)),
        .number("volume", "Volume", unit: "mL", .decimals(1)), .text("reason", "Reason"),
        .text("rule", "Rule"),
      ], rows: rows,
      notes: [
        "Positions of the maximum, LPS, in that scan's frame. Smaller ones stand in "
          + "tables/excluded_uptake.csv."
      ])
  }

  /// What a reader should know of how outlines came about; `nil` when there is nothing.
  func outlineNotes(_ tracks: TrackResult) throws -> ReportTable? {
    let rows = tracks.lesions.flatMap { lesion in
      lesion.points.flatMap { point -> [[ReportTable.Cell]] in
        let notes = tracks.outline(of: lesion, at: point.timePoint)?.notes ?? []
        return notes.map { [.text(lesion.shownName), .text(point.timePoint), .text($0)] }
      }
    }
    guard !rows.isEmpty else { return nil }
    return try ReportTable(
      name: "outline_notes", title: "What to know of outlines",
      columns: [
        .text("lesion", "Lesion"), .text("time_point", "Time point"), .text("note", "Note"),
      ], rows: rows)
  }
}

extension ResultsFile {
  struct ExcludedEntry: Encodable {
    let timePoint: String
    /// `nil` for the tissue of a whole organ.
    let maximumAt: [Double]?
    let maximum, volume: Double
    let reason, rule: String

    enum CodingKeys: String, CodingKey {
      case timePoint = "time_point"
      case maximumAt = "maximum_at_mm"
      case maximum = "suvmax_g_per_mL"
      case volume = "volume_mL"
      case reason, rule
    }
  }
}

extension TrackResult {
  /// Per time point the excluded regions by falling maximum, then the organs whose own uptake
  /// reaches the level.
  var excludedEntries: [ResultsFile.ExcludedEntry] {
    zip(scans, outlines).flatMap { scan, result in
      result.excluded.map { one in
        let p = one.maximumAt.millimetres
        return ResultsFile.ExcludedEntry(
          timePoint: scan.timePoint, maximumAt: [p.x, p.y, p.z], maximum: one.maximum.inBaseUnit,
          volume: one.outline.volume.millilitres, reason: one.reason.description,
          rule: one.reason.rule)
      }
        + result.raised.map { organ in
          ResultsFile.ExcludedEntry(
            timePoint: scan.timePoint, maximumAt: nil, maximum: organ.maximum.inBaseUnit,
            volume: organ.volume.millilitres,
            reason: "uptake of \(organ.rule.organ) below "
              + "\(Digits.text(organ.level.inBaseUnit, 1)) g/mL, its own level",
            rule: organ.rule.description)
        }
    }
  }
}
