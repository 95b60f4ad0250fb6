import Response

// Verdicts in words, for terminals and the report.

extension CriteriaOutcome {
  var text: String {
    var lines: [String] = []
    for verdict in verdicts {
      lines.append("\(verdict.name) at \(verdict.scan): \(verdict.summary)")
      lines += verdict.reasons.map { "  " + $0 }
    }
    lines += refused.map { "\($0.criterion): not judged, \($0.reason)" }
    let differing = disagreements.flatMap(\.lines)
    if !differing.isEmpty { lines += ["", "Where verdicts differ"] + differing.map { "  " + $0 } }
    return lines.joined(separator: "\n")
  }
}

extension CriteriaVerdict {
  /// What made the verdict, what it was compared with, and what has to be known about it.
  var reasons: [String] {
    var reasons: [String] = []
    if kind == .notAssessable {
      reasons.append("Possible: " + because + ".")
    } else {
      reasons.append((kind == .notMeasurable ? notMeasurable : because).finished)
    }
    if let response, let progression {
      reasons.append(
        "Response compared with \(response.scan) (\(response.choice.rawValue)), progression with "
          + "\(progression.scan) (\(progression.choice.rawValue)).")
    }
    if let unconfirmedSince, kind == .unconfirmed {
      reasons.append("Unconfirmed since \(unconfirmedSince).")
    }
    reasons += measures.filter(\.isSecondary).compactMap { measure in
      guard measure.now.value != nil, !measure.now.lesions.isEmpty else { return nil }
      let percent = measure.responsePercent.map { " (\(Digits.signed($0, 1)) %)" } ?? ""
      return "Beside it: \(measure.name) \(measure.atResponseReference.text) → "
        + "\(measure.now.text)\(percent)."
    }
    if lesions.count > 1 {
      reasons.append(
        "Lesions: "
          + lesions.map {
            "\($0.lesion) "
              + ($0.candidates.isEmpty ? $0.code : $0.candidates.joined(separator: " or "))
          }.joined(separator: ", ") + ".")
    }
    if let confidence, confidence <= .code {
      reasons.append("The rule is \(confidence.words).")
    }
    reasons += notes.map { "Note: \($0).".replacing("..", with: ".") }
    return reasons + warnings.map { "Warning: \($0)." }
  }

  private var notMeasurable: String {
    rules.map { rule in
      let why = rule.numbers + rule.lacking.map { "missing: \($0)" }
      return "Does not hold: \(rule.rule) (\(why.joined(separator: "; ")))"
    }.joined(separator: ". ")
  }
}

extension CriteriaDisagreement {
  /// One line for each way in which verdicts differ.
  var lines: [String] {
    let groups = betweenCriteria.map { group in
      group.members.map { "\($0.criterion) \($0.code)" }.joined(separator: ", ")
    }
    let between =
      groups.isEmpty ? [] : ["\(scan): " + groups.joined(separator: "; but ")]
    return between
      + byReference.map {
        "\(scan): \($0.criterion) is \($0.chosen.code); compared with \($0.words) it would be "
          + "\($0.other.code) (\($0.other.because))"
      }
  }
}

extension CriteriaDisagreement.Choice {
  var words: String {
    response == progression
      ? "\(response.rawValue)"
      : "\(response.rawValue) for response and \(progression.rawValue) for progression"
  }
}

extension String {
  /// With a full stop.
  fileprivate var finished: String { hasSuffix(".") ? self : self + "." }
}

extension Digits {
  static func signed(_ value: Double, _ decimals: Int) -> String {
    (value > 0 ? "+" : "") + text(value, decimals)
  }
}
