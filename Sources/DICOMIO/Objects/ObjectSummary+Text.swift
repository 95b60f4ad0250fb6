import Foundation
import Geometry
import Quantities

extension ObjectSummary {
  /// One fact per line, for people.
  public var text: String {
    var lines = ["\(file): \(kind)"]
    if let frameOfReference { lines.append("frame of reference \(frameOfReference)") }
    lines += regions.map(Self.line) + segments.map(Self.line) + valueMaps.map(Self.line)
    lines += measurements.flatMap(Self.lines) + administrations.map(Self.line)
    lines += matrices.flatMap(Self.lines) + deformations.map(Self.line)
    lines += (warnings + regions.flatMap(\.warnings)).map { "warning: \($0)" }
    return lines.joined(separator: "\n")
  }

  private static func line(_ region: Region) -> String {
    var parts = ["region \(region.number) '\(region.name)'"]
    if let type = region.type { parts.append(type) }
    parts.append("\(region.contours) contours")
    if region.points > 0 { parts.append("\(region.points) points") }
    parts.append(region.millilitres.map { "\(number($0, 2)) mL" } ?? "no volume")
    if let low = region.low, let high = region.high {
      parts.append("from \(place(low)) to \(place(high)) mm")
    }
    return parts.joined(separator: ", ")
  }

  private static func line(_ entry: Segment) -> String {
    let segment = entry.segment
    let parts = [
      "segment \(segment.number) '\(segment.label)'", segment.type?.meaning,
      entry.millilitres.map { "\(number($0, 2)) mL" }, segment.algorithmType,
      segment.trackingUID.map { "tracking \($0)" },
    ]
    return parts.compactMap { $0 }.joined(separator: ", ")
  }

  private static func line(_ map: RealWorldValueMap) -> String {
    let rule: String
    switch map.rule {
    case .linear(let slope, let intercept): rule = "stored · \(slope) + \(intercept)"
    case .table(let values): rule = "a table of \(values.count) values"
    }
    let parts = [
      "value map to \(map.unit.value)", map.quantity?.meaning, map.method?.meaning, rule,
      "for \(map.instances.count) images",
    ]
    return parts.compactMap { $0 }.joined(separator: ", ")
  }

  private static func lines(_ group: MeasurementReport.Group) -> [String] {
    let head = [
      "measurements of '\(group.trackingIdentifier ?? "unnamed")'", group.finding?.meaning,
      group.sites.first?.meaning, group.timePoint.map { "time point \($0)" },
      group.trackingUID.map { "tracking \($0)" },
    ]
    return [head.compactMap { $0 }.joined(separator: ", ")]
      + group.measurements.map { measurement in
        let what = [measurement.quantity.meaning, measurement.derivation?.meaning]
          .compactMap { $0 }.joined(separator: ", ")
        let value = measurement.value.map { "\($0) \(measurement.unit?.value ?? "")" }
        return "  \(what): \(value ?? measurement.qualifier?.meaning ?? "no value")"
      }
      + group.evaluations.map { "  \($0.name.meaning): \($0.code?.meaning ?? $0.text ?? "")" }
  }

  private static func line(_ administration: AdministrationReport.Administration) -> String {
    let parts = [
      "administration of \(administration.agent?.meaning ?? "unnamed agent")",
      administration.radionuclide?.meaning,
      administration.administered.map { "\(number($0.megabecquerels, 2)) MBq" },
      administration.measuredAfter.map { "\(number($0.megabecquerels, 2)) MBq left over" },
      administration.start.map { $0.ISO8601Format() },
    ]
    return parts.compactMap { $0 }.joined(separator: ", ")
  }

  private static func lines(_ matrix: RegistrationMatrix) -> [String] {
    let rows = matrix.rows
    return ["\(matrix.kind) matrix from \(matrix.from) to \(matrix.to)"]
      + (0..<3).map { row in
        "  " + rows[(4 * row)..<(4 * row + 4)].map { number($0, 6) }.joined(separator: " ")
      }
  }

  private static func line(_ deformation: Deformation) -> String {
    let size = deformation.grid.map { "\($0.size.x) × \($0.size.y) × \($0.size.z) vectors" }
    let largest = deformation.largestMillimetres.map { "largest \(number($0, 2)) mm" }
    let parts = [
      "deformation from \(deformation.from) to \(deformation.to)", size ?? "no grid", largest,
    ]
    return parts.compactMap { $0 }.joined(separator: ", ")
  }

  private static func number(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }

  private static func place(_ p: PatientPoint) -> String {
    let m = p.millimetres
    return "(\(number(m.x, 1)), \(number(m.y, 1)), \(number(m.z, 1)))"
  }
}
