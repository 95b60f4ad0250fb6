import Geometry
import Quantities
import Testing
import Volumes

@testable import Transport

@Suite struct SplitKernelDoseTests {
  /// Odd sizes and a kernel that reaches beyond the grid, by Fourier and in place, against the sum
  /// over all pairs of voxels.
  @Test(arguments: [SIMD3(7, 5, 3), [4, 9, 6], [1, 8, 2]], [SIMD3(4, 3, 5), [3, 3, 2]])
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

  /// Twice the density stops the same electrons in twice the mass, and photons do not care.
  @Test func electronsAreDividedByTheVoxelsOwnMass() throws {
    let kernel = try VoxelKernel(
      SimulatedKernels.lutetium.get(), spacing: [4.8, 4.8, 4.8], photonReach: 40)
    let grid = try VoxelGrid(size: [9, 9, 9], spacing: [4.8, 4.8, 4.8])
    var activity = [Float](repeating: 0, count: grid.voxelCount)
    activity[grid.index(i: 4, j: 4, k: 4)] = 1
    let volume = try Volume<TimeIntegratedActivity>(grid: grid, samples: activity)
    let one = try SplitKernelDose(kernel).run(
      volume, density: Volume(grid: grid, filledWith: .gramsPerMillilitre(1)))
    let two = try SplitKernelDose(kernel).run(
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
