import Dosimetry
import Lesions
import Planning
import Registration
import Response
import Volumes

/// Gathers from all stages what could not be assessed and what needs attention.
struct ProblemList {
  let course: Course
  let registration: CourseRegistration
  let tracks: TrackResult?
  let criteria: CriteriaOutcome?
  let cycles: [CycleResult]

  func all(proposal: NextCycleProposal?) -> [CourseResults.Problem] {
    let every =
      registration.links.flatMap(link) + registration.links.compactMap(map)
      + registration.loops.compactMap(loop) + (tracks.map(track) ?? [])
      + (criteria.map(verdicts) ?? [])
      + cycles.flatMap(cycle) + plan(proposal)
    return every.reduce(into: []) { list, next in Self.add(next, to: &list) }
  }

  /// One line for the same text about several subjects.
  private static func add(
    _ next: CourseResults.Problem, to list: inout [CourseResults.Problem]
  ) {
    let same = list.firstIndex { $0.text == next.text && $0.remedy == next.remedy }
    guard let same else {
      list.append(next)
      return
    }
    list[same] = CourseResults.Problem(
      subject: "\(list[same].subject); \(next.subject)", text: next.text, remedy: next.remedy,
      isNotAssessable: list[same].isNotAssessable || next.isNotAssessable)
  }

  private func problem(
    _ subject: String, _ text: String, remedy: String = "", blocking: Bool = false
  ) -> CourseResults.Problem {
    CourseResults.Problem(subject: subject, text: text, remedy: remedy, isNotAssessable: blocking)
  }

  private func link(_ link: TimePointLink) -> [CourseResults.Problem] {
    guard let verdict = link.quality?.verdict else { return [] }
    return link.warnings.map { problem(link.timePoint, $0) }
      + verdict.reasons.map {
        problem(
          link.timePoint, "link to \(course.reference): \($0)",
          remedy: verdict.isAssessable
            ? "Look at the fused pictures before relying on small lesions."
            : "Check that both scans are of this patient and overlap; give another CT series.",
          blocking: !verdict.isAssessable)
      }
  }

  /// A CT that tissue is not followed by.
  private func map(_ link: TimePointLink) -> CourseResults.Problem? {
    registration.refusalOfMap(at: link.timePoint).map {
      problem(
        link.timePoint, "breathing is not followed, only the rigid link: \($0)",
        remedy: "Lesions, images of a cycle and doses of all cycles are brought together by it.")
    }
  }

  /// A loop that misses by more than this many times what its links promise is told.
  private static let poorLoop = 1.5

  private func loop(_ loop: LinkLoop) -> CourseResults.Problem? {
    let subject = "\(loop.from) to \(loop.to)"
    switch loop.closure {
    case .notAssessable(let reason):
      return problem(subject, "the direct registration could not be compared: \(reason)")
    case .value(let closure):
      guard closure.promisedFactor > Self.poorLoop else { return nil }
      let factor = (closure.promisedFactor * 10).rounded() / 10
      return problem(
        subject,
        "registered directly it lies \(factor) times as far off as both links promise; their "
          + "errors are enlarged by that",
        remedy: "Look at the fused pictures of both time points.")
    }
  }

  private func track(_ tracks: TrackResult) -> [CourseResults.Problem] {
    var problems: [CourseResults.Problem] = []
    for scan in tracks.scans {
      problems += scan.warnings.map { problem(scan.timePoint, $0) }
      if let reason = scan.liver.reason {
        problems.append(
          problem(
            scan.timePoint, "no liver reference: \(reason)",
            remedy: "Outline the liver in an RTSTRUCT or SEG; criteria such as PERCIST need it."))
      }
    }
    for unplaced in tracks.tracking.unplaced {
      problems.append(
        problem(
          unplaced.timePoint, "a lesion could not be followed: \(unplaced.reason)",
          blocking: true))
    }
    for lesion in tracks.lesions {
      for point in lesion.points {
        if case .notAssessable(let reason) = point.fate {
          problems.append(
            problem("\(lesion.id) at \(point.timePoint)", reason, blocking: true))
        }
      }
    }
    for (n, replayed) in tracks.edits.enumerated() {
      guard let reason = replayed.refusal else { continue }
      problems.append(
        problem(
          "edit \(n + 1), \(replayed.edit.words)", "no longer applies: \(reason)",
          remedy: "Look at the lesion again and correct or remove the edit.", blocking: true))
    }
    if let unjudged = unjudged(tracks) { problems.append(unjudged) }
    return problems
  }

  private func verdicts(_ criteria: CriteriaOutcome) -> [CourseResults.Problem] {
    criteria.refused.map {
      problem(
        $0.criterion, "not judged: \($0.reason)",
        remedy: "Name criteria that fit the tracer and the images under criteria in the course "
          + "file; 'theratrack plugins list' lists them.", blocking: true)
    }
      + criteria.verdicts.flatMap { verdict -> [CourseResults.Problem] in
        let subject = "\(verdict.name) at \(verdict.scan)"
        let open =
          verdict.kind == .notAssessable
          ? [
            problem(
              subject, "not assessable: " + verdict.because,
              remedy: "Give what is missing in the course file: clinical, lesionFacts, "
                + "lesionStates, or parameters of the criterion.", blocking: true)
          ] : []
        return open + verdict.warnings.map { problem(subject, $0) }
      }
  }

  /// One line, not one per lesion, where test-retest data are missing for the uptake itself.
  private func unjudged(_ tracks: TrackResult) -> CourseResults.Problem? {
    let changes = tracks.lesions.flatMap(\.changes).filter { $0.metric == .suvPeak }
    let reasons = changes.compactMap { change -> String? in
      guard case .value(let value) = change.change,
        case .notJudged(let reason) = value.judgement
      else { return nil }
      return reason
    }
    guard let first = reasons.first else { return nil }
    return problem(
      "changes of uptake", "not judged against noise: \(first)",
      remedy: "Give repeatability.withinSubjectVariation with its source in the course file.",
      blocking: true)
  }

  private func cycle(_ cycle: CycleResult) -> [CourseResults.Problem] {
    let subject = "cycle \(cycle.dose.cycle)"
    return cycle.problems.map { problem(subject, $0) }
      + cycle.dose.notAssessable.map {
        problem("\($0.region), \(subject)", $0.reason, blocking: true)
      }
      + cycle.dose.doses.flatMap { dose in
        dose.warnings.map { problem("\(dose.region), \(subject)", $0) }
      }
  }

  private func plan(_ proposal: NextCycleProposal?) -> [CourseResults.Problem] {
    guard let proposal else { return [] }
    return proposal.warnings.map { problem("next cycle", $0) }
      + proposal.notAssessable.map {
        problem(
          "next cycle", "\($0.organ): \($0.reason)",
          remedy: "Outline the organ on the dosimetry scans, or add a prior to the limit pack.",
          blocking: true)
      }
  }
}
