import Foundation
import Quantities

/// How a nuclide chain moves: what clears from the region, and what share of each daughter is
/// torn loose from the carrier by the recoil.
public struct ChainBiokinetics: Sendable, Hashable, Codable {
  /// Biological clearance half-life of the carrier with all that is bound to it; `nil` when it
  /// stays for ever.
  public var carrierClearance: Duration?
  /// Share of newborn nuclei of each daughter that leave the carrier, from 0 (bound, the
  /// default) to 1; by symbol.
  public var freeFraction: [String: Double] = [:]
  /// Biological clearance half-life of each free nuclide from the place it is in; by symbol, no
  /// entry for one that stays.
  public var freeClearance: [String: Duration] = [:]

  public init() {}
}

/// Activities of a chain over time after 1 Bq of the pure parent at time zero, bound and free.
///
/// Exact (Bateman 1910): each species is a sum of exponentials whose coefficients follow from its
/// parents'. The differences of such sums lose digits when t is far below every half-life, so
/// the answers are good to 10⁻⁵ from about a minute on for the chains of therapy.
public struct ChainKinetics: Sendable {
  public let chain: DecayChain
  /// Total removal rate of each species per second: bound ones first, then the free ones.
  private let rates: [Double]
  private let decayRates: [Double]
  /// `nuclei[i][j]`: coefficient of exp(−rate_j t) in the number of nuclei of species i.
  private let nuclei: [[Double]]
  /// Nuclei-seconds of each species until everything is gone.
  private let integrals: [Double]

  /// - Throws: ``TransportError`` for a free fraction outside 0…1, a clearance half-life that is
  ///   not positive, or two species of a line of descent that leave at the same rate.
  public init(_ chain: DecayChain, biokinetics: ChainBiokinetics = .init()) throws(TransportError) {
    try Self.check(biokinetics)
    let count = chain.members.count
    let decay = chain.members.map { log(2) / $0.halfLife.inSeconds }
    let carrier = biokinetics.carrierClearance.map { log(2) / $0.inSeconds } ?? 0
    let free = chain.members.map {
      biokinetics.freeClearance[$0.symbol].map { log(2) / $0.inSeconds } ?? 0
    }
    self.chain = chain
    decayRates = decay + decay
    rates = decay.map { $0 + carrier } + zip(decay, free).map { $0 + $1 }
    let born = Self.births(chain, biokinetics, count: count)
    nuclei = try Self.coefficients(chain, born: born, decay: decayRates, rates: rates)
    var integrals = [Double](repeating: 0, count: 2 * count)
    for species in Self.order(count) {
      let start = species == 0 ? 1 / decay[0] : 0
      var produced = 0.0
      for birth in born[species] {
        let parent = birth.parent
        produced += birth.fraction * decay[parent % count] * integrals[parent]
      }
      integrals[species] = (start + produced) / rates[species]
    }
    self.integrals = integrals
  }

  /// Activity in Bq of a member at `time`, bound to the carrier and free.
  public func activity(of symbol: String, at time: Duration) -> (bound: Double, free: Double)? {
    guard let member = chain.index(of: symbol) else { return nil }
    return (
      activity(species: member, at: time),
      activity(species: member + chain.members.count, at: time)
    )
  }

  /// Decays of a member until everything is gone, bound and free, per Bq of the parent at time
  /// zero: Bq·s per Bq.
  public func decays(of symbol: String) -> (bound: Double, free: Double)? {
    guard let member = chain.index(of: symbol) else { return nil }
    let free = member + chain.members.count
    return (decayRates[member] * integrals[member], decayRates[free] * integrals[free])
  }

  private func activity(species: Int, at time: Duration) -> Double {
    let t = time.inSeconds
    let sum = zip(nuclei[species], rates).reduce(0) { $0 + $1.0 * exp(-$1.1 * t) }
    return max(decayRates[species] * sum, 0)
  }
}

extension ChainKinetics {
  private struct Birth {
    let parent: Int
    let fraction: Double
  }

  /// Species in an order in which parents come before daughters.
  private static func order(_ count: Int) -> [Int] { (0..<count).flatMap { [$0, $0 + count] } }

  private static func check(_ kinetics: ChainBiokinetics) throws(TransportError) {
    for (symbol, fraction) in kinetics.freeFraction where !(0...1).contains(fraction) {
      throw .fractionOutsideUnit(radionuclide: symbol, value: fraction)
    }
    if let carrier = kinetics.carrierClearance, carrier <= .zero {
      throw .halfLifeNotPositive(radionuclide: "the carrier")
    }
    for (symbol, halfLife) in kinetics.freeClearance where halfLife <= .zero {
      throw .halfLifeNotPositive(radionuclide: symbol)
    }
  }

  private static func births(
    _ chain: DecayChain, _ kinetics: ChainBiokinetics, count: Int
  ) -> [[Birth]] {
    var born = [[Birth]](repeating: [], count: 2 * count)
    for daughter in 1..<max(count, 1) {
      let free = kinetics.freeFraction[chain.members[daughter].symbol] ?? 0
      for parent in 0..<daughter {
        let branching = chain.branching(from: parent, to: daughter)
        guard branching > 0 else { continue }
        born[daughter].append(Birth(parent: parent, fraction: branching * (1 - free)))
        born[daughter + count].append(Birth(parent: parent, fraction: branching * free))
        // What is free already stays free.
        born[daughter + count].append(Birth(parent: parent + count, fraction: branching))
      }
    }
    return born
  }

  private static func coefficients(
    _ chain: DecayChain, born: [[Birth]], decay: [Double], rates: [Double]
  ) throws(TransportError) -> [[Double]] {
    let total = rates.count
    var result = [[Double]](repeating: [Double](repeating: 0, count: total), count: total)
    result[0][0] = 1 / decay[0]
    for species in order(total / 2) where species != 0 {
      var own = 0.0
      for source in 0..<total where source != species {
        let fed = born[species].reduce(0) {
          $0 + $1.fraction * decay[$1.parent] * result[$1.parent][source]
        }
        guard fed != 0 else { continue }
        let difference = rates[species] - rates[source]
        guard abs(difference) > 1e-9 * rates[species] else {
          let names = [species, source].map { chain.members[$0 % (total / 2)].symbol }
          throw .equalRates(radionuclides: names)
        }
        result[species][source] = fed / difference
        own -= fed / difference
      }
      result[species][species] = own
    }
    return result
  }
}
