public import Dosimetry
public import Quantities
public import Radiobiology

/// One region over the course so far, and what is known about its next cycle.
public struct RegionForecast: Sendable, Hashable, Codable {
  /// The update after one given cycle.
  public struct Step: Sendable, Hashable, Codable {
    public let cycle: Int
    /// `nil` where the region was not measured.
    public let measured: DosePerActivity?
    public let kalmanGain: Double?
    /// Median and log-space standard deviation after the update.
    public let median: DosePerActivity
    public let logDeviation: Double
    /// Not exceeded in the next cycle with 95 % probability.
    public let next95: DosePerActivity
    public let dose: AbsorbedDose
    /// `nil` without tissue parameters.
    public let biologicallyEffectiveDose: BiologicallyEffectiveDose?

    private enum CodingKeys: String, CodingKey {
      case cycle
      case measured = "measured_Gy_per_GBq"
      case kalmanGain = "kalman_gain"
      case median = "median_Gy_per_GBq"
      case logDeviation = "log_sd"
      case next95 = "next_95_percent_Gy_per_GBq"
      case dose = "dose_Gy"
      case biologicallyEffectiveDose = "bed_Gy"
    }
  }

  public let region: String
  public let kind: RegionKind
  public let steps: [Step]
  /// For the next cycle.
  public let gain: GainEstimate
  public let tissue: TissueRadiobiology?
  /// Shape of the dose rate for the next cycle: the last measured, or the assumed one.
  public let doseRate: DoseRateCurve?
  /// The part of alphas in the next cycle: the last measured.
  public let highLET: HighLETPart?
  public let usedDose: AbsorbedDose
  /// Of the course: with what one cycle left unrepaired for the next. `nil` without tissue parameters,
  /// and with alphas whose RBE is not stated.
  public let usedBED: BiologicallyEffectiveDose?
  public let warnings: [String]

  private enum CodingKeys: String, CodingKey {
    case region, kind, steps
    case gain = "next_gain"
    case tissue
    case doseRate = "dose_rate"
    case highLET = "high_let"
    case usedDose = "used_dose_Gy"
    case usedBED = "used_bed_Gy"
    case warnings
  }

  /// Never measured in this patient.
  public var isPriorOnly: Bool { steps.allSatisfy { $0.measured == nil } }

  /// Lea–Catcheside factor of the next cycle; 1, the worst case, where no shape is known, and
  /// `nil` without tissue parameters.
  public var protraction: Double? {
    tissue.map { doseRate?.leaCatcheside($0) ?? 1 }
  }
}

extension RegionForecast {
  /// Follows one region through the given cycles; `nil` when nothing is known about it.
  init?(
    region: String, kind: RegionKind, gain rules: LimitPack.Gain, tissue: TissueRadiobiology?,
    assumedHalfLifeHours: Double?, course: [GivenCycle]
  ) {
    var filter = RegionFilter(
      rules: rules, tissue: tissue,
      doseRate: assumedHalfLifeHours.flatMap {
        try? DoseRateCurve(dose: .gray(1), effectiveHalfLife: .hours($0))
      })
    for cycle in course {
      filter.take(cycle, measurement: cycle.measurements.first { $0.region == region })
    }
    guard let estimate = filter.estimate else { return nil }
    let next =
      filter.hasCycle
      ? estimate.forecast(drift: rules.driftPerCycle ?? 0, betweenCyclesCV: rules.betweenCyclesCV)
      : estimate
    self.init(
      region: region, kind: kind, steps: filter.steps, gain: next, tissue: tissue,
      doseRate: filter.doseRate, highLET: filter.highLET,
      usedDose: filter.steps.reduce(.zero) { $0 + $1.dose }, usedBED: filter.usedBED,
      warnings: filter.warnings)
  }
}

/// The update of one region, cycle by cycle.
private struct RegionFilter {
  let rules: LimitPack.Gain
  let tissue: TissueRadiobiology?
  var doseRate: DoseRateCurve?
  var highLET: HighLETPart?
  /// Low-LET dose rates of the cycles so far; `nil` once one has no known shape or time.
  private var rates: [DoseRateCourse.Cycle]? = []
  var estimate: GainEstimate?
  var hasCycle = false
  /// Cycles given before anything was known; counted with the first estimate.
  var unknown: [GivenCycle] = []
  var steps: [RegionForecast.Step] = []
  var warnings: [String] = []

  init(rules: LimitPack.Gain, tissue: TissueRadiobiology?, doseRate: DoseRateCurve?) {
    self.rules = rules
    self.tissue = tissue
    self.doseRate = doseRate
    estimate = rules.prior.map {
      GainEstimate(median: .grayPerGigabecquerel($0.medianGyPerGBq), cv: $0.cv)
    }
  }

  private func forecast(_ estimate: GainEstimate) -> GainEstimate {
    estimate.forecast(drift: rules.driftPerCycle ?? 0, betweenCyclesCV: rules.betweenCyclesCV)
  }

  mutating func take(_ cycle: GivenCycle, measurement: GivenCycle.Measurement?) {
    if hasCycle { estimate = estimate.map(forecast) }
    var kalmanGain: Double?
    if let measurement {
      let cv = measurement.relativeUncertainty ?? rules.measurementCV
      if var known = estimate {
        kalmanGain = known.update(measured: measurement.gain, cv: cv)
        estimate = known
      } else {
        estimate = GainEstimate(median: measurement.gain, cv: cv)
      }
      doseRate = measurement.doseRate
      highLET = measurement.highLET
    } else {
      warnings.append(
        "cycle \(cycle.number) was not measured here; its dose is the expected one")
    }
    hasCycle = true
    guard let known = estimate else {
      unknown.append(cycle)
      return
    }
    for earlier in unknown { add(earlier, nil, nil, known) }
    unknown = []
    add(cycle, measurement, kalmanGain, known)
  }

  private mutating func add(
    _ cycle: GivenCycle, _ measurement: GivenCycle.Measurement?, _ kalmanGain: Double?,
    _ known: GainEstimate
  ) {
    let dose = (measurement?.gain ?? known.median).dose(of: cycle.administered)
    steps.append(
      RegionForecast.Step(
        cycle: cycle.number, measured: measurement?.gain, kalmanGain: kalmanGain,
        median: known.median, logDeviation: known.logDeviation,
        next95: forecast(known).quantile(Compliance.nineteenInTwenty.quantile), dose: dose,
        biologicallyEffectiveDose: bed(dose)))
    rates = rate(of: dose, at: cycle.startHours).flatMap { rate in rates.map { $0 + [rate] } }
  }

  private func rate(of dose: AbsorbedDose, at startHours: Double?) -> DoseRateCourse.Cycle? {
    guard let startHours, let effect = DoseEffect(highLET),
      let rate = try? doseRate?.delivering(dose * effect.lowLETShare)
    else { return nil }
    return DoseRateCourse.Cycle(start: .hours(startHours), rate: rate)
  }

  /// The cycles' own, and what they add to each other.
  var usedBED: BiologicallyEffectiveDose? {
    guard let tissue else { return nil }
    let own = steps.compactMap(\.biologicallyEffectiveDose)
    guard own.count == steps.count else { return nil }
    let sum = own.reduce(BiologicallyEffectiveDose.zero) { $0 + $1 }
    guard let rates, let course = try? DoseRateCourse(rates) else { return sum }
    return sum + (course.biologicallyEffectiveDose(tissue) - course.sumOfCycles(tissue))
  }

  /// Without a known shape the dose counts as instant, which is the worst case.
  private func bed(_ dose: AbsorbedDose) -> BiologicallyEffectiveDose? {
    guard let tissue, let effect = DoseEffect(highLET) else { return nil }
    return effect.bed(dose, tissue, protraction: doseRate?.leaCatcheside(tissue) ?? 1)
  }
}
