extension CriteriaEngine {
  /// What makes two scans hard to compare, or the criterion a deviation. None of it decides.
  func warnings(_ evaluation: CriteriaEvaluation) -> [String] {
    var warnings: [String] = []
    if let tracer, !pack.tracers.isEmpty, !pack.tracers.contains(tracer) {
      warnings.append(
        "made for \(pack.tracers.joined(separator: ", ")); used here with \(tracer)")
    }
    if let limits = pack.comparability { warnings += comparability(limits, evaluation) }
    let late = evaluation.scan.lesions.filter { $0.state == .firstAssessable }.map(\.id)
    if !late.isEmpty {
      warnings.append(
        "first assessable here, so not counted as new: " + late.joined(separator: ", "))
    }
    for measure in pack.measures where measure.perOrgan != nil && pack.judges == .change {
      let now = evaluation.measurement(measure, at: evaluation.scans.count - 1)
      if !now.organsKnown {
        warnings.append(
          "\(measure.name): the organs of some lesions are not known, so they are not limited to "
            + "\(measure.perOrgan ?? 0) each")
      }
    }
    return warnings
  }

  private func comparability(
    _ limits: CriteriaPack.ScanLimits, _ evaluation: CriteriaEvaluation
  ) -> [String] {
    var warnings: [String] = []
    let (baseline, scan) = (evaluation.scans[0], evaluation.scan)
    if let from = limits.uptakeFrom, let to = limits.uptakeTo {
      for one in [baseline, scan] {
        guard let minutes = one.uptakeMinutes else {
          warnings.append("\(one.id): uptake time not known")
          continue
        }
        if !(from...to).contains(minutes) {
          warnings.append(
            "\(one.id): uptake time \(minutes.text(0)) min is outside \(from.plain) to "
              + "\(to.plain) min")
        }
      }
    }
    if let most = limits.uptakeDifference, let a = baseline.uptakeMinutes,
      let b = scan.uptakeMinutes, abs(a - b) > most
    {
      warnings.append("uptake times differ by more than \(most.plain) min")
    }
    if let most = limits.activityDifference, let a = baseline.injectedMegabecquerels,
      let b = scan.injectedMegabecquerels, a > 0, abs(b / a - 1) > most / 100
    {
      warnings.append("injected activities differ by more than \(most.plain) %")
    }
    return warnings
  }
}
