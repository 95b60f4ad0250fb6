import DICOMIO
import Foundation

extension SUVInspection {
  /// The report for a person.
  public func text() -> String {
    let lines = about() + types() + candidates() + regionLines()
    return (lines + warnings.map { "Warning: \($0)" }).joined(separator: "\n")
  }

  private func about() -> [String] {
    let length = frame?.duration.map { ", \(Digits.text($0, 0)) s long" } ?? ""
    let shown = frame.map { "\($0.number) of \($0.count)" + length }
    return [
      "Units".column(24) + units + (suvType.map { ", SUV type \($0)" } ?? ""),
      "Decay correction".column(24) + (decayCorrection ?? "not stated"),
      "Reference time".column(24) + conversion.rule.rawValue,
      "".column(24) + "because " + conversion.rule.reason,
    ] + (shown.map { ["Time frame".column(24) + $0] } ?? [])
  }

  private func types() -> [String] {
    normalisations.flatMap { shown -> [String] in
      let title = "SUV by \(shown.type.words)"
      if let refusal = shown.refusal { return [title, "  not assessable: \(refusal.text)"] }
      let factor = shown.factor.map { text(factor: $0, shown.type) }
      let above =
        shown.min.map { "min \(suv($0))  median \(suv(shown.median ?? $0))" } ?? "none"
      return [
        title, "  factor".column(24) + (factor ?? "none per Bq/mL: see the rule"),
        "  voxels above 0".column(24) + above,
        "  all voxels".column(24) + "mean \(suv(shown.mean ?? 0))  max \(suv(shown.max ?? 0))",
      ]
    }
  }

  private func candidates() -> [String] {
    guard !conversion.candidates.isEmpty else { return [] }
    return ["Candidate reference times, and SUV by \(conversion.type.words) under each"]
      + conversion.candidates.map { candidate in
        let value = candidate.factor.map { factor in
          text(factor: factor, conversion.type)
            + (maximum(under: candidate).map { "  max \(suv($0))" } ?? "")
        }
        return "  " + candidate.rule.rawValue.column(46)
          + (value ?? "lies before the injection")
          + String(format: "  (%+.0f s)", candidate.secondsFromUsed)
      }
  }

  private func regionLines() -> [String] {
    regions.map { region in
      let mean = region.statistics.map { "mean \(suv($0.mean))  max \(suv($0.max))" }
      return region.name.column(24) + "\(Digits.text(region.volume, 2)) mL  "
        + (mean ?? "covers no voxel")
    }
  }

  /// The largest SUV of the series if a candidate were the reference time.
  func maximum(under candidate: SUVConversion.Candidate) -> Double? {
    guard let used = conversion.factor, let factor = candidate.factor else { return nil }
    return statistics.max * factor / used
  }

  /// The SUVbw factor if a candidate were the reference time.
  func bodyWeightFactor(under candidate: SUVConversion.Candidate) -> Double? {
    if conversion.type == .bodyWeight { return candidate.factor }
    guard let used = conversion.factor, let factor = candidate.factor else { return nil }
    return bodyWeightFactor.map { $0 * factor / used }
  }

  private func suv(_ value: Double) -> String { Digits.text(value, 4) }

  private func text(factor: Double, _ type: SUVType) -> String {
    String(format: "%.9g ", factor) + (type == .bodySurfaceArea ? "cm²/Bq" : "g/Bq")
  }
}
