import DICOMIO
import Foundation

extension SUVInspection {
  /// The report for a person.
  public func text() -> String {
    func suv(_ value: Double) -> String { Digits.text(value, 4) }
    let factor = conversion.factor.map { String(format: "%.9g g/Bq", $0) }
    var lines = [
      "Units".column(24) + units + (suvType.map { ", SUV type \($0)" } ?? ""),
      "Decay correction".column(24) + (decayCorrection ?? "not stated"),
      "Reference time".column(24) + conversion.rule.rawValue,
      "SUVbw factor".column(24) + (factor ?? "none in g/Bq: see the rule"),
      "SUV of voxels above 0".column(24)
        + (aboveZero.map { "min \(suv($0.min))  median \(suv($0.median))" } ?? "none"),
      "SUV of all voxels".column(24)
        + "mean \(suv(statistics.mean))  max \(suv(statistics.max))",
    ]
    for candidate in conversion.candidates {
      let value =
        candidate.factor.map { String(format: "%.9g g/Bq", $0) } ?? "lies before the injection"
      lines.append(
        "  " + candidate.rule.rawValue.column(44) + value
          + String(format: "  (%+.0f s)", candidate.secondsFromUsed))
    }
    for region in regions {
      let mean = region.statistics.map { "mean \(suv($0.mean))  max \(suv($0.max))" }
      lines.append(
        region.name.column(24) + "\(Digits.text(region.volume, 2)) mL  "
          + (mean ?? "covers no voxel"))
    }
    return (lines + warnings.map { "Warning: \($0)" }).joined(separator: "\n")
  }
}
