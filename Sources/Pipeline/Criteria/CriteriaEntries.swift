import Response

/// Verdicts as `results.json` and `theratrack criteria --json` write them. See docs/formats.md.
struct CriteriaEntries: Encodable {
  let verdicts: [Verdict]
  let disagreements: [Disagreement]
  let refused: [CriteriaOutcome.Refusal]

  init(_ outcome: CriteriaOutcome?) {
    verdicts = outcome?.verdicts.map(Verdict.init) ?? []
    disagreements = outcome?.disagreements.map(Disagreement.init) ?? []
    refused = outcome?.refused ?? []
  }

  struct Verdict: Encodable {
    let criterion, name, time_point, code, words, kind, summary, because: String
    let candidates: [CriteriaVerdict.Candidate]
    let rules, other_rules: [CriteriaVerdict.RuleFinding]
    let measures: [Measure]
    let response_reference, progression_reference: CriteriaVerdict.ReferenceUsed?
    let new_lesions, lacking, warnings, notes: [String]
    let unconfirmed_since: String?
    let lesions: [CriteriaVerdict.LesionVerdict]
    let confidence: SourceConfidence?

    init(_ verdict: CriteriaVerdict) {
      (criterion, name, time_point) = (verdict.criterion, verdict.name, verdict.scan)
      (code, words, kind) = (verdict.code, verdict.words, verdict.kind.rawValue)
      (summary, because) = (verdict.summary, verdict.because)
      (candidates, rules, other_rules) = (verdict.candidates, verdict.rules, verdict.otherRules)
      measures = verdict.measures.map(Measure.init)
      (response_reference, progression_reference) = (verdict.response, verdict.progression)
      (new_lesions, lacking) = (verdict.newLesions, verdict.lacking)
      (warnings, notes) = (verdict.warnings, verdict.notes)
      (unconfirmed_since, lesions) = (verdict.unconfirmedSince, verdict.lesions)
      confidence = verdict.confidence
    }
  }

  struct Measure: Encodable {
    let id, name, unit: String
    let is_secondary: Bool
    let now, at_response_reference, at_progression_reference: CriteriaMeasurement
    let response_percent, progression_percent: Double?

    init(_ report: CriteriaVerdict.MeasureReport) {
      (id, name, unit, is_secondary) = (report.id, report.name, report.unit, report.isSecondary)
      now = report.now
      at_response_reference = report.atResponseReference
      at_progression_reference = report.atProgressionReference
      (response_percent, progression_percent) = (report.responsePercent, report.progressionPercent)
    }
  }

  struct Disagreement: Encodable {
    let time_point: String
    let between_criteria: [CriteriaDisagreement.Group]
    let by_reference: [CriteriaDisagreement.Choice]

    init(_ found: CriteriaDisagreement) {
      time_point = found.scan
      (between_criteria, by_reference) = (found.betweenCriteria, found.byReference)
    }
  }
}
