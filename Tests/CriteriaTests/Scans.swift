import Response

/// Scans and lesions of the tests, in few words.
enum Scans {
  static func lesion(
    _ id: String, _ metric: CriteriaMetric, _ value: Double?, organ: String? = nil,
    state: CriteriaLesion.State = .present, isNode: Bool? = nil
  ) -> CriteriaLesion {
    CriteriaLesion(
      id: id, state: state, values: value.map { [metric: $0] } ?? [:],
      reasons: [metric: "not seen"], organ: organ, isNode: isNode)
  }

  static func sul(
    _ id: String, _ value: Double?, organ: String? = nil,
    state: CriteriaLesion.State = .present
  ) -> CriteriaLesion {
    lesion(id, .sulPeak, value, organ: organ, state: state)
  }

  /// A scan with a liver of SUL 1.5 ± 0.2, 60 min after injection.
  static func scan(
    _ id: String, _ lesions: [CriteriaLesion], liver: Double? = 1.5, minutes: Double? = 60,
    days: Double? = nil, facts: [String: ClinicalFact] = [:],
    suv: [String: NormalUptake] = [:]
  ) -> CriteriaScan {
    CriteriaScan(
      id: id, days: days, lesions: lesions, suvReferences: suv,
      sulReferences: liver.map { ["liver": .init(mean: $0, standardDeviation: 0.2)] } ?? [:],
      facts: facts, uptakeMinutes: minutes)
  }

  /// One lesion's course through scans 0, 1, 2, …
  static func course(
    _ metric: CriteriaMetric, _ values: [Double], daysBetween: Double = 42,
    facts: [String: ClinicalFact] = [:], suv: [String: NormalUptake] = [:]
  ) -> [CriteriaScan] {
    values.enumerated().map { n, value in
      scan(
        "scan \(n)", [lesion("L1", metric, value)], days: Double(n) * daysBetween, facts: facts,
        suv: suv)
    }
  }

  static func verdicts(
    _ id: String, _ scans: [CriteriaScan], response: CriteriaReference? = nil,
    progression: CriteriaReference? = nil, parameters: [String: Double] = [:],
    tracer: String? = nil
  ) throws -> [CriteriaVerdict] {
    CriteriaEngine(
      try PackFiles.criteria(id),
      settings: .init(response: response, progression: progression, parameters: parameters),
      tracer: tracer
    ).assess(scans)
  }
}
