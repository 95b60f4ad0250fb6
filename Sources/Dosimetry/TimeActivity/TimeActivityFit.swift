public import Quantities
public import Radiobiology

/// The time-integrated activity of a region, from its activity at a few scans.
public struct TimeActivityFit: Sendable, Hashable, Codable {
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
  /// Without a model: a straight line from zero to the first scan, lines up and exponentials down
  /// between scans, and the last slope, not slower than physical decay, after them. `nil` for one
  /// scan.
  public let piecewise: TimeIntegratedActivity?
  /// Mean over the candidates, weighted by their Akaike weights, with the unconditional standard
  /// uncertainty; `nil` with fewer than two candidates that AICc can compare.
  public let averaged: Estimate<TimeIntegratedActivity>?
  /// Share of the back-extrapolated result that lies after the last scan.
  public let extrapolatedFraction: Double
  /// Effective half-life of the slowest term, in hours.
  public let effectiveHalfLifeHours: Double
  /// Standard uncertainty of ln(effective half-life); `nil` when it is not known.
  public let halfLifeRelativeUncertainty: Double?
  /// Multiplies ``fitUncertainty`` for a 95 % interval: Student's t where the noise was estimated
  /// from the residuals, 1.96 where standard deviations were given.
  public let coverageFactor95: Double
  /// Planar over quantitative activity, from a hybrid fit; `nil` without planar samples.
  public let planarFactor: Double?
  /// Standard uncertainty of ln(``planarFactor``); `nil` when it is not known.
  public let planarFactorRelativeUncertainty: Double?
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
    case piecewise = "tia_piecewise_Bq_s"
    case averaged = "tia_averaged_Bq_s"
    case extrapolatedFraction = "extrapolated_fraction"
    case effectiveHalfLifeHours = "effective_half_life_h"
    case halfLifeRelativeUncertainty = "effective_half_life_relative_uncertainty"
    case coverageFactor95 = "coverage_factor_95"
    case planarFactor = "planar_factor"
    case planarFactorRelativeUncertainty = "planar_factor_relative_uncertainty"
    case parameterNames = "parameter_names"
    case parameters, covariance, candidates, warnings
  }
}

extension TimeActivityFit {
  /// How to fit; the defaults are those of docs/dosimetry.md.
  public struct Options: Sendable, Hashable, Codable {
    /// `nil` chooses among the families the number of points allows.
    public var family: CurveFamily?
    public var earlyPhase: EarlyPhase = .backExtrapolated
    /// Allows an effective half-life above the physical one after the last scan.
    public var allowsTailSlowerThanPhysicalDecay = false
    /// Share of the time-integrated activity after the last scan above which a warning is given.
    public var extrapolationWarning = 0.3
    public var weighting: Weighting = .standardDeviations
    /// Takes the mean over the candidates, weighted by AICc, in place of the best.
    public var averagesCandidates = false
    /// What is known of the slow effective half-life before the scans.
    public var halfLifePrior: HalfLifePrior?
    /// A family with a parameter of a larger coefficient of variation is not chosen while another
    /// passes (doi 10.1186/s40658-021-00427-x).
    public var largestVariation = 0.5
    /// Parameters more closely tied than this give a warning (same source).
    public var largestCorrelation = 0.8

    public init(family: CurveFamily? = nil) { self.family = family }
  }

  /// How much each scan counts.
  public enum Weighting: String, Sendable, Hashable, Codable {
    /// By the standard deviations where all scans have one, else equally.
    case standardDeviations = "standard deviations"
    case equal
    /// As if every activity had the same relative error.
    case relative
  }

  /// A log-normal distribution of an effective half-life in a population, or of one patient over
  /// cycles.
  public struct HalfLifePrior: Sendable, Hashable, Codable {
    public let medianHours: Double
    /// Standard deviation of ln(half-life).
    public let logStandardDeviation: Double

    private enum CodingKeys: String, CodingKey {
      case medianHours = "median_h"
      case logStandardDeviation = "log_standard_deviation"
    }

    /// - Parameter variation: Standard deviation of the half-life over its mean.
    /// - Throws: ``DosimetryError/notPositive(quantity:)``.
    public init(median: Duration, variation: Double) throws(DosimetryError) {
      guard median > .zero else { throw .notPositive(quantity: "half-life of the prior") }
      guard variation > 0, variation.isFinite else {
        throw .notPositive(quantity: "variation of the half-life prior")
      }
      medianHours = median.inHours
      logStandardDeviation = Lognormal.logDeviation(variation: variation)
    }
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
    /// `nil` where it is not defined: fewer than K + 2 points.
    public let aicc: Double?
    /// Akaike weight among the candidates that were not rejected; `nil` where AICc is not defined.
    public let weight: Double?
    public let timeIntegratedActivity: TimeIntegratedActivity
    public let standardUncertainty: TimeIntegratedActivity?
    /// Largest coefficient of variation of TIA and rates, and largest correlation of parameters.
    public let largestVariation: Double?
    public let largestCorrelation: Double?
    /// Why it was not chosen, apart from its AICc.
    public let rejected: String?

    private enum CodingKeys: String, CodingKey {
      case family, aicc, weight, rejected
      case timeIntegratedActivity = "tia_Bq_s"
      case standardUncertainty = "tia_standard_uncertainty_Bq_s"
      case largestVariation = "largest_variation"
      case largestCorrelation = "largest_correlation"
    }
  }
}

extension TimeActivityFit {
  /// A sample's activity; that of a planar one on the scale of the quantitative ones.
  public func activity(of sample: ActivitySample) -> Activity {
    sample.activity * (sample.isPlanar ? 1 / (planarFactor ?? 1) : 1)
  }

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
}
