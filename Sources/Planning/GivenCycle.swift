public import Dosimetry
public import Quantities
public import Radiobiology

/// A cycle that was given, and what was measured in it.
public struct GivenCycle: Sendable, Hashable, Codable {
  public let number: Int
  public let administered: Activity
  /// Administration, in hours after the first of the course; `nil` where it is not known, and then
  /// the cycles count as if each were alone.
  public let startHours: Double?
  public let measurements: [Measurement]

  private enum CodingKeys: String, CodingKey {
    case number
    case administered = "administered_activity_Bq"
    case startHours = "start_h"
    case measurements
  }

  /// One region's measured dose per activity.
  public struct Measurement: Sendable, Hashable, Codable {
    public let region: String
    public let kind: RegionKind
    public let gain: DosePerActivity
    /// `nil` when the dose has no stated uncertainty. Taken as independent from cycle to cycle,
    /// although a calibration error repeats.
    public let relativeUncertainty: Double?
    /// Dose rate of any scale: its shape gives the protraction factor.
    public let doseRate: DoseRateCurve
    /// `nil` without alphas.
    public let highLET: HighLETPart?

    private enum CodingKeys: String, CodingKey {
      case region, kind
      case highLET = "high_let"
      case gain = "dose_per_activity_Gy_per_GBq"
      case relativeUncertainty = "relative_uncertainty"
      case doseRate = "dose_rate"
    }

    public init(
      region: String, kind: RegionKind, gain: DosePerActivity, relativeUncertainty: Double?,
      doseRate: DoseRateCurve, highLET: HighLETPart? = nil
    ) {
      self.region = region
      self.kind = kind
      self.gain = gain
      self.relativeUncertainty = relativeUncertainty
      self.doseRate = doseRate
      self.highLET = highLET
    }
  }

  public init(
    number: Int, administered: Activity, start: Duration? = nil, measurements: [Measurement]
  ) {
    self.number = number
    self.administered = administered
    startHours = start?.inHours
    self.measurements = measurements
  }

  /// The cycle as the dose stage leaves it; regions without a positive dose are left out.
  public init(_ cycle: CycleDose) {
    self.init(
      number: cycle.cycle, administered: cycle.administered, start: .hours(cycle.startHours),
      measurements: cycle.doses.compactMap { dose in
        guard let rate = try? dose.fit.doseRate(delivering: dose.dose.value) else { return nil }
        return Measurement(
          region: dose.region, kind: dose.kind, gain: dose.dosePerActivity.value,
          relativeUncertainty: dose.dosePerActivity.relativeUncertainty, doseRate: rate,
          highLET: HighLETPart(dose))
      })
  }
}
