import Geometry
public import Quantities
public import Volumes

/// The split kernel's dose, and the Monte Carlo's in the voxels where no kernel is right.
///
/// Those voxels get what decays within the electrons' reach of them leave there, followed one by one,
/// and the kernel's photons of all other decays: so all the decays simulated serve them.
public struct HybridDose: Sendable {
  public let kernel: SplitKernelDose
  public let simulation: MonteCarloDose

  public init(kernel: SplitKernelDose, simulation: MonteCarloDose) {
    (self.kernel, self.simulation) = (kernel, simulation)
  }

  public struct Result: Sendable {
    public let dose: Volume<AbsorbedDose>
    /// Where the dose is the Monte Carlo's.
    public let simulated: Outline
    /// One standard deviation there from the number of decays simulated; zero elsewhere.
    public let statisticalUncertainty: Volume<AbsorbedDose>
    /// Standard deviation of each region's mean by mass.
    public let regionStatistics: [AbsorbedDose]
  }

  /// - Parameters:
  ///   - activity: Decays in each voxel.
  ///   - density: On the same grid, whose spacing is the kernel's.
  ///   - histories: Decays to simulate.
  ///   - regions: Voxels, by their offsets, whose mean dose is wanted with its uncertainty.
  /// - Throws: ``TransportError``.
  public func run(
    _ activity: Volume<TimeIntegratedActivity>, density: Volume<MassDensity>,
    tissue: MonteCarloDose.Tissue = .byDensity, histories: Int, regions: [[Int]] = []
  ) throws(TransportError) -> Result {
    let everywhere = try kernel.run(activity, density: density)
    let simulated = everywhere.unreliable
    let near = Self.activity(
      activity, within: simulated.dilated(by: .millimetres(kernel.kernel.electronReach)))
    var dose = everywhere.dose.samples
    var sigma = [Float](repeating: 0, count: dose.count)
    var regionStatistics = regions.map { _ in AbsorbedDose.zero }
    do {
      if near.contains(where: { $0 > 0 }) {
        let parts = Self.voxels(of: regions, in: simulated)
        let map = try simulation.run(
          Volume(grid: activity.grid, samples: near), density: density, tissue: tissue,
          histories: histories, regions: parts)
        let others = try photons(of: zip(activity.samples, near).map { $0 - $1 }, activity, density)
        for voxel in simulated.offsets {
          dose[voxel] = map.dose.samples[voxel] + others[voxel]
          sigma[voxel] = map.statisticalUncertainty.samples[voxel]
        }
        for n in regions.indices {
          let share = Self.mass(parts[n], density) / max(Self.mass(regions[n], density), .ulpOfOne)
          regionStatistics[n] = .gray(map.regionMeans[n].statistical.gray * share)
        }
      }
      return Result(
        dose: try Volume(grid: activity.grid, samples: dose), simulated: simulated,
        statisticalUncertainty: try Volume(grid: activity.grid, samples: sigma),
        regionStatistics: regionStatistics)
    } catch let error as TransportError {
      throw error
    } catch {
      throw .gridsDiffer
    }
  }

  private static func activity(
    _ activity: Volume<TimeIntegratedActivity>, within outline: Outline
  ) -> [Float] {
    var samples = [Float](repeating: 0, count: activity.samples.count)
    for voxel in outline.offsets { samples[voxel] = activity.samples[voxel] }
    return samples
  }

  /// The kernel's dose of decays that lie too far away for their electrons.
  private func photons(
    of decays: [Float], _ activity: Volume<TimeIntegratedActivity>, _ density: Volume<MassDensity>
  ) throws -> [Float] {
    guard decays.contains(where: { $0 > 0 }) else { return decays }
    return try kernel.run(Volume(grid: activity.grid, samples: decays), density: density)
      .dose.samples
  }

  private static func voxels(of regions: [[Int]], in outline: Outline) -> [[Int]] {
    let simulated = Set(outline.offsets)
    return regions.map { $0.filter(simulated.contains) }
  }

  private static func mass(_ voxels: [Int], _ density: Volume<MassDensity>) -> Double {
    voxels.reduce(0) { $0 + Double(density.samples[$1]) }
  }
}
