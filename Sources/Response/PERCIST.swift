import Lesions
public import Quantities

/// PERCIST 1.0: metabolic response by the hottest lesion of each scan, in SULpeak.
///
/// Wahl, Jacene, Kasamon, Lodge, J Nucl Med 2009;50 Suppl 1:122S, as tabulated in J Cancer
/// 2010;1:80 (doi 10.7150/jca.1.80) and O, Lodge, Wahl, Radiology 2016;280:576. The two
/// inequalities differ: response from 30 % and 0.8 on, progression beyond both.
public struct PERCIST: Sendable, Hashable, Codable {
  /// What a scan is compared with. The 2009 text reads as baseline, the practical guide of 2016
  /// as nadir for progression; every verdict prints which was used.
  public enum Reference: String, Sendable, Hashable, Codable {
    case baseline
    /// Response against baseline, progression against the earlier scan with the lowest value.
    case nadir
    /// Both against the scan before.
    case previous
  }

  public var reference = Reference.nadir
  public var percentLimit = 30.0
  public var absoluteLimit = SUVlbm.gramsPerMillilitre(0.8)
  /// Measurable at baseline: multiple × liver mean + deviations × SD.
  public var measurableMultiple = 1.5
  public var measurableDeviations = 2.0
  public var uptakeWindow: ClosedRange<Double> = 50...70
  /// Minutes by which the uptake times of two scans may differ.
  public var uptakeDifference = 15.0
  /// Fraction by which the injected activities may differ.
  public var activityDifference = 0.2

  public init() {}

  /// Judges every scan after the first.
  ///
  /// - Parameter scans: In order of time; the first is the baseline.
  public func assess(_ scans: [PERCISTScan]) -> [PERCISTVerdict] {
    scans.indices.dropFirst().map { assess(scans[$0], after: Array(scans[..<$0])) }
  }

  private func assess(_ scan: PERCISTScan, after earlier: [PERCISTScan]) -> PERCISTVerdict {
    let baseline = earlier[0]
    var verdict = PERCISTVerdict(
      scan: scan.id, responseReference: responseReference(earlier).id,
      progressionReference: progressionReference(earlier).id, rule: reference)
    verdict.warnings = warnings(scan, baseline: baseline)
    verdict.newLesions = scan.lesions.filter { $0.fate == .new }.map(\.track)
    if let reason = notMeasurable(baseline) {
      verdict.category = .notMeasurable
      verdict.reasons = [reason, "judge by RECIST 1.1 instead"]
      return verdict
    }
    let response = comparison(responseReference(earlier), scan)
    let progression = comparison(progressionReference(earlier), scan)
    verdict.response = response
    verdict.progression = progression
    verdict.secondary = PERCISTVerdict.SecondarySum(baseline: baseline, scan: scan)
    decide(&verdict, scan, responseReference(earlier))
    return verdict
  }

  private func responseReference(_ earlier: [PERCISTScan]) -> PERCISTScan {
    reference == .previous ? earlier[earlier.count - 1] : earlier[0]
  }

  private func progressionReference(_ earlier: [PERCISTScan]) -> PERCISTScan {
    switch reference {
    case .baseline: return earlier[0]
    case .previous: return earlier[earlier.count - 1]
    case .nadir:
      let measured = earlier.filter { $0.hottest != nil }
      return measured.min { ($0.hottest?.sul ?? 0) < ($1.hottest?.sul ?? 0) } ?? earlier[0]
    }
  }

  private func notMeasurable(_ baseline: PERCISTScan) -> String? {
    guard let hottest = baseline.hottest else { return "no lesion with a SULpeak at baseline" }
    guard let liver = baseline.liver.value else {
      return "no liver reference at baseline: " + (baseline.liver.reason ?? "")
    }
    let least =
      measurableMultiple * liver.mean.inBaseUnit
      + measurableDeviations * liver.standardDeviation.inBaseUnit
    guard hottest.sul < least else { return nil }
    return "the hottest lesion at baseline (\(hottest.lesion.track), SULpeak "
      + "\(hottest.sul.text(2))) is below the measurable limit \(least.text(2))"
  }

  private func comparison(
    _ before: PERCISTScan, _ after: PERCISTScan
  ) -> PERCISTVerdict.Comparison? {
    guard let old = before.hottest, let new = after.hottest else { return nil }
    return .init(
      lesionBefore: old.lesion.track, lesionAfter: new.lesion.track,
      before: .gramsPerMillilitre(old.sul), after: .gramsPerMillilitre(new.sul))
  }

  private func decide(
    _ verdict: inout PERCISTVerdict, _ scan: PERCISTScan, _ before: PERCISTScan
  ) {
    if !verdict.newLesions.isEmpty {
      verdict.category = .progression
      verdict.reasons.append("new lesions: " + verdict.newLesions.joined(separator: ", "))
    }
    if let change = verdict.progression, grew(change) {
      verdict.category = .progression
      verdict.reasons.append("hottest lesion: " + change.description)
    }
    if verdict.category == .progression { return }
    if decideComplete(&verdict, scan) { return }
    guard let change = verdict.response else {
      verdict.category = .notAssessable
      verdict.reasons.append("no lesion has a SULpeak in this scan and some are not assessable")
      return
    }
    verdict.reasons.append("hottest lesion: " + change.description)
    let grown = grownOthers(scan, since: before)
    if shrank(change), grown.isEmpty {
      verdict.category = .partialResponse
    } else {
      verdict.category = .stable
      if !grown.isEmpty {
        verdict.reasons.append("others grew: " + grown.joined(separator: ", "))
      }
    }
  }

  /// Complete response: every lesion gone or below the liver's mean, and none of them unknown.
  private func decideComplete(_ verdict: inout PERCISTVerdict, _ scan: PERCISTScan) -> Bool {
    let unknown = scan.unknown.map(\.track)
    guard unknown.isEmpty else {
      verdict.warnings.append("not assessable here: " + unknown.joined(separator: ", "))
      return false
    }
    guard let hottest = scan.hottest else {
      verdict.category = .completeResponse
      verdict.reasons.append("no lesion is left")
      return true
    }
    guard let liver = scan.liver.value else {
      verdict.warnings.append("no liver reference here; complete response cannot be judged")
      return false
    }
    guard hottest.sul < liver.mean.inBaseUnit else { return false }
    verdict.category = .completeResponse
    verdict.reasons.append(
      "every lesion is below the liver's mean \(liver.mean.inBaseUnit.text(2)) "
        + "(hottest \(hottest.sul.text(2)))")
    verdict.warnings.append("separability from blood pool is for the reader to confirm")
    return true
  }

  /// Rounding of decimal values must not decide at the limit.
  private static let rounding = 1e-9

  private func grew(_ change: PERCISTVerdict.Comparison) -> Bool {
    change.percent > percentLimit + Self.rounding
      && change.difference > absoluteLimit.inBaseUnit + Self.rounding
  }
  private func shrank(_ change: PERCISTVerdict.Comparison) -> Bool {
    change.percent <= -percentLimit + Self.rounding
      && change.difference <= -absoluteLimit.inBaseUnit + Self.rounding
  }

  /// Lesions other than the hottest that grew beyond the limits, which rules out a response.
  private func grownOthers(_ scan: PERCISTScan, since before: PERCISTScan) -> [String] {
    scan.ranked.compactMap { lesion, sul in
      guard let old = before.ranked.first(where: { $0.lesion.track == lesion.track }) else {
        return nil
      }
      let change = PERCISTVerdict.Comparison(
        lesionBefore: lesion.track, lesionAfter: lesion.track,
        before: .gramsPerMillilitre(old.sul), after: .gramsPerMillilitre(sul))
      return grew(change) ? lesion.track : nil
    }
  }

  private func warnings(_ scan: PERCISTScan, baseline: PERCISTScan) -> [String] {
    var warnings: [String] = []
    for one in [baseline, scan] {
      guard let minutes = one.uptakeTime.map({ $0.inSeconds / 60 }) else {
        warnings.append("\(one.id): uptake time not known")
        continue
      }
      if !uptakeWindow.contains(minutes) {
        warnings.append(
          "\(one.id): uptake time \(minutes.text(0)) min is outside "
            + "\(uptakeWindow.lowerBound.text(0)) to \(uptakeWindow.upperBound.text(0)) min")
      }
    }
    if let a = baseline.uptakeTime, let b = scan.uptakeTime,
      abs(a.inSeconds - b.inSeconds) / 60 > uptakeDifference
    {
      warnings.append("uptake times differ by more than \(Int(uptakeDifference)) min")
    }
    if let a = baseline.injectedActivity, let b = scan.injectedActivity,
      abs(b / a - 1) > activityDifference
    {
      warnings.append(
        "injected activities differ by more than \(Int(activityDifference * 100)) %")
    }
    let late = scan.lesions.filter { $0.fate == .firstAssessable }.map(\.track)
    if !late.isEmpty {
      warnings.append(
        "first assessable here, so not counted as new: " + late.joined(separator: ", "))
    }
    return warnings
  }
}
