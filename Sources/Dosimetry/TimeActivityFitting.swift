import Foundation
public import Quantities

extension TimeActivityFit {
  /// Fits the activities of a region.
  ///
  /// Points are weighted by their standard deviations where all have one, else equally. With fewer
  /// than K + 2 points AICc is not defined; then the simplest shape that the points do not
  /// contradict is taken, mono-exponential unless the activity rises, and the difference to a
  /// model-free integration enters the uncertainty.
  ///
  /// - Parameters:
  ///   - samples: In order of time. At least two; for one see
  ///     ``singleTimePoint(_:effectiveHalfLife:halfLifeRelativeUncertainty:)``.
  ///   - administered: Activity at time 0, to refuse impossible samples.
  /// - Throws: ``DosimetryError``; an uptake phase without a clearing tail is refused.
  public static func fit(
    _ samples: [ActivitySample], radionuclide: Radionuclide, administered: Activity? = nil,
    options: Options = Options()
  ) throws(DosimetryError) -> TimeActivityFit {
    let points = try TimeActivitySamples(samples)
    if let administered { try points.check(against: administered, of: radionuclide) }
    let fitting = TimeActivityFitting(points, radionuclide: radionuclide, options: options)
    let families = try fitting.families()
    var fits: [TimeActivityFitting.FamilyFit] = []
    for family in families { fits.append(try fitting.fit(family)) }
    guard let best = fits.min(by: { $0.aicc < $1.aicc }) else {
      throw .fitDidNotConverge(family: "time-activity")
    }
    return fitting.result(best, among: fits, samples: samples)
  }
}

/// One run of the fit over its families.
struct TimeActivityFitting {
  struct FamilyFit {
    let family: CurveFamily
    let solution: BoundedLeastSquares.Solution
    /// Infinite where it is not defined.
    let aicc: Double
    /// Covariance of the parameters; `nil` when it is not known.
    let covariance: SquareMatrix?
    var curve: ActivityCurve { family.curve(solution.parameters) }
  }

  private let points: TimeActivitySamples
  private let options: TimeActivityFit.Options
  private let slowestDecay: Double

  /// Effective half-lives of 0.1 h to 1000 h can be fitted, the slow end only where the tail may
  /// be slower than physical decay.
  private static let fastestDecay = log(2.0) / 0.1
  private static let unphysicalDecay = log(2.0) / 1000

  init(
    _ points: TimeActivitySamples, radionuclide: Radionuclide, options: TimeActivityFit.Options
  ) {
    self.points = points
    self.options = options
    slowestDecay =
      options.allowsTailSlowerThanPhysicalDecay
      ? Self.unphysicalDecay : log(2.0) / radionuclide.halfLife.inHours
  }

  private var count: Int { points.hours.count }

  /// The families to try, from the option or from the number and course of the points.
  func families() throws(DosimetryError) -> [CurveFamily] {
    let asked = options.family ?? .monoExponential
    guard count >= asked.parameterCount else {
      throw .tooFewTimePoints(
        found: count, needed: asked.parameterCount, family: asked.rawValue)
    }
    guard !points.isUptakeOnly else {
      throw .uptakePhaseOnly(lastHours: points.hours[count - 1])
    }
    if let family = options.family { return [family] }
    let allowed = CurveFamily.allCases.filter {
      count >= $0.parameterCount + 2 && !(points.rises && $0 == .monoExponential)
    }
    if !allowed.isEmpty { return allowed }
    return [points.rises ? .uptakeAndClearance : .monoExponential]
  }

  func fit(_ family: CurveFamily) throws(DosimetryError) -> FamilyFit {
    let hours = points.hours
    let weights =
      points.standardDeviations.map { $0.map { 1 / $0 } }
      ?? [Double](repeating: 1 / (points.megabecquerels.max() ?? 1), count: count)
    let problem = BoundedLeastSquares(
      model: { q in
        let curve = family.curve(q)
        return hours.map { curve.activity(hours: $0).megabecquerels }
      },
      values: points.megabecquerels, weights: weights, bounds: bounds(family))
    guard let solution = problem.solve(from: starts(family)) else {
      throw .fitDidNotConverge(family: family.rawValue)
    }
    return FamilyFit(
      family: family, solution: solution, aicc: aicc(family, solution.residualSum),
      covariance: covariance(family, solution))
  }

  private func bounds(_ family: CurveFamily) -> [ClosedRange<Double>] {
    let all = [
      -40.0...40.0, log(slowestDecay)...log(Self.fastestDecay), -3.0...8.0, -7.0...7.0,
    ]
    return Array(all.prefix(family.parameterCount))
  }

  /// Starts from the last two points, with several speeds of the fast term.
  private func starts(_ family: CurveFamily) -> [[Double]] {
    let slow = min(max(points.lastDecay, slowestDecay), Self.fastestDecay)
    let piecewise = points.piecewiseIntegral(slowestDecay: slowestDecay)
    let tia = log(piecewise + points.megabecquerels[0] * points.hours[0])
    var starts: [[Double]] = []
    for ratio in [1.0, 3, 10, 40, 150] {
      for share in [-1.5, 0] {
        starts.append(
          Array([tia, log(slow), log(ratio), share].prefix(family.parameterCount)))
      }
    }
    return starts
  }

  /// AICc = −2 ln L + 2K + 2K(K+1)/(N−K−1); infinite where N < K + 2.
  ///
  /// Without standard deviations −2 ln L is N ln(RSS/N), with residuals below one part in 10⁹ of
  /// the largest activity counted as none.
  private func aicc(_ family: CurveFamily, _ residualSum: Double) -> Double {
    let (n, k) = (Double(count), Double(family.parameterCount))
    guard n >= k + 2 else { return .infinity }
    let misfit =
      points.standardDeviations == nil ? n * log(max(residualSum, 1e-18) / n) : residualSum
    return misfit + 2 * k + 2 * k * (k + 1) / (n - k - 1)
  }

  private func covariance(
    _ family: CurveFamily, _ solution: BoundedLeastSquares.Solution
  ) -> SquareMatrix? {
    guard var matrix = solution.inverseCurvature else { return nil }
    if points.standardDeviations != nil { return matrix }
    let freedom = count - family.parameterCount
    guard freedom > 0 else { return nil }
    let variance = solution.residualSum / Double(freedom)
    for a in 0..<matrix.size {
      for b in 0..<matrix.size { matrix[a, b] *= variance }
    }
    return matrix
  }

  func result(
    _ best: FamilyFit, among fits: [FamilyFit], samples: [ActivitySample]
  ) -> TimeActivityFit {
    let curve = best.curve
    let first = points.hours[0]
    let back = curve.integral
    let fromFirst = curve.integral(afterHours: first)
    let linear =
      fromFirst
      + .becquerelSeconds(curve.activity(hours: first).inBaseUnit * first * 1800)
    let chosen = options.earlyPhase == .backExtrapolated ? back : linear
    let fitUncertainty = best.covariance.map { back * $0[0, 0].squareRoot() }
    let shape = shapeUncertainty(best, early: back - linear, fromFirst: fromFirst)
    let extrapolated = curve.integral(afterHours: points.hours[count - 1]) / back
    return TimeActivityFit(
      samples: samples, family: best.family, curve: curve,
      timeIntegratedActivity: estimate(chosen, fit: fitUncertainty, shape: shape),
      fitUncertainty: fitUncertainty, shapeUncertainty: shape, backExtrapolated: back,
      linearFromZero: linear, earlyPhase: options.earlyPhase, extrapolatedFraction: extrapolated,
      effectiveHalfLifeHours: log(2.0) / exp(best.solution.parameters[1]),
      coverageFactor95: points.standardDeviations != nil
        ? StudentT.normal95
        : StudentT.factor95(degreesOfFreedom: count - best.family.parameterCount),
      parameterNames: best.family.parameterNames, parameters: best.solution.parameters,
      covariance: best.covariance.map { matrix in
        (0..<matrix.size).map { row in (0..<matrix.size).map { matrix[row, $0] } }
      },
      candidates: candidates(fits), warnings: warnings(best, extrapolated: extrapolated))
  }

  /// Two answers to the same question bound a rectangle; its standard deviation is width/√12
  /// (GUM, JCGM 100:2008, 4.3.7).
  private func shapeUncertainty(
    _ best: FamilyFit, early: TimeIntegratedActivity, fromFirst: TimeIntegratedActivity
  ) -> TimeIntegratedActivity {
    let shapeIsTested = count >= best.family.parameterCount + 2
    let piecewise = TimeIntegratedActivity.megabecquerelHours(
      points.piecewiseIntegral(slowestDecay: slowestDecay))
    let late = shapeIsTested ? TimeIntegratedActivity.zero : piecewise - fromFirst
    return .becquerelSeconds(hypot(early.inBaseUnit, late.inBaseUnit) / 12.0.squareRoot())
  }

  private func estimate(
    _ tia: TimeIntegratedActivity, fit: TimeIntegratedActivity?, shape: TimeIntegratedActivity
  ) -> Estimate<TimeIntegratedActivity> {
    guard let fit else {
      return Estimate(
        tia,
        noUncertaintyBecause:
          "as many parameters as points, and no standard deviations of the activities given")
    }
    return Estimate(
      tia,
      standardUncertainty: .becquerelSeconds(hypot(fit.inBaseUnit, shape.inBaseUnit)))
  }

  private func candidates(_ fits: [FamilyFit]) -> [TimeActivityFit.Candidate] {
    guard let least = fits.map(\.aicc).min(), least.isFinite else { return [] }
    let likelihoods = fits.map { exp(-($0.aicc - least) / 2) }
    let total = likelihoods.reduce(0, +)
    return zip(fits, likelihoods).map { fit, likelihood in
      TimeActivityFit.Candidate(
        family: fit.family, aicc: fit.aicc, weight: likelihood / total,
        timeIntegratedActivity: fit.curve.integral)
    }
  }

  private func warnings(_ best: FamilyFit, extrapolated: Double) -> [String] {
    var warnings: [String] = []
    if best.solution.heldAtBound[1] {
      warnings.append(
        "clearance no faster than physical decay: the tail is set to physical decay, and its "
          + "uncertainty is not in the result")
    }
    if best.solution.heldAtBound.dropFirst(2).contains(true) {
      warnings.append("the points do not determine the fast phase; its parameters are at a bound")
    }
    if extrapolated > options.extrapolationWarning {
      warnings.append(
        "\(Int((extrapolated * 100).rounded())) % of the time-integrated activity lies after the "
          + "last scan")
    }
    if count == 2 {
      warnings.append("two points cannot test the shape; its error is not in the uncertainty")
    } else if count < best.family.parameterCount + 2 {
      warnings.append(
        "\(count) points are too few to test a \(best.family.rawValue) shape; the difference to "
          + "piecewise integration is in the uncertainty")
    }
    return warnings
  }
}
