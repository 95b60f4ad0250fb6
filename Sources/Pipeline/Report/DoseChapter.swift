import Dosimetry
import Planning
import Quantities
import Radiobiology
import Reporting
import Response

/// The chapters on dose: activities, doses per cycle, and their sums.
struct DoseChapter {
  let results: CourseResults
  let pictures: DosePictureStage.Pictures

  func blocks() throws -> [ReportContent.Block] {
    guard !results.cycles.isEmpty else { return [] }
    var blocks: [ReportContent.Block] = [.table(try doses())]
    if let budget = try UncertaintyBudget(cycles: results.cycles.map(\.dose)).table() {
      blocks.append(.table(budget))
    }
    for cycle in results.cycles where !cycle.dose.doses.isEmpty {
      blocks.append(.plot(curves(cycle)))
    }
    blocks.append(.paragraph(crossDoseText))
    return try blocks + VoxelDoseBlocks(maps: results.doseMaps, pictures: pictures).cycles()
  }

  private var crossDoseText: String {
    guard results.course.dosimetry.crossDose != nil else {
      return "Doses are self-doses: electrons absorbed locally and photons of the region itself. "
        + "Photons from other organs add a few per cent and are not included."
    }
    let parts = results.cycles.flatMap { cycle in
      cycle.dose.doses.flatMap { dose in
        dose.crossDose.map { part in
          "\(dose.region) from \(part.source), cycle \(cycle.dose.cycle): "
            + "\(Digits.significant(part.dose.gray, 2)) Gy"
        }
      }
    }
    return "Doses hold self-dose and cross-dose by the table of the course file "
      + "(\(results.course.dosimetry.crossDoseSource)). Cross-dose: "
      + (parts.isEmpty ? "no pair of the table was measured." : parts.joined(separator: "; ") + ".")
  }

  private func doses() throws -> ReportTable {
    let rows = results.cycles.map(\.dose).flatMap { cycle in
      cycle.doses.map { row($0, cycle.cycle) }
        + cycle.notAssessable.map { refused in
          [
            .text("\(cycle.cycle)"), .text(refused.region), .text(refused.kind.rawValue),
          ]
            + [ReportTable.Cell](
              repeating: .missing(refused.reason), count: hasHighLET ? 10 : 8)
        }
    }
    return try ReportTable(
      name: "dose", title: "Absorbed dose by cycle",
      columns: [
        .text("cycle", "Cycle"), .text("region", "Region"), .text("kind", "Kind"),
        .number("mass", "Mass", unit: "g", .significant(3)),
        .number("density", "Density", unit: "g/mL", .decimals(2)),
        .number("recovery", "Recovery", unit: "1", .decimals(2)),
        .number("effective_half_life", "T½ eff.", unit: "h", .decimals(1)),
        .estimate("tia", "TIA", unit: "MBq·h"), .estimate("dose", "Dose", unit: "Gy"),
      ] + highLETColumns + [
        .estimate("dose_per_activity", "Dose per activity", unit: "Gy/GBq"),
        .estimate("bed", "BED", unit: "Gy"),
      ], rows: rows,
      notes: ["± standard uncertainty, k = 1.", densityNote]
        + results.cycles.compactMap { Self.hybrid($0.dose) }
        + (hasHighLET ? [highLETNote] : []))
  }

  /// Where the densities are from: what CT does not tell stands in tables.
  private var densityNote: String {
    let doses = results.cycles.flatMap(\.dose.doses)
    let tabulated = doses.filter { !$0.density.isMeasured }.map(\.region)
    guard tabulated.count < doses.count else { return "Densities are those of tables." }
    let names = tabulated.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    return "Densities are those of the CT"
      + (names.isEmpty ? "." : ", but those of tables for \(names.joined(separator: ", ")).")
  }

  /// Which regions have their course from planar scans, and by what factor.
  private static func hybrid(_ cycle: CycleDose) -> String? {
    let regions = cycle.doses.compactMap { dose in
      dose.fit.planarFactor.map { factor in
        let u = dose.fit.planarFactorRelativeUncertainty.map {
          " ± \(Digits.significant($0 * 100, 2)) %"
        }
        return "\(dose.region) (\(Digits.significant(factor, 3))\(u ?? ""))"
      }
    }
    return regions.isEmpty
      ? nil
      : "Cycle \(cycle.cycle): the course over time of these regions is that of planar scans, their "
        + "level that of SPECT; in brackets the planar value per MBq: "
        + regions.joined(separator: ", ") + "."
  }

  private var highLETNote: String {
    let rbe = results.course.dosimetry.rbe.map {
      "In BED alphas and recoils count \(Digits.factor($0)) times (RBE of the course file), "
        + "without a quadratic term."
    }
    return "Dose and BED hold both parts: alphas with recoils, and the rest. "
      + (rbe ?? "No RBE is stated in the course file (dosimetry.rbe), so there is no BED.")
  }

  private func noEffect(highLET: Bool) -> ReportTable.Cell {
    .missing(
      highLET && results.course.dosimetry.rbe == nil
        ? "no RBE stated" : "no radiobiological parameters")
  }

  /// Alphas are never mixed in without being shown.
  private var hasHighLET: Bool {
    results.cycles.flatMap(\.dose.doses).contains { $0.highLETFraction > 0 }
  }

  private var highLETColumns: [ReportTable.Column] {
    hasHighLET
      ? [
        .number("low_let", "Low-LET", unit: "Gy", .significant(3)),
        .number("high_let", "High-LET", unit: "Gy", .significant(3)),
      ] : []
  }

  private func row(_ dose: RegionDose, _ cycle: Int) -> [ReportTable.Cell] {
    let recovery = results.recovery(of: dose.region, cycle: cycle)
    let measured: [ReportTable.Cell] = [
      .text("\(cycle)"), .text(dose.region), .text(dose.kind.rawValue), .number(dose.mass.grams),
      .number(dose.density.gramsPerMillilitre),
      recovery.map { .number($0) } ?? .missing("resolution not given: not corrected"),
      .number(dose.fit.effectiveHalfLifeHours),
      .init(dose.fit.timeIntegratedActivity) { $0.megabecquerelHours },
      .init(dose.dose) { $0.gray },
    ]
    let apart: [ReportTable.Cell] =
      hasHighLET ? [.number(dose.lowLETDose.gray), .number(dose.highLETDose.gray)] : []
    let effect: [ReportTable.Cell] = [
      .init(dose.dosePerActivity) { $0.inBaseUnit },
      dose.effect.map { .init($0.biologicallyEffectiveDose) { $0.gray } }
        ?? noEffect(highLET: dose.highLETFraction > 0),
    ]
    return measured + apart + effect
  }

  private func curves(_ cycle: CycleResult) -> Plot {
    let regions = cycle.dose.doses.map { dose in
      let last = dose.fit.samples.map(\.hours).max() ?? 100
      let curve = stride(from: 0.0, through: last * 1.4, by: last / 60).map {
        TimeActivityPlot.Point(
          hours: $0, value: dose.fit.curve.activity(hours: $0).megabecquerels)
      }
      return TimeActivityPlot.Region(
        name: dose.region,
        fit: "\(dose.fit.family.rawValue), T½ \(Digits.text(dose.fit.effectiveHalfLifeHours, 1)) h",
        measured: dose.fit.samples.map { sample in
          let activity = dose.fit.activity(of: sample)
          return TimeActivityPlot.Point(
            hours: sample.hours, value: activity.megabecquerels,
            standardUncertainty: sample.standardDeviation.map {
              $0 / sample.activity * activity.megabecquerels
            }, isScaled: sample.isPlanar)
        }, curve: curve)
    }
    return TimeActivityPlot(regions: regions, unit: "MBq").plot(
      named: "time-activity-cycle-\(cycle.dose.cycle)")
  }

  // MARK: Cumulative

  func cumulative() throws -> [ReportContent.Block] {
    guard !results.cumulative.isEmpty else { return [] }
    let rows = results.cumulative.map(row)
    let table = try ReportTable(
      name: "cumulative_dose", title: "Dose over the course so far",
      columns: [
        .text("region", "Region"), .text("kind", "Kind"), .text("cycles", "Cycles"),
        .estimate("dose", "Dose", unit: "Gy"),
      ] + highLETColumns + [
        .estimate("bed", "BED", unit: "Gy"),
        .number("bed_sum_of_cycles", "Sum of cycles' BED", unit: "Gy", .significant(4)),
        .number("eqd2", "EQD2", unit: "Gy", .significant(3)), .text("note", "Note"),
      ], rows: rows,
      notes: [
        "Calibration is common to all cycles and adds linearly; the rest in squares.",
        "BED: of the whole course, with what one cycle leaves unrepaired for the next; beside it the "
          + "sum of each cycle's own.",
      ])
    let bars = results.cumulative.filter { $0.kind == .organ }.map {
      DoseChart.Bar(
        name: $0.region, value: $0.dose.value.gray,
        standardUncertainty: $0.dose.standardUncertainty?.gray,
        limit: results.proposal?.doseLimit(of: $0.region))
    }
    let chart = DoseChart(quantity: "Absorbed dose", unit: "Gy", bars: bars)
    return [.table(table)] + (bars.isEmpty ? [] : [.plot(chart.plot(named: "organ-dose"))])
      + (try VoxelDoseBlocks(maps: results.doseMaps, pictures: pictures).cumulative())
  }

  private func row(_ sum: CumulativeDose) -> [ReportTable.Cell] {
    let unknown = noEffect(highLET: sum.highLETDose > .zero)
    let dose: [ReportTable.Cell] = [
      .text(sum.region), .text(sum.kind.rawValue),
      .text(sum.cycles.map(String.init).joined(separator: ", ")), .init(sum.dose) { $0.gray },
    ]
    let lowLET = sum.dose.value - sum.highLETDose
    let apart: [ReportTable.Cell] =
      hasHighLET ? [.number(lowLET.gray), .number(sum.highLETDose.gray)] : []
    let note =
      sum.missingCycles.isEmpty
      ? ""
      : "lower bound: not assessed in cycle "
        + sum.missingCycles.map(String.init).joined(separator: ", ")
    let effect: [ReportTable.Cell] = [
      sum.biologicallyEffectiveDose.map { .init($0) { $0.gray } } ?? unknown,
      sum.effect.map { .number($0.sumOfCycles.gray) } ?? unknown,
      sum.effect.map { .number($0.equivalentDose.gray) } ?? unknown, .text(note),
    ]
    return dose + apart + effect
  }
}

extension ReportTable.Cell {
  init<Value: Quantity>(_ estimate: Estimate<Value>, in unit: (Value) -> Double) {
    let reason: String? =
      if case .notKnown(let reason) = estimate.uncertainty { reason } else { nil }
    self = .estimate(
      unit(estimate.value), standardUncertainty: estimate.standardUncertainty.map(unit),
      reason: reason)
  }
}

extension CourseResults {
  /// Mean recovery coefficient of a region over the scans of a cycle.
  func recovery(of region: String, cycle: Int) -> Double? {
    let scans = cycles.first { $0.dose.cycle == cycle }?.scans ?? []
    let values = scans.flatMap(\.activities.regions).filter { $0.region == region }
      .compactMap(\.recoveryCoefficient)
    return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }
}

extension NextCycleProposal {
  fileprivate func doseLimit(of region: String) -> Double? {
    limits.first { $0.region == region && $0.limit.quantity == .absorbedDose }?.limit.valueGy
  }
}
