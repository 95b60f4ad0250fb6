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
        scan?.uptakeMinutes.map { .number($0) } ?? .missing("not a diagnostic scan"),
        scan.map { .text($0.suvRule) } ?? .text("–"),
        scan?.suvFactor.map { .number($0) } ?? .missing("no factor in g/Bq"),
        scan.map { .text($0.suvCandidates.joined(separator: "; ")) } ?? .text("–"),
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
        .number(link.referenceToHere.rotationAngle * 180 / .pi),
        cell(quality.map { $0.fixedBodySeen * 100 }),
        cell(quality?.bodySurfaceResidual?.median), cell(quality?.boneResidual?.median),
        cell(quality?.boneResidual?.percentile95), cell(quality?.inverseConsistency),
        cell(quality?.localMotion?.percentile95), cell(quality?.similarity),
        cell(quality?.estimatedErrorMillimetres), verdict(quality?.verdict),
      ]
    }
    return [
      .table(
        try ReportTable(
          name: "registration", title: "Links to \(results.course.reference)",
          columns: [
            .text("time_point", "Time point"), .text("basis", "Registered"),
            .number("rotation", "Rotation", unit: "°", .decimals(2)),
            .number("body_seen", "Body seen", unit: "%", .decimals(0)),
            .number("skin_median", "Skin, median", unit: "mm", .decimals(2)),
            .number("bone_median", "Bone, median", unit: "mm", .decimals(2)),
            .number("bone_p95", "Bone, 95 %", unit: "mm", .decimals(2)),
            .number("inverse_consistency", "Inverse consistency", unit: "mm", .decimals(2)),
            .number("local_motion_p95", "Left-over motion, 95 %", unit: "mm", .decimals(1)),
            .number("similarity", "Correlation", unit: "1", .decimals(2)),
            .number("local_error", "Estimated error", unit: "mm", .decimals(2)),
            .status("verdict", "Verdict"),
          ], rows: rows,
          notes: [
            "AAPM TG-132 asks for half a voxel on phantoms and 2 to 3 mm on anatomy. Left-over "
              + "motion is breathing and posture, which a rigid link does not follow."
          ]))
    ]
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
    let excluded = tracks.outlines.enumerated().flatMap { n, result in
      result.excluded.map { candidate -> [ReportTable.Cell] in
        let p = candidate.maximumAt.millimetres
        return [
          .text(tracks.scans[n].timePoint), .number(p.x), .number(p.y), .number(p.z),
          .number(candidate.maximum.inBaseUnit), .number(candidate.outline.volume.millilitres),
          .text(candidate.reason.description),
        ]
      }
    }
    return [
      .table(try uptake(tracks)), .table(try changes(tracks)),
      .table(
        try ReportTable(
          name: "excluded_uptake", title: "Uptake above threshold that is not counted as a lesion",
          columns: [
            .text("time_point", "Time point"), .number("x", "x", unit: "mm", .decimals(0)),
            .number("y", "y", unit: "mm", .decimals(0)),
            .number("z", "z", unit: "mm", .decimals(0)),
            .number("suvmax", "SUVmax", unit: "g/mL", .decimals(1)),
            .number("volume", "Volume", unit: "mL", .decimals(1)), .text("reason", "Reason"),
          ], rows: excluded, notes: ["Positions of the maximum, LPS, in that scan's frame."])),
    ]
  }

  private func uptake(_ tracks: TrackResult) throws -> ReportTable {
    let rows = tracks.lesions.flatMap { lesion in
      lesion.points.map { point -> [ReportTable.Cell] in
        [.text(lesion.id), .text(point.timePoint), .text(point.fate.words)]
          + UptakeMetric.allCases.map { cell(point, $0) }
      }
    }
    let columns = UptakeMetric.allCases.map {
      ReportTable.Column.number($0.key, $0.heading, unit: $0.shownUnit, .decimals(2))
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
    guard let metrics = point.metrics else { return .missing(point.fate.words) }
    switch metrics[metric] {
    case .value(let value): return .number(value)
    case .notAssessable(let reason): return .missing(reason)
    }
  }

  private func changes(_ tracks: TrackResult) throws -> ReportTable {
    let rows = tracks.lesions.flatMap { lesion in
      lesion.changes.map { change -> [ReportTable.Cell] in
        let head: [ReportTable.Cell] = [
          .text(lesion.id), .text("\(change.from) → \(change.to)"), .text(change.metric.heading),
        ]
        guard let value = change.change.value else {
          let reason = change.change.reason ?? ""
          return head + [.missing(reason), .missing(""), .missing(""), .missing(""), .text(reason)]
        }
        let noise = value.noise
        return head + [
          .number(value.percent), noise.map { .number($0.lowerPercent) } ?? .missing("no data"),
          noise.map { .number($0.upperPercent) } ?? .missing("no data"),
          noise.map { .number($0.z) } ?? .missing("no data"), .text(value.judgement.words),
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
        .number("z", "z", unit: "1", .signed(decimals: 1)), .text("judgement", "Judgement"),
      ], rows: rows,
      notes: ["Limits: 95 % of what test-retest noise alone explains. z: ln ratio over √2 s."])
  }

  func fractions(
    _ fractions: [(track: String, fractions: ResponseFractions)]
  ) throws -> ReportTable {
    try ReportTable(
      name: "response_fractions", title: "How the volume of each lesion changed, voxel by voxel",
      columns: [
        .text("lesion", "Lesion"),
        .number("evaluated", "Evaluated", unit: "mL", .decimals(1)),
        .number("decreased", "Decreased", unit: "mL", .decimals(1)),
        .number("increased", "Increased", unit: "mL", .decimals(1)),
        .number("not_evaluated", "Not evaluated", unit: "mL", .decimals(1)),
        .number("largest_decrease", "Largest decrease", unit: "mL", .decimals(1)),
        .number("largest_increase", "Largest increase", unit: "mL", .decimals(1)),
      ],
      rows: fractions.map { track, part in
        [.text(track)]
          + [
            part.evaluated, part.decreased, part.increased, part.notEvaluated,
            part.largestDecrease, part.largestIncrease,
          ].map { .number($0.millilitres) }
      })
  }
}

extension UptakeMetric {
  /// Name in tables and files.
  var key: String {
    switch self {
    case .suvMax: "suvmax"
    case .suvPeak: "suvpeak"
    case .suvMean: "suvmean"
    case .sulPeak: "sulpeak"
    case .metabolicVolume: "volume"
    case .totalLesionGlycolysis: "tlg"
    case .recoveredMean: "suvmean_recovered"
    }
  }

  var heading: String {
    switch self {
    case .suvMax: "SUVmax"
    case .suvPeak: "SUVpeak"
    case .suvMean: "SUVmean"
    case .sulPeak: "SULpeak"
    case .metabolicVolume: "Volume"
    case .totalLesionGlycolysis: "TLG"
    case .recoveredMean: "SUVmean, recovered"
    }
  }

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
