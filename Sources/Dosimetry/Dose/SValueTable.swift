import Foundation
public import Quantities
public import Transport

/// S values between regions, as a user supplies them: the dose of a target per decay in a source.
///
/// Used for cross-dose only. Self-dose scales with the patient's own mass and comes from the
/// sphere model; values of one region on itself are kept apart for comparison.
public struct SValueTable: Sendable, Hashable, Codable {
  public struct Entry: Sendable, Hashable, Codable {
    public let source: String
    public let target: String
    /// Gy/(Bq·s).
    public let grayPerBecquerelSecond: Double

    private enum CodingKeys: String, CodingKey {
      case source, target
      case grayPerBecquerelSecond = "s_value_Gy_per_Bq_s"
    }

    public init(source: String, target: String, grayPerBecquerelSecond: Double) {
      self.source = source
      self.target = target
      self.grayPerBecquerelSecond = grayPerBecquerelSecond
    }
  }

  /// Where the table comes from, for the report.
  public let source: String
  public let entries: [Entry]

  /// - Throws: ``DosimetryError`` for a value that is negative or no number, or a pair that is
  ///   there twice.
  public init(_ entries: [Entry], source: String) throws(DosimetryError) {
    var seen: Set<[String]> = []
    for entry in entries {
      guard entry.grayPerBecquerelSecond >= 0, entry.grayPerBecquerelSecond.isFinite else {
        throw .badSValue(source: entry.source, target: entry.target, reason: "is not a number")
      }
      guard seen.insert([entry.source, entry.target]).inserted else {
        throw .badSValue(source: entry.source, target: entry.target, reason: "is there twice")
      }
    }
    self.entries = entries
    self.source = source
  }

  /// What other regions give to `target`.
  ///
  /// - Parameter integrals: Time-integrated activity by region.
  public func crossDose(
    to target: String, from integrals: [String: TimeIntegratedActivity]
  ) -> [CrossDose] {
    entries.filter { $0.target == target && $0.source != target }.compactMap { entry in
      integrals[entry.source].map {
        CrossDose(
          source: entry.source, dose: .gray($0.inBaseUnit * entry.grayPerBecquerelSecond))
      }
    }
  }
}

/// What one region gives to another.
public struct CrossDose: Sendable, Hashable, Codable {
  public let source: String
  public let dose: AbsorbedDose

  private enum CodingKeys: String, CodingKey {
    case source
    case dose = "dose_Gy"
  }
}

/// Specific absorbed fractions of a user's table, from which S values of any radionuclide follow.
public struct SpecificAbsorbedFractions: Sendable, Hashable {
  public enum Particle: String, Sendable, Hashable, CaseIterable {
    case photon, electron, alpha
  }

  public struct Entry: Sendable, Hashable {
    public let source: String
    public let target: String
    public let particle: Particle
    public let energyMeV: Double
    /// Φ in 1/kg.
    public let perKilogram: Double

    public init(
      source: String, target: String, particle: Particle, energyMeV: Double, perKilogram: Double
    ) {
      self.source = source
      self.target = target
      self.particle = particle
      self.energyMeV = energyMeV
      self.perKilogram = perKilogram
    }
  }

  private struct Key: Hashable {
    let source: String
    let target: String
    let particle: Particle
  }

  private let curves: [Key: [(energy: Double, fraction: Double)]]
  private let pairs: [[String]]

  /// - Throws: ``DosimetryError`` for energies or fractions that are not possible.
  public init(_ entries: [Entry]) throws(DosimetryError) {
    var curves: [Key: [(energy: Double, fraction: Double)]] = [:]
    var pairs: [[String]] = []
    for entry in entries {
      guard entry.energyMeV > 0, entry.energyMeV.isFinite, entry.perKilogram >= 0,
        entry.perKilogram.isFinite
      else {
        throw .badSValue(
          source: entry.source, target: entry.target, reason: "has an energy or fraction below zero"
        )
      }
      let key = Key(source: entry.source, target: entry.target, particle: entry.particle)
      curves[key, default: []].append((entry.energyMeV, entry.perKilogram))
      if !pairs.contains([entry.source, entry.target]) {
        pairs.append([entry.source, entry.target])
      }
    }
    self.curves = curves.mapValues { $0.sorted { $0.energy < $1.energy } }
    self.pairs = pairs
  }

  public static func == (a: Self, b: Self) -> Bool { a.pairs == b.pairs }
  public func hash(into hasher: inout Hasher) { hasher.combine(pairs) }

  /// S = Σ E Y Φ(E) over all lines; betas at their mean energy. A particle without a curve in the
  /// table adds nothing between two regions, and nothing is extrapolated beyond a curve's ends.
  ///
  /// - Throws: ``DosimetryError``.
  public func sValues(
    of scheme: DecayScheme, source name: String
  ) throws(DosimetryError) -> SValueTable {
    var emissions: [(Particle, Double, Double)] = []
    emissions += scheme.photons.map { (.photon, $0.energyMeV, $0.perDecay) }
    emissions += scheme.betas.map { (.electron, $0.meanMeV, $0.perDecay) }
    emissions += scheme.conversionElectrons.map { (.electron, $0.energyMeV, $0.perDecay) }
    emissions += scheme.alphas.map { (.alpha, $0.energyMeV, $0.perDecay) }
    return try SValueTable(
      pairs.map { pair in
        let megaelectronvolts = emissions.reduce(0.0) { sum, emission in
          let key = Key(source: pair[0], target: pair[1], particle: emission.0)
          guard let curve = curves[key] else { return sum }
          return sum + emission.1 * emission.2 * Self.interpolated(curve, at: emission.1)
        }
        return SValueTable.Entry(
          source: pair[0], target: pair[1],
          grayPerBecquerelSecond: megaelectronvolts * joulesPerMeV)
      }, source: name)
  }

  /// Linear in the logarithm of the energy; held at the ends.
  private static func interpolated(
    _ curve: [(energy: Double, fraction: Double)], at energy: Double
  ) -> Double {
    guard let upper = curve.firstIndex(where: { $0.energy >= energy }) else {
      return curve[curve.count - 1].fraction
    }
    guard upper > 0 else { return curve[0].fraction }
    let (a, b) = (curve[upper - 1], curve[upper])
    let t = log(energy / a.energy) / log(b.energy / a.energy)
    return a.fraction + (b.fraction - a.fraction) * t
  }
}
