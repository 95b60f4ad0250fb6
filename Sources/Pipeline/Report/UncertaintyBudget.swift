import Dosimetry
import Reporting

/// Which source of error a dose owes most to, and what would make it smaller.
struct UncertaintyBudget {
  let cycles: [CycleDose]

  /// `nil` when no dose has an uncertainty.
  func table() throws -> ReportTable? {
    let rows = cycles.flatMap { cycle in
      cycle.doses.compactMap { dose in
        dose.uncertainty.map { row(dose, $0, cycle: cycle.cycle) }
      }
    }
    guard !rows.isEmpty else { return nil }
    return try ReportTable(
      name: "dose_uncertainty", title: "Where the uncertainty of the dose comes from",
      columns: [.text("cycle", "Cycle"), .text("region", "Region")]
        + DoseUncertainty.Source.allCases.map {
          .number($0.column, $0.rawValue.capitalisedFirst, unit: "%", .decimals(1))
        } + [
          .number("total", "All", unit: "%", .decimals(1)),
          .number("simulated", "Simulated", unit: "%", .decimals(1)),
          .number("without_largest", "Without the largest", unit: "%", .decimals(1)),
          .text("largest", "Largest"),
        ], rows: rows,
      notes: [
        "Standard uncertainty of the dose, k = 1, by source (EANM scheme, Gear 2018).",
        "Simulated: spread of 2,000 simulated measurements; where it differs from All, errors of "
          + "the outline are too large for the linear sum.",
      ] + remedies)
  }

  /// What would reduce each source that is the largest somewhere: said once, not row by row.
  private var remedies: [String] {
    let largest = Set(cycles.flatMap(\.doses).compactMap { $0.uncertainty?.dominant?.source })
    return DoseUncertainty.Source.allCases.filter(largest.contains).map {
      "What would reduce \($0.rawValue): \($0.remedy)."
    }
  }

  private func row(
    _ dose: RegionDose, _ budget: DoseUncertainty, cycle: Int
  ) -> [ReportTable.Cell] {
    let parts = DoseUncertainty.Source.allCases.map { source -> ReportTable.Cell in
      .number((budget.parts.first { $0.source == source }?.relative ?? 0) * 100)
    }
    let simulated: ReportTable.Cell =
      dose.simulatedUncertainty.map { .number($0.relative * 100) } ?? .missing("not simulated")
    return [.text("\(cycle)"), .text(dose.region)] + parts + [
      .number(budget.dose * 100), simulated, .number(budget.withoutDominant * 100),
      .text(budget.dominant?.source.rawValue ?? ""),
    ]
  }
}

extension DoseUncertainty.Source {
  fileprivate var column: String {
    rawValue.lowercased().split { !$0.isLetter }.joined(separator: "_")
  }
}

extension String {
  fileprivate var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}
