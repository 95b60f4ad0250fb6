public import Response

/// The verdicts of several criteria over a course, and where they differ.
public struct CriteriaOutcome: Sendable, Hashable, Codable {
  /// By criterion in the order of the course file, then by scan.
  public let verdicts: [CriteriaVerdict]
  public let disagreements: [CriteriaDisagreement]
  /// Criteria that could not be run at all, with the reason.
  public let refused: [Refusal]

  public struct Refusal: Sendable, Hashable, Codable {
    public let criterion: String
    public let reason: String
  }

  /// A criterion and what a course chooses in it.
  struct Chosen {
    let pack: CriteriaPack
    let settings: CriteriaSettings
  }

  /// - Parameters:
  ///   - refusals: Why a metric must not be used with the tracer, by its key.
  ///   - pet: Scans with the lesions of PET; `ct` with those outlined on CT.
  init(
    _ chosen: [Chosen], tracer: String?, refusals: [CriteriaMetric: String],
    pet: [CriteriaScan], ct: [CriteriaScan]
  ) {
    var courses: [(engine: CriteriaEngine, scans: [CriteriaScan])] = []
    var refused: [Refusal] = []
    for one in chosen {
      if let problem = one.pack.problem(of: one.settings) {
        refused.append(Refusal(criterion: one.pack.name, reason: problem))
        continue
      }
      let isPET = one.pack.images == .pet
      let decisive = one.pack.measures.filter { !(one.pack.secondary ?? []).contains($0.id) }
      if isPET, let reason = decisive.lazy.compactMap({ refusals[$0.metric] }).first {
        refused.append(Refusal(criterion: one.pack.name, reason: reason))
        continue
      }
      let scans = isPET ? pet : ct
      guard scans.count > (one.pack.judges == .change ? 1 : 0) else {
        refused.append(
          Refusal(
            criterion: one.pack.name,
            reason: isPET
              ? "there are not two scans to compare"
              : "there are not two time points with lesions outlined on CT (structures)"))
        continue
      }
      courses.append(
        (
          CriteriaEngine(one.pack, settings: one.settings, tracer: isPET ? tracer : nil), scans
        ))
    }
    verdicts = courses.flatMap { $0.engine.assess($0.scans) }
    disagreements = CriteriaDisagreement.find(courses)
    self.refused = refused
  }
}

extension CriteriaPack {
  /// What a course file sets that the pack does not have.
  func problem(of settings: CriteriaSettings) -> String? {
    let known = (parameters ?? []).map(\.name)
    guard let unknown = settings.parameters.keys.sorted().first(where: { !known.contains($0) })
    else { return nil }
    return "it has no parameter '\(unknown)'"
      + (known.isEmpty ? "" : "; it has \(known.joined(separator: ", "))")
  }
}
