import Quantities
public import Transport

/// The point kernels of a radionuclide and of those daughters that decay with it.
public struct DecayKernels: Sendable, Hashable {
  public struct Member: Sendable, Hashable {
    public let symbol: String
    /// Decays per decay of the parent.
    public let decays: Double
    public let kernel: PointKernel
  }

  /// Which daughters count as decaying where and when the parent does.
  public enum Daughters: String, Sendable, Hashable, Codable, CaseIterable {
    case none
    /// Those that live at most a quarter as long as the parent, and what follows from them.
    case shortLived = "short-lived"
    case all
  }

  public let parent: DecayScheme
  public let daughters: Daughters
  public let members: [Member]
  /// Emitted per decay of the parent.
  public let energies: DecayEnergyBalance
  /// Daughters of the chain that are not counted.
  public let leftOut: [String]

  /// - Parameter kernel: Makes or finds the point kernel of one nuclide.
  /// - Throws: ``TransportError`` for an unknown nuclide or kernel.
  public init(
    parent symbol: String, daughters: Daughters = .shortLived,
    kernel: (DecayScheme) throws(TransportError) -> PointKernel
  ) throws(TransportError) {
    let whole = try DecayChain(parent: symbol)
    let kept = DecayChain(members: Self.kept(whole, daughters))
    var members: [Member] = []
    var energies = DecayEnergyBalance()
    for (scheme, decays) in zip(kept.members, kept.decaysPerParentDecay) where decays > 0 {
      members.append(
        Member(symbol: scheme.symbol, decays: decays, kernel: try kernel(scheme)))
      energies = energies + scheme.energies * decays
    }
    parent = whole.members[0]
    self.daughters = daughters
    self.members = members
    self.energies = energies
    leftOut = whole.members.map(\.symbol).filter { symbol in
      !members.contains { $0.symbol == symbol }
    }
  }

  /// Emitted per decay of a parent and of the daughters that decay with it, without kernels.
  public static func energies(
    parent symbol: String, daughters: Daughters = .shortLived
  ) throws(TransportError) -> DecayEnergyBalance {
    DecayChain(members: kept(try DecayChain(parent: symbol), daughters)).energiesInPlace
  }

  private static func kept(_ chain: DecayChain, _ daughters: Daughters) -> [DecayScheme] {
    let parent = chain.members[0]
    return chain.members.enumerated().filter { n, scheme in
      switch daughters {
      case .none: n == 0
      case .shortLived: n == 0 || scheme.halfLife <= parent.halfLife / 4
      case .all: true
      }
    }.map(\.element)
  }

  private init(_ kernels: DecayKernels, members: [Member], energies: DecayEnergyBalance) {
    (parent, daughters, leftOut) = (kernels.parent, kernels.daughters, kernels.leftOut)
    (self.members, self.energies) = (members, energies)
  }

  /// The same, with as many decays of each daughter in the region as its way through the body leaves
  /// there: daughters that the recoil tears loose wander off.
  ///
  /// - Parameter keepsFree: Whether free nuclides stay in the region until they clear; else they
  ///   are gone at once.
  /// - Throws: ``TransportError`` for fractions or half-lives that are not possible.
  public func moving(
    by biokinetics: ChainBiokinetics, keepsFree: Bool
  ) throws(TransportError) -> DecayKernels {
    let kinetics = try ChainKinetics(
      try DecayChain(parent: parent.symbol), biokinetics: biokinetics)
    let parentDecays = kinetics.decays(of: parent.symbol)?.bound ?? 0
    var moved: [Member] = []
    var energies = DecayEnergyBalance()
    for member in members {
      let decays = kinetics.decays(of: member.symbol)
      let here = (decays?.bound ?? 0) + (keepsFree ? decays?.free ?? 0 : 0)
      let share = parentDecays > 0 ? here / parentDecays : 0
      moved.append(Member(symbol: member.symbol, decays: share, kernel: member.kernel))
      energies = energies + (try DecayScheme(symbol: member.symbol)).energies * share
    }
    return DecayKernels(self, members: moved, energies: energies)
  }
}
