import Foundation
import Quantities

/// From the chosen family to what is reported.
struct TimeActivityResult {
  private let fitting: TimeActivityFitting
  private let best: TimeActivityFitting.FamilyFit
  private let selection: FamilySelection
  private var points: TimeActivitySamples { fitting.points }
  private var options: TimeActivityFit.Options { fitting.options }

  init(
    _ fitting: TimeActivityFitting, best: TimeActivityFitting.FamilyFit, selection: FamilySelection
  ) {
    self.fitting = fitting
    self.best = best
    self.selection = selection
  }

  private var lastHours: Double { points.hours[fitting.count - 1] }
  private var firstHours: Double { points.hours[0] }
  private var extrapolated: Double { best.curve.integral(afterHours: lastHours) / best.tia }
  private var shapeIsTested: Bool {
    fitting.evidence >= fitting.parameterCount(best.family) + 2
  }

  private var linearFromZero: TimeIntegratedActivity {
    best.curve.integral(afterHours: firstHours) + triangle
  }

  private var triangle: TimeIntegratedActivity {
    .becquerelSeconds(best.curve.activity(hours: firstHours).inBaseUnit * firstHours * 1800)
  }

  /// ∫ A dt from the first scan on, without a model.
  private var piecewiseFromFirst: TimeIntegratedActivity? {
    guard fitting.count > 1 else { return nil }
    return .megabecquerelHours(leveled.piecewiseIntegral(slowestDecay: fitting.slowestDecay))
  }

  private var isHybrid: Bool { points.isPlanar.contains(true) }
  /// Where the factor of planar samples stands among the parameters.
  private var planarParameter: Int { best.family.parameterCount }

  /// All samples on the scale of the quantitative ones.
  private var leveled: TimeActivitySamples {
    isHybrid ? points.leveled(by: exp(best.solution.parameters[planarParameter])) : points
  }

  func fit(_ samples: [ActivitySample]) -> TimeActivityFit {
    let chosen = options.earlyPhase == .backExtrapolated ? best.tia : linearFromZero
    let averaged = selection.averaged
    let single = estimate(chosen)
    return TimeActivityFit(
      samples: samples, family: best.family, curve: best.curve,
      timeIntegratedActivity: options.averagesCandidates ? averaged ?? single : single,
      fitUncertainty: best.fitUncertainty, shapeUncertainty: shapeUncertainty,
      backExtrapolated: best.tia, linearFromZero: linearFromZero, earlyPhase: options.earlyPhase,
      piecewise: piecewiseFromFirst.map {
        $0 + .megabecquerelHours(leveled.megabecquerels[0] * firstHours / 2)
      },
      averaged: averaged, extrapolatedFraction: extrapolated,
      effectiveHalfLifeHours: log(2.0) / exp(best.solution.parameters[1]),
      halfLifeRelativeUncertainty: best.covariance.map { $0[1, 1].squareRoot() },
      coverageFactor95: fitting.noiseIsGiven
        ? StudentT.normal95
        : StudentT.factor95(
          degreesOfFreedom: fitting.count - fitting.parameterCount(best.family)),
      planarFactor: isHybrid
        ? points.planarScale * exp(best.solution.parameters[planarParameter]) : nil,
      planarFactorRelativeUncertainty: isHybrid
        ? best.covariance.map { $0[planarParameter, planarParameter].squareRoot() } : nil,
      parameterNames: best.family.parameterNames + (isHybrid ? ["ln planar factor"] : []),
      parameters: best.solution.parameters,
      covariance: best.covariance.map { matrix in
        (0..<matrix.size).map { row in (0..<matrix.size).map { matrix[row, $0] } }
      },
      candidates: selection.candidates, warnings: warnings)
  }

  /// Two answers to the same question bound a rectangle; its standard deviation is width/√12
  /// (GUM, JCGM 100:2008, 4.3.7). A shape that starts at zero by itself leaves no doubt about the
  /// early phase beyond its fit.
  private var shapeUncertainty: TimeIntegratedActivity {
    let early =
      best.family.onlyClears ? best.tia - linearFromZero : TimeIntegratedActivity.zero
    let late =
      shapeIsTested
      ? TimeIntegratedActivity.zero
      : piecewiseFromFirst.map { $0 - best.curve.integral(afterHours: firstHours) } ?? .zero
    return .becquerelSeconds(hypot(early.inBaseUnit, late.inBaseUnit) / 12.0.squareRoot())
  }

  private func estimate(
    _ tia: TimeIntegratedActivity
  ) -> Estimate<TimeIntegratedActivity> {
    guard let fit = best.fitUncertainty else {
      return Estimate(
        tia,
        noUncertaintyBecause:
          "as many parameters as points, and no standard deviations of the activities given")
    }
    return Estimate(
      tia,
      standardUncertainty: .becquerelSeconds(
        hypot(fit.inBaseUnit, shapeUncertainty.inBaseUnit)))
  }

  private var warnings: [String] {
    var warnings: [String] = []
    let held = best.solution.heldAtBound
    if held[1], !options.allowsTailSlowerThanPhysicalDecay {
      warnings.append(
        "clearance no faster than physical decay: the tail is set to physical decay, and its "
          + "uncertainty is not in the result")
    }
    if held.dropFirst(2).contains(true) {
      warnings.append("the points do not determine the fast phase; its parameters are at a bound")
    }
    if extrapolated > options.extrapolationWarning {
      warnings.append(
        "\(Int((extrapolated * 100).rounded())) % of the time-integrated activity lies after the "
          + "last scan")
    }
    if isHybrid {
      let planar = points.isPlanar.count { $0 }
      warnings.append(
        "\(planar) planar and \(fitting.count - planar) quantitative scan(s): the planar ones give the "
          + "course over time, up to a factor that is taken to be the same at all times")
    }
    let correlation = FamilySelection.goodness(best).correlation
    if let correlation, correlation > options.largestCorrelation, best.family.parameterCount > 2 {
      warnings.append(
        "parameters are tied to each other (correlation \(rounded(correlation))): trust the "
          + "time-integrated activity more than the rates")
    }
    if fitting.count == 2, fitting.evidence == 2 {
      warnings.append("two points cannot test the shape; its error is not in the uncertainty")
    } else if !shapeIsTested {
      warnings.append(
        "\(fitting.count) points are too few to test a \(best.family.rawValue) shape; the "
          + "difference to piecewise integration is in the uncertainty")
    }
    return warnings
  }
}
