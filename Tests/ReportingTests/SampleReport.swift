import Foundation

@testable import Reporting

/// A report with every kind of block, filled as a run would fill it.
struct SampleReport {
  var courseID = "virtual-course-7"
  var pictures: [Picture] = []

  func content() throws -> ReportContent {
    ReportContent(
      courseID: courseID, agent: "Lu-177 DOTATATE",
      facts: [.init("Reference", "base"), .init("Cycles given", "1")],
      highlights: [
        .init(
          name: "Next cycle", value: "6.1 GBq", detail: "keeps all limits with 95 %",
          status: .pass),
        .init(
          name: "Kidney BED so far", value: "4.10 ± 0.55 Gy", detail: "limit 40 Gy (cumulative)"),
        .init(
          name: "PERCIST 1.0", value: "PMR", detail: "hottest lesion −52 %, no new lesion",
          status: nil),
        .init(name: "Lesions", value: "7", detail: "3 stable, 1 new, 1 vanished, 2 merged"),
      ],
      findings: findings,
      chapters: [
        .read: [.table(try Self.seriesTable())], .registration: [.table(try Self.linkTable())],
        .lesions: [.table(try Self.lesionTable())] + pictureBlocks { $0.hasPrefix("lesion") },
        .responseMaps: pictureBlocks { !$0.hasPrefix("lesion") },
        .verdict: [
          .verdict(
            .init(
              criterion: "PERCIST 1.0", verdict: "Partial metabolic response",
              reasons: [
                "Hottest lesion of each scan: SULpeak 7.1 g/mL (L1, base) to 3.4 g/mL (L2, fu1), −52 %.",
                "Drop of at least 30 % and of at least 0.8 g/mL: met.",
                "New lesion L5 is outside the reference field: not assessable.",
              ]))
        ],
        .dose: [.table(try Self.doseTable()), .plot(Self.timeActivity), .plot(Self.doses)],
        .nextCycle: [.proposal(Self.proposal), .plot(Self.planner)],
        .methods: [
          .facts([
            .init("Software", "theratrack test"), .init("Input digest", "sha256 9f2c…"),
            .init("Seed", "7"),
          ]),
          .paragraph("Images were read with true slice positions and per-slice rescale slopes."),
        ],
      ],
      omissions: [.cumulative: "Only one cycle was given; there is nothing to add up."],
      software: "theratrack test")
  }

  private var findings: [ReportContent.Finding] {
    [
      .init(
        status: .warn, subject: "fu1, PET",
        text: "Decay reference time came from Series Time (0008,0031), rule 3 of 4.",
        remedy: "Confirm on the console that the series was not post-processed."),
      .init(
        status: .notAssessable, subject: "lesion L5, fu2",
        text: "The lesion lies outside the field of view.",
        remedy: "Acquire the same field at the next visit."),
    ]
  }

  private func pictureBlocks(_ isMine: (String) -> Bool) -> [ReportContent.Block] {
    pictures.filter { isMine($0.name) }.map {
      .picture($0, caption: "\($0.name): \($0.sidecar.kind.rawValue).")
    }
  }

  static func seriesTable() throws -> ReportTable {
    try ReportTable(
      name: "series", title: "Series and how SUV was found",
      columns: [
        .text("time_point", "Time point"), .text("modality", "Modality"),
        .number("slices", "Slices", unit: "1", .decimals(0)),
        .number("spacing", "Slice distance", unit: "mm", .decimals(2)),
        .text("rule", "Reference time rule"),
        .number("suv_factor", "SUV factor", unit: "g/Bq", .significant(5)),
        .status("state", "State"),
      ],
      rows: [
        [
          .text("base"), .text("CT"), .number(180), .number(3), .text("–"),
          .notApplicable, .status(.pass, ""),
        ],
        [
          .text("base"), .text("PT"), .number(160), .number(3.27),
          .text("rule 1: radiopharmaceutical start"), .number(0.00037123), .status(.pass, ""),
        ],
        [
          .text("fu1"), .text("PT"), .number(160), .number(3.27), .text("rule 3: series time"),
          .number(0.00035871), .status(.warn, "reference time"),
        ],
      ])
  }

  static func linkTable() throws -> ReportTable {
    try ReportTable(
      name: "links", title: "Links to the reference frame (base)",
      columns: [
        .text("time_point", "Time point"),
        .number("shift", "Shift", unit: "mm", .decimals(1)),
        .number("rotation", "Rotation", unit: "°", .decimals(2)),
        .number("bone_residual", "Residual on bone", unit: "mm", .decimals(2)),
        .number("inverse_consistency", "Inverse consistency", unit: "mm", .decimals(2)),
        .number("overlap", "Overlap of bodies", unit: "%", .decimals(1)),
        .status("quality", "Quality"),
      ],
      rows: [
        [
          .text("fu1"), .number(12.4), .number(1.83), .number(0.62), .number(0.11),
          .number(98.2), .status(.pass, ""),
        ],
        [
          .text("c1h24"), .number(8.1), .number(0.4), .number(1.9), .number(0.5), .number(91.0),
          .status(.warn, "residual"),
        ],
        [
          .text("fu2"), .missing("no CT"), .missing("no CT"), .missing("no CT"),
          .missing("no CT"), .missing("no CT"), .status(.notAssessable, ""),
        ],
      ], notes: ["Residuals after the rigid part, as TG-132 asks to report them."])
  }

  static func lesionTable() throws -> ReportTable {
    let rows: [(String, String, Double, Double, Double, Status, String)] = [
      ("L1", "stable", 8.93, 3.12, -65.1, .pass, "beyond 95 % repeatability"),
      ("L2", "stable", 5.87, 10.61, 80.7, .warn, "beyond 95 % repeatability"),
      ("L3", "stable", 6.91, 6.52, -5.6, .pass, "within noise"),
    ]
    let columns: [ReportTable.Column] = [
      .text("lesion", "Lesion"), .text("state", "State"),
      .estimate("volume", "Volume, base", unit: "mL"),
      .number("suv_peak_before", "SUVpeak, base", unit: "g/mL"),
      .number("suv_peak_after", "SUVpeak, fu1", unit: "g/mL"),
      .number("suv_peak_change", "Change", unit: "%", .signed(decimals: 0)),
      .status("statement", "Statement"),
    ]
    let measured: [[ReportTable.Cell]] = rows.map { row in
      [
        .text(row.0), .text(row.1), .estimate(24.43, standardUncertainty: 1.31),
        .number(row.2), .number(row.3), .number(row.4), .status(row.5, row.6),
      ]
    }
    let vanished: [ReportTable.Cell] = [
      .text("L4"), .text("vanished"),
      .estimate(5.575, standardUncertainty: nil, reason: "single voxel row"), .number(7.7),
      .missing("no uptake above threshold"), .missing("no uptake above threshold"),
      .status(.notAssessable, ""),
    ]
    return try ReportTable(
      name: "lesions", title: "Lesions from base to fu1", columns: columns,
      rows: measured + [vanished],
      notes: ["95 % repeatability limits of SUVpeak: −28 % to +39 % (log-normal)."])
  }

  static func doseTable() throws -> ReportTable {
    let rows: [(String, Double, Double, Double)] = [
      ("kidneys", 3.51, 0.42, 3.74), ("liver", 2.13, 0.33, 2.20), ("spleen", 4.02, 0.61, 4.3),
      ("lesion L1", 41.2, 6.8, 48.9),
    ]
    return try ReportTable(
      name: "dose-cycle-1", title: "Cycle 1",
      columns: [
        .text("region", "Region"), .estimate("tia", "TIA", unit: "MBq·h"),
        .estimate("dose", "Mean dose", unit: "Gy"), .estimate("bed", "BED", unit: "Gy"),
      ],
      rows: rows.map { name, dose, uncertainty, bed in
        [
          .text(name), .estimate(dose * 1800, standardUncertainty: uncertainty * 1500),
          .estimate(dose, standardUncertainty: uncertainty),
          .estimate(bed, standardUncertainty: uncertainty * 1.2),
        ]
      })
  }

  static var timeActivity: Plot {
    let names = ["kidneys", "liver", "spleen", "lesion L1"]
    let regions = names.enumerated().map { n, name in
      let half = 40.0 + 15 * Double(n)
      func activity(_ t: Double) -> Double { 120 * exp2(-t / half) / (1 + 0.4 * Double(n)) }
      let hours: [Double] = [4, 24, 96]
      return TimeActivityPlot.Region(
        name: name, fit: "mono-exponential, T½ \(NumberText.short(half)) h",
        measured: hours.map {
          .init(hours: $0, value: activity($0) * 1.03, standardUncertainty: activity($0) * 0.08)
        },
        curve: stride(from: 0.0, through: 110, by: 2).map {
          .init(hours: $0, value: activity($0))
        })
    }
    return TimeActivityPlot(regions: regions, unit: "MBq").plot(named: "time-activity")
  }

  static var doses: Plot {
    DoseChart(
      quantity: "Cumulative BED", unit: "Gy",
      bars: [
        .init(name: "kidneys", value: 18.3, standardUncertainty: 2.4, limit: 40),
        .init(name: "bone marrow", value: 0.9, standardUncertainty: nil, limit: 2),
        .init(name: "salivary glands", value: 31, standardUncertainty: 5.1, limit: 27),
        .init(name: "lesion L1", value: 48.9, standardUncertainty: 8.2),
      ]
    ).plot(named: "cumulative-bed")
  }

  static var proposal: ReportContent.Proposal {
    .init(
      levels: [
        .init(compliance: 0.5, gigabecquerels: 8.42), .init(compliance: 0.8, gigabecquerels: 7.02),
        .init(compliance: 0.95, gigabecquerels: 6.11),
      ],
      status: .pass, bindingLimit: "kidney BED ≤ 40 Gy over all cycles",
      reason: "The kidneys received 0.47 Gy/GBq in cycle 1, with 13 % uncertainty.",
      alternatives: [
        "A third SPECT at 96 h would narrow the 95 % activity from 6.1 to about 6.6 GBq.",
        "A limit of 45 Gy would allow 7.0 GBq at 95 %.",
      ])
  }

  static var planner: Plot {
    func curve(_ name: String, _ middle: Double, _ binding: Bool) -> PlannerChart.Curve {
      .init(
        limit: name, isBinding: binding,
        points: stride(from: 2.0, through: 12, by: 0.1).map {
          .init(gigabecquerels: $0, compliance: 0.5 * erfc(log($0 / middle) / 0.28))
        })
    }
    return PlannerChart(
      curves: [curve("kidney BED ≤ 40 Gy", 8.42, true), curve("marrow dose ≤ 2 Gy", 10.2, false)],
      levels: [
        .init(gigabecquerels: 8.42, compliance: 0.5), .init(gigabecquerels: 7.02, compliance: 0.82),
        .init(gigabecquerels: 6.11, compliance: 0.947),
      ], capGigabecquerels: 7.4
    ).plot(named: "planner")
  }
}
