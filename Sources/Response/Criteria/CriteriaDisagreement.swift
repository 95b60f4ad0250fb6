/// Where criteria, or choices of the scan to compare with, come to different verdicts of one scan.
public struct CriteriaDisagreement: Sendable, Hashable, Codable {
  public let scan: String
  /// One for each kind of verdict that some criterion reaches; empty when all agree.
  public let betweenCriteria: [Group]
  /// One for each choice that changes a criterion's verdict.
  public let byReference: [Choice]

  public struct Group: Sendable, Hashable, Codable {
    public let kind: CriteriaPack.Kind
    public let members: [Member]
  }

  public struct Member: Sendable, Hashable, Codable {
    public let criterion: String
    public let code: String
    /// The rule that made it, with its numbers.
    public let because: String
  }

  public struct Choice: Sendable, Hashable, Codable {
    public let criterion: String
    /// The verdict as the course chose.
    public let chosen: Member
    public let response: CriteriaReference
    public let progression: CriteriaReference
    /// The verdict it would be.
    public let other: Member
  }

  public var isEmpty: Bool { betweenCriteria.isEmpty && byReference.isEmpty }
}

extension CriteriaDisagreement {
  /// Compares the verdicts of several criteria, and each with what another reference would give.
  ///
  /// - Parameter courses: The scans each engine judges: those of PET or of CT.
  public static func find(
    _ courses: [(engine: CriteriaEngine, scans: [CriteriaScan])]
  ) -> [CriteriaDisagreement] {
    let judged = courses.filter { $0.engine.pack.judges == .change }
    let verdicts = judged.map { $0.engine.assess($0.scans) }
    let alternatives = judged.map { Alternatives($0.engine, $0.scans) }
    let ids = verdicts.flatMap { $0.map(\.scan) }.uniqued()
    return ids.map { id in
      let here = verdicts.compactMap { $0.first { $0.scan == id } }
      return CriteriaDisagreement(
        scan: id, betweenCriteria: groups(here.filter(\.isAssessable)),
        byReference: zip(verdicts, alternatives).flatMap { known, other in
          known.first { $0.scan == id }.map { other.differing(from: $0) } ?? []
        })
    }.filter { !$0.isEmpty }
  }

  private static func groups(_ verdicts: [CriteriaVerdict]) -> [Group] {
    // An unconfirmed progression and a confirmed one agree on what is seen.
    func kind(_ verdict: CriteriaVerdict) -> CriteriaPack.Kind {
      verdict.kind == .unconfirmed ? .progression : verdict.kind
    }
    let kinds = verdicts.map(kind).reduce(into: [CriteriaPack.Kind]()) {
      if !$0.contains($1) { $0.append($1) }
    }
    guard kinds.count > 1 else { return [] }
    return kinds.map { one in
      Group(kind: one, members: verdicts.filter { kind($0) == one }.map(Member.init))
    }
  }
}

extension CriteriaDisagreement.Member {
  init(_ verdict: CriteriaVerdict) {
    self.init(criterion: verdict.name, code: verdict.code, because: verdict.because)
  }
}

extension CriteriaVerdict {
  /// The rule that made the verdict, with its numbers, in one line.
  public var because: String {
    guard candidates.isEmpty else {
      return candidates.map(\.code).joined(separator: " or ") + ", missing: "
        + lacking.joined(separator: "; ")
    }
    let made = rules.map { rule in
      rule.numbers.isEmpty ? rule.rule : "\(rule.rule): \(rule.numbers.joined(separator: "; "))"
    }
    // A verdict that holds when no other does is explained by the number it was judged by.
    guard made == rules.map(\.rule), let primary else { return made.joined(separator: ". ") }
    let percent = primary.responsePercent.map { ", \($0.text(1, signed: true)) %" } ?? ""
    return made.joined(separator: ". ")
      + " (\(primary.name) \(primary.atResponseReference.text) at "
      + "\(primary.atResponseReference.scan) → \(primary.now.text)\(percent))"
  }
}

/// The verdicts of one engine under every other choice of reference.
private struct Alternatives {
  private let others: [(engine: CriteriaEngine, verdicts: [CriteriaVerdict])]
  private let engine: CriteriaEngine

  init(_ engine: CriteriaEngine, _ scans: [CriteriaScan]) {
    self.engine = engine
    let choices: [(CriteriaReference, CriteriaReference)] = [
      (.baseline, .baseline), (.baseline, .nadir), (.previous, .previous),
    ]
    let own = (engine.settings.response(engine.pack), engine.settings.progression(engine.pack))
    others = choices.filter { $0 != own }.map { response, progression in
      var settings = engine.settings
      (settings.response, settings.progression) = (response, progression)
      let other = CriteriaEngine(engine.pack, settings: settings, tracer: engine.tracer)
      return (other, other.assess(scans))
    }
  }

  func differing(from verdict: CriteriaVerdict) -> [CriteriaDisagreement.Choice] {
    others.compactMap { other, verdicts in
      guard let found = verdicts.first(where: { $0.scan == verdict.scan }),
        found.code != verdict.code
      else { return nil }
      return .init(
        criterion: verdict.name, chosen: .init(verdict),
        response: other.settings.response(engine.pack),
        progression: other.settings.progression(engine.pack), other: .init(found))
    }
  }
}
