import Foundation
import Reporting

/// The errors of the chain on follow-ups derived from the site's own scan.
public struct CommissioningReport: Sendable {
  private let course: Course
  private let plan: CommissioningPlan
  private let visits: [DerivedCourse.Visit]
  private let scores: [VisitScore]
  private let figures: Figures

  /// Each with its 95 % confidence interval; `nil` where there was nothing to score.
  struct Figures: Sendable, Codable {
    let rigid_error_mean_mm, rigid_error_95th_mm: Interval?
    let deformable_error_mean_mm, deformable_error_95th_mm: Interval?
    /// Fraction of body points whose rigid error lies within what the link states for 68 %.
    let rigid_error_within_stated: Interval?
    /// The same for the deformable link, each point against its own estimate.
    let deformable_error_within_stated: Interval?
    let lesions_found_fraction: Interval?
    let uptake_factor_error_mean_percent, uptake_factor_error_95th_percent: Interval?
    let volume_factor_error_mean_percent: Interval?
  }

  init(
    course: Course, plan: CommissioningPlan, visits: [DerivedCourse.Visit], scores: [VisitScore]
  ) {
    (self.course, self.plan, self.visits, self.scores) = (course, plan, visits, scores)
    figures = Figures(scores, seed: plan.seed)
  }

  /// Whether every link and every lesion could be scored.
  public var isComplete: Bool {
    scores.allSatisfy { visit in
      visit.stated != nil && visit.lesions.allSatisfy { $0.measuredFactor != nil }
    }
  }

  // MARK: Output

  private struct File: Encodable {
    let software = "theratrack \(Provenance.softwareVersion)"
    let notice = Provenance.statement
    let course: String
    let plan: CommissioningPlan
    let figures: Figures
    let follow_ups: [VisitScore]
  }

  public func json() throws -> String {
    let file = File(course: course.id, plan: plan, figures: figures, follow_ups: scores)
    return String(bytes: try JSONWriter.data(file).dropLast(), encoding: .utf8) ?? ""
  }

  public func text() -> String {
    func line(_ name: String, _ interval: Interval?, _ unit: String) -> String {
      name.column(34) + (interval.map { $0.text(unit) } ?? "nothing to score")
    }
    return figures.named.map { line($0.name, $0.interval, $0.unit) }.joined(separator: "\n")
  }

  /// Writes commissioning.html, commissioning.json and tables to a folder.
  func write(to folder: URL) throws {
    try AtomicFile.write(Data(try json().utf8), to: folder.appending(path: "commissioning.json"))
    try AtomicFile.write(
      JSONWriter.data(visits), to: folder.appending(path: "truth.json"))
    let tables = [try summary(), try links(), try lesions()]
    for table in tables {
      try AtomicFile.write(
        TableWriter.csv(table), to: folder.appending(path: "\(table.name).csv"))
    }
    let page = TablePage.data(
      .init(
        title: "Commissioning of the chain on a site's scan", facts: facts,
        statements: [Self.caution], tables: tables,
        signatures: ["Checked by", "Function", "Date", "Signature"],
        closing: ["theratrack \(Provenance.softwareVersion)"]))
    try AtomicFile.write(page, to: folder.appending(path: "commissioning.html"))
  }

  private var facts: [ReportContent.Fact] {
    [
      .init("Course", course.id), .init("Derived follow-ups", "\(plan.repeats)"),
      .init("Seed", "\(plan.seed)"),
      .init("Rotation", "up to \(plan.largestRotation)° about each axis"),
      .init("Shift", "up to \(plan.largestShift) mm along each axis"),
      .init(
        "Deformation",
        scores.contains { !$0.deformable.isEmpty }
          ? "\(plan.deformation) mm root mean square" : "none, the scan has no CT"),
    ]
  }

  private static let caution =
    "The follow-ups are derived from one scan of this site by a smooth motion, a factor on each "
    + "lesion's uptake and new noise. Real follow-ups also differ by weight, posture, contrast, "
    + "field of view and scanner; errors there can be larger. Intervals are 95 %: bootstrap over "
    + "whole follow-ups, Wilson for fractions."
}

extension Interval {
  func text(_ unit: String) -> String {
    let number = Digits.text(value, 2)
    guard let low, let high else {
      return "\(number) \(unit) (too few follow-ups for an interval)"
    }
    return "\(number) \(unit) (95 % interval \(Digits.text(low, 2)) to \(Digits.text(high, 2)))"
  }
}

extension CommissioningReport.Figures {
  init(_ scores: [VisitScore], seed: UInt64) {
    func errors(
      _ values: (VisitScore) -> [Double], _ statistic: ([Double]) -> Double
    ) -> Interval? {
      Interval(scores.map(values), seed: seed, statistic: statistic)
    }
    func uptake(_ score: VisitScore) -> [Double] {
      score.lesions.compactMap { l in
        l.measuredFactor.map { abs($0 / l.trueFactor - 1) * 100 }
      }
    }
    rigid_error_mean_mm = errors({ $0.rigid }, Statistic.mean)
    rigid_error_95th_mm = errors({ $0.rigid }, Statistic.percentile95)
    deformable_error_mean_mm = errors({ $0.deformable }, Statistic.mean)
    deformable_error_95th_mm = errors({ $0.deformable }, Statistic.percentile95)
    rigid_error_within_stated = errors(
      { score in score.stated.map { stated in score.rigid.map { $0 <= stated ? 1 : 0 } } ?? [] },
      Statistic.mean)
    deformable_error_within_stated = errors(
      { score in
        zip(score.deformable, score.deformableStated).compactMap { error, stated in
          stated.map { error <= $0 ? 1 : 0 }
        }
      }, Statistic.mean)
    let lesions = scores.flatMap(\.lesions)
    lesions_found_fraction = Interval(hits: lesions.count(where: \.isFound), of: lesions.count)
    uptake_factor_error_mean_percent = errors(uptake, Statistic.mean)
    uptake_factor_error_95th_percent = errors(uptake, Statistic.percentile95)
    volume_factor_error_mean_percent = errors(
      { score in score.lesions.compactMap { $0.volumeFactor.map { abs($0 - 1) * 100 } } },
      Statistic.mean)
  }

  /// In the order of the report.
  var named: [(name: String, unit: String, interval: Interval?)] {
    [
      ("Rigid link, mean error", "mm", rigid_error_mean_mm),
      ("Rigid link, 95th percentile", "mm", rigid_error_95th_mm),
      ("Deformable link, mean error", "mm", deformable_error_mean_mm),
      ("Deformable link, 95th percentile", "mm", deformable_error_95th_mm),
      ("Rigid errors within stated 68 %", "of 1", rigid_error_within_stated),
      ("Deformable within stated 68 %", "of 1", deformable_error_within_stated),
      ("Lesions found again", "of 1", lesions_found_fraction),
      ("Uptake change, mean error", "%", uptake_factor_error_mean_percent),
      ("Uptake change, 95th percentile", "%", uptake_factor_error_95th_percent),
      ("Volume, mean error", "%", volume_factor_error_mean_percent),
    ]
  }
}

extension CommissioningReport {
  private func summary() throws -> ReportTable {
    try ReportTable(
      name: "commissioning-summary", title: "Errors against the known truth",
      columns: [
        .text("what", "What"), .number("value", "Value", unit: "1", .decimals(2)),
        .number("low", "95 % from", unit: "1", .decimals(2)),
        .number("high", "95 % to", unit: "1", .decimals(2)), .text("unit", "Unit"),
        .number("count", "Values", unit: "1", .decimals(0)),
      ],
      rows: figures.named.map { entry in
        guard let interval = entry.interval else {
          let none = ReportTable.Cell.missing("nothing to score")
          return [.text(entry.name), none, none, none, .text(entry.unit), .number(0)]
        }
        let few = ReportTable.Cell.missing("too few follow-ups")
        return [
          .text(entry.name), .number(interval.value), interval.low.map { .number($0) } ?? few,
          interval.high.map { .number($0) } ?? few, .text(entry.unit),
          .number(Double(interval.count)),
        ]
      })
  }

  private func links() throws -> ReportTable {
    try ReportTable(
      name: "commissioning-links", title: "Links at points of the body",
      columns: [
        .text("follow_up", "Follow-up"),
        .number("rigid_mean", "Rigid, mean", unit: "mm", .decimals(2)),
        .number("rigid_95th", "Rigid, 95th", unit: "mm", .decimals(2)),
        .number("deformable_mean", "Deformable, mean", unit: "mm", .decimals(2)),
        .number("deformable_95th", "Deformable, 95th", unit: "mm", .decimals(2)),
        .number("stated", "Stated error of the rigid link", unit: "mm", .decimals(2)),
      ],
      rows: scores.map { score in
        func pair(_ errors: [Double], _ reason: String) -> [ReportTable.Cell] {
          errors.isEmpty
            ? [.missing(reason), .missing(reason)]
            : [.number(Statistic.mean(errors)), .number(Statistic.percentile95(errors))]
        }
        return [.text(score.visit)] + pair(score.rigid, "no link")
          + pair(score.deformable, "no CT")
          + [score.stated.map { .number($0) } ?? .missing("the link is not assessable")]
      })
  }

  private func lesions() throws -> ReportTable {
    try ReportTable(
      name: "commissioning-lesions", title: "Lesions found again, and their change",
      columns: [
        .text("follow_up", "Follow-up"), .text("lesion", "Lesion"),
        .number("volume", "Volume at baseline", unit: "mL", .decimals(1)),
        .text("fate", "Fate found"),
        .number("true_factor", "True factor on uptake", unit: "1", .decimals(3)),
        .number("measured_factor", "Measured on SUVmean", unit: "1", .decimals(3)),
        .number("error", "Error", unit: "%", .signed(decimals: 1)),
        .number("volume_factor", "Measured on volume", unit: "1", .decimals(2)),
      ],
      rows: scores.flatMap { score in
        score.lesions.map { lesion in
          let none = ReportTable.Cell.missing("no outline of its own")
          return [
            .text(score.visit), .text(lesion.track), .number(lesion.volume), .text(lesion.fate),
            .number(lesion.trueFactor), lesion.measuredFactor.map { .number($0) } ?? none,
            lesion.measuredFactor.map { .number(($0 / lesion.trueFactor - 1) * 100) } ?? none,
            lesion.volumeFactor.map { .number($0) } ?? none,
          ]
        }
      })
  }
}
