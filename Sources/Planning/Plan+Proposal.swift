import Foundation
import Quantities

extension Plan {
  func proposal(numericCheck: Activity?) -> NextCycleProposal {
    let activity = plannedLeft > 0 ? activity95.flatMap(clamped) : nil
    let statuses = limits.map(status)
    let binding = statuses.min { $0.allowed < $1.allowed }
    let outcome: NextCycleProposal.Outcome =
      limits.isEmpty ? .notAssessable : activity == nil ? .noFurtherCycle : .nextCycle
    return NextCycleProposal(
      outcome: outcome, cycle: nextCycle, cyclesLeft: activity == nil ? 0 : cyclesLeft,
      intervalWeeks: pack.course.intervalWeeks, activity: activity, range: range(),
      binding: binding, limits: statuses, reason: reason(activity, binding),
      alternatives: alternatives(binding), regions: organs + lesions,
      notAssessable: notAssessable, warnings: warnings(activity), numericCheck: numericCheck,
      limitPack: pack.name, statement: NextCycleProposal.draft)
  }

  private func status(_ limit: RegionLimit) -> NextCycleProposal.LimitStatus {
    NextCycleProposal.LimitStatus(
      region: limit.forecast.region, limit: limit.limit, usedGy: limit.usedGy,
      allowed: limit.allowed(cycles: cyclesLeft, .nineteenInTwenty))
  }

  private func range() -> [NextCycleProposal.ActivityAtCompliance] {
    Compliance.allCases.compactMap { compliance in
      allowed(limits, cycles: cyclesLeft, compliance).map {
        NextCycleProposal.ActivityAtCompliance(
          compliance: compliance.rawValue, unclamped: $0,
          activity: plannedLeft > 0 ? clamped($0) : nil)
      }
    }
  }

  private func reason(
    _ activity: Activity?, _ binding: NextCycleProposal.LimitStatus?
  ) -> String {
    guard let binding else {
      return "No active limit could be evaluated: no organ with a limit was measured or has a "
        + "prior."
    }
    let used =
      "\(binding.region): \(digits(binding.usedGy, 1)) of \(digits(binding.limit.valueGy, 1)) Gy "
      + "\(binding.limit.quantity.rawValue) used"
    guard plannedLeft > 0 else {
      return "All \(pack.course.cycles) planned cycles are given; \(used)."
    }
    let allowed = digits(binding.allowed.gigabecquerels, 2)
    guard let activity else {
      return "\(used); what remains allows \(allowed) GBq with 95 % probability, below the least "
        + "activity of \(digits(pack.activity.leastGBq, 1)) GBq."
    }
    let split =
      cyclesLeft == 1 ? "the rest in one cycle" : "the rest split over \(cyclesLeft) cycles"
    let clamp =
      activity < binding.allowed
      ? ", reduced to the largest activity of \(digits(pack.activity.mostGBq, 1)) GBq" : ""
    return "\(used); \(split) allows \(allowed) GBq with 95 % probability\(clamp)."
  }

  private func alternatives(
    _ binding: NextCycleProposal.LimitStatus?
  ) -> [NextCycleProposal.Alternative] {
    guard let binding,
      let limit = limits.first(where: {
        $0.forecast.region == binding.region && $0.limit == binding.limit
      })
    else { return [] }
    return otherLimits(limit) + betterKnown(limit) + otherNumbersOfCycles()
  }

  /// The pack's inactive limits of the binding organ, each in place of its active ones.
  private func otherLimits(_ binding: RegionLimit) -> [NextCycleProposal.Alternative] {
    guard let organ = organ(of: binding.forecast.region) else { return [] }
    let others = limits.filter { self.organ(of: $0.forecast.region) != organ }
    let regions = limits.filter {
      self.organ(of: $0.forecast.region) == organ && $0.limit == binding.limit
    }
    return organ.limits.filter { !$0.isActive }.compactMap { other in
      let instead = regions.map { $0.with(limit: other) }
      guard instead.allSatisfy(\.isAssessable) else { return nil }
      return alternative(
        "\(organ.organ) limit \(digits(other.valueGy, 1)) Gy \(other.quantity.rawValue) "
          + "(\(other.appliesTo))",
        others + instead, cycles: cyclesLeft)
    }
  }

  /// One more measurement of the binding organ, of the pack's quality and with the result expected.
  private func betterKnown(_ binding: RegionLimit) -> [NextCycleProposal.Alternative] {
    guard let organ = organ(of: binding.forecast.region) else { return [] }
    let changed = limits.map { limit in
      guard self.organ(of: limit.forecast.region) == organ else { return limit }
      var gain = limit.forecast.gain
      gain.update(measured: gain.median, cv: organ.gain.measurementCV)
      return limit.with(gain: gain)
    }
    return [
      alternative(
        "one more measurement of \(organ.organ) with the same result", changed,
        cycles: cyclesLeft)
    ]
  }

  private func organ(of region: String) -> LimitPack.Organ? {
    pack.organs.first { $0.organ == region || $0.regions.contains(region) }
  }

  private func otherNumbersOfCycles() -> [NextCycleProposal.Alternative] {
    [cyclesLeft - 1, cyclesLeft + 1].filter { $0 > 0 }.map {
      alternative(
        $0 == 1 ? "the rest in one cycle" : "the rest split over \($0) cycles", limits,
        cycles: $0)
    }
  }

  private func alternative(
    _ change: String, _ limits: [RegionLimit], cycles: Int
  ) -> NextCycleProposal.Alternative {
    NextCycleProposal.Alternative(
      change: change,
      activity: allowed(limits, cycles: cycles, .nineteenInTwenty).flatMap(clamped))
  }

  private func warnings(_ activity: Activity?) -> [String] {
    let measured = (organs + lesions).filter { !$0.isPriorOnly }
    var warnings = measured.flatMap { forecast in
      forecast.warnings.map { "\(forecast.region): \($0)" }
    }
    if activity != nil, cyclesLeft < plannedLeft {
      warnings.append(
        "an equal split over the \(plannedLeft) cycles planned would fall below the least "
          + "activity; \(cyclesLeft) are assumed instead")
    }
    warnings += organs.flatMap(implausibleGains)
    for forecast in organs where forecast.isPriorOnly {
      warnings.append("\(forecast.region): never measured; the proposal rests on the prior")
    }
    if let activity, let label = pack.activity.labelGBq,
      activity.gigabecquerels > label * NextCyclePlanner.labelMargin
    {
      warnings.append(
        "more than 25 % above the activity of the label (\(digits(label, 1)) GBq): counts as a "
          + "non-standardised treatment (EANM, doi 10.1007/s00259-020-05038-9)")
    }
    return warnings
  }
}

extension Plan {
  /// Four standard deviations from the population: one organ in 16 000, and the size of the usual
  /// slip of Gy per cycle taken for Gy/GBq.
  private static let implausibleDeviations = 4.0

  private func implausibleGains(_ forecast: RegionForecast) -> [String] {
    guard let prior = organ(of: forecast.region)?.gain.prior else { return [] }
    return forecast.steps.compactMap { step in
      guard let measured = step.measured?.grayPerGigabecquerel else { return nil }
      let deviations =
        abs(log(measured / prior.medianGyPerGBq)) / GainEstimate.logDeviation(cv: prior.cv)
      guard deviations > Self.implausibleDeviations else { return nil }
      return "\(forecast.region): \(digits(measured, 2)) Gy/GBq in cycle \(step.cycle) is far "
        + "from the population (median \(digits(prior.medianGyPerGBq, 2))); check units, outline "
        + "and calibration"
    }
  }
}

private func digits(_ value: Double, _ count: Int) -> String {
  String(format: "%.\(count)f", value)
}
