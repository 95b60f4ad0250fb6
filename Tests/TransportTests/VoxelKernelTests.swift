import Foundation
import Quantities
import TestSupport
import Testing
import Transport

@Suite struct VoxelKernelTests {
  /// Voxel S values of Lanconelli 2012 (doi 10.1088/0031-9155/57/2/517), read from the shared
  /// folder: soft tissue, 1.04 g/mL.
  private static func published(_ nuclide: String, _ millimetres: Double) throws -> (
    (Int, Int, Int) throws -> Double
  ) {
    let rows = try SharedTable.rows("lanconelli2012_vsv_full_Lu177_Y90_I131.csv").filter {
      $0["nuclide"] == nuclide && $0["tissue"] == "soft"
        && $0["voxel_mm"].flatMap { Double($0) } == millimetres
    }
    return { i, j, k in
      let row = rows.first {
        $0["i"] == "\(i)" && $0["j"] == "\(j)" && $0["k"] == "\(k)"
      }
      // mGy/(MBq s) is 10⁻⁹ Gy/(Bq s).
      return try #require(row.flatMap { $0["S_mGy_per_MBq_s"] }.flatMap { Double($0) }) * 1e-9
    }
  }

  @Test(
    .enabled(if: RealData.shared != nil, Comment(rawValue: RealData.absent)),
    arguments: [3.0, 4.42, 4.8])
  func yttriumAgreesWithLanconelli(millimetres: Double) throws {
    let point = try SimulatedKernels.yttriumInSoftTissue.get()
    let kernel = try VoxelKernel(
      point, spacing: SIMD3(repeating: millimetres), gramsPerMillilitre: 1.04)
    let oracle = try Self.published("90Y", millimetres)
    let itself = try kernel.sValue(0, 0, 0) / oracle(0, 0, 0)
    let neighbour = try kernel.sValue(0, 0, 1) / oracle(0, 0, 1)
    let edge = try kernel.sValue(0, 1, 1) / oracle(0, 1, 1)
    print("figure: Lanconelli Y-90 \(millimetres) mm 000 \(itself) 001 \(neighbour) 011 \(edge)")
    #expect(abs(itself - 1) < 0.015)
    #expect(abs(neighbour / itself - 1) < 0.02)
    #expect(abs(edge - 1) < 0.03)
  }

  @Test(
    .enabled(if: RealData.shared != nil, Comment(rawValue: RealData.absent)),
    arguments: [3.0, 4.42, 4.8])
  func iodineAgreesWithLanconelli(millimetres: Double) throws {
    let point = try SimulatedKernels.iodineInSoftTissue.get()
    let kernel = try VoxelKernel(
      point, spacing: SIMD3(repeating: millimetres), gramsPerMillilitre: 1.04)
    let oracle = try Self.published("131I", millimetres)
    for (i, j, k) in [(0, 0, 0), (0, 0, 1), (0, 1, 1), (1, 1, 1)] {
      let ratio = try kernel.sValue(i, j, k) / oracle(i, j, k)
      print("figure: Lanconelli I-131 \(millimetres) mm \(i)\(j)\(k) \(ratio)")
      #expect(abs(ratio - 1) < 0.025)
    }
    // Photons alone reach this far, and so few decays know them to about 2 %.
    #expect(abs(try kernel.sValue(0, 0, 2) / oracle(0, 0, 2) - 1) < 0.05)
  }

  /// Lanconelli's Lu-177 lacks most conversion and Auger electrons: 0.142 of 0.152 MeV. Ours is
  /// higher at the source by what is missing there, and the neighbour agrees.
  @Test(.enabled(if: RealData.shared != nil, Comment(rawValue: RealData.absent)))
  func lutetiumDiffersFromLanconelliByTheMissingElectrons() throws {
    let point = try SimulatedKernels.lutetiumInSoftTissue.get()
    let kernel = try VoxelKernel(
      point, spacing: SIMD3(repeating: 4.42), gramsPerMillilitre: 1.04)
    let oracle = try Self.published("177Lu", 4.42)
    #expect(abs(try kernel.sValue(0, 0, 0) / oracle(0, 0, 0) - 1.08) < 0.01)
    #expect(abs(try kernel.sValue(0, 0, 1) / oracle(0, 0, 1) - 1) < 0.04)
  }

  /// Spreading moves energy but neither makes nor loses any, for voxels of any shape.
  @Test(arguments: [SIMD3(2.0, 2, 2), [4.8, 4.8, 4.8], [2, 3, 5], [9.3, 9.3, 9.3]])
  func spreadingKeepsEnergy(spacing: SIMD3<Double>) throws {
    let point = try SimulatedKernels.yttrium.get()
    let kernel = try VoxelKernel(point, spacing: spacing, photonReach: 50)
    let electrons = point.electronMeV.reduce(0, +) + point.localElectronMeV
    #expect(abs(kernel.electrons.total / electrons - 1) < 1e-4)
  }

  /// A kernel with its axes exchanged is the same kernel.
  @Test func anisotropicKernelsFollowTheirAxes() throws {
    let point = try SimulatedKernels.yttrium.get()
    let a = try VoxelKernel(point, spacing: [2, 3, 5], photonReach: 20)
    let b = try VoxelKernel(point, spacing: [5, 2, 3], photonReach: 20)
    for (i, j, k) in [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1)] {
      #expect(abs(a.sValue(i, j, k) / b.sValue(k, i, j) - 1) < 0.01)
    }
  }

  @Test func aKernelIsReadBackAsItWasWritten() throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "kernels-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let cache = KernelCache(folder: folder)
    let scheme = try DecayScheme(symbol: "P-32")
    let made = try cache.kernel(of: scheme, histories: 1000)
    let read = try cache.kernel(of: scheme, histories: 1000)
    #expect(made == read)
    let file = try #require(
      FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil).first)
    try Data("{".utf8).write(to: file)
    #expect(throws: TransportError.self) { try cache.kernel(of: scheme, histories: 1000) }
  }
}
