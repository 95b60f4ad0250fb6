import Lesions
import Quantities
import Reporting
import Response

/// Tables on lesions beside their uptake and its change.
extension ReportTables {
  /// The second number: the first outline carried along.
  func carried(_ tracks: TrackResult) throws -> ReportTable {
    let rows = tracks.lesions.flatMap { lesion in
      lesion.points.compactMap { point -> [ReportTable.Cell]? in
        guard let carried = point.carried else { return nil }
        let head: [ReportTable.Cell] = [.text(lesion.shownName), .text(point.timePoint)]
        switch carried {
        case .notAssessable(let reason):
          return head + [.missing(reason)]
            + Array(repeating: .notApplicable, count: UptakeMetrics.carried.count + 5)
        case .value(let carried):
          let metrics = carried.metrics
          return head
            + UptakeMetrics.carried.map { metric -> ReportTable.Cell in
              switch metrics[metric] {
              case .value(let value): .number(value)
              case .notAssessable(let reason): .missing(reason)
              }
            } + [point.metrics.map { .number($0.suvMean.inBaseUnit) } ?? .notApplicable]
            + change(carried)
        }
      }
    }
    return try ReportTable(
      name: "lesion_carried", title: "Uptake inside the first outline, carried along",
      columns: [.text("lesion", "Lesion"), .text("time_point", "Time point")]
        + UptakeMetrics.carried.map {
          .number($0.key, $0.displayName, unit: $0.shownUnit, .decimals(2))
        } + [
          .number("suvmean_own", "SUVmean, own outline", unit: "g/mL", .decimals(2)),
          .number("change", "Change of SUVmean", unit: "%", .signed(decimals: 1)),
          .number("link", "SD from the link's error", unit: "%", .decimals(1)),
          .number("lower_limit", "Lower limit", unit: "%", .signed(decimals: 1)),
          .number("upper_limit", "Upper limit", unit: "%", .signed(decimals: 1)),
          .text("judgement", "Judgement"),
        ],
      rows: rows,
      notes: [
        "The change is since the outline was drawn. Its limits hold repeatability and the link's "
          + "error: the outline was moved by one standard deviation of it to both sides along "
          + "each axis, and SUVmean measured there.",
        "The outline of the first time point with one of its own, moved through the links, so "
          + "that the same tissue is measured; own outline: the one drawn here.",
      ])
  }

  private func change(_ carried: CarriedUptake) -> [ReportTable.Cell] {
    let deviation: ReportTable.Cell =
      carried.registrationDeviation.map { .number(100 * $0) } ?? .notApplicable
    switch carried.change {
    case .notAssessable(let reason):
      return [.missing(reason), deviation, .notApplicable, .notApplicable, .notApplicable]
    case .value(let change):
      let noise = change.noise
      return [
        .number(change.percent), deviation,
        noise.map { .number($0.lowerPercent) } ?? .notApplicable,
        noise.map { .number($0.upperPercent) } ?? .notApplicable, .text(change.judgement.words),
      ]
    }
  }

  func burden(_ tracks: TrackResult) throws -> ReportTable {
    try ReportTable(
      name: "tumour_burden", title: "All lesions together",
      columns: [
        .text("time_point", "Time point"),
        .number("lesions", "Outlines", unit: "1", .decimals(0)),
        .number("volume", "Total volume", unit: "mL", .decimals(1)),
        .number("uptake", "Total uptake", unit: "g", .decimals(1)),
        .number("suvmax", "SUVmax", unit: "g/mL", .decimals(2)),
        .number("suvmean", "SUVmean", unit: "g/mL", .decimals(2)),
      ],
      rows: zip(tracks.scans, tracks.burdens).map { scan, burden in
        [
          .text(scan.timePoint), .number(Double(burden.lesionCount)),
          .number(burden.volume.millilitres), .number(burden.uptake.grams),
          burden.suvMax.map { .number($0.inBaseUnit) } ?? .notApplicable,
          burden.suvMean.map { .number($0.inBaseUnit) } ?? .notApplicable,
        ]
      },
      notes: [
        "Total volume: total metabolic tumour volume with FDG, receptor-expressing volume with "
          + "PSMA and SSTR tracers. Total uptake: Σ SUVmean × volume. A shared outline counts once."
      ])
  }

  func edits(_ tracks: TrackResult) throws -> ReportTable {
    try ReportTable(
      name: "lesion_edits", title: "Corrections by a person",
      columns: [
        .number("number", "Edit", unit: "1", .decimals(0)), .text("edit", "What"),
        .text("author", "Author"), .text("date", "Date"), .text("reason", "Reason"),
        .status("applied", "Applied"), .text("effect", "Effect"),
      ],
      rows: tracks.edits.enumerated().map { n, replayed in
        let edit = replayed.edit
        let (status, effect): (ReportTable.Cell, String) =
          switch replayed.outcome {
          case .applied(let text): (.status(.pass, "yes"), text)
          case .refused(let reason): (.status(.notAssessable, "no"), reason)
          }
        return [
          .number(Double(n + 1)), .text(edit.words), .text(edit.author), .text(edit.date),
          .text(edit.reason), status, .text(effect),
        ]
      }, notes: ["References name lesions as the run without edits does."])
  }

  func ratios(_ tracks: TrackResult) throws -> ReportTable {
    let rows = tracks.lesions.flatMap { lesion in
      lesion.points.compactMap { point -> [ReportTable.Cell]? in
        guard let ratios = point.measures?.ratios else { return nil }
        return [.text(lesion.shownName), .text(point.timePoint)]
          + ratios.all.map { ratio -> ReportTable.Cell in
            switch ratio.value {
            case .value(let value): .number(value)
            case .notAssessable(let reason): .missing(reason)
            }
          }
      }
    }
    return try ReportTable(
      name: "lesion_ratios", title: "Uptake of lesions over that of normal tissue",
      columns: [
        .text("lesion", "Lesion"), .text("time_point", "Time point"),
        .number("suvmax_to_liver", "SUVmax over liver", unit: "1", .decimals(2)),
        .number("suvmax_to_blood", "SUVmax over blood", unit: "1", .decimals(2)),
        .number("suvmean_to_background", "SUVmean over background", unit: "1", .decimals(2)),
      ], rows: rows)
  }

  func features(_ tracks: TrackResult) throws -> ReportTable {
    let rows = tracks.lesions.flatMap { lesion in
      lesion.points.flatMap { point in
        (point.measures?.features.features ?? []).map { feature -> [ReportTable.Cell] in
          [
            .text(lesion.shownName), .text(point.timePoint), .text(feature.family.rawValue),
            .text(feature.name), .text(feature.identifier), .number(feature.value),
            .text(feature.unit),
          ]
        }
      }
    }
    return try ReportTable(
      name: "lesion_features", title: "Features of lesions as IBSI defines them",
      columns: [
        .text("lesion", "Lesion"), .text("time_point", "Time point"), .text("family", "Family"),
        .text("feature", "Feature"), .text("ibsi", "IBSI"),
        .number("value", "Value", unit: "1", .decimals(4)), .text("unit", "Unit"),
      ], rows: rows)
  }
}

extension TrackResult.TrackedLesion {
  /// The identity, with the name that a person gave it.
  var shownName: String { name.map { "\(id) (\($0))" } ?? id }
}
