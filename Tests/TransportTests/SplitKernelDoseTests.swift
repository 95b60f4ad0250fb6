import Geometry
import Quantities
import Testing
import Volumes

@testable import Transport

@Suite struct SplitKernelDoseTests {
  /// Odd sizes and a kernel that reaches beyond the grid, by Fourier and in place, against the sum
  /// over all pairs of voxels.
  @Test(
    arguments: [SIMD3(7, 5, 3), [4, 9, 6], [1, 8, 2], [13, 21, 4]],
    [SIMD3(4, 3, 5), [3, 3, 2], [2, 2, 2], [6, 7, 5]])
  func convolutionIsTheSumOverAllPairs(size: SIMD3<Int>, reach: SIMD3<Int>) throws {
    var random = RandomStream(seed: 3, stream: 0)
    let count = size.x * size.y * size.z
    let samples = (0..<count).map { _ in Float(random.uniform()) }
    let kernel = VoxelKernel.Octant(
      size: reach,
      values: (0..<(reach.x * reach.y * reach.z)).map { _ in Float(random.uniform()) })
    let fourier = kernel.convolved(with: samples, size: size, scale: 1)
    for k in 0..<size.z {
      for j in 0..<size.y {
        for i in 0..<size.x {
          var sum = 0.0
          for n in 0..<count {
            let (x, y, z) = (n % size.x, n / size.x % size.y, n / (size.x * size.y))
            sum += Double(samples[n]) * kernel[x - i, y - j, z - k]
          }
          #expect(abs(Double(fourier[i + size.x * (j + size.y * k)]) / sum - 1) < 1e-5)
        }
      }
    }
  }

  /// Deep inside even activity, dose is the energy of a decay over mass, but for the photons that
  /// come from beyond 60 mm.
  @Test func evenActivityGivesTheEnergyPerMass() throws {
    let kernel = try VoxelKernel(
      SimulatedKernels.yttrium.get(), spacing: [4, 4, 4], photonReach: 60)
    let grid = try VoxelGrid(size: [41, 41, 41], spacing: [4, 4, 4])
    let result = try SplitKernelDose(kernel).run(
      Volume(grid: grid, filledWith: .becquerelSeconds(1e9)),
      density: Volume(grid: grid, filledWith: .gramsPerMillilitre(1)))
    let inside = kernel.electrons.total + kernel.photons.total
    let exact = inside * joulesPerMeV / (grid.voxelMillilitres / 1000) * 1e9
    #expect(abs(result.dose[20, 20, 20].gray / exact - 1) < 1e-4)
  }

  /// Twice the density stops the same electrons in twice the mass, and photons in water do not care.
  @Test func electronsAreDividedByTheVoxelsOwnMass() throws {
    let kernel = try VoxelKernel(
      SimulatedKernels.lutetium.get(), spacing: [4.8, 4.8, 4.8], photonReach: 40)
    let grid = try VoxelGrid(size: [9, 9, 9], spacing: [4.8, 4.8, 4.8])
    var activity = [Float](repeating: 0, count: grid.voxelCount)
    activity[grid.index(i: 4, j: 4, k: 4)] = 1
    let volume = try Volume<TimeIntegratedActivity>(grid: grid, samples: activity)
    let one = try SplitKernelDose(kernel, photons: .water).run(
      volume, density: Volume(grid: grid, filledWith: .gramsPerMillilitre(1)))
    let two = try SplitKernelDose(kernel, photons: .water).run(
      volume, density: Volume(grid: grid, filledWith: .gramsPerMillilitre(2)))
    let litres = grid.voxelMillilitres / 1000
    let electrons = kernel.electrons[0, 0, 0] * joulesPerMeV / litres
    let difference = one.dose[4, 4, 4].gray - two.dose[4, 4, 4].gray
    #expect(abs(difference / (electrons / 2) - 1) < 1e-4)
  }

  /// Y-90 beside lung cannot be done by any kernel of one density, and is flagged; Lu-177 is not.
  @Test func longRangesInThinTissueAreFlagged() throws {
    let grid = try VoxelGrid(size: [8, 8, 8], spacing: [4.8, 4.8, 4.8])
    let activity = (0..<grid.voxelCount).map { Float($0 % 8 < 4 ? 1 : 0) }
    let densities = (0..<grid.voxelCount).map { Float($0 % 8 < 4 ? 1 : 0.3) }
    func flagged(_ point: PointKernel) throws -> Int {
      let kernel = try VoxelKernel(point, spacing: grid.spacing, photonReach: 30)
      return try SplitKernelDose(kernel).run(
        Volume(grid: grid, samples: activity), density: Volume(grid: grid, samples: densities)
      ).unreliable.voxelCount
    }
    #expect(try flagged(SimulatedKernels.yttrium.get()) >= 64)
    #expect(try flagged(SimulatedKernels.lutetium.get()) == 0)
  }

  /// In lung of 0.3 g/mL Y-90's electrons go 37 mm, more than three times as far as in water: all of
  /// that is flagged, and no air.
  @Test func thinTissueIsFlaggedAsFarAsElectronsGo() throws {
    let grid = try VoxelGrid(size: [15, 5, 5], spacing: [4.8, 4.8, 4.8])
    let activity = (0..<grid.voxelCount).map { Float($0 % 15 < 3 ? 1 : 0) }
    let densities = (0..<grid.voxelCount).map { n -> Float in
      n % 15 < 3 ? 1 : n % 15 == 14 ? 0.001 : 0.3
    }
    let kernel = try VoxelKernel(
      SimulatedKernels.yttrium.get(), spacing: grid.spacing, photonReach: 30)
    let flagged = try SplitKernelDose(kernel).run(
      Volume(grid: grid, samples: activity), density: Volume(grid: grid, samples: densities)
    ).unreliable.offsets
    let along = Set(flagged.map { $0 % 15 })
    let last = 2 + Int(kernel.electronReach / 0.3 / 4.8)
    #expect(along.isSuperset(of: 3..<last))
    #expect(along.max().map { $0 <= last + 2 } == true)
    #expect(!along.contains(14))
  }

  /// Beside lung the hybrid gives the Monte Carlo's dose, where the kernel is wrong by half and more,
  /// and elsewhere the kernel's own.
  @Test func theHybridReplacesWhereNoKernelIsRight() throws {
    let grid = try VoxelGrid(size: [13, 9, 9], spacing: [4.8, 4.8, 4.8])
    let activity = try Volume<TimeIntegratedActivity>(
      grid: grid, samples: (0..<grid.voxelCount).map { $0 % 13 < 6 ? 1e6 : 0 })
    let density = try Volume<MassDensity>(
      grid: grid, samples: (0..<grid.voxelCount).map { $0 % 13 < 6 ? 1 : 0.3 })
    let kernel = SplitKernelDose(
      try VoxelKernel(SimulatedKernels.yttrium.get(), spacing: grid.spacing, photonReach: 60))
    let simulation = MonteCarloDose(try DecayScheme(symbol: "Y-90"))
    let firstLung = (0..<grid.voxelCount).filter { $0 % 13 == 6 }
    let hybrid = try HybridDose(kernel: kernel, simulation: simulation).run(
      activity, density: density, histories: 40_000, regions: [firstLung])
    let fast = try kernel.run(activity, density: density)
    let exact = try simulation.run(
      activity, density: density, histories: 100_000, regions: [firstLung])
    #expect(hybrid.simulated == fast.unreliable)
    let simulated = Set(hybrid.simulated.offsets)
    #expect(simulated.isSuperset(of: firstLung))
    for voxel in fast.dose.samples.indices where !simulated.contains(voxel) {
      #expect(hybrid.dose.samples[voxel] == fast.dose.samples[voxel])
      #expect(hybrid.statisticalUncertainty.samples[voxel] == 0)
    }
    func mean(_ volume: Volume<AbsorbedDose>) -> Double {
      firstLung.reduce(0) { $0 + Double(volume.samples[$1]) } / Double(firstLung.count)
    }
    let reference = exact.regionMeans[0].dose.gray
    let sigma = hybrid.regionStatistics[0].gray + exact.regionMeans[0].statistical.gray
    #expect(sigma < 0.04 * reference)
    #expect(abs(mean(hybrid.dose) - reference) < 3 * sigma + 0.01 * reference)
    #expect(mean(fast.dose) > 1.3 * reference)
  }

  @Test func aKernelForAnotherVoxelSizeIsRefused() throws {
    let kernel = try VoxelKernel(
      SimulatedKernels.lutetium.get(), spacing: [4, 4, 4], photonReach: 20)
    let grid = try VoxelGrid(size: [3, 3, 3], spacing: [5, 5, 5])
    #expect(throws: TransportError.kernelSpacing) {
      try SplitKernelDose(kernel).run(
        Volume(grid: grid, filledWith: .becquerelSeconds(1)),
        density: Volume(grid: grid, filledWith: .gramsPerMillilitre(1)))
    }
  }
}
