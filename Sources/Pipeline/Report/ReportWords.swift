import Lesions
import Planning
import Quantities
import Reporting
import Response

// Results in the words of the report.

extension CriteriaVerdict {
  var status: Status? { isAssessable ? nil : .notAssessable }
}

extension NextCycleProposal {
  var status: Status {
    switch outcome {
    case .nextCycle: warnings.isEmpty ? .pass : .warn
    case .noFurtherCycle: .warn
    case .notAssessable: .notAssessable
    }
  }
}

extension NextCycleProposal.LimitStatus {
  var text: String {
    "\(region) \(limit.quantity.rawValue) ≤ \(Digits.text(limit.valueGy, 1)) Gy, "
      + "used \(Digits.text(usedGy, 2)) Gy (\(limit.source))"
  }
}

extension Course.LesionSettings {
  /// The outline rule in words.
  var words: String { words(of: rule) }

  private func words(of rule: Rule) -> String {
    let regions =
      ", regions from " + (seed == .liver ? "1.5 × liver mean + 2 SD" : "\(seedText) on")
    func percent(_ fraction: Double) -> String { "\(Digits.text(fraction * 100, 0)) %" }
    switch rule {
    case .given: return "outlines as given"
    case .fixedSUV(let suv): return "fixed threshold SUV \(Digits.text(suv, 1))"
    case .liver: return "1.5 × liver mean + 2 SD"
    case .liverMean(let deviations): return "liver mean + \(Digits.text(deviations, 1)) SD"
    case .fractionOfMaximum(let fraction):
      return "\(percent(fraction)) of each lesion's maximum" + regions
    case .aboveBackground(let fraction):
      return "\(percent(fraction)) of the way from the local background to the maximum" + regions
    case .adaptive: return "edge of a blurred sphere of the lesion's own size" + regions
    case .gradient: return "watershed of the gradient" + regions
    case .majority(let rules, let least):
      return "voxels of at least \(least) of: "
        + rules.map { words(of: $0) }.joined(separator: "; ")
    }
  }

  private var seedText: String {
    if case .fixedSUV(let suv) = seed { "SUV \(Digits.text(suv, 1))" } else { "liver" }
  }
}
