public import Quantities

/// What one decay of a radionuclide emits: lines, spectra, daughters, and energy by kind.
///
/// Branches of ENSDF that do not sum to their mode's branching are renormalised to it. X-rays and
/// Auger electrons come from the vacancies that conversion and capture leave, so that the energy
/// of each vacancy, its binding energy, is spent exactly once.
public struct DecayScheme: Sendable, Hashable {
  public struct Daughter: Sendable, Hashable, Codable {
    public let symbol: String
    /// Decays to this daughter per decay of the parent.
    public let fraction: Double

    public init(symbol: String, fraction: Double) {
      self.symbol = symbol
      self.fraction = fraction
    }
  }

  /// A line: energy in MeV and emissions per decay.
  public struct Line: Sendable, Hashable, Codable {
    public let energyMeV: Double
    public let perDecay: Double
  }

  public struct AlphaLine: Sendable, Hashable, Codable {
    public let energyMeV: Double
    public let recoilMeV: Double
    public let perDecay: Double
  }

  public struct BetaBranch: Sendable, Hashable {
    public let perDecay: Double
    public let meanMeV: Double
    public let isPositron: Bool
    public let spectrum: BetaSpectrum
    /// Brings the mean of `spectrum` to the evaluated mean.
    public var energyScale: Double { meanMeV / spectrum.meanMeV }
  }

  public struct PhotonLine: Sendable, Hashable, Codable {
    public enum Origin: String, Sendable, Hashable, Codable {
      case gamma, kXRay, lXRay, annihilation
    }
    public let origin: Origin
    public let energyMeV: Double
    public let perDecay: Double
  }

  public let symbol: String
  public private(set) var halfLife: Duration
  public let halfLifeStandardUncertainty: Duration
  public private(set) var daughters: [Daughter]
  public let alphas: [AlphaLine]
  public let betas: [BetaBranch]
  public let conversionElectrons: [Line]
  /// Mean energy of all Auger and Coster-Kronig electrons and of what is left of the outer shells.
  public let augerMeV: Double
  public let photons: [PhotonLine]

  /// For the report.
  public static let source =
    "ENSDF (NNDC, September 2023); X-rays and Auger electrons by vacancy balance with xraylib 4"

  /// Symbols of every nuclide with decay data.
  public static var knownSymbols: [String] { EvaluatedDecay.all.map(\.symbol) }

  /// - Parameter symbol: Element and mass number: `Lu-177`.
  /// - Throws: ``TransportError/noDecayData(radionuclide:)``.
  public init(symbol: String) throws(TransportError) {
    guard let evaluated = EvaluatedDecay.bySymbol[symbol] else {
      throw .noDecayData(radionuclide: symbol)
    }
    self.init(evaluated)
  }

  /// - Throws: ``TransportError/noDecayData(radionuclide:)``.
  public init(_ radionuclide: Radionuclide) throws(TransportError) {
    try self.init(symbol: radionuclide.symbol)
  }

  /// The same nuclide with the half-life and branches of another evaluation.
  public func evaluatedAs(halfLife: Duration, daughters: [Daughter]) -> DecayScheme {
    var other = self
    other.halfLife = halfLife
    other.daughters = daughters
    return other
  }

  private init(_ evaluated: EvaluatedDecay) {
    symbol = evaluated.symbol
    halfLife = .seconds(evaluated.halfLifeSeconds)
    halfLifeStandardUncertainty = .seconds(evaluated.halfLifeSigmaSeconds)
    daughters = evaluated.transitions.map { Daughter(symbol: $0.daughter, fraction: $0.branching) }
    alphas = evaluated.alphas.map {
      AlphaLine(
        energyMeV: $0.energyMeV, recoilMeV: $0.recoilMeV,
        perDecay: $0.perDecay * evaluated.normalisation(.alpha, to: $0.daughter))
    }
    betas =
      evaluated.betaMinus.map { Self.branch($0, evaluated, .betaMinus) }
      + evaluated.betaPlus.map { Self.branch($0, evaluated, .capture) }
    let shells = VacancyCascade(evaluated)
    conversionElectrons = shells.conversionElectrons
    augerMeV = shells.augerMeV
    let positrons = betas.filter(\.isPositron).reduce(0) { $0 + $1.perDecay }
    let gammas = evaluated.gammas.map {
      PhotonLine(origin: .gamma, energyMeV: $0.energyMeV, perDecay: $0.perDecay)
    }
    let annihilation = PhotonLine(
      origin: .annihilation, energyMeV: electronRestMeV, perDecay: 2 * positrons)
    photons = gammas + shells.xRays + (positrons > 0 ? [annihilation] : [])
  }

  private static func branch(
    _ beta: EvaluatedDecay.Beta, _ decay: EvaluatedDecay, _ mode: EvaluatedDecay.Mode
  ) -> BetaBranch {
    let spectrum = BetaSpectrum(
      endpointMeV: beta.endpointMeV, charge: mode == .betaMinus ? .electron : .positron,
      atomicNumber: ChemicalElement.atomicNumber(of: beta.daughter) ?? 0,
      massNumber: ChemicalElement.massNumber(of: beta.daughter) ?? 1, shape: beta.shape)
    return BetaBranch(
      perDecay: beta.perDecay * decay.normalisation(mode, to: beta.daughter),
      meanMeV: acceptedMean(beta.meanMeV, of: spectrum), isPositron: mode == .capture,
      spectrum: spectrum)
  }

  /// The evaluated mean, unless it contradicts its own endpoint by more than any shape can: the
  /// means stored for Cu-67 lie 3 to 9 % above what their endpoints allow.
  private static func acceptedMean(_ evaluated: Double?, of spectrum: BetaSpectrum) -> Double {
    guard let evaluated, abs(evaluated / spectrum.meanMeV - 1) < largestMeanDifference else {
      return spectrum.meanMeV
    }
    return evaluated
  }

  /// Between computed and evaluated means; in branches above 1 % they differ by 1.1 % at most.
  private static let largestMeanDifference = 0.02
}

extension EvaluatedDecay {
  /// What brings the branches of a mode to the mode's branching.
  func normalisation(_ mode: Mode, to daughter: String) -> Double {
    let branching = transitions.first { $0.mode == mode && $0.daughter == daughter }?.branching
    let sum: Double =
      switch mode {
      case .alpha: alphas.filter { $0.daughter == daughter }.reduce(0) { $0 + $1.perDecay }
      case .betaMinus: betaMinus.filter { $0.daughter == daughter }.reduce(0) { $0 + $1.perDecay }
      case .capture:
        betaPlus.filter { $0.daughter == daughter }.reduce(0) { $0 + $1.perDecay }
          + captures.filter { $0.daughter == daughter }.reduce(0) { $0 + $1.perDecay }
      case .isomeric: 0
      }
    guard let branching, sum > 0 else { return 1 }
    return branching / sum
  }
}
