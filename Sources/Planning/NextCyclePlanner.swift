import Dosimetry
import Quantities

/// Proposes the activity of the next cycle from what the given cycles showed.
///
/// Per organ at risk: dose per activity followed by ``GainEstimate``; what remains of each limit
/// split equally over the remaining cycles at the gain that is not exceeded with 95 %
/// probability; the smallest activity over all active limits, within the range of the pack.
public struct NextCyclePlanner: Sendable {
  private let pack: LimitPack

  /// Closed form and numeric search may differ by this much.
  public static let checkTolerance = 0.01

  /// Above this share over the label's activity a treatment counts as non-standardised (EANM
  /// position paper, doi 10.1007/s00259-020-05038-9).
  public static let labelMargin = 1.25

  /// - Throws: ``PlanningError/packInvalid(pack:field:reason:)``.
  public init(_ pack: LimitPack) throws(PlanningError) {
    try pack.check()
    self.pack = pack
  }

  /// - Parameter course: The cycles given so far, in order; empty before the first.
  /// - Throws: ``PlanningError``.
  public func propose(after course: [GivenCycle]) throws(PlanningError) -> NextCycleProposal {
    let numbers = course.map(\.number)
    guard zip([0] + numbers, numbers).allSatisfy({ $0 < $1 }) else { throw .cyclesNotInOrder }
    let plan = Plan(pack: pack, course: course)
    let numeric = try check(plan)
    return plan.proposal(numericCheck: numeric)
  }

  private func check(_ plan: Plan) throws(PlanningError) -> Activity? {
    guard let closed = plan.activity95, closed.inBaseUnit > 0 else { return nil }
    let numeric = NumericCheck(limits: plan.limits, cycles: plan.cyclesLeft).activity()
    guard abs(numeric / closed - 1) <= Self.checkTolerance else {
      throw .checkFailed(
        closedFormGBq: closed.gigabecquerels, numericGBq: numeric.gigabecquerels)
    }
    return numeric
  }
}

/// Everything that follows from the pack and the course so far.
struct Plan {
  let pack: LimitPack
  let nextCycle: Int
  /// Cycles left in the plan, and over how many of them the rest is split: fewer when an equal
  /// share would fall below the least activity.
  let plannedLeft: Int
  let cyclesLeft: Int
  let organs: [RegionForecast]
  let lesions: [RegionForecast]
  let limits: [RegionLimit]
  let notAssessable: [NextCycleProposal.NotAssessable]

  init(pack: LimitPack, course: [GivenCycle]) {
    self.pack = pack
    nextCycle = (course.map(\.number).max() ?? 0) + 1
    plannedLeft = max(pack.course.cycles - (nextCycle - 1), 0)
    var organs: [RegionForecast] = []
    var limits: [RegionLimit] = []
    var unknown: [NextCycleProposal.NotAssessable] = []
    for organ in pack.organs {
      let forecasts = Self.forecasts(organ, course)
      if forecasts.isEmpty { unknown.append(Self.unknown(organ)) }
      organs += forecasts
      for forecast in forecasts {
        let active = organ.limits.filter(\.isActive).map {
          RegionLimit(forecast: forecast, limit: $0)
        }
        limits += active.filter(\.isAssessable)
        if !active.allSatisfy(\.isAssessable) { unknown.append(Self.withoutRBE(forecast)) }
      }
    }
    self.organs = organs
    self.limits = limits
    notAssessable = unknown
    lesions = Self.lesions(pack, course)
    cyclesLeft = Self.split(limits, planned: plannedLeft, least: pack.activity.leastGBq)
  }

  /// Activity at 95 % compliance from all active limits, not clamped; `nil` without limits.
  var activity95: Activity? { allowed(limits, cycles: cyclesLeft, .nineteenInTwenty) }

  func allowed(
    _ limits: [RegionLimit], cycles: Int, _ compliance: Compliance
  ) -> Activity? {
    limits.map { $0.allowed(cycles: max(cycles, 1), compliance) }.min()
  }

  /// Within the range of the pack; `nil` below its least.
  func clamped(_ activity: Activity) -> Activity? {
    guard activity.gigabecquerels >= pack.activity.leastGBq else { return nil }
    return min(activity, .gigabecquerels(pack.activity.mostGBq))
  }

  /// The most cycles, up to the plan, whose equal share reaches the least activity; 1 when none
  /// does.
  private static func split(_ limits: [RegionLimit], planned: Int, least: Double) -> Int {
    let fitting = stride(from: planned, through: 1, by: -1).first { cycles in
      limits.allSatisfy {
        $0.allowed(cycles: cycles, .nineteenInTwenty).gigabecquerels >= least
      }
    }
    return fitting ?? 1
  }

  /// Every outlined region of the organ, or the organ itself from its prior.
  private static func forecasts(
    _ organ: LimitPack.Organ, _ course: [GivenCycle]
  ) -> [RegionForecast] {
    let measured = Set(course.flatMap(\.measurements).map(\.region))
    let named = organ.regions.filter(measured.contains)
    return (named.isEmpty ? [organ.organ] : named).compactMap {
      RegionForecast(
        region: $0, kind: .organ, gain: organ.gain, tissue: organ.tissue,
        assumedHalfLifeHours: organ.effectiveHalfLifeHours, course: course)
    }
  }

  private static func unknown(_ organ: LimitPack.Organ) -> NextCycleProposal.NotAssessable {
    NextCycleProposal.NotAssessable(
      organ: organ.organ,
      reason: "never measured, and the limit pack holds no prior for it; "
        + "its limits are not in the proposal")
  }

  private static func withoutRBE(
    _ forecast: RegionForecast
  ) -> NextCycleProposal.NotAssessable {
    NextCycleProposal.NotAssessable(
      organ: forecast.region,
      reason:
        "most of its dose may come from alphas, and the course states no RBE; its limits of BED "
        + "are not in the proposal; give dosimetry.rbe")
  }

  private static func lesions(_ pack: LimitPack, _ course: [GivenCycle]) -> [RegionForecast] {
    guard let rules = pack.lesions else { return [] }
    var names: [String] = []
    for measurement in course.flatMap(\.measurements)
    where measurement.kind == .lesion && !names.contains(measurement.region) {
      names.append(measurement.region)
    }
    return names.compactMap {
      RegionForecast(
        region: $0, kind: .lesion, gain: rules.gain, tissue: rules.tissue,
        assumedHalfLifeHours: nil, course: course)
    }
  }
}
