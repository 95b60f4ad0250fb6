import Response

/// One line of the table that criteria can be asked again with: see ``CriteriaTable``.
struct CriteriaInputRow: Encodable, Sendable {
  let cells: [(column: String, value: Value)]

  enum Value: Sendable {
    case text(String)
    case number(Double)
  }

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    for (column, value) in cells {
      switch value {
      case .text(let text): try container.encode(text, forKey: Key(column))
      case .number(let number): try container.encode(number, forKey: Key(column))
      }
    }
  }

  subscript(_ column: String) -> Value? { cells.first { $0.column == column }?.value }

  /// Lesions of PET and those outlined on CT have lines of their own.
  static func rows(pet: [CriteriaScan], ct: [CriteriaScan]) -> [CriteriaInputRow] {
    let all = pet.map { ($0, CriteriaPack.Images.pet) } + ct.map { ($0, .ct) }
    return all.flatMap { scan, images -> [CriteriaInputRow] in
      let head =
        [("time_point", Value.text(scan.id))] + optional("day", scan.days)
        + [("image", .text(images.rawValue))]
      return scan.lesions.map { CriteriaInputRow(cells: head + lesion($0)) }
    } + pet.flatMap(regionsAndFacts)
  }

  private static func lesion(_ lesion: CriteriaLesion) -> [(column: String, value: Value)] {
    var cells: [(column: String, value: Value)] = [
      ("lesion", .text(lesion.id)), ("state", .text(lesion.state.text)),
    ]
    if let organ = lesion.organ { cells.append(("organ", .text(organ))) }
    let flags = [
      ("node", lesion.isNode), ("distant", lesion.isDistant), ("target", lesion.isTarget),
    ]
    for (name, flag) in flags {
      if let flag { cells.append((name, .text(flag ? "yes" : "no"))) }
    }
    for metric in CriteriaMetric.given {
      if let value = lesion.values[metric] { cells.append((metric.column, .number(value))) }
    }
    return cells
  }

  private static func regionsAndFacts(_ scan: CriteriaScan) -> [CriteriaInputRow] {
    let head = [("time_point", Value.text(scan.id))] + optional("day", scan.days)
    let scan1 =
      head + optional("uptake_time_min", scan.uptakeMinutes)
      + optional("injected_MBq", scan.injectedMegabecquerels)
    func regions(_ scale: String, _ regions: [String: NormalUptake]) -> [CriteriaInputRow] {
      regions.sorted { $0.key < $1.key }.map { name, uptake in
        CriteriaInputRow(
          cells: head + [
            ("region", .text(name)), ("scale", .text(scale)), ("mean", .number(uptake.mean)),
          ] + optional("sd", uptake.standardDeviation) + optional("max", uptake.maximum))
      }
    }
    let facts = scan.facts.sorted { $0.key < $1.key }.map { name, fact in
      let value: Value =
        switch fact {
        case .flag(let flag): .text(flag ? "yes" : "no")
        case .number(let number): .number(number)
        }
      return CriteriaInputRow(cells: head + [("fact", .text(name)), ("value", value)])
    }
    return [CriteriaInputRow(cells: scan1)] + regions("suv", scan.suvReferences)
      + regions("sul", scan.sulReferences) + facts
  }

  private static func optional(
    _ column: String, _ value: Double?
  ) -> [(column: String, value: Value)] {
    value.map { [(column, .number($0))] } ?? []
  }
}
