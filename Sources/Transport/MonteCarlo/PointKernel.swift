import Kernels

/// Energy left around a point source in an endless medium, by distance: the ground of the sphere
/// and voxel kernels of every size.
///
/// Distances are in g/cm², so that one kernel serves every density of its material. What
/// electrons leave and what photons leave are kept apart: bremsstrahlung counts as photons.
public struct PointKernel: Sendable, Hashable, Codable {
  /// Symbol of the radionuclide, or of the parent of a chain.
  public let radionuclide: String
  public let material: String
  public let shells: RadialShells
  /// Decays simulated.
  public let histories: Int
  public let options: TransportOptions
  /// MeV per decay left at the source by Auger electrons and by electrons below the cut.
  public let localElectronMeV: Double
  /// MeV per decay left at the source by photons below the cut.
  public let localPhotonMeV: Double
  /// MeV per decay of alphas and recoils, left at the source.
  public let alphaMeV: Double
  /// Photons per decay in each of ``PhotonGroups``, annihilation included and bremsstrahlung not.
  let emittedPhotons: [Double]
  /// MeV per decay beyond the last shell.
  public let lostMeV: Double
  /// MeV per decay in each shell, by batch of the same number of decays.
  let electronBatches: [[Float]]
  let photonBatches: [[Float]]

  public static let batchCount = 8

  /// MeV per decay that electrons leave in each shell.
  public var electronMeV: [Double] { Self.mean(electronBatches) }
  /// MeV per decay that photons leave in each shell.
  public var photonMeV: [Double] { Self.mean(photonBatches) }

  static func mean(_ batches: [[Float]]) -> [Double] {
    guard let first = batches.first else { return [] }
    return first.indices.map { shell in
      batches.reduce(0) { $0 + Double($1[shell]) } / Double(batches.count)
    }
  }

  /// Simulates a point source.
  ///
  /// - Parameters:
  ///   - decays: Each nuclide with its decays per decay of the parent; one entry, weight 1, for
  ///     a nuclide alone.
  ///   - histories: Decays to simulate; photons are drawn ten times as often, for their energy
  ///     is spread over far more shells.
  /// - Throws: ``TransportError/tooFewHistories(_:)`` below 1000.
  public init(
    _ radionuclide: String, decays: [(scheme: DecayScheme, weight: Double)],
    in material: Material = .water, histories: Int, options: TransportOptions = .init()
  ) throws(TransportError) {
    guard histories >= 1000 else { throw .tooFewHistories(histories) }
    let sampler = EmissionSampler(decays, options: options)
    let run = PointSource(
      sampler: sampler, material: material, histories: histories, options: options)
    let tallies = Slabs.map(of: Slabs.count) { range in
      PointSource.Tally.sum(range.map(run.tally))
    }
    let perBatch = Slabs.count / Self.batchCount
    let batches = (0..<Self.batchCount).map { batch in
      PointSource.Tally.sum(Array(tallies[(batch * perBatch)..<((batch + 1) * perBatch)]))
    }
    self.radionuclide = radionuclide
    self.material = material.name
    self.shells = .standard
    self.histories = histories
    self.options = options
    localElectronMeV = sampler.localElectronMeV
    localPhotonMeV = sampler.localPhotonMeV
    alphaMeV = sampler.alphaMeV
    emittedPhotons = PhotonGroups.spectrum(
      decays.flatMap { decay in
        decay.scheme.photons.filter { $0.energyMeV > options.photonCutMeV }.map {
          ($0.energyMeV, $0.perDecay * decay.weight)
        }
      })
    // A tally holds MeV per decay of its slab; a batch is the mean of its slabs.
    let scale = 1 / Double(perBatch)
    electronBatches = batches.map { $0.electrons.map { Float($0 * scale) } }
    photonBatches = batches.map { $0.photons.map { Float($0 * scale) } }
    lostMeV = tallies.reduce(0) { $0 + $1.lost } / Double(tallies.count)
  }

  /// Simulates a radionuclide alone, without its daughters.
  public init(
    _ scheme: DecayScheme, in material: Material = .water, histories: Int,
    options: TransportOptions = .init()
  ) throws(TransportError) {
    try self.init(
      scheme.symbol, decays: [(scheme, 1)], in: material, histories: histories, options: options)
  }

  /// Simulates a chain whose daughters all decay where they are born.
  public init(
    _ chain: DecayChain, in material: Material = .water, histories: Int,
    options: TransportOptions = .init()
  ) throws(TransportError) {
    let decays = zip(chain.members, chain.decaysPerParentDecay).map { (scheme: $0, weight: $1) }
    try self.init(
      (chain.members.first?.symbol ?? "") + " chain", decays: decays, in: material,
      histories: histories, options: options)
  }
}

/// The simulation behind a point kernel.
private struct PointSource {
  let sampler: EmissionSampler
  let tables: InteractionTables
  let histories: Int
  let options: TransportOptions

  /// Photons drawn per photon emitted.
  static let photonOversampling = 10.0

  /// MeV per decay.
  struct Tally {
    var electrons: [Double]
    var photons: [Double]
    var lost: Double

    static func sum(_ tallies: [Tally]) -> Tally {
      var sum = tallies[0]
      for tally in tallies.dropFirst() {
        for n in sum.electrons.indices {
          sum.electrons[n] += tally.electrons[n]
          sum.photons[n] += tally.photons[n]
        }
        sum.lost += tally.lost
      }
      return sum
    }
  }

  init(
    sampler: EmissionSampler, material: Material, histories: Int, options: TransportOptions
  ) {
    self.sampler = sampler
    self.histories = histories
    self.options = options
    tables = InteractionTables(
      [material], knockOnCut: options.knockOnCutMeV, photonCut: options.photonCutMeV)
  }

  private static func drawn(_ decays: Int, perDecay: Double) -> Int {
    perDecay > 0 ? max(Int((Double(decays) * perDecay).rounded()), 1) : 0
  }

  func tally(slab: Int) -> Tally {
    let count = histories * (slab + 1) / Slabs.count - histories * slab / Slabs.count
    let medium = RadialMedium(
      density: 1, shells: .standard, photonTotals: tables.photonTotals[0])
    var follower = ParticleFollower(
      medium: medium, tables: tables, options: options,
      random: RandomStream(seed: options.seed, stream: slab))
    // Shares are drawn one per stratum: the energies then add up to those of the decay.
    var radiated: [Particle] = []
    let electronCount = Self.drawn(count, perDecay: sampler.electronsPerDecay)
    for n in 0..<electronCount {
      let share = (Double(n) + follower.random.uniform()) / Double(electronCount)
      let (energy, isPositron) = sampler.electron(share: share)
      radiated += follower.followElectronOnly(
        Particle(
          position: .zero, direction: follower.random.direction(), energy: energy,
          isPositron: isPositron))
    }
    let electrons = follower.medium.takeTally()
    // Each is followed as often as the photons of the decay are drawn.
    for photon in radiated {
      for _ in 0..<Int(Self.photonOversampling) { follower.followPhoton(photon) }
    }
    let radiation = follower.medium.takeTally()
    let photonCount = Self.drawn(
      count, perDecay: sampler.photonsPerDecay * Self.photonOversampling)
    for n in 0..<photonCount {
      let share = (Double(n) + follower.random.uniform()) / Double(photonCount)
      follower.followPhoton(
        Particle(
          position: .zero, direction: follower.random.direction(),
          energy: sampler.photonEnergy(share: share)))
    }
    let photons = follower.medium.takeTally()
    let scale = sampler.electronsPerDecay / Double(max(electronCount, 1))
    let repeated = scale / Self.photonOversampling
    let thinned = sampler.photonsPerDecay / Double(max(photonCount, 1))
    return Tally(
      electrons: electrons.shells.map { $0 * scale },
      photons: zip(photons.shells, radiation.shells).map { $0 * thinned + $1 * repeated },
      lost: electrons.lost * scale + radiation.lost * repeated + photons.lost * thinned)
  }
}
