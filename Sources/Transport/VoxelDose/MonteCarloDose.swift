import Geometry
import Kernels
public import Quantities
public import Volumes

/// Absorbed dose per voxel with its statistical uncertainty.
public struct DoseMap: Sendable {
  public let dose: Volume<AbsorbedDose>
  /// One standard deviation from the number of decays simulated; nothing else is in it.
  public let statisticalUncertainty: Volume<AbsorbedDose>
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
  /// - Throws: ``TransportError``.
  public func run(
    _ activity: Volume<TimeIntegratedActivity>, density: Volume<MassDensity>,
    tissue: Tissue = .byDensity, histories: Int
  ) throws(TransportError) -> DoseMap {
    try Self.check(activity, density, histories: histories)
    let grid = activity.grid
    let voxels = VoxelTissue(
      size: grid.size, spacing: grid.spacing / 10, density: density.samples, tables: tables,
      uniform: tissue == .water ? tables.materials.count - 1 : nil)
    let source = SourceDistribution(activity.samples)
    var total = [Double](repeating: 0, count: grid.voxelCount)
    var squares = [Double](repeating: 0, count: grid.voxelCount)
    var escaped = 0.0
    var emitted = 0.0
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
        for (voxel, energy) in tally.medium.depositedMeV.enumerated() where energy != 0 {
          total[voxel] += Double(energy)
          squares[voxel] += Double(energy) * Double(energy)
        }
      }
    }
    let simulated = perBatch * Self.batchCount
    return try map(
      total: total, squares: squares, outside: (emitted, escaped), simulated: simulated,
      decays: source.total, density: voxels.density, grid: grid)
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
        let energy = sampler.electronEnergy(share: electrons.nextShare())
        emitted += energy
        follower.followElectron(
          Particle(position: position, direction: follower.random.direction(), energy: energy))
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
    simulated: Int, decays: Double, density: [Float], grid: VoxelGrid
  ) throws(TransportError) -> DoseMap {
    let perHistory = decays / Double(simulated)
    let batches = Double(Self.batchCount)
    let millilitres = grid.voxelMillilitres
    var dose = [Float](repeating: 0, count: total.count)
    var sigma = dose
    for voxel in total.indices where total[voxel] > 0 {
      let gray =
        joulesPerMeV * perHistory / (Double(density[voxel]) * millilitres / 1000)
      dose[voxel] = Float(total[voxel] * gray)
      let scatter = max(squares[voxel] - total[voxel] * total[voxel] / batches, 0)
      sigma[voxel] = Float((scatter * batches / (batches - 1)).squareRoot() * gray)
    }
    let e = 1 / Double(simulated)
    do {
      return DoseMap(
        dose: try Volume(grid: grid, samples: dose),
        statisticalUncertainty: try Volume(grid: grid, samples: sigma), histories: simulated,
        emittedMeV: outside.emitted * e, absorbedMeV: total.reduce(0, +) * e,
        escapedMeV: outside.escaped * e)
    } catch {
      throw .gridsDiffer
    }
  }

  static func check(
    _ activity: Volume<TimeIntegratedActivity>, _ density: Volume<MassDensity>, histories: Int
  ) throws(TransportError) {
    guard activity.grid == density.grid else { throw .gridsDiffer }
    guard activity.grid.sliceOffsets == nil else { throw .unevenSlices }
    guard histories >= 1000 else { throw .tooFewHistories(histories) }
    for (voxel, value) in density.samples.enumerated() where !(value >= 0 && value <= 25) {
      throw .badDensity(voxel: voxel, gramsPerMillilitre: Double(value))
    }
    for (voxel, value) in activity.samples.enumerated() where !(value >= 0 && value < .infinity) {
      throw .badActivity(voxel: voxel)
    }
    guard activity.samples.contains(where: { $0 > 0 }) else { throw .noActivity }
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
