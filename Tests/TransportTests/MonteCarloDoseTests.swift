import Geometry
import Quantities
import Testing
import Transport
import Volumes

@Suite struct MonteCarloDoseTests {
  private static func grid(_ n: Int, _ millimetres: Double) throws -> VoxelGrid {
    try VoxelGrid(size: SIMD3(repeating: n), spacing: SIMD3(repeating: millimetres))
  }

  /// One source voxel in the middle of water.
  private static func single(_ symbol: String, histories: Int, seed: UInt64 = 1) throws -> DoseMap {
    let grid = try grid(21, 4.42)
    var activity = [Float](repeating: 0, count: grid.voxelCount)
    activity[grid.index(i: 10, j: 10, k: 10)] = 1
    var options = TransportOptions()
    options.seed = seed
    return try MonteCarloDose(DecayScheme(symbol: symbol), options: options).run(
      Volume(grid: grid, samples: activity),
      density: Volume(grid: grid, filledWith: .gramsPerMillilitre(1)), tissue: .water,
      histories: histories)
  }

  /// The kernels are spread from spheres, the maps tracked through voxels: two ways, one answer.
  @Test func mapsAndKernelsAgree() throws {
    let map = try Self.single("Y-90", histories: 60_000)
    let kernel = try VoxelKernel(
      SimulatedKernels.yttrium.get(), spacing: SIMD3(repeating: 4.42), photonReach: 40)
    for (i, j, k) in [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (0, 1, 1), (1, 1, 1)] {
      let dose = map.dose[10 + i, 10 + j, 10 + k].gray
      let sigma = map.statisticalUncertainty[10 + i, 10 + j, 10 + k].gray
      let expected = kernel.sValue(i, j, k)
      #expect(abs(dose - expected) < 4 * sigma + 0.004 * expected)
    }
  }

  @Test(arguments: ["Lu-177", "Y-90", "I-131", "F-18"])
  func energyIsKept(symbol: String) throws {
    let map = try Self.single(symbol, histories: 8000)
    let kept = (map.absorbedMeV + map.escapedMeV) / map.emittedMeV - 1
    print("figure: energy kept \(symbol) \(kept)")
    // Voxels add up in single precision.
    #expect(abs(kept) < 1e-5)
    let energies = try DecayScheme(symbol: symbol).energies
    let mean = energies.nonPenetratingMeV + energies.photonMeV
    #expect(abs(map.emittedMeV / mean - 1) < 0.005)
  }

  @Test func theSameSeedGivesTheSameBits() throws {
    let a = try Self.single("Lu-177", histories: 3200)
    let b = try Self.single("Lu-177", histories: 3200)
    let c = try Self.single("Lu-177", histories: 3200, seed: 2)
    #expect(a.dose.samples == b.dose.samples)
    #expect(a.dose.samples != c.dose.samples)
  }

  /// The stated uncertainty is the scatter between independent runs.
  @Test func theUncertaintyIsTheScatterBetweenRuns() throws {
    let runs = try (1...16).map { try Self.single("Y-90", histories: 1600, seed: $0) }
    let doses = runs.map { $0.dose[11, 10, 10].gray }
    let mean = doses.reduce(0, +) / 16
    let scatter = (doses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 15).squareRoot()
    let stated = runs.reduce(0) { $0 + $1.statisticalUncertainty[11, 10, 10].gray } / 16
    // Sixteen runs know their scatter to 18 %.
    #expect(scatter / stated > 0.5 && scatter / stated < 1.6)
  }

  /// Fano's theorem: where activity follows mass, the fluence of electrons does not know the
  /// density, and the dose is the energy emitted per mass everywhere. Pb-209 emits betas only.
  @Test func doseIsEvenWhereActivityFollowsMass() throws {
    let grid = try Self.grid(20, 5)
    let densities: [Float] = (0..<grid.voxelCount).map {
      [0.3, 1.0, 1.9, 0.6][($0 % 20 / 3 + $0 / 20 % 20 / 5 + $0 / 400 / 4) % 4]
    }
    let scheme = try DecayScheme(symbol: "Pb-209")
    let map = try MonteCarloDose(scheme).run(
      Volume(grid: grid, samples: densities),
      density: Volume(grid: grid, samples: densities), tissue: .water, histories: 400_000)
    let exact = scheme.energies.electronMeV * joulesPerMeV / (grid.voxelMillilitres / 1000)
    var sums: [Float: (energy: Double, mass: Double)] = [:]
    for k in 3..<17 {
      for j in 3..<17 {
        for i in 3..<17 {
          let density = densities[grid.index(i: i, j: j, k: k)]
          let mass = Double(density)
          sums[density, default: (0, 0)].energy += map.dose[i, j, k].gray * mass
          sums[density, default: (0, 0)].mass += mass
        }
      }
    }
    for (density, sum) in sums {
      print("figure: Fano \(density) g/mL \(sum.energy / sum.mass / exact - 1)")
      #expect(abs(sum.energy / sum.mass / exact - 1) < 0.005)
    }
  }

  /// Equilibrium: deep inside a large body of even activity as much energy is left as is emitted,
  /// photons and all. at 10 g/mL the sides are 80 g/cm² away.
  @Test(arguments: ["Lu-177", "I-131"])
  func deepInsideEvenActivityAllEnergyStays(symbol: String) throws {
    let grid = try Self.grid(25, 10)
    let scheme = try DecayScheme(symbol: symbol)
    let density = MassDensity.gramsPerMillilitre(10)
    let map = try MonteCarloDose(scheme).run(
      Volume(grid: grid, filledWith: .becquerelSeconds(1)),
      density: Volume(grid: grid, filledWith: density), tissue: .water, histories: 200_000)
    let energies = scheme.energies
    let exact =
      (energies.nonPenetratingMeV + energies.photonMeV) * joulesPerMeV
      / (10 * grid.voxelMillilitres / 1000)
    let deep = 8..<17
    var (sum, variance) = (0.0, 0.0)
    for k in deep {
      for j in deep {
        for i in deep {
          sum += map.dose[i, j, k].gray
          let s = map.statisticalUncertainty[i, j, k].gray
          variance += s * s
        }
      }
    }
    let count = Double(deep.count * deep.count * deep.count)
    let ratio = sum / count / exact
    print("figure: equilibrium \(symbol) \(ratio - 1) ± \(variance.squareRoot() / sum)")
    #expect(abs(ratio - 1) < 0.005 + 2 * variance.squareRoot() / sum)
  }

  @Test func badInputIsRefusedWithItsVoxel() throws {
    let grid = try Self.grid(3, 5)
    let other = try Self.grid(3, 4)
    let run = MonteCarloDose(try DecayScheme(symbol: "Lu-177"))
    var densities = [Float](repeating: 1, count: 27)
    densities[5] = .nan
    let even = Volume(grid: grid, filledWith: MassDensity.gramsPerMillilitre(1))
    let active = Volume(grid: grid, filledWith: TimeIntegratedActivity.becquerelSeconds(1))
    #expect(throws: TransportError.self) {
      try run.run(active, density: Volume(grid: grid, samples: densities), histories: 1000)
    }
    #expect(throws: TransportError.gridsDiffer) {
      try run.run(
        active, density: Volume(grid: other, filledWith: .gramsPerMillilitre(1)), histories: 1000)
    }
    #expect(throws: TransportError.tooFewHistories(10)) {
      try run.run(active, density: even, histories: 10)
    }
    #expect(throws: TransportError.noActivity) {
      try run.run(Volume(grid: grid, filledWith: .zero), density: even, histories: 1000)
    }
    #expect(throws: TransportError.badActivity(voxel: 0)) {
      try run.run(
        Volume(grid: grid, filledWith: .becquerelSeconds(-1)), density: even, histories: 1000)
    }
  }
}
