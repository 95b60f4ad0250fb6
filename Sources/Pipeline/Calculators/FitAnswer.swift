public import Dosimetry
public import Foundation
public import Quantities
import Reporting
import Transport

/// Time-integrated activity from a table of activities: the answer of `theratrack dose fit`.
public struct FitAnswer: Sendable {
  public enum Method: String, Sendable, CaseIterable {
    case automatic = "auto"
    case mono
    case uptake
    case biClearance = "bi-clearance"
    case partlyImmediate = "partly-immediate"
    case uptakeBiClearance = "uptake-bi-clearance"
    case haenscheid
    case madsen

    var family: CurveFamily? {
      switch self {
      case .automatic, .haenscheid, .madsen: nil
      case .mono: .monoExponential
      case .uptake: .uptakeAndClearance
      case .biClearance: .biExponentialClearance
      case .partlyImmediate: .partlyImmediateUptake
      case .uptakeBiClearance: .uptakeAndTwoPhaseClearance
      }
    }
  }

  /// A half-life and its coefficient of variation.
  public struct HalfLife: Sendable, Hashable {
    public var value: Duration
    public var variation: Double?

    public init(_ value: Duration, variation: Double?) {
      self.value = value
      self.variation = variation
    }
  }

  public struct Request: Sendable {
    public var radionuclide: String
    public var method = Method.automatic
    /// Known effective half-life, for one scan.
    public var halfLife: HalfLife?
    /// Of a population: with several scans it is weighed against them.
    public var halfLifePrior: HalfLife?
    /// The same patient's earlier cycle, whose curve is scaled to one scan of this one.
    public var earlierCycle: URL?
    /// How much TIA/A varies from cycle to cycle beyond the fit of the earlier one.
    public var variationBetweenCycles = 0.05
    public var administered: Activity?
    /// Relative standard deviation of activities that have none.
    public var noise: Double?
    public var weighting = TimeActivityFit.Weighting.standardDeviations
    public var earlyPhase = TimeActivityFit.EarlyPhase.backExtrapolated
    public var allowsSlowTail = false
    public var averages = false
    /// Goes on to the dose of a sphere of this mass.
    public var mass: Mass?
    /// In g/mL.
    public var density = 1.0

    public init(radionuclide: String) { self.radionuclide = radionuclide }
  }

  let request: Request
  let radionuclide: Radionuclide
  public let fit: TimeActivityFit
  /// S value of the sphere; `nil` without a mass.
  let sphere: SelfDose?

  /// - Throws: ``TableError`` naming the line at fault, ``CalculatorError``.
  public init(_ file: URL, _ request: Request) throws {
    guard let nuclide = Radionuclide(symbol: request.radionuclide) else {
      throw CalculatorError.radionuclide(request.radionuclide)
    }
    self.request = request
    radionuclide = nuclide
    let table = try TimeActivityFile(file)
    do {
      fit = try Self.fit(table.samples(noise: request.noise), nuclide, request)
    } catch let error as DosimetryError {
      throw table.failure(error)
    }
    sphere = try request.mass.map { mass in
      let kernels = try KernelStore(material: .water).kernels(parent: nuclide.symbol)
      return try SelfDose(kernels, mass: mass, density: request.density)
    }
  }

  private static func fit(
    _ samples: [ActivitySample], _ nuclide: Radionuclide, _ request: Request
  ) throws -> TimeActivityFit {
    if let method = try singleMethod(nuclide, request) {
      guard samples.count == 1 else {
        throw CalculatorError.oneScanOnly(scans: samples.count)
      }
      if let administered = request.administered {
        try TimeActivityFit.check(samples, of: nuclide, administered: administered)
      }
      return try TimeActivityFit.singleTimePoint(samples[0], by: method)
    }
    return try TimeActivityFit.fit(
      samples, radionuclide: nuclide, administered: request.administered,
      options: try options(request))
  }

  private static func options(_ request: Request) throws -> TimeActivityFit.Options {
    var options = TimeActivityFit.Options(family: request.method.family)
    options.weighting = request.weighting
    options.earlyPhase = request.earlyPhase
    options.allowsTailSlowerThanPhysicalDecay = request.allowsSlowTail
    options.averagesCandidates = request.averages
    options.halfLifePrior = try request.halfLifePrior.map(prior)
    return options
  }

  private static func prior(_ halfLife: HalfLife) throws -> TimeActivityFit.HalfLifePrior {
    guard let variation = halfLife.variation else { throw CalculatorError.priorWithoutVariation }
    return try .init(median: halfLife.value, variation: variation)
  }

  /// How one scan becomes an integral; `nil` when several scans are to be fitted.
  private static func singleMethod(
    _ nuclide: Radionuclide, _ request: Request
  ) throws -> TimeActivityFit.SingleTimePointMethod? {
    switch request.method {
    case .haenscheid: return .haenscheid
    case .madsen:
      guard let halfLife = request.halfLife ?? request.halfLifePrior else {
        throw CalculatorError.madsenWithoutHalfLife
      }
      return .madsen(halfLife.value)
    default: break
    }
    if let halfLife = request.halfLife {
      guard halfLife.value <= nuclide.halfLife || request.allowsSlowTail else {
        throw CalculatorError.slowerThanDecay(halfLife.value, nuclide)
      }
      return .halfLife(halfLife.value, relativeUncertainty: halfLife.variation)
    }
    guard let earlier = request.earlierCycle else { return nil }
    let table = try TimeActivityFile(earlier)
    do {
      let fit = try TimeActivityFit.fit(
        table.samples(noise: request.noise), radionuclide: nuclide, options: try options(request))
      return .shape(of: fit, variation: request.variationBetweenCycles)
    } catch let error as DosimetryError {
      throw table.failure(error)
    }
  }

  /// Interval that should hold the truth in 95 % of cases; `nil` when no uncertainty is known.
  ///
  /// About the logarithm, which is the parameter of the fit: no limit is ever negative.
  var interval95: ClosedRange<Double>? {
    guard let total = fit.timeIntegratedActivity.standardUncertainty else { return nil }
    let value = fit.timeIntegratedActivity.value
    // Student's factor belongs to the fit's part only.
    let noise = fit.fitUncertainty ?? total
    let shape = max(pow(total.inBaseUnit, 2) - pow(noise.inBaseUnit, 2), 0).squareRoot()
    let half = hypot(fit.coverageFactor95 * (noise / value), 1.96 * shape / value.inBaseUnit)
    return (value.megabecquerelHours * exp(-half))...(value.megabecquerelHours * exp(half))
  }
}

/// Why a calculator has no answer.
public enum CalculatorError: Error, Hashable, Sendable {
  case radionuclide(String)
  case oneScanOnly(scans: Int)
  case priorWithoutVariation
  case madsenWithoutHalfLife
  case slowerThanDecay(Duration, Radionuclide)
  case effect(String)
  case daughter(String, of: String, known: [String])
}

extension CalculatorError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .radionuclide(let text):
      "'\(text)' is not a radionuclide with a known half-life; known are "
        + Radionuclide.all.map(\.symbol).joined(separator: ", ")
    case .oneScanOnly(let count):
      "a known half-life, an earlier cycle, Hänscheid and Madsen are for one scan, and the table "
        + "has \(count); leave them out to fit all scans, or use --half-life-prior"
    case .priorWithoutVariation:
      "a half-life prior needs its variation in the population; write --half-life-prior 50h,20%"
    case .madsenWithoutHalfLife:
      "Madsen's method needs the half-life of a population; write --half-life 50h"
    case .slowerThanDecay(let halfLife, let nuclide):
      "an effective half-life of \(Digits.significant(halfLife.inHours, 4)) h is longer than the "
        + "physical one of \(nuclide.symbol), "
        + "\(Digits.significant(nuclide.halfLife.inHours, 4)) h; --allow-slow-tail permits it"
    case .effect(let text): text
    case .daughter(let symbol, let parent, let known):
      "'\(symbol)' does not decay with \(parent); "
        + (known.isEmpty
          ? "it has no daughters that do" : "known are \(known.joined(separator: ", "))")
    }
  }
}
