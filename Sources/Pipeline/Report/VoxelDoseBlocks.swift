import Dosimetry
import Reporting

/// What the report says of dose maps: a table, histograms and pictures.
struct VoxelDoseBlocks {
  /// `nil` when the course asks for none.
  let maps: DoseMapResults?
  let pictures: DosePictureStage.Pictures

  /// Each cycle by itself.
  func cycles() throws -> [ReportContent.Block] {
    guard let maps else { return [] }
    let rows = maps.cycles.flatMap { cycle in cycle.regions.map { row("cycle \(cycle.cycle)", $0) }
    }
    let table = try table(
      "voxel_dose", "Dose per voxel, by \(maps.method.words)", rows,
      notes: maps.notes + maps.problems)
    let drawn = pictures.cycles.map {
      ReportContent.GalleryPicture(
        $0.slices, caption: "Dose of cycle \($0.cycle), through the largest lesion.")
    }
    return [.table(table)] + (drawn.isEmpty ? [] : [.gallery(drawn)])
      + maps.cycles.flatMap {
        histograms($0.regions, "cycle \($0.cycle)", "dvh-cycle-\($0.cycle)")
      }
  }

  /// All cycles together, in the reference frame.
  func cumulative() throws -> [ReportContent.Block] {
    guard let sum = maps?.cumulative else { return [] }
    let table = try table(
      "voxel_dose_cumulative", "Dose per voxel over the course, in the reference frame",
      sum.regions.map { row("all cycles", $0) }, notes: [])
    let drawn = pictures.cumulative.map {
      ReportContent.GalleryPicture($0.picture, caption: "\($0.caption).")
    }
    return [.table(table)] + (drawn.isEmpty ? [] : [.gallery(drawn)])
      + histograms(sum.regions, "all cycles", "dvh-cumulative")
  }

  private func table(
    _ name: String, _ title: String, _ rows: [[ReportTable.Cell]], notes: [String]
  ) throws -> ReportTable {
    try ReportTable(
      name: name, title: title,
      columns: [
        .text("map", "Map"), .text("region", "Region"),
        .number("volume", "Volume", unit: "mL", .significant(3)),
        .number("mean", "Mean", unit: "Gy", .significant(4)),
      ]
        + (hasHighLET
          ? [.number("high_let", "Of it high-LET", unit: "Gy", .significant(4))] : []) + [
          .number("cross", "From outside", unit: "Gy", .significant(2)),
          .number("d95", "D95", unit: "Gy", .significant(3)),
          .number("d2", "D2", unit: "Gy", .significant(3)),
          .number("eud", "EUD", unit: "Gy", .significant(3)),
          .number("bed", "Mean BED", unit: "Gy", .significant(3)),
          .number("eubed", "EUBED", unit: "Gy", .significant(3)),
        ], rows: rows, notes: notes)
  }

  private var hasHighLET: Bool { maps?.hasHighLET ?? false }

  private func row(_ map: String, _ region: DoseMapResults.Region) -> [ReportTable.Cell] {
    let apart: [ReportTable.Cell] =
      hasHighLET
      ? [region.highLET.map { .number($0) } ?? .missing("not computed for this map")] : []
    return [
      .text(map), .text(region.region), .number(region.volume), .number(region.mean),
    ] + apart + [
      region.cross.map { .number($0) } ?? .missing("not computed for this map"),
      .number(region.d95), .number(region.d2), .number(region.uniform), .number(region.bedMean),
      .number(region.bedUniform),
    ]
  }

  /// Organs and lesions apart: their doses differ too much for one axis.
  private func histograms(
    _ regions: [DoseMapResults.Region], _ subject: String, _ name: String
  ) -> [ReportContent.Block] {
    [(RegionKind.organ, "organs"), (.lesion, "lesions")].compactMap { kind, word in
      let curves = regions.filter { $0.kind == kind }.map { region in
        DoseVolumePlot.Curve(
          name: region.region,
          points: region.histogram.percent.enumerated().map { n, percent in
            DoseVolumePlot.Point(
              gray: region.histogram.stepGray * Double(n), share: percent / 100)
          })
      }
      guard !curves.isEmpty else { return nil }
      return .plot(
        DoseVolumePlot(curves: curves, subject: "\(word), \(subject)")
          .plot(named: "\(name)-\(word)"))
    }
  }
}
