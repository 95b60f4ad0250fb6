import Foundation
public import Quantities
public import Radiobiology
import Reporting

/// What a dose does, by the linear-quadratic model: the answer of `theratrack dose bed`.
public struct EffectAnswer: Sendable {
  public struct Request: Sendable {
    /// Low-LET dose of each cycle; empty when a BED is given or the terms say it.
    public var doses: [AbsorbedDose] = []
    /// High-LET dose of each cycle, for alpha emitters; empty, or as many as low-LET doses.
    public var highLETDoses: [AbsorbedDose] = []
    /// Effective half-life of each cycle, or one for all.
    public var halfLives: [Duration] = []
    /// Dose-rate terms of one cycle in place of dose and half-life.
    public var terms: [DoseRateCurve.Term] = []
    /// Cycles all alike.
    public var cycles = 1
    /// From one administration to the next.
    public var interval: Duration?
    public var alphaBeta: AbsorbedDose
    public var repair: Duration
    public var rbe: Double?
    /// The other way: which dose has this BED?
    public var target: BiologicallyEffectiveDose?
    /// Share of that dose that is high-LET.
    public var highLETShare = 0.0

    public init(alphaBeta: AbsorbedDose, repair: Duration) {
      self.alphaBeta = alphaBeta
      self.repair = repair
    }
  }

  private struct Cycle {
    let field: MixedField
    let rate: DoseRateCurve
  }

  let tissue: TissueRadiobiology
  let rbe: Double
  let entries: [Entry]
  let course: DoseRateCourse
  let target: BiologicallyEffectiveDose?
  let interval: Duration?
  public let lowLET: AbsorbedDose
  public let highLET: AbsorbedDose

  struct Entry: Encodable {
    let low_let_Gy, high_let_Gy, lea_catcheside_factor, bed_Gy: Double
  }

  /// - Throws: ``CalculatorError`` when the request contradicts itself, `RadiobiologyError` for
  ///   values that are not possible.
  public init(_ request: Request) throws {
    tissue = try TissueRadiobiology(
      alphaBeta: request.alphaBeta, repairHalfTime: request.repair, source: "given")
    if (!request.highLETDoses.isEmpty || request.highLETShare > 0), request.rbe == nil {
      throw CalculatorError.effect("a high-LET dose needs --rbe; none is assumed")
    }
    rbe = request.rbe ?? 1
    target = request.target
    interval = request.interval
    let cycles = try Self.cycles(request, tissue)
    if cycles.count > 1, request.interval == nil {
      throw CalculatorError.effect(
        "\(cycles.count) cycles need the time between them; write --interval 8weeks")
    }
    let gap = request.interval ?? .zero
    course = try DoseRateCourse(
      cycles.enumerated().map {
        .init(start: .hours(gap.inHours * Double($0)), rate: $1.rate)
      })
    let (tissue, rbe) = (tissue, rbe)
    entries = cycles.map { cycle in
      let g = cycle.rate.leaCatcheside(tissue)
      let (low, high) = (cycle.field.lowLET, cycle.field.highLET)
      let bed = low.biologicallyEffective(tissue, protraction: g).gray + rbe * high.gray
      return Entry(
        low_let_Gy: low.gray, high_let_Gy: high.gray, lea_catcheside_factor: g, bed_Gy: bed)
    }
    lowLET = cycles.reduce(.zero) { $0 + $1.field.lowLET }
    highLET = cycles.reduce(.zero) { $0 + $1.field.highLET }
  }

  private static func cycles(
    _ request: Request, _ tissue: TissueRadiobiology
  ) throws -> [Cycle] {
    guard request.cycles >= 1, request.cycles <= 100 else {
      throw CalculatorError.effect("--cycles is from 1 to 100")
    }
    let single = try request.terms.isEmpty ? fromHalfLives(request, tissue) : fromTerms(request)
    if single.count > 1, request.cycles > 1 {
      throw CalculatorError.effect("give one --dose with --cycles, or one --dose for each cycle")
    }
    return single.count == 1
      ? [Cycle](repeating: single[0], count: request.cycles) : single
  }

  private static func fromTerms(_ request: Request) throws -> [Cycle] {
    guard request.doses.isEmpty, request.target == nil, request.halfLives.isEmpty else {
      throw CalculatorError.effect("--term says dose and half-life already; leave those out")
    }
    let rate = try DoseRateCurve(terms: request.terms)
    let high = request.highLETDoses.first ?? .zero
    return [
      Cycle(
        field: try MixedField(lowLET: rate.dose, highLET: high, rbe: request.rbe ?? 1), rate: rate)
    ]
  }

  private static func fromHalfLives(
    _ request: Request, _ tissue: TissueRadiobiology
  ) throws -> [Cycle] {
    guard !request.halfLives.isEmpty, request.halfLives.allSatisfy({ $0 > .zero }) else {
      throw CalculatorError.effect(
        "the effective half-life is missing or not positive; write --half-life 50h")
    }
    let (low, high) = try doses(request, tissue)
    guard request.halfLives.count == 1 || request.halfLives.count == low.count else {
      throw CalculatorError.effect("give one --half-life, or one for each --dose")
    }
    return try zip(low, high).enumerated().map { n, dose in
      let halfLife = request.halfLives[request.halfLives.count == 1 ? 0 : n]
      let field = try MixedField(lowLET: dose.0, highLET: dose.1, rbe: request.rbe ?? 1)
      // A dose of alphas alone still needs a curve; its G acts on no low-LET dose.
      let shape = dose.0 > .zero ? dose.0 : dose.1
      return Cycle(field: field, rate: try DoseRateCurve(dose: shape, effectiveHalfLife: halfLife))
    }
  }

  /// Low- and high-LET dose of each cycle, as given or from the BED asked for.
  private static func doses(
    _ request: Request, _ tissue: TissueRadiobiology
  ) throws -> (low: [AbsorbedDose], high: [AbsorbedDose]) {
    if let target = request.target {
      guard request.doses.isEmpty, request.highLETDoses.isEmpty else {
        throw CalculatorError.effect("give --dose or --bed, not both")
      }
      guard target.gray > 0, target.gray.isFinite, (0...1).contains(request.highLETShare) else {
        throw CalculatorError.effect("--bed must be positive and --high-let-share from 0 to 100 %")
      }
      let total = try inverse(target, request, tissue)
      let perCycle = total * (1 / Double(request.cycles))
      return (
        [perCycle * (1 - request.highLETShare)], [perCycle * request.highLETShare]
      )
    }
    guard !request.doses.isEmpty || !request.highLETDoses.isEmpty else {
      throw CalculatorError.effect("nothing to compute from; give --dose, --term, --bed or --dvh")
    }
    let count = max(request.doses.count, request.highLETDoses.count)
    let (low, high) = (request.doses, request.highLETDoses)
    guard low.isEmpty || high.isEmpty || low.count == high.count else {
      throw CalculatorError.effect("give as many --alpha-dose as --dose")
    }
    let none = [AbsorbedDose](repeating: .zero, count: count)
    return (low.isEmpty ? none : low, high.isEmpty ? none : high)
  }

  /// The dose of the whole course with this BED: its G does not depend on the dose.
  private static func inverse(
    _ target: BiologicallyEffectiveDose, _ request: Request, _ tissue: TissueRadiobiology
  ) throws -> AbsorbedDose {
    let gap = request.interval ?? .zero
    let unit = try DoseRateCurve(dose: .gray(1), effectiveHalfLife: request.halfLives[0])
    let course = try DoseRateCourse(
      (0..<request.cycles).map { .init(start: .hours(gap.inHours * Double($0)), rate: unit) })
    return MixedField.absorbedDose(
      target, highLETShare: request.highLETShare, rbe: request.rbe ?? 1, tissue,
      protraction: course.leaCatcheside(tissue))
  }
}

extension EffectAnswer {
  var protraction: Double { course.leaCatcheside(tissue) }

  /// Of the whole course, with what is unrepaired when the next cycle begins.
  public var biologicallyEffectiveDose: BiologicallyEffectiveDose {
    lowLET.biologicallyEffective(tissue, protraction: protraction) + .gray(rbe * highLET.gray)
  }

  private struct File: Encodable {
    let dose_Gy, low_let_Gy, high_let_Gy: Double
    let rbe: Double?
    let alpha_beta_Gy, repair_half_time_h: Double
    let lea_catcheside_factor: Double
    let bed_Gy, bed_low_let_Gy, bed_high_let_Gy, bed_sum_of_cycles_Gy, eqd2_Gy: Double
    /// The BED that was asked for, when the dose was the question.
    let target_bed_Gy: Double?
    let interval_h: Double?
    let cycles: [Entry]
  }

  public func json() throws -> String {
    let bed = biologicallyEffectiveDose
    let file = File(
      dose_Gy: (lowLET + highLET).gray, low_let_Gy: lowLET.gray, high_let_Gy: highLET.gray,
      rbe: highLET > .zero ? rbe : nil, alpha_beta_Gy: tissue.alphaBeta.gray,
      repair_half_time_h: tissue.repairHalfTimeHours, lea_catcheside_factor: protraction,
      bed_Gy: bed.gray, bed_low_let_Gy: bed.gray - rbe * highLET.gray,
      bed_high_let_Gy: rbe * highLET.gray,
      bed_sum_of_cycles_Gy: entries.reduce(0) { $0 + $1.bed_Gy },
      eqd2_Gy: bed.equivalentDoseIn2GyFractions(tissue).gray, target_bed_Gy: target?.gray,
      interval_h: interval?.inHours, cycles: entries)
    return String(decoding: try JSONWriter.data(file).dropLast(), as: UTF8.self)
  }

  public func text() -> String {
    func line(_ name: String, _ value: String) -> String { name.column(28) + value }
    func gray(_ value: Double) -> String { "\(Digits.significant(value, 6)) Gy" }
    let bed = biologicallyEffectiveDose
    var lines = [
      line("Dose", gray((lowLET + highLET).gray)),
      line("Lea-Catcheside factor G", Digits.significant(protraction, 5)),
      line("BED", gray(bed.gray)),
      line("EQD2", gray(bed.equivalentDoseIn2GyFractions(tissue).gray)),
    ]
    if highLET > .zero {
      lines += [
        line("Low LET", "\(gray(lowLET.gray)), BED \(gray(bed.gray - rbe * highLET.gray))"),
        line(
          "High LET",
          "\(gray(highLET.gray)), times RBE \(Digits.significant(rbe, 3)): "
            + gray(rbe * highLET.gray)),
      ]
    }
    if entries.count > 1 {
      let sum = entries.reduce(0) { $0 + $1.bed_Gy }
      lines += entries.enumerated().map { n, entry in
        line(
          "  cycle \(n + 1)",
          "\(gray(entry.low_let_Gy + entry.high_let_Gy)), BED \(gray(entry.bed_Gy))")
      }
      lines.append(line("Sum of the cycles' BED", gray(sum)))
    }
    return lines.joined(separator: "\n")
  }
}
