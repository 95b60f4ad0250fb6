/// A radionuclide and every nuclide it decays to, parents before daughters.
public struct DecayChain: Sendable, Hashable {
  /// The parent first; each nuclide once.
  public let members: [DecayScheme]

  /// Half-lives above this end the chain: Bi-207 of At-211 (31.6 years) gives no dose in the
  /// patient's year, and nuclides without decay data are taken as stable.
  public static let longestHalfLife = Duration.seconds(5 * 365.25 * 86_400)

  /// - Throws: ``TransportError/noDecayData(radionuclide:)`` for an unknown parent.
  public init(parent: String) throws(TransportError) {
    let first = try DecayScheme(symbol: parent)
    var known: [String: DecayScheme] = [parent: first]
    var order: [String] = []
    Self.visit(first, known: &known, order: &order)
    members = order.reversed().compactMap { known[$0] }
  }

  /// A chain of given nuclides.
  ///
  /// - Parameter members: The parent first, and parents before daughters.
  public init(members: [DecayScheme]) { self.members = members }

  /// Post-order walk: a daughter is listed before its parents, so the reverse is the chain.
  private static func visit(
    _ scheme: DecayScheme, known: inout [String: DecayScheme], order: inout [String]
  ) {
    for daughter in scheme.daughters where !order.contains(daughter.symbol) {
      guard let next = try? DecayScheme(symbol: daughter.symbol),
        next.halfLife < longestHalfLife
      else { continue }
      known[daughter.symbol] = next
      visit(next, known: &known, order: &order)
    }
    order.append(scheme.symbol)
  }

  /// Index of a nuclide in ``members``.
  public func index(of symbol: String) -> Int? { members.firstIndex { $0.symbol == symbol } }

  /// Decays to member `daughter` per decay of member `parent`.
  func branching(from parent: Int, to daughter: Int) -> Double {
    members[parent].daughters.first { $0.symbol == members[daughter].symbol }?.fraction ?? 0
  }

  /// Decays of each member per decay of the parent when all of them decay.
  public var decaysPerParentDecay: [Double] {
    var decays = [Double](repeating: 0, count: members.count)
    decays[0] = 1
    for daughter in members.indices.dropFirst() {
      decays[daughter] = (0..<daughter).reduce(0) {
        $0 + decays[$1] * branching(from: $1, to: daughter)
      }
    }
    return decays
  }

  /// Energy per decay of the parent when every daughter decays where it was born.
  public var energiesInPlace: DecayEnergyBalance {
    zip(members, decaysPerParentDecay).reduce(DecayEnergyBalance()) {
      $0 + $1.0.energies * $1.1
    }
  }
}
