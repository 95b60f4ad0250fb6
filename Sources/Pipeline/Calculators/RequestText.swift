import Dosimetry
import Foundation
import Quantities
import Radiobiology

// Requests from the texts of a command line: every quantity with its unit.

/// Why a text is no request.
public struct RequestTextError: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String
}

enum RequestText {
  static func quantity<Value: TextQuantity>(
    _ text: String, _ option: String
  ) throws(RequestTextError) -> Value {
    do { return try Value(text: text) } catch {
      throw RequestTextError(description: "\(option): \(error.description)")
    }
  }

  static func positive<Value: TextQuantity>(
    _ text: String, _ option: String
  ) throws(RequestTextError) -> Value {
    let value: Value = try quantity(text, option)
    guard value > .zero else {
      throw RequestTextError(description: "\(option): '\(text)' is not positive")
    }
    return value
  }

  static func time(_ text: String, _ option: String) throws(RequestTextError) -> Duration {
    let time: Duration
    do { time = try Duration(text: text) } catch {
      throw RequestTextError(description: "\(option): \(error.description)")
    }
    guard time > .zero else {
      throw RequestTextError(description: "\(option): '\(text)' is not positive")
    }
    return time
  }

  /// `20%` as 0.2.
  static func share(
    _ text: String, _ option: String, in range: ClosedRange<Double>
  ) throws(RequestTextError) -> Double {
    let trimmed = text.trimmingCharacters(in: .whitespaces)
    guard trimmed.hasSuffix("%"),
      let percent = Double(trimmed.dropLast().trimmingCharacters(in: .whitespaces)),
      range.contains(percent / 100)
    else {
      throw RequestTextError(
        description: "\(option): '\(text)' is not a percentage in its range; write 20%")
    }
    return percent / 100
  }

  /// `50h` or `50h,20%`.
  static func halfLife(
    _ text: String, _ option: String
  ) throws(RequestTextError) -> FitAnswer.HalfLife {
    let parts = text.split(separator: ",", maxSplits: 1).map(String.init)
    guard let first = parts.first else {
      throw RequestTextError(description: "\(option): write 50h or 50h,20%")
    }
    return FitAnswer.HalfLife(
      try time(first, option),
      variation: parts.count > 1 ? try share(parts[1], option, in: 1e-6...2) : nil)
  }

  /// `0.10Gy/h,10h`: a dose rate at time 0 and the half-life it falls with.
  static func term(_ text: String) throws(RequestTextError) -> DoseRateCurve.Term {
    let wrong = RequestTextError(
      description: "--term: '\(text)' is not a dose rate and a half-life; write 0.10Gy/h,10h")
    let parts = text.split(separator: ",").map(String.init)
    guard parts.count == 2, parts[0].hasSuffix("/h") else { throw wrong }
    let rate: AbsorbedDose = try quantity(String(parts[0].dropLast(2)), "--term")
    guard rate.gray != 0 else { throw wrong }
    return DoseRateCurve.Term(
      grayPerHour: rate.gray, decayPerHour: log(2.0) / (try time(parts[1], "--term")).inHours)
  }

  /// `0.3/Gy`.
  static func perGray(_ text: String, _ option: String) throws(RequestTextError) -> Double {
    guard text.hasSuffix("/Gy"), let value = Double(text.dropLast(3)), value > 0, value.isFinite
    else { throw RequestTextError(description: "\(option): '\(text)' is not like 0.3/Gy") }
    return value
  }

  static func plain(
    _ text: String, _ option: String, in range: ClosedRange<Double>
  ) throws(RequestTextError) -> Double {
    guard let value = Double(text), range.contains(value) else {
      throw RequestTextError(
        description: "\(option): '\(text)' is not a number from \(range.lowerBound) to "
          + "\(range.upperBound)")
    }
    return value
  }
}

extension SphereAnswer.Request {
  public init(
    radionuclide: String, mass: String, density: String?, tia: String?
  ) throws(RequestTextError) {
    self.init(radionuclide: radionuclide, mass: try RequestText.positive(mass, "--mass"))
    if let density { self.density = try RequestText.density(density) }
    if let tia { timeIntegratedActivity = try RequestText.positive(tia, "--tia") }
  }

  /// - Parameter free: `Bi-213=30%` each.
  public mutating func addDaughters(
    free: [String], freeHalfLife: String?, boundHalfLife: String?
  ) throws(RequestTextError) {
    for text in free {
      let parts = text.split(separator: "=").map(String.init)
      guard parts.count == 2 else {
        throw RequestTextError(description: "--free: '\(text)' is not like Bi-213=30%")
      }
      freeFractions[parts[0]] = try RequestText.share(parts[1], "--free", in: 0...1)
    }
    if let freeHalfLife {
      guard !free.isEmpty else {
        throw RequestTextError(
          description: "--free-half-life: needs --free, for example Bi-213=30%")
      }
      self.freeHalfLife = try RequestText.time(freeHalfLife, "--free-half-life")
    }
    if let boundHalfLife {
      self.boundHalfLife = try RequestText.time(boundHalfLife, "--bound-half-life")
    }
  }
}

extension RequestText {
  /// In g/mL.
  static func density(_ text: String) throws(RequestTextError) -> Double {
    let density: MassDensity = try positive(text, "--density")
    return density.gramsPerMillilitre
  }
}

extension FitAnswer.Request {
  /// The quantities of `theratrack dose fit` as written.
  public struct Text: Sendable {
    public var halfLife, halfLifePrior, administered, noise, mass, density: String?
    public var cycleVariation: String?

    public init() {}
  }

  public init(radionuclide: String, _ text: Text) throws(RequestTextError) {
    self.init(radionuclide: radionuclide)
    if let it = text.halfLife { halfLife = try RequestText.halfLife(it, "--half-life") }
    if let it = text.halfLifePrior {
      halfLifePrior = try RequestText.halfLife(it, "--half-life-prior")
    }
    if let it = text.administered { administered = try RequestText.positive(it, "--administered") }
    if let it = text.noise { noise = try RequestText.share(it, "--noise", in: 1e-6...2) }
    if let it = text.mass { mass = try RequestText.positive(it, "--mass") }
    if let it = text.density { density = try RequestText.density(it) }
    if let it = text.cycleVariation {
      variationBetweenCycles = try RequestText.share(it, "--cycle-variation", in: 0...2)
    }
  }

  /// - Parameters: Names as on the command line; what is not known gives an error.
  public mutating func choose(
    weights: String, earlyPhase: String
  ) throws(RequestTextError) {
    switch weights {
    case "sd": weighting = .standardDeviations
    case "equal": weighting = .equal
    case "relative": weighting = .relative
    default: throw RequestTextError(description: "--weights is sd, equal or relative")
    }
    switch earlyPhase {
    case "curve": self.earlyPhase = .backExtrapolated
    case "linear": self.earlyPhase = .linearFromZero
    default: throw RequestTextError(description: "--early-phase is curve or linear")
    }
  }
}

extension EffectAnswer.Request {
  /// The quantities of `theratrack dose bed` as written.
  public struct Text: Sendable {
    public var doses: [String] = []
    public var alphaDoses: [String] = []
    public var halfLives: [String] = []
    public var terms: [String] = []
    public var interval, rbe, bed, highLETShare: String?

    public init() {}
  }

  public init(alphaBeta: String, repair: String, cycles: Int, _ text: Text)
    throws(RequestTextError)
  {
    self.init(
      alphaBeta: try RequestText.positive(alphaBeta, "--alpha-beta"),
      repair: try RequestText.time(repair, "--repair"))
    self.cycles = cycles
    for it in text.doses { doses.append(try RequestText.positive(it, "--dose")) }
    for it in text.alphaDoses { highLETDoses.append(try RequestText.positive(it, "--alpha-dose")) }
    for it in text.halfLives { halfLives.append(try RequestText.time(it, "--half-life")) }
    for it in text.terms { terms.append(try RequestText.term(it)) }
    if let it = text.interval { interval = try RequestText.time(it, "--interval") }
    if let it = text.rbe { rbe = try RequestText.plain(it, "--rbe", in: 1...50) }
    if let it = text.bed { target = try RequestText.positive(it, "--bed") }
    if let it = text.highLETShare {
      highLETShare = try RequestText.share(it, "--high-let-share", in: 0...1)
    }
  }
}

extension UniformDoseAnswer.Request {
  public init(
    alpha: String?, exponent: String?, alphaBeta: String?, repair: String?, halfLife: String?
  ) throws(RequestTextError) {
    self.init()
    if let alpha { alphaPerGray = try RequestText.perGray(alpha, "--alpha") }
    if let exponent {
      self.exponent = try RequestText.plain(exponent, "--eud-exponent", in: -100...100)
    }
    if let alphaBeta { self.alphaBeta = try RequestText.positive(alphaBeta, "--alpha-beta") }
    if let repair { self.repair = try RequestText.time(repair, "--repair") }
    if let halfLife { self.halfLife = try RequestText.time(halfLife, "--half-life") }
  }
}
