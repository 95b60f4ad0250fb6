import Foundation
import Quantities
import Reporting
import Response

/// What the voxels of one lesion did between two scans.
struct LesionResponse {
  let track: String
  let from, to: String
  let fractions: ResponseFractions
}

extension ReportTables {
  /// Volumes, fractions with their intervals, and the largest connected parts.
  func responseVolumes(_ lesions: [LesionResponse]) throws -> ReportTable {
    try ReportTable(
      name: "response_fractions", title: "How the volume of each lesion changed, voxel by voxel",
      columns: [
        .text("lesion", "Lesion"),
        .number("evaluated", "Evaluated", unit: "mL", .decimals(1)),
        .number("not_evaluated", "Not evaluated", unit: "mL", .decimals(1)),
      ]
        + Self.columns("decrease", "Decreased") + Self.columns("increase", "Increased"),
      rows: lesions.map { lesion in
        let part = lesion.fractions
        return [
          .text(lesion.track), .number(part.evaluated.millilitres),
          .number(part.notEvaluated.millilitres),
        ]
          + Self.cells(
            part.decreasedFraction, part.decreasedInterval, largest: part.largestDecrease)
          + Self.cells(
            part.increasedFraction, part.increasedInterval, largest: part.largestIncrease)
      },
      notes: [
        "Part of the evaluated volume that changed beyond 95 % of what repeatability and "
          + "registration error explain, with its 95 % interval by bootstrap over blocks of 8 mm; "
          + "then the volume of the largest connected part. Small lesions have too few blocks "
          + "for an interval."
      ])
  }

  private static func columns(_ key: String, _ title: String) -> [ReportTable.Column] {
    [
      .number(key, title, unit: "%", .decimals(1)),
      .number(key + "_lower", "from", unit: "%", .decimals(1)),
      .number(key + "_upper", "to", unit: "%", .decimals(1)),
      .number("largest_" + key, "largest part", unit: "mL", .decimals(1)),
    ]
  }

  private static func cells(
    _ fraction: Double?, _ interval: ClosedRange<Double>?, largest: TissueVolume
  ) -> [ReportTable.Cell] {
    func percent(_ value: Double?, _ reason: String) -> ReportTable.Cell {
      value.map { .number($0 * 100) } ?? .missing(reason)
    }
    let few = "too few blocks"
    return [
      percent(fraction, "nothing could be evaluated"), percent(interval?.lowerBound, few),
      percent(interval?.upperBound, few), .number(largest.millilitres),
    ]
  }

  /// The fractions at every level of confidence.
  func responseGrades(_ lesions: [LesionResponse]) throws -> ReportTable {
    try ReportTable(
      name: "response_grades", title: "Change of each lesion's voxels by level of confidence",
      columns: [
        .text("lesion", "Lesion"),
        .number("confidence", "Confidence", unit: "%", .decimals(1)),
        .number("decrease", "Decreased", unit: "%", .decimals(1)),
        .number("increase", "Increased", unit: "%", .decimals(1)),
        .number("by_chance", "Expected without change, each", unit: "%", .decimals(2)),
      ],
      rows: lesions.flatMap { lesion in
        lesion.fractions.grades.map { grade -> [ReportTable.Cell] in
          [
            .text(lesion.track), .number(grade.confidence * 100), .number(grade.decreased * 100),
            .number(grade.increased * 100), .number((1 - grade.confidence) / 2 * 100),
          ]
        }
      },
      notes: ["Two-sided levels: without change, half of the rest lies on each side."])
  }
}

extension ResultsFile {
  /// Fractions of the volume, 0 to 1.
  struct ResponseEntry: Encodable {
    let lesion, from, to: String
    let evaluated, notEvaluated: Double
    let decreased, increased: Double?
    let decreasedInterval, increasedInterval: [Double]?
    let largestDecrease, largestIncrease: Double
    let grades: [ResponseFractions.Grade]

    enum CodingKeys: String, CodingKey {
      case lesion, from, to, grades
      case evaluated = "evaluated_mL"
      case notEvaluated = "not_evaluated_mL"
      case decreased = "decreased_fraction"
      case increased = "increased_fraction"
      case decreasedInterval = "decreased_interval_95"
      case increasedInterval = "increased_interval_95"
      case largestDecrease = "largest_decrease_mL"
      case largestIncrease = "largest_increase_mL"
    }

    init(_ lesion: LesionResponse) {
      let part = lesion.fractions
      (self.lesion, from, to) = (lesion.track, lesion.from, lesion.to)
      evaluated = part.evaluated.millilitres
      notEvaluated = part.notEvaluated.millilitres
      (decreased, increased) = (part.decreasedFraction, part.increasedFraction)
      decreasedInterval = part.decreasedInterval.map { [$0.lowerBound, $0.upperBound] }
      increasedInterval = part.increasedInterval.map { [$0.lowerBound, $0.upperBound] }
      largestDecrease = part.largestDecrease.millilitres
      largestIncrease = part.largestIncrease.millilitres
      grades = part.grades
    }
  }
}
