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
    /// Mean dose of each region from its own decays; `nil` for local deposition.
    let selfMeans: [Double]?
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
        regionStatistics: nil, selfMeans: nil, unreliable: nothing, simulated: nothing)
    case .kernel:
      let map = try SplitKernelDose(kernel).run(decays, density: density)
      return Result(
        dose: try map.dose.without(airOf: density), highLET: highLET, statistical: nil,
        regionStatistics: nil, selfMeans: try selfMeans(decays, density, regions),
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
        selfMeans: try selfMeans(decays, density, regions), unreliable: nothing,
        simulated: nothing)
    case .hybrid:
      return try hybrid(decays, density, regions, highLET)
    }
  }

  /// Self-dose is still the kernel's: it is there to tell cross-dose, which is that of photons.
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
      selfMeans: try selfMeans(decays, density, regions),
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

  /// Mean dose of each region from the decays inside it.
  private func selfMeans(
    _ decays: Volume<TimeIntegratedActivity>, _ density: Volume<MassDensity>,
    _ regions: [RegionCoverage]
  ) throws -> [Double] {
    try regions.map { region in
      let own = try Volume<TimeIntegratedActivity>(
        grid: decays.grid,
        samples: zip(decays.samples, region.coverage.samples).map { $0 * min($1, 1) })
      guard own.samples.contains(where: { $0 > 0 }) else { return 0 }
      let map = try SplitKernelDose(kernel).run(own, density: density)
      return DoseVolume(
        try map.dose.without(airOf: density), in: region.coverage, density: density)?.meanGray ?? 0
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
