import Dosimetry
public import Foundation
import Lesions
import Planning
import Quantities
import Reporting
import Response
import Volumes

/// What a run leaves on the terminal: the few numbers first asked for, and where the rest is.
public struct RunSummary: Sendable {
  let results: CourseResults
  public let stages: [StageClock.Entry]
  /// Files of results, as paths below ``output``.
  let files: ReportStage.Files
  public let output: URL

  /// Whether every question of the course was answered.
  public var isAssessable: Bool {
    !results.problems.contains(where: \.isNotAssessable)
      && results.doseMaps?.isAssessable ?? true
  }

  /// For the list of runs in the store.
  var outcome: String { isAssessable ? "done" : "done, something is not assessable" }

  public func json() throws -> String {
    let data = try JSONWriter.data(SummaryFile(self))
    return String(bytes: data.dropLast(), encoding: .utf8) ?? ""
  }

  public func text() -> String {
    var lines = lesionLines + verdictLines + doseLines + planLines
    let blocked = results.problems.filter(\.isNotAssessable)
    if !blocked.isEmpty {
      lines += ["", "Not assessable:"] + blocked.map { "  \($0.subject): \($0.text)" }
    }
    if let maps = results.doseMaps {
      lines += ["", "Dose maps: \(maps.method.words), in \(output.appending(path: "dose").path)"]
      lines += maps.problems.map { "  " + $0 }
    }
    let seconds = stages.reduce(0) { $0 + $1.seconds }
    let reused = stages.filter(\.reused).count
    lines += [
      "",
      "Report    \(output.appending(path: files.report).path)",
      "Pictures  \(output.appending(path: "pictures").path) (\(files.pictures.count))",
      "Tables    \(output.appending(path: "tables").path) (\(files.tables.count))",
      "Results   \(output.appending(path: files.results).path)",
      "",
      "\(Digits.text(seconds, 1)) s; \(reused) of \(stages.count) steps found ready. "
        + Provenance.statement,
    ]
    return lines.joined(separator: "\n")
  }

  private var lesionLines: [String] {
    guard let tracks = results.tracks else { return [] }
    let head =
      ["Lesion".column(8), "Time point".column(12), "Fate".column(22)]
      .joined() + "SUVpeak   Volume mL   Change of SUVpeak"
    let rows = tracks.lesions.flatMap { lesion in
      lesion.points.map { point -> String in
        let peak = point.metrics?.suvPeak.value.map { Digits.text($0.value.inBaseUnit, 1) } ?? "–"
        let volume = point.metrics.map { Digits.text($0.metabolicVolume.millilitres, 1) } ?? "–"
        let change = lesion.changes.first { $0.to == point.timePoint && $0.metric == .suvPeak }
        let text = change?.change.value.map { value in
          "\(value.percent > 0 ? "+" : "")\(Digits.text(value.percent, 0)) %, "
            + value.judgement.words
        }
        return lesion.id.column(8) + point.timePoint.column(12) + point.words.column(22)
          + peak.column(10) + volume.column(12) + (text ?? "")
      }
    }
    return [head] + rows
  }

  private var verdictLines: [String] {
    let verdicts = results.criteria?.verdicts ?? []
    let differing = results.criteria?.disagreements.flatMap(\.lines) ?? []
    let lines =
      verdicts.map { "\($0.name) at \($0.scan): \($0.summary)" }
      + differing.map { "Differs: \($0)" }
    return lines.isEmpty ? [] : [""] + lines
  }

  private var doseLines: [String] {
    guard !results.cumulative.isEmpty else { return [] }
    let head = "Region".column(20) + "Dose Gy (± k=1)".column(20) + "BED Gy"
    return ["", head]
      + results.cumulative.map { sum in
        let u = sum.dose.standardUncertainty.map { " ± \(Digits.text($0.gray, 2))" } ?? ""
        let bed = sum.biologicallyEffectiveDose.map { Digits.text($0.value.gray, 2) } ?? "–"
        return sum.region.column(20) + (Digits.text(sum.dose.value.gray, 2) + u).column(20) + bed
      }
  }

  private var planLines: [String] {
    guard let plan = results.proposal else { return [] }
    let range = plan.range.map { level in
      let activity = level.activity.map { "\(Digits.text($0.gigabecquerels, 2)) GBq" } ?? "none"
      return "\(activity) at \(Int((level.compliance * 100).rounded())) %"
    }
    return ["", "Cycle \(plan.cycle), draft: \(range.joined(separator: ", "))", plan.reason]
  }
}

/// The summary as `theratrack run --json` prints it.
private struct SummaryFile: Encodable {
  let outcome: String
  let is_assessable: Bool
  let not_assessable: [CourseResults.Problem]
  let stages: [StageClock.Entry]
  let peak_memory_MB: Double?
  let report, results, provenance: String
  let pictures, tables: [String]

  init(_ summary: RunSummary) {
    func path(_ file: String) -> String { summary.output.appending(path: file).path }
    outcome = summary.outcome
    is_assessable = summary.isAssessable
    not_assessable = summary.results.problems.filter(\.isNotAssessable)
    stages = summary.stages
    peak_memory_MB = PeakMemory.megabytes
    report = path(summary.files.report)
    results = path(summary.files.results)
    provenance = path(summary.files.provenance)
    pictures = summary.files.pictures.map(path)
    tables = summary.files.tables.map(path)
  }
}

extension String {
  /// Padded with spaces to a width; a longer text keeps one space after it.
  func column(_ width: Int) -> String {
    count < width ? self + String(repeating: " ", count: width - count) : self + " "
  }
}
