import Dosimetry
import Geometry
import Quantities
import Transport
import Volumes

/// Turns decays per voxel into dose by the method asked for.
struct DoseMapEngine {
  struct Result {
    /// Zero in air.
    let dose: Volume<AbsorbedDose>
    let highLET: Volume<AbsorbedDose>?
    let statistical: Volume<AbsorbedDose>?
    /// Relative standard deviation of each region's mean; with Monte Carlo only.
    let regionStatistics: [Double]?
    /// Mean dose of each region in gray from decays outside it, by the kernel; `nil` for local
    /// deposition, and for a region with voxels where no kernel is right and which were simulated.
    let crossMeans: [Double?]?
    /// Where no kernel is right and the dose is the kernel's all the same.
    let unreliable: Outline
    /// Where the Monte Carlo took the kernel's place.
    let simulated: Outline
  }

  private let settings: DoseMapSettings
  private let kernels: DecayKernels
  private let kernel: VoxelKernel

  init(
    radionuclide: Radionuclide, settings: DoseMapSettings, spacing: SIMD3<Double>
  ) throws {
    self.settings = settings
    kernels = try KernelStore(material: .water).kernels(parent: radionuclide.symbol)
    kernel = try VoxelKernel(of: kernels.members.map { ($0.kernel, $0.decays) }, spacing: spacing)
  }

  func run(
    _ decays: Volume<TimeIntegratedActivity>, density: Volume<MassDensity>,
    regions: [RegionCoverage]
  ) throws -> Result {
    let alpha = kernels.energies.alphaMeV + kernels.energies.recoilMeV
    let highLET =
      alpha > 0
      ? try LocalDose.run(decays, density: density, energyMeV: alpha).without(airOf: density) : nil
    let nothing = Outline(grid: decays.grid, offsets: [])
    switch settings.method {
    case .local:
      let dose = try LocalDose.run(
        decays, density: density, energyMeV: kernels.energies.nonPenetratingMeV)
      return Result(
        dose: try dose.without(airOf: density), highLET: highLET, statistical: nil,
        regionStatistics: nil, crossMeans: nil, unreliable: nothing, simulated: nothing)
    case .kernel:
      let map = try SplitKernelDose(kernel).run(decays, density: density)
      let dose = try map.dose.without(airOf: density)
      return Result(
        dose: dose, highLET: highLET, statistical: nil, regionStatistics: nil,
        crossMeans: try crossMeans(of: dose, decays, density, regions),
        unreliable: map.unreliable, simulated: nothing)
    case .montecarlo:
      let map = try simulation().run(
        decays, density: density, histories: settings.decays, regions: Self.voxels(of: regions))
      return Result(
        dose: try map.dose.without(airOf: density), highLET: highLET,
        statistical: try map.statisticalUncertainty.without(airOf: density),
        regionStatistics: map.regionMeans.map {
          $0.dose.gray > 0 ? $0.statistical.gray / $0.dose.gray : 0
        },
        crossMeans: try crossMeansWhereRight(decays, density, regions), unreliable: nothing,
        simulated: nothing)
    case .hybrid:
      return try hybrid(decays, density, regions, highLET)
    }
  }

  private func hybrid(
    _ decays: Volume<TimeIntegratedActivity>, _ density: Volume<MassDensity>,
    _ regions: [RegionCoverage], _ highLET: Volume<AbsorbedDose>?
  ) throws -> Result {
    let voxels = Self.voxels(of: regions)
    let map = try HybridDose(kernel: SplitKernelDose(kernel), simulation: try simulation()).run(
      decays, density: density, histories: settings.decays, regions: voxels)
    let dose = try map.dose.without(airOf: density)
    let means = voxels.map { voxels in
      voxels.reduce(0.0) { $0 + Double(dose.samples[$1]) * Double(density.samples[$1]) }
        / voxels.reduce(0.0) { $0 + Double(density.samples[$1]) }
    }
    return Result(
      dose: dose, highLET: highLET, statistical: map.statisticalUncertainty,
      regionStatistics: zip(map.regionStatistics, means).map { $1 > 0 ? $0.gray / $1 : 0 },
      crossMeans: try crossMeansWhereRight(decays, density, regions),
      unreliable: Outline(grid: decays.grid, offsets: []), simulated: map.simulated)
  }

  private func simulation() throws -> MonteCarloDose {
    var options = TransportOptions()
    options.seed = settings.seed
    let schemes = try kernels.members.map { member in
      (scheme: try DecayScheme(symbol: member.symbol), weight: member.decays)
    }
    return MonteCarloDose(decays: schemes, options: options)
  }

  /// Voxels at least half inside.
  private static func voxels(of regions: [RegionCoverage]) -> [[Int]] {
    regions.map { region in
      region.coverage.samples.indices.filter { region.coverage.samples[$0] >= 0.5 }
    }
  }

  /// Cross-dose beside a simulation: that of the kernel's own map, since decays are not told apart
  /// by where they were in a simulation.
  private func crossMeansWhereRight(
    _ decays: Volume<TimeIntegratedActivity>, _ density: Volume<MassDensity>,
    _ regions: [RegionCoverage]
  ) throws -> [Double?] {
    let map = try SplitKernelDose(kernel).run(decays, density: density)
    let unreliable = map.unreliable.offsets
    let means = try crossMeans(
      of: map.dose.without(airOf: density), decays, density, regions)
    return zip(means, regions).map { mean, region in
      unreliable.contains { region.coverage.samples[$0] > 0 } ? nil : mean
    }
  }

  /// Mean dose of each region less what the decays inside it give.
  private func crossMeans(
    of dose: Volume<AbsorbedDose>, _ decays: Volume<TimeIntegratedActivity>,
    _ density: Volume<MassDensity>, _ regions: [RegionCoverage]
  ) throws -> [Double] {
    func mean(_ dose: Volume<AbsorbedDose>, _ region: RegionCoverage) -> Double {
      DoseVolume(dose, in: region.coverage, density: density)?.meanGray ?? 0
    }
    return try regions.map { region in
      let own = try Volume<TimeIntegratedActivity>(
        grid: decays.grid,
        samples: zip(decays.samples, region.coverage.samples).map { $0 * min($1, 1) })
      guard own.samples.contains(where: { $0 > 0 }) else { return mean(dose, region) }
      let map = try SplitKernelDose(kernel).run(own, density: density)
      return try max(mean(dose, region) - mean(map.dose.without(airOf: density), region), 0)
    }
  }
}

extension Volume where Value == AbsorbedDose {
  /// Zero where the density is that of air: energy over almost no mass is no dose of tissue.
  fileprivate func without(airOf density: Volume<MassDensity>) throws -> Volume {
    try Volume(
      grid: grid,
      samples: zip(samples, density.samples).map {
        $1 < SplitKernelDose.thinnest ? 0 : $0
      })
  }
}
