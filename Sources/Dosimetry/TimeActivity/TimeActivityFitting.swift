import Foundation
public import Quantities

extension TimeActivityFit {
  /// Fits the activities of a region.
  ///
  /// From five points on, AICc chooses among the families that it is defined for (K + 2 points)
  /// and whose parameters the points determine. With four, it is defined for one exponential only;
  /// then uptake and clearance is taken, because a region is empty at administration, unless its
  /// uptake is over before the first scan. With fewer, the simplest shape that the points do not
  /// contradict is taken. Where a shape cannot be tested, its difference to a model-free
  /// integration enters the uncertainty.
  ///
  /// - Parameters:
  ///   - samples: In order of time. At least two, or one with a half-life prior; for other ways
  ///     with one scan see ``singleTimePoint(_:by:)``.
  ///   - administered: Activity at time 0, to refuse impossible samples.
  /// - Throws: ``DosimetryError``; an uptake phase without a clearing tail is refused.
  public static func fit(
    _ samples: [ActivitySample], radionuclide: Radionuclide, administered: Activity? = nil,
    options: Options = Options()
  ) throws(DosimetryError) -> TimeActivityFit {
    let points = try TimeActivitySamples(samples)
    if let administered { try points.check(against: administered, of: radionuclide) }
    if let prior = options.halfLifePrior {
      guard points.standardDeviations != nil else { throw .priorNeedsNoise }
      if samples.count == 1, options.family ?? .monoExponential == .monoExponential {
        return try singleTimePoint(samples[0], by: .prior(prior))
      }
    }
    let fitting = TimeActivityFitting(points, radionuclide: radionuclide, options: options)
    var fits: [TimeActivityFitting.FamilyFit] = []
    for family in try fitting.families() { fits.append(try fitting.fit(family)) }
    let selection = FamilySelection(fits, points: points, options: options)
    guard let best = selection.best else { throw .fitDidNotConverge(family: "time-activity") }
    return TimeActivityResult(fitting, best: best, selection: selection).fit(samples)
  }

  /// Refuses samples that no fit accepts, and those that hold more than was administered.
  ///
  /// - Throws: ``DosimetryError`` naming the sample.
  public static func check(
    _ samples: [ActivitySample], of radionuclide: Radionuclide, administered: Activity
  ) throws(DosimetryError) {
    try TimeActivitySamples(samples).check(against: administered, of: radionuclide)
  }
}

/// One run of the fit over its families.
struct TimeActivityFitting {
  struct FamilyFit {
    let family: CurveFamily
    let solution: BoundedLeastSquares.Solution
    let curve: ActivityCurve
    /// `nil` where it is not defined.
    let aicc: Double?
    /// Covariance of the parameters; `nil` when it is not known.
    let covariance: SquareMatrix?

    var tia: TimeIntegratedActivity { curve.integral }
    /// One standard deviation from noise alone.
    var fitUncertainty: TimeIntegratedActivity? {
      covariance.map { tia * $0[0, 0].squareRoot() }
    }
  }

  let points: TimeActivitySamples
  let options: TimeActivityFit.Options
  let slowestDecay: Double
  private let physicalDecay: Double

  /// The slowest tail that can be fitted where it may be slower than physical decay.
  private static let unphysicalDecay = log(2.0) / 1000

  init(
    _ points: TimeActivitySamples, radionuclide: Radionuclide, options: TimeActivityFit.Options
  ) {
    self.points = points
    self.options = options
    physicalDecay = log(2.0) / radionuclide.halfLife.inHours
    slowestDecay =
      options.allowsTailSlowerThanPhysicalDecay
      ? min(Self.unphysicalDecay, physicalDecay) : physicalDecay
  }

  var count: Int { points.hours.count }
  private var isHybrid: Bool { points.isPlanar.contains(true) }
  /// What is known, in numbers: the points and the prior.
  var evidence: Int { count + (options.halfLifePrior == nil ? 0 : 1) }
  /// Whether noise comes from given standard deviations, not from the residuals.
  var noiseIsGiven: Bool {
    options.weighting == .standardDeviations && points.standardDeviations != nil
  }

  func parameterCount(_ family: CurveFamily) -> Int {
    family.parameterCount + (isHybrid ? 1 : 0)
  }

  /// The families to try, from the option or from the number and course of the points.
  func families() throws(DosimetryError) -> [CurveFamily] {
    guard !points.isUptakeOnly else {
      throw .uptakePhaseOnly(.init(number: count, hours: points.hours[count - 1]))
    }
    let rises = points.risenSample
    let asked = options.family ?? (rises == nil ? .monoExponential : .uptakeAndClearance)
    guard evidence >= parameterCount(asked) else {
      throw .tooFewTimePoints(
        found: count, needed: parameterCount(asked), family: asked.rawValue)
    }
    if let family = options.family {
      if let rises, family.onlyClears {
        throw .risesInClearance(
          .init(number: rises + 1, hours: points.hours[rises]), family: family.rawValue)
      }
      return [family]
    }
    let possible = CurveFamily.allCases.filter { family in
      family.onlyClears ? rises == nil : !points.startsAtAdministration
    }
    let testable = possible.filter { evidence >= parameterCount($0) + 2 }
    let uptake = CurveFamily.uptakeAndClearance
    // AICc may decide once it can judge the simplest curve with uptake, or none is possible.
    if !testable.isEmpty, testable.contains(uptake) || !possible.contains(uptake) {
      return testable
    }
    if rises != nil { return [uptake] }
    let hasFreedom = evidence > parameterCount(uptake) && possible.contains(uptake)
    return hasFreedom ? [uptake, .monoExponential] : [.monoExponential]
  }

  func fit(_ family: CurveFamily) throws(DosimetryError) -> FamilyFit {
    let hours = points.hours
    let (isPlanar, isHybrid) = (points.isPlanar, isHybrid)
    let physical = physicalDecay
    let prior = options.halfLifePrior
    let factor = family.parameterCount
    let problem = BoundedLeastSquares(
      model: { q in
        let curve = family.curve(q, physicalPerHour: physical)
        let planar = isHybrid ? exp(q[factor]) : 1
        let activities = hours.indices.map {
          curve.activity(hours: hours[$0]).megabecquerels * (isPlanar[$0] ? planar : 1)
        }
        return prior == nil ? activities : activities + [q[1]]
      },
      values: points.megabecquerels + (prior.map { [log(log(2.0) / $0.medianHours)] } ?? []),
      weights: weights + (prior.map { [1 / $0.logStandardDeviation] } ?? []),
      bounds: family.bounds(slowestPerHour: slowestDecay) + (isHybrid ? [-3.0...3.0] : []))
    let starts = starts(family).map { $0 + (isHybrid ? [0.0] : []) }
    guard let solution = problem.solve(from: starts) else {
      throw .fitDidNotConverge(family: family.rawValue)
    }
    return FamilyFit(
      family: family, solution: solution,
      curve: family.curve(solution.parameters, physicalPerHour: physicalDecay),
      aicc: aicc(family, solution.residualSum), covariance: covariance(family, solution))
  }

  private var weights: [Double] {
    if noiseIsGiven, let deviations = points.standardDeviations { return deviations.map { 1 / $0 } }
    if options.weighting == .relative { return points.megabecquerels.map { 1 / $0 } }
    return [Double](repeating: 1 / (points.megabecquerels.max() ?? 1), count: count)
  }

  /// From the last two points and the integral without a model.
  private func starts(_ family: CurveFamily) -> [[Double]] {
    guard count > 1 else {
      let k = log(2.0) / (options.halfLifePrior?.medianHours ?? 1)
      let tia = points.megabecquerels[0] * exp(k * points.hours[0]) / k
      return family.starts(logIntegral: log(tia), logSlow: log(k))
    }
    let slow = min(max(points.lastDecay, slowestDecay), log(2.0) / 0.1)
    let piecewise = points.piecewiseIntegral(slowestDecay: slowestDecay)
    return family.starts(
      logIntegral: log(piecewise + points.megabecquerels[0] * points.hours[0]),
      logSlow: log(slow))
  }

  /// AICc = −2 ln L + 2K + 2K(K+1)/(N−K−1); not defined where N < K + 2.
  ///
  /// Without standard deviations −2 ln L is N ln(RSS/N), with residuals below one part in 10⁹ of
  /// the largest activity counted as none.
  private func aicc(_ family: CurveFamily, _ residualSum: Double) -> Double? {
    let (n, k) = (Double(evidence), Double(parameterCount(family)))
    guard n >= k + 2 else { return nil }
    let misfit = noiseIsGiven ? residualSum : n * log(max(residualSum, 1e-18) / n)
    return misfit + 2 * k + 2 * k * (k + 1) / (n - k - 1)
  }

  private func covariance(
    _ family: CurveFamily, _ solution: BoundedLeastSquares.Solution
  ) -> SquareMatrix? {
    guard var matrix = solution.inverseCurvature else { return nil }
    if noiseIsGiven { return matrix }
    let freedom = count - parameterCount(family)
    guard freedom > 0 else { return nil }
    let variance = solution.residualSum / Double(freedom)
    for a in 0..<matrix.size {
      for b in 0..<matrix.size { matrix[a, b] *= variance }
    }
    return matrix
  }
}
