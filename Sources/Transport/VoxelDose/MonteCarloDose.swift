import Geometry
import Kernels
public import Quantities
public import Volumes

/// Absorbed dose per voxel with its statistical uncertainty.
public struct DoseMap: Sendable {
  public let dose: Volume<AbsorbedDose>
  /// One standard deviation from the number of decays simulated; nothing else is in it.
  public let statisticalUncertainty: Volume<AbsorbedDose>
  /// Mean dose by mass of each region asked for, with its statistical standard deviation: voxels
  /// share histories, so it does not follow from the voxels' own.
  public let regionMeans: [(dose: AbsorbedDose, statistical: AbsorbedDose)]
  /// Decays simulated.
  public let histories: Int
  /// MeV per decay that were drawn, left in the grid and carried out of it. What was drawn
  /// differs from the mean of the decay scheme by chance only.
  public let emittedMeV: Double
  public let absorbedMeV: Double
  public let escapedMeV: Double
}

/// Our Monte Carlo in a voxel grid.
public struct MonteCarloDose: Sendable {
  public let options: TransportOptions
  private let sampler: EmissionSampler
  private let tables: InteractionTables

  /// Batches whose scatter gives the statistical uncertainty, and how many run at a time.
  static let batchCount = 32
  private static let batchesAtATime = 8

  /// - Parameter decays: Each nuclide with its decays per decay of the parent.
  public init(
    decays: [(scheme: DecayScheme, weight: Double)], options: TransportOptions = .init()
  ) {
    self.options = options
    sampler = EmissionSampler(decays, options: options)
    tables = InteractionTables(
      TissueClass.materials + [.water], knockOnCut: options.knockOnCutMeV,
      photonCut: options.photonCutMeV)
  }

  public init(_ scheme: DecayScheme, options: TransportOptions = .init()) {
    self.init(decays: [(scheme, 1)], options: options)
  }

  /// What the voxels are made of.
  public enum Tissue: Sendable, Hashable {
    /// Air, lung, fat, soft tissue and mixtures with bone, by density.
    case byDensity
    /// Water of the given densities everywhere.
    case water
  }

  /// Simulates decays spread as the time-integrated activity is, evenly within each voxel.
  ///
  /// - Parameters:
  ///   - activity: Decays in each voxel.
  ///   - density: On the same grid.
  ///   - histories: Decays to simulate.
  ///   - regions: Voxels, by their offsets, whose mean dose is wanted with its uncertainty.
  /// - Throws: ``TransportError``.
  public func run(
    _ activity: Volume<TimeIntegratedActivity>, density: Volume<MassDensity>,
    tissue: Tissue = .byDensity, histories: Int, regions: [[Int]] = []
  ) throws(TransportError) -> DoseMap {
    try VoxelInput.check(activity, density)
    guard histories >= 1000 else { throw .tooFewHistories(histories) }
    let grid = activity.grid
    let voxels = VoxelTissue(
      size: grid.size, spacing: grid.spacing / 10, density: density.samples, tables: tables,
      uniform: tissue == .water ? tables.materials.count - 1 : nil)
    let source = SourceDistribution(activity.samples)
    var total = [Double](repeating: 0, count: grid.voxelCount)
    var squares = [Double](repeating: 0, count: grid.voxelCount)
    var escaped = 0.0
    var emitted = 0.0
    // MeV of each region, by batch.
    var regional = [[Double]](repeating: [], count: regions.count)
    let perBatch = max(histories / Self.batchCount, 1)
    for round in 0..<(Self.batchCount / Self.batchesAtATime) {
      let tallies = Slabs.map(of: Self.batchesAtATime) { range in
        simulate(
          batch: round * Self.batchesAtATime + range.lowerBound, count: perBatch, source: source,
          tissue: voxels)
      }
      for tally in tallies {
        escaped += tally.medium.lostMeV
        emitted += tally.emittedMeV
        for (n, region) in regions.enumerated() {
          regional[n].append(region.reduce(0) { $0 + Double(tally.medium.depositedMeV[$1]) })
        }
        for (voxel, energy) in tally.medium.depositedMeV.enumerated() where energy != 0 {
          total[voxel] += Double(energy)
          squares[voxel] += Double(energy) * Double(energy)
        }
      }
    }
    let simulated = perBatch * Self.batchCount
    let toDose = joulesPerMeV * source.total / Double(simulated) / (grid.voxelMillilitres / 1000)
    let means = zip(regions, regional).map { region, energies in
      let density = region.reduce(0) { $0 + Double(voxels.density[$1]) }
      return Self.mean(energies, factor: region.isEmpty ? 0 : toDose / density)
    }
    return try map(
      total: total, squares: squares, outside: (emitted, escaped), means: means,
      simulated: simulated, toDose: toDose, density: voxels.density, grid: grid)
  }

  /// Dose of the summed energies of the batches, and its standard deviation from their scatter.
  private static func mean(
    _ energies: [Double], factor: Double
  ) -> (dose: AbsorbedDose, statistical: AbsorbedDose) {
    let count = Double(energies.count)
    let total = energies.reduce(0, +)
    let scatter = energies.reduce(0) { $0 + ($1 - total / count) * ($1 - total / count) }
    return (
      .gray(total * factor), .gray((scatter * count / (count - 1)).squareRoot() * factor)
    )
  }

  private struct Tally {
    let medium: VoxelMedium
    let emittedMeV: Double
  }

  private func simulate(
    batch: Int, count: Int, source: SourceDistribution, tissue: VoxelTissue
  ) -> Tally {
    var follower = ParticleFollower(
      medium: VoxelMedium(tissue), tables: tables, options: options,
      random: RandomStream(seed: options.seed, stream: batch))
    let local = sampler.localElectronMeV + sampler.localPhotonMeV + sampler.alphaMeV
    var walk = source.walk()
    var electrons = EvenDraw(perDecay: sampler.electronsPerDecay, &follower.random)
    var photons = EvenDraw(perDecay: sampler.photonsPerDecay, &follower.random)
    var emitted = Double(count) * local
    for n in 0..<count {
      // Strata keep every region's share of the decays, and walk through memory in order.
      let voxel = walk.voxel(at: (Double(n) + follower.random.uniform()) / Double(count))
      let position = tissue.randomPoint(in: voxel, &follower.random)
      if local > 0 { follower.medium.deposit(local, at: position) }
      for _ in 0..<electrons.count() {
        let (energy, isPositron) = sampler.electron(share: electrons.nextShare())
        emitted += energy + (isPositron ? 2 * electronRestMeV : 0)
        follower.followElectron(
          Particle(
            position: position, direction: follower.random.direction(), energy: energy,
            isPositron: isPositron))
      }
      for _ in 0..<photons.count() {
        let energy = sampler.photonEnergy(share: photons.nextShare())
        emitted += energy
        follower.followPhoton(
          Particle(position: position, direction: follower.random.direction(), energy: energy))
      }
    }
    return Tally(medium: follower.medium, emittedMeV: emitted)
  }

  private func map(
    total: [Double], squares: [Double], outside: (emitted: Double, escaped: Double),
    means: [(dose: AbsorbedDose, statistical: AbsorbedDose)], simulated: Int, toDose: Double,
    density: [Float], grid: VoxelGrid
  ) throws(TransportError) -> DoseMap {
    let batches = Double(Self.batchCount)
    var dose = [Float](repeating: 0, count: total.count)
    var sigma = dose
    for voxel in total.indices where total[voxel] > 0 {
      let gray = toDose / Double(density[voxel])
      dose[voxel] = Float(total[voxel] * gray)
      let scatter = max(squares[voxel] - total[voxel] * total[voxel] / batches, 0)
      sigma[voxel] = Float((scatter * batches / (batches - 1)).squareRoot() * gray)
    }
    let e = 1 / Double(simulated)
    do {
      return DoseMap(
        dose: try Volume(grid: grid, samples: dose),
        statisticalUncertainty: try Volume(grid: grid, samples: sigma), regionMeans: means,
        histories: simulated,
        emittedMeV: outside.emitted * e, absorbedMeV: total.reduce(0, +) * e,
        escapedMeV: outside.escaped * e)
    } catch {
      throw .gridsDiffer
    }
  }
}

/// Where decays happen: the running sum of the activity over the voxels that have some.
private struct SourceDistribution {
  private let voxels: [Int]
  private let cumulative: [Double]
  var total: Double { cumulative.last ?? 0 }

  init(_ activity: [Float]) {
    var voxels: [Int] = []
    var cumulative: [Double] = []
    var sum = 0.0
    for (voxel, value) in activity.enumerated() where value > 0 {
      sum += Double(value)
      voxels.append(voxel)
      cumulative.append(sum)
    }
    self.voxels = voxels
    self.cumulative = cumulative
  }

  func walk() -> Walk { Walk(source: self) }

  /// Finds voxels for shares that rise.
  struct Walk {
    let source: SourceDistribution
    private var place = 0

    init(source: SourceDistribution) { self.source = source }

    mutating func voxel(at share: Double) -> Int {
      let target = share * source.total
      while place + 1 < source.voxels.count, source.cumulative[place] < target { place += 1 }
      return source.voxels[place]
    }
  }
}

extension VoxelTissue {
  fileprivate func randomPoint(in voxel: Int, _ random: inout RandomStream) -> SIMD3<Double> {
    let i = voxel % size.x
    let j = voxel / size.x % size.y
    let k = voxel / (size.x * size.y)
    let inside: SIMD3<Double> = [random.uniform(), random.uniform(), random.uniform()]
    return (SIMD3(Double(i), Double(j), Double(k)) + inside) * spacing
  }
}
