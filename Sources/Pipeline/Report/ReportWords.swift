import Lesions
import Planning
import Quantities
import Reporting
import Response

// Results in the words of the report.

extension PERCISTVerdict.Category {
  var words: String {
    switch self {
    case .completeResponse: "complete metabolic response"
    case .partialResponse: "partial metabolic response"
    case .stable: "stable metabolic disease"
    case .progression: "progressive metabolic disease"
    case .notMeasurable: "not measurable by PERCIST"
    case .notAssessable: "not assessable"
    }
  }

  var status: Status? {
    switch self {
    case .notMeasurable, .notAssessable: .notAssessable
    default: nil
    }
  }
}

extension PERCISTVerdict {
  var secondaryText: [String] {
    guard let sum = secondary else { return [] }
    return [
      "Secondary: sum of SULpeak of up to 5 lesions \(Digits.text(sum.sulPeakBefore, 1)) → "
        + "\(Digits.text(sum.sulPeakAfter, 1)) (\(Digits.text(sum.sulPeakPercent, 1)) %)"
        + (sum.organsKnown ? "." : "; the organs are not known, so not limited to two each.")
    ]
  }
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
