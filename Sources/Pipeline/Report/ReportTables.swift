import Geometry
import Lesions
import Quantities
import Registration
import Reporting
import Response
import Volumes

/// The tables on scans, links and lesions.
struct ReportTables {
  let results: CourseResults

  // MARK: What was read

  func read() throws -> [ReportContent.Block] {
    let points = results.course.timePoints
    let scans = results.tracks?.scans ?? []
    let rows = points.map { point -> [ReportTable.Cell] in
      let scan = scans.first { $0.timePoint == point.id }
      return [
        .text(point.id), .text(point.role.rawValue), .text(point.tracer ?? tracer(point)),
        scan?.uptakeMinutes.map { .number($0) } ?? .notApplicable,
        scan.map { .text($0.suvRule) } ?? .notApplicable,
        scan?.suvFactor.map { .number($0) } ?? .notApplicable,
        scan.map { .text($0.suvCandidates.joined(separator: "; ")) } ?? .notApplicable,
      ]
    }
    return [
      .table(
        try ReportTable(
          name: "scans", title: "Scans and how their SUV came about",
          columns: [
            .text("time_point", "Time point"), .text("role", "Role"), .text("tracer", "Tracer"),
            .number("uptake_time", "Uptake time", unit: "min", .decimals(0)),
            .text("suv_rule", "SUV reference time"),
            .number("suvbw_factor", "SUVbw factor", unit: "g/Bq", .significant(6)),
            .text("suv_candidates", "Other candidates"),
          ], rows: rows))
    ]
  }

  private func tracer(_ point: Course.TimePoint) -> String {
    point.role == .dosimetry
      ? results.course.agent.map { "\($0.radionuclide.symbol) \($0.ligand)" } ?? "not stated"
      : "not stated"
  }

  // MARK: Registration

  func registration() throws -> [ReportContent.Block] {
    let linked = results.links.filter { $0.quality != nil }
    guard !linked.isEmpty else { return [] }
    let rows = linked.map { link -> [ReportTable.Cell] in
      let quality = link.quality
      func cell(_ value: Double?) -> ReportTable.Cell {
        value.map { .number($0) } ?? .missing("could not be measured")
      }
      return [
        .text(link.timePoint), .text(link.basis.rawValue),
        .text(results.registration.followed(at: link.timePoint)?.words ?? "nothing"),
        verdict(quality?.verdict),
        cell(link.localErrorMillimetres),
        .number(link.referenceToHere.rotationAngle * 180 / .pi),
        cell(quality.map { $0.fixedBodySeen * 100 }),
        cell(quality?.bodySurfaceResidual?.median), cell(quality?.boneResidual?.median),
        cell(quality?.boneResidual?.percentile95), cell(quality?.inverseConsistency),
        cell(quality?.localMotion?.percentile95),
      ]
    }
    return [
      .table(
        try ReportTable(
          name: "registration", title: "Links to \(results.course.reference)",
          columns: [
            .text("time_point", "Time point"), .text("basis", "Registered"),
            .text("followed", "Tissue follows"), .status("verdict", "Verdict"),
            .number("local_error", "Error", unit: "mm", .decimals(1)),
            .number("rotation", "Turn", unit: "°", .decimals(2)),
            .number("body_seen", "Seen", unit: "%", .decimals(0)),
            .number("skin_median", "Skin", unit: "mm", .decimals(2)),
            .number("bone_median", "Bone", unit: "mm", .decimals(2)),
            .number("bone_p95", "Bone 95 %", unit: "mm", .decimals(2)),
            .number("inverse_consistency", "Inverse", unit: "mm", .decimals(2)),
            .number("local_motion_p95", "Motion 95 %", unit: "mm", .decimals(1)),
          ], rows: rows,
          notes: [
            "Error: estimated; the true place lies within it with 68 % probability. Skin and bone: distance of the surfaces "
              + "after registration, median and 95 % point. Inverse: there and back. Motion: what "
              + "breathing and posture leave, which a rigid link does not follow.",
            "Lesions, images of a cycle, and doses of all cycles follow tissue along the map of the "
              + "CTs where there is one that holds, else along the rigid link.",
            "AAPM TG-132 asks for 2 mm; landmarks are needed to confirm it in a patient.",
          ]))
    ] + [try deformableLinks(), try loops()].compactMap { $0.map { .table($0) } }
  }

  /// Time points registered directly as well, against the way through the reference.
  private func loops() throws -> ReportTable? {
    guard !results.loops.isEmpty else { return nil }
    let rows = results.loops.map { loop -> [ReportTable.Cell] in
      func cell(_ number: (LoopClosure) -> Double) -> ReportTable.Cell {
        switch loop.closure {
        case .value(let closure): .number(number(closure))
        case .notAssessable(let reason): .missing(reason)
        }
      }
      return [
        .text(loop.from), .text(loop.to), .text(loop.isDeformable ? "deformable" : "rigid"),
        cell(\.gap.mean), cell(\.gap.percentile95), cell(\.promisedFactor),
      ]
    }
    return try ReportTable(
      name: "loops", title: "Links checked by going round",
      columns: [
        .text("from", "From"), .text("to", "To"), .text("map", "Map"),
        .number("gap_mean", "Gap", unit: "mm", .decimals(2)),
        .number("gap_p95", "Gap 95 %", unit: "mm", .decimals(2)),
        .number("promised", "Of what is promised", unit: "1", .decimals(2)),
      ], rows: rows,
      notes: [
        "Gap: between where the direct registration and the way through "
          + "\(results.course.reference) put points of the body. Above 1 the links are less "
          + "sure than they say: their errors are then enlarged by that factor where lesions "
          + "are found again."
      ])
  }

  /// What AAPM TG-132 asks of a deformable map; `nil` without any.
  private func deformableLinks() throws -> ReportTable? {
    let rows = results.links.flatMap { link -> [[ReportTable.Cell]] in
      guard let quality = results.deformable[link.timePoint]?.quality else { return [] }
      return quality.toleranceTable.map { check in
        [
          .text(link.timePoint), .text(check.measure), .number(check.value),
          .text(check.unit == "1" ? "–" : check.unit),
          .text((check.isUpperLimit ? "at most " : "at least ") + Digits.text(check.tolerance, 1)),
          check.isMet ? .status(.pass, Status.pass.word) : .status(.warn, "not met"),
        ]
      }
    }
    guard !rows.isEmpty else { return nil }
    return try ReportTable(
      name: "deformable", title: "Deformable maps to \(results.course.reference)",
      columns: [
        .text("time_point", "Time point"), .text("measure", "Measure"),
        .number("value", "Value", unit: "1", .decimals(2)), .text("unit", "Unit"),
        .text("tolerance", "AAPM TG-132"), .status("met", "Met"),
      ], rows: rows,
      notes: [
        "Lesions are found again, images of a cycle and doses of all cycles are brought together "
          + "and pictures are made through these maps; uptake is measured in each scan's own "
          + "frame. Beyond what both CTs show they come to rest on the rigid link. Beside walls along which organs slide the map may be off by 3 "
          + "to 5 mm, and its estimated error does not see that."
      ])
  }

  private func verdict(_ verdict: LinkVerdict?) -> ReportTable.Cell {
    switch verdict {
    case .pass: .status(.pass, Status.pass.word)
    case .warn: .status(.warn, Status.warn.word)
    case .notAssessable, nil: .status(.notAssessable, Status.notAssessable.word)
    }
  }

  // MARK: Lesions

  func lesions() throws -> [ReportContent.Block] {
    guard let tracks = results.tracks else { return [] }
    var blocks: [ReportContent.Block] = [
      .table(try uptake(tracks)), .table(try changes(tracks, metrics: Self.shownChanges)),
      .table(try carried(tracks)), .table(try burden(tracks)),
      .table(try excluded(tracks, least: Self.shownExcluded)),
    ]
    if let notes = try outlineNotes(tracks) { blocks.append(.table(notes)) }
    if !tracks.edits.isEmpty { blocks.append(.table(try edits(tracks))) }
    return blocks
  }

  /// The tables that the page shows in part, whole: for the CSV files.
  func whole() throws -> [ReportTable] {
    guard let tracks = results.tracks else { return [] }
    return [
      try changes(tracks, metrics: UptakeMetric.allCases), try excluded(tracks, least: .zero),
      try ratios(tracks), try features(tracks),
    ]
  }

  /// The changes a reader looks at first.
  private static let shownChanges: [UptakeMetric] = [.suvPeak, .recoveredMean, .metabolicVolume]
  /// Excluded uptake below this fills pages and says little.
  private static let shownExcluded = TissueVolume.millilitres(1)

  private func uptake(_ tracks: TrackResult) throws -> ReportTable {
    let rows = tracks.lesions.flatMap { lesion in
      lesion.points.map { point -> [ReportTable.Cell] in
        [.text(lesion.shownName), .text(point.timePoint), .text(point.words)]
          + UptakeMetric.allCases.map { cell(point, $0) }
      }
    }
    let columns = UptakeMetric.allCases.map {
      ReportTable.Column.number($0.key, $0.displayName, unit: $0.shownUnit, .decimals(2))
    }
    return try ReportTable(
      name: "lesion_uptake", title: "Uptake of lesions",
      columns: [
        .text("lesion", "Lesion"), .text("time_point", "Time point"), .text("fate", "Fate"),
      ] + columns, rows: rows,
      notes: [
        "Recovered mean: freed of the partial-volume effect by the exact blurred sphere; "
          + "needs pet.resolution in the course file."
      ])
  }

  private func cell(_ point: TrackResult.Point, _ metric: UptakeMetric) -> ReportTable.Cell {
    guard let value = results.tracks?.value(metric, of: point) else { return .notApplicable }
    switch value {
    case .value(let value): return .number(value)
    case .notAssessable(let reason): return .missing(reason)
    }
  }

  private func changes(_ tracks: TrackResult, metrics: [UptakeMetric]) throws -> ReportTable {
    let rows = tracks.lesions.flatMap { lesion in
      lesion.changes.filter { metrics.contains($0.metric) }.map { change -> [ReportTable.Cell] in
        let head: [ReportTable.Cell] = [
          .text(lesion.shownName), .text("\(change.from) → \(change.to)"),
          .text(change.metric.displayName),
        ]
        guard let value = change.change.value else {
          let reason = change.change.reason ?? ""
          return head + [
            .missing(reason), .notApplicable, .notApplicable, .notApplicable, .notApplicable,
            .text("not assessable"),
          ]
        }
        let noise = value.noise
        return head + [
          .number(value.percent), noise.map { .number($0.lowerPercent) } ?? .notApplicable,
          noise.map { .number($0.upperPercent) } ?? .notApplicable,
          noise.map { .number($0.z) } ?? .notApplicable,
          noise.map { .number($0.p) } ?? .notApplicable, .text(value.judgement.words),
        ]
      }
    }
    return try ReportTable(
      name: "lesion_change", title: "Change of each lesion against repeatability",
      columns: [
        .text("lesion", "Lesion"), .text("interval", "Interval"), .text("metric", "Metric"),
        .number("change", "Change", unit: "%", .signed(decimals: 1)),
        .number("lower_limit", "Lower limit", unit: "%", .signed(decimals: 1)),
        .number("upper_limit", "Upper limit", unit: "%", .signed(decimals: 1)),
        .number("z", "z", unit: "1", .signed(decimals: 1)),
        .number("p", "p", unit: "1", .significant(2)), .text("judgement", "Judgement"),
      ], rows: rows,
      notes: [
        "Limits: 95 % of what test-retest noise alone explains. z: ln ratio over √2 s; p: two-sided probability of "
          + "such a change when nothing changed. All metrics stand in tables/lesion_change.csv."
      ])
  }
}

extension UptakeMetric {
  var shownUnit: String {
    switch self {
    case .metabolicVolume: "mL"
    case .totalLesionGlycolysis: "g"
    default: "g/mL"
    }
  }
}

extension UptakeChange.Judgement {
  var words: String {
    switch self {
    case .withinRepeatability: "within 95 % repeatability"
    case .beyondRepeatability: "beyond 95 % repeatability"
    case .notJudged(let reason): "not judged: \(reason)"
    }
  }
}
