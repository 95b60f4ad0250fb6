import Dosimetry
import Lesions
import Planning
import Quantities
import Registration
import Reporting
import Response

/// Turns the results of a course into the chapters of its report.
struct ReportBuilder {
  let results: CourseResults
  let pictures: PictureStage.Pictures

  func content() throws -> ReportContent {
    let course = results.course
    var content = ReportContent(
      courseID: course.id,
      agent: course.agent.map { "\($0.radionuclide.symbol) \($0.ligand)" } ?? "no therapy",
      facts: facts, highlights: highlights, findings: results.problems.map(finding),
      chapters: [:], software: "theratrack \(Provenance.softwareVersion)")
    let tables = ReportTables(results: results)
    content.chapters[.read] = try tables.read()
    content.chapters[.registration] = try tables.registration()
    content.chapters[.lesions] =
      try tables.lesions()
      + drawn([plots?.swimmer()])
      + gallery(
        pictures.lesions.map { .init($0.picture, caption: "Lesion \($0.track), all time points") })
    content.chapters[.responseMaps] = try maps(tables)
    content.chapters[.verdict] = try CriteriaChapter(outcome: results.criteria).blocks()
    content.chapters[.dose] = try DoseChapter(results: results).blocks()
    content.chapters[.cumulative] =
      try DoseChapter(results: results).cumulative()
      + drawn([plots?.doseResponse()])
    content.chapters[.nextCycle] = nextCycle
    content.chapters[.methods] = methods
    content.omissions = omissions
    return content
  }

  private var facts: [ReportContent.Fact] {
    [
      .init("Reference", results.course.reference),
      .init("Time points", "\(results.course.timePoints.count)"),
      .init("Cycles given", "\(results.course.cycles.count)"),
    ]
  }

  // MARK: Highlights

  private var highlights: [ReportContent.Highlight] {
    [lesionHighlight, verdictHighlight, doseHighlight, planHighlight].compactMap { $0 }
  }

  private var lesionHighlight: ReportContent.Highlight? {
    guard let tracks = results.tracks else { return nil }
    let last = tracks.scans.last?.timePoint ?? ""
    let fates = Dictionary(grouping: tracks.lesions) { lesion in
      lesion.point(last)?.words.prefix { $0 != ":" }.split(separator: " ").first
        .map(String.init) ?? "unknown"
    }
    let detail = fates.map { "\($0.value.count) \($0.key)" }.sorted().joined(separator: ", ")
    return .init(
      name: "Lesions followed", value: "\(tracks.lesions.count)", detail: "at \(last): \(detail)")
  }

  private var verdictHighlight: ReportContent.Highlight? {
    guard let first = results.criteria?.verdicts.first,
      let last = results.criteria?.verdicts.last(where: { $0.criterion == first.criterion })
    else { return nil }
    return .init(
      name: "\(last.name) at \(last.scan)", value: last.code, detail: last.summary,
      status: last.status)
  }

  private var doseHighlight: ReportContent.Highlight? {
    let organs = results.cumulative.filter { $0.kind == .organ && $0.region.contains("kidney") }
    guard let kidney = organs.max(by: { $0.dose.value < $1.dose.value }) else { return nil }
    let u = kidney.dose.standardUncertainty.map { " ± \(Digits.text($0.gray, 2))" } ?? ""
    return .init(
      name: "\(kidney.region), cumulative",
      value: "\(Digits.text(kidney.dose.value.gray, 2))\(u) Gy",
      detail: "over \(kidney.cycles.count) cycle\(kidney.cycles.count == 1 ? "" : "s"), k = 1")
  }

  private var planHighlight: ReportContent.Highlight? {
    guard let plan = results.proposal else { return nil }
    let value =
      plan.activity.map { "\(Digits.text($0.gigabecquerels, 2)) GBq" } ?? plan.outcome.rawValue
    return .init(
      name: "Cycle \(plan.cycle), draft", value: value,
      detail: plan.binding.map { "binding: \($0.region)" } ?? plan.reason, status: plan.status)
  }

  // MARK: Chapters

  private func finding(_ problem: CourseResults.Problem) -> ReportContent.Finding {
    .init(
      status: problem.isNotAssessable ? .notAssessable : .warn, subject: problem.subject,
      text: problem.text, remedy: problem.remedy)
  }

  private func maps(_ tables: ReportTables) throws -> [ReportContent.Block] {
    var blocks: [ReportContent.Block] = []
    if let map = pictures.responseMap {
      blocks.append(.picture(map, caption: "Before, after and change. " + pictures.mapNote))
    } else if !pictures.mapNote.isEmpty {
      blocks.append(.paragraph(pictures.mapNote))
    }
    if let slices = pictures.responseSlices {
      blocks.append(
        .picture(slices, caption: "Change over CT, through the lesion that was hottest before."))
    }
    blocks += drawn([plots?.waterfall(), plots?.spider()])
    let projections = pictures.projections.map {
      ReportContent.GalleryPicture(
        $0.still, caption: "All uptake at \(scanName($0.still)), from the front and the left.",
        related: ($0.turning, "Turning (animated PNG)"))
    }
    let fused = pictures.fused.map {
      ReportContent.GalleryPicture(
        $0, caption: "The hottest lesion at \(scanName($0)); lines are outlines.")
    }
    blocks += gallery(projections + fused)
    if !pictures.responses.isEmpty {
      blocks.append(.table(try tables.responseVolumes(pictures.responses)))
      blocks.append(.table(try tables.responseGrades(pictures.responses)))
    }
    return blocks
  }

  private var plots: CoursePlots? { CoursePlots(results) }

  private func drawn(_ plots: [Plot?]) -> [ReportContent.Block] {
    plots.compactMap { $0 }.map { .plot($0) }
  }

  private func scanName(_ picture: Picture) -> String {
    picture.sidecar.timePoints.map(\.id).joined(separator: ", ")
  }

  private func gallery(
    _ pictures: [ReportContent.GalleryPicture]
  ) -> [ReportContent.Block] {
    pictures.isEmpty ? [] : [.gallery(pictures)]
  }

  private var nextCycle: [ReportContent.Block] {
    guard let plan = results.proposal else { return [] }
    let levels = plan.range.map {
      ReportContent.Proposal.Level(
        compliance: $0.compliance, gigabecquerels: $0.activity?.gigabecquerels)
    }
    let alternatives = plan.alternatives.map { alternative in
      let result =
        alternative.activity.map { "\(Digits.text($0.gigabecquerels, 2)) GBq" }
        ?? "no further cycle"
      return "\(alternative.change): \(result)"
    }
    return [
      .proposal(
        .init(
          levels: levels, status: plan.status, bindingLimit: plan.binding?.text ?? "none",
          reason: plan.reason, alternatives: alternatives)),
      .paragraph(plan.statement),
    ]
  }

  private var omissions: [ReportContent.Chapter: String] {
    var reasons: [ReportContent.Chapter: String] = [:]
    if results.tracks == nil {
      for chapter in [ReportContent.Chapter.lesions, .responseMaps] {
        reasons[chapter] = "The course has no diagnostic PET."
      }
    }
    reasons[.verdict] =
      "No criterion was run: name some in the course file (criteria: [percist-1.0]), or none of "
      + "those of the tracer has rules with a source. 'theratrack plugins list' lists them."
    reasons[.dose] = "The course has no cycle with dosimetry scans."
    reasons[.cumulative] = reasons[.dose]
    reasons[.nextCycle] = "The course file names no limits."
    return reasons
  }

  private var methods: [ReportContent.Block] {
    [
      .list([
        "Registration: rigid, CT to CT by body and bone, PET to PET by uptake where there is no "
          + "CT; quality measured without ground truth (docs/formats.md lists the measures).",
        "SUV: body weight; decay reference time by the rule named in the table; SUL by lean body "
          + "mass after Janmahasatian 2005.",
        "Lesions: \(results.course.lesions.words).",
        "Change: log-normal repeatability limits, exp(±1.96 √2 s) − 1 with s = √ln(1 + wCV²), from "
          + "the tracer's pack or the site; wider or withheld when scanner, reconstruction or "
          + "harmonisation standard changed.",
        "Criteria: packs of plugins/criteria run by one engine (docs/criteria.md says which rules "
          + "are confirmed).",
        "Dose: organ and lesion activities by the geometric transfer matrix (Rousset 1998) where "
          + "the SPECT resolution is given; sums of exponentials with physical decay; local "
          + "electrons and photon self-dose for the patient's own masses; no cross-dose.",
        "Uncertainty: standard (k = 1), EANM scheme (Gear 2018).",
        "Planning: dose per activity followed in log space; limits kept with 95 % probability.",
      ])
    ]
  }
}
