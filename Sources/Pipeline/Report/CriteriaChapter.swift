import Reporting
import Response

/// The chapter of verdicts: each with its rule and numbers, the rules that were asked, and where
/// other criteria or other scans to compare with would differ.
struct CriteriaChapter {
  let outcome: CriteriaOutcome?

  func blocks() throws -> [ReportContent.Block] {
    guard let outcome, !(outcome.verdicts.isEmpty && outcome.refused.isEmpty) else { return [] }
    var blocks: [ReportContent.Block] = outcome.verdicts.map(block)
    blocks += outcome.refused.map { refusal in
      .verdict(
        .init(
          criterion: refusal.criterion, verdict: "not judged", status: .notAssessable,
          reasons: [refusal.reason + "."]))
    }
    if outcome.verdicts.isEmpty { return blocks }
    if !outcome.disagreements.isEmpty { blocks.append(.table(try disagreements(outcome))) }
    blocks.append(.table(try rules(outcome)))
    return blocks
  }

  private func block(_ verdict: CriteriaVerdict) -> ReportContent.Block {
    let candidates = verdict.candidates.map(\.code).joined(separator: " or ")
    return .verdict(
      .init(
        criterion: "\(verdict.name), \(verdict.scan)",
        verdict: verdict.candidates.isEmpty
          ? "\(verdict.code): \(verdict.words)" : "not assessable: \(candidates)",
        status: verdict.status, reasons: verdict.reasons))
  }

  private func rules(_ outcome: CriteriaOutcome) throws -> ReportTable {
    let rows = outcome.verdicts.flatMap { verdict in
      (verdict.rules + verdict.otherRules).map { rule -> [ReportTable.Cell] in
        [
          .text(verdict.name), .text(verdict.scan), .text(rule.verdict), .text(rule.rule),
          .text(rule.truth.words),
          rule.lacking.isEmpty
            ? .text(rule.numbers.joined(separator: "; "))
            : .missing((rule.numbers + rule.lacking).joined(separator: "; ")),
          .text("\(rule.confidence.rawValue): \(rule.source)"),
        ]
      }
    }
    return try ReportTable(
      name: "criteria_rules", title: "Rules that were asked, and the numbers they met",
      columns: [
        .text("criterion", "Criterion"), .text("time_point", "Time point"),
        .text("verdict", "Leads to"), .text("rule", "Rule"), .text("holds", "Holds"),
        .text("numbers", "Numbers"), .text("source", "Source"),
      ], rows: rows,
      notes: [
        "Source: P primary text read, S secondary text read, C known from code only, N a choice "
          + "without a source."
      ])
  }

  private func disagreements(_ outcome: CriteriaOutcome) throws -> ReportTable {
    let rows = outcome.disagreements.flatMap { found -> [[ReportTable.Cell]] in
      let between = found.betweenCriteria.flatMap { group in
        group.members.map { member -> [ReportTable.Cell] in
          [
            .text(found.scan), .text(member.criterion), .text("as chosen"), .text(member.code),
            .text(member.because),
          ]
        }
      }
      let byReference = found.byReference.map { choice -> [ReportTable.Cell] in
        [
          .text(found.scan), .text(choice.criterion), .text("compared with \(choice.words)"),
          .text("\(choice.other.code) instead of \(choice.chosen.code)"),
          .text(choice.other.because),
        ]
      }
      return between + byReference
    }
    return try ReportTable(
      name: "criteria_disagreement", title: "Where verdicts differ, and why",
      columns: [
        .text("time_point", "Time point"), .text("criterion", "Criterion"),
        .text("choice", "Choice"), .text("verdict", "Verdict"), .text("because", "Because"),
      ], rows: rows)
  }
}

extension Truth {
  var words: String {
    switch self {
    case .yes: "yes"
    case .no: "no"
    case .unknown: "not known"
    }
  }
}
