public import Foundation
import Reporting
import Response

/// Criteria over a table of lesions, without images: the answer of `theratrack criteria`.
public struct CriteriaCalculator {
  private let outcome: CriteriaOutcome

  /// What to ask.
  public struct Request: Sendable {
    /// Criteria by the names of their packs; those of the tracer's pack when it is empty.
    public var criteria: [String] = []
    public var tracer: String?
    /// `baseline`, `nadir` or `previous`; the criterion's own when they are left out.
    public var response: String?
    public var progression: String?
    /// `unchanged=25`
    public var parameters: [String] = []

    public init() {}
  }

  /// - Throws: ``CriteriaTableError``, ``PackError`` or ``CriteriaRequestError``.
  public init(file: URL, request: Request, library: PackLibrary = PackLibrary()) throws {
    let table = try CriteriaTable(file: file)
    let tracer = try library.tracer(named: request.tracer)
    if let name = request.tracer, tracer == nil {
      throw CriteriaRequestError(reason: "no pack of plugins/tracers is for '\(name)'")
    }
    let ids = request.criteria.isEmpty ? tracer?.criteria ?? [] : request.criteria
    guard !ids.isEmpty else {
      throw CriteriaRequestError(
        reason: "no criterion is named; give --criteria, for example percist-1.0. "
          + "'theratrack plugins list' lists them")
    }
    let packs = try ids.map { try library.criteria($0) }
    let given = try Self.parameters(request.parameters)
    let response = try Self.scan(request.response, "--response")
    let progression = try Self.scan(request.progression, "--progression")
    for name in given.keys.sorted() where !packs.contains(where: { $0.has(parameter: name) }) {
      throw CriteriaRequestError(reason: "none of the criteria has a parameter '\(name)'")
    }
    let chosen = packs.map { pack in
      CriteriaOutcome.Chosen(
        pack: pack,
        settings: CriteriaSettings(
          response: response, progression: progression,
          parameters: given.filter { pack.has(parameter: $0.key) }))
    }
    var refusals: [CriteriaMetric: String] = [:]
    for metric in CriteriaMetric.allCases {
      refusals[metric] = UptakeMetric(key: metric.rawValue).flatMap { tracer?.refusal(of: $0) }
    }
    outcome = CriteriaOutcome(
      chosen, tracer: tracer?.name, refusals: refusals, pet: table.scans(.pet), ct: table.scans(.ct)
    )
  }

  private static func parameters(_ texts: [String]) throws -> [String: Double] {
    var found: [String: Double] = [:]
    for text in texts {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, let value = Double(parts[1]), value.isFinite else {
        throw CriteriaRequestError(reason: "'\(text)' is no parameter; write unchanged=25")
      }
      found[parts[0]] = value
    }
    return found
  }

  private static func scan(_ text: String?, _ option: String) throws -> CriteriaReference? {
    guard let text else { return nil }
    guard let choice = CriteriaReference(rawValue: text),
      [.baseline, .nadir, .previous].contains(choice)
    else {
      throw CriteriaRequestError(
        reason: "\(option) is '\(text)'; write baseline, nadir or previous")
    }
    return choice
  }

  /// Whether every criterion reached a verdict of every scan.
  public var isAssessable: Bool {
    outcome.refused.isEmpty && outcome.verdicts.allSatisfy(\.isAssessable)
  }

  public func text() -> String { outcome.text }

  public func json() throws -> String {
    String(bytes: try JSONWriter.data(CriteriaEntries(outcome)).dropLast(), encoding: .utf8) ?? ""
  }
}

/// What was asked of criteria that cannot be done.
public struct CriteriaRequestError: Error, Hashable, Sendable, CustomStringConvertible {
  public let reason: String
  public var description: String { reason }
}

extension CriteriaPack {
  fileprivate func has(parameter name: String) -> Bool {
    parameters?.contains { $0.name == name } ?? false
  }
}
