public import Quantities
public import Radiobiology

/// The time-integrated activity of a region, from its activity at a few scans.
public struct TimeActivityFit: Sendable, Hashable, Codable {
  /// How to fit; the defaults are those of the documentation.
  public struct Options: Sendable, Hashable, Codable {
    /// `nil` chooses by AICc among the families the number of points allows.
    public var family: CurveFamily?
    public var earlyPhase: EarlyPhase = .backExtrapolated
    /// Allows an effective half-life above the physical one after the last scan.
    public var allowsTailSlowerThanPhysicalDecay = false
    /// Share of the time-integrated activity after the last scan above which a warning is given.
    public var extrapolationWarning = 0.3

    public init(family: CurveFamily? = nil) { self.family = family }
  }

  /// What is assumed between administration and the first scan.
  public enum EarlyPhase: String, Sendable, Hashable, Codable {
    /// The fitted curve runs back to the administration.
    case backExtrapolated = "fitted curve back to administration"
    /// The activity rises in a straight line from zero to the curve at the first scan.
    case linearFromZero = "linear from zero"
  }

  /// One family that was tried.
  public struct Candidate: Sendable, Hashable, Codable {
    public let family: CurveFamily
    public let aicc: Double
    /// Akaike weight among the candidates.
    public let weight: Double
    public let timeIntegratedActivity: TimeIntegratedActivity

    private enum CodingKeys: String, CodingKey {
      case family, aicc, weight
      case timeIntegratedActivity = "tia_Bq_s"
    }
  }

  public let samples: [ActivitySample]
  public let family: CurveFamily
  public let curve: ActivityCurve
  /// With the uncertainty of fit, shape and early phase together.
  public let timeIntegratedActivity: Estimate<TimeIntegratedActivity>
  /// One standard deviation from the noise of the activities alone; `nil` when not known.
  public let fitUncertainty: TimeIntegratedActivity?
  /// One standard deviation for the shape: fit against piecewise integration where the points are
  /// too few to test the shape, and the two early-phase rules.
  public let shapeUncertainty: TimeIntegratedActivity
  /// The result under each early-phase rule.
  public let backExtrapolated: TimeIntegratedActivity
  public let linearFromZero: TimeIntegratedActivity
  public let earlyPhase: EarlyPhase
  /// Share of the back-extrapolated result that lies after the last scan.
  public let extrapolatedFraction: Double
  /// Effective half-life of the slowest term, in hours.
  public let effectiveHalfLifeHours: Double
  /// Multiplies ``fitUncertainty`` for a 95 % interval: Student's t where the noise was estimated
  /// from the residuals, 1.96 where standard deviations were given.
  public let coverageFactor95: Double
  /// Parameters of the fit by name, and their covariance.
  public let parameterNames: [String]
  public let parameters: [Double]
  public let covariance: [[Double]]?
  public let candidates: [Candidate]
  public let warnings: [String]

  private enum CodingKeys: String, CodingKey {
    case samples, family, curve
    case timeIntegratedActivity = "tia_Bq_s"
    case fitUncertainty = "fit_standard_uncertainty_Bq_s"
    case shapeUncertainty = "shape_standard_uncertainty_Bq_s"
    case backExtrapolated = "tia_back_extrapolated_Bq_s"
    case linearFromZero = "tia_linear_from_zero_Bq_s"
    case earlyPhase = "early_phase"
    case extrapolatedFraction = "extrapolated_fraction"
    case effectiveHalfLifeHours = "effective_half_life_h"
    case coverageFactor95 = "coverage_factor_95"
    case parameterNames = "parameter_names"
    case parameters, covariance, candidates, warnings
  }
}

extension TimeActivityFit {
  /// The effective half-life of the slowest term.
  public var effectiveHalfLife: Duration { .hours(effectiveHalfLifeHours) }

  /// The dose rate this activity makes, for the Lea–Catcheside factor: the fitted curve, scaled to
  /// deliver exactly `dose`.
  public func doseRate(delivering dose: AbsorbedDose) throws(RadiobiologyError) -> DoseRateCurve {
    let decaysPerBecquerelHour = curve.integral.inBaseUnit / 3600
    let grayPerUnit = dose.gray / decaysPerBecquerelHour
    return try DoseRateCurve(
      terms: curve.terms.map {
        DoseRateCurve.Term(
          grayPerHour: $0.amplitude.inBaseUnit * grayPerUnit, decayPerHour: $0.decayPerHour)
      })
  }

  /// The exact result of one scan when the effective half-life is known:
  /// TIA = A · 2^(t/T) · T / ln 2.
  ///
  /// - Parameter halfLifeRelativeUncertainty: Standard uncertainty of T over T, for example from
  ///   the fit of an earlier cycle; `nil` leaves the result without uncertainty.
  public static func singleTimePoint(
    _ sample: ActivitySample, effectiveHalfLife: Duration,
    halfLifeRelativeUncertainty: Double? = nil
  ) throws(DosimetryError) -> TimeActivityFit {
    try TimeActivitySamples.check([sample])
    guard effectiveHalfLife.inHours > 0 else {
      throw .notPositive(quantity: "effective half-life")
    }
    return SingleTimePoint(
      sample: sample, halfLifeHours: effectiveHalfLife.inHours,
      halfLifeRelativeUncertainty: halfLifeRelativeUncertainty
    ).fit
  }
}
