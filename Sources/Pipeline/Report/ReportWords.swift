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
  var words: String {
    switch rule {
    case .given: "outlines as given"
    case .fixedSUV(let suv): "fixed threshold SUV \(Digits.text(suv, 1))"
    case .liver: "1.5 × liver mean + 2 SD"
    case .fractionOfMaximum(let fraction):
      "\(Digits.text(fraction * 100, 0)) % of each lesion's maximum, regions from "
        + (seed == .liver ? "1.5 × liver mean + 2 SD" : "\(seedText) on")
    }
  }

  private var seedText: String {
    if case .fixedSUV(let suv) = seed { "SUV \(Digits.text(suv, 1))" } else { "liver" }
  }
}
