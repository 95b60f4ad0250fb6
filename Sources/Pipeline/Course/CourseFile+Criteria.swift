import Foundation
import Quantities
import Response

// What a course file says for comparing scans and for response criteria.

extension CourseFile {
  /// `percist-1.0`, or `{id: percist-1.0, progression: baseline, parameters: {…}}`.
  struct Criterion: Codable {
    var id: String
    var response: String?
    var progression: String?
    var parameters: [String: Double]?

    private enum CodingKeys: String, CodingKey { case id, response, progression, parameters }

    init(from decoder: any Decoder) throws {
      if let id = try? decoder.singleValueContainer().decode(String.self) {
        self.id = id
        return
      }
      let container = try decoder.container(keyedBy: CodingKeys.self)
      id = try container.decode(String.self, forKey: .id)
      response = try container.decodeIfPresent(String.self, forKey: .response)
      progression = try container.decodeIfPresent(String.self, forKey: .progression)
      parameters = try container.decodeIfPresent([String: Double].self, forKey: .parameters)
    }
  }

  typealias LesionFacts = Course.LesionFacts
}

extension Course {
  static func criteria(
    _ written: [CourseFile.Criterion]?
  ) throws(Problem) -> [CriterionChoice]? {
    guard let written else { return nil }
    var choices: [CriterionChoice] = []
    for one in written {
      let entry = "criteria '\(one.id)'"
      guard !choices.contains(where: { $0.id == one.id }) else {
        throw Problem(entry: entry, reason: "is listed twice")
      }
      choices.append(
        CriterionChoice(
          id: one.id,
          settings: CriteriaSettings(
            response: try scanChoice(one.response, "\(entry).response"),
            progression: try scanChoice(one.progression, "\(entry).progression"),
            parameters: one.parameters ?? [:])))
    }
    return choices
  }

  private static func scanChoice(
    _ text: String?, _ entry: String
  ) throws(Problem) -> CriteriaReference? {
    guard let text else { return nil }
    guard let choice = CriteriaReference(rawValue: text),
      [.baseline, .nadir, .previous].contains(choice)
    else {
      throw Problem(entry: entry, reason: "'\(text)' is not baseline, nadir or previous")
    }
    return choice
  }

  static func addCriteriaFacts(
    _ entry: CourseFile.TimePoint, to point: inout TimePoint
  ) throws(Problem) {
    let name = "time point '\(entry.id)'"
    point.standard = entry.standard
    if let text = entry.filter {
      let width: Length = try quantity(text, "\(name).filter")
      guard (0.5...20).contains(width.millimetres) else {
        throw Problem(entry: "\(name).filter", reason: "must lie between 0.5 and 20 mm")
      }
      point.filter = width
    }
    point.clinical = entry.clinical ?? [:]
    for (lesion, text) in entry.lesionStates ?? [:] {
      guard let state = CriteriaLesion.State(text: text) else {
        throw Problem(
          entry: "\(name).lesionStates.\(lesion)",
          reason: "'\(text)' is no state; write \(CriteriaLesion.State.words)")
      }
      point.lesionStates[RegionName.canonical(lesion)] = state
    }
  }
}
