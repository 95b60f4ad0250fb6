import Foundation
import Geometry
import Quantities
import Testing
import Volumes

@testable import Dosimetry

/// Densities as CT shows them: spheres of tissue in other tissue, on voxels that mix both.
@Suite struct CTDensityTests {
  private static func hounsfield(_ density: Double) -> Double {
    // Schneider's lines the other way round, as they stand in the paper.
    if density < 0.93 { return (density - 0.00121) / (0.930 - 0.00121) * 902 - 1000 }
    return density > 1.12 ? (density - 1.017) / 0.592e-3 : (density - 1.003) / 1.169e-3
  }

  private struct Scene {
    let ct: Volume<Hounsfield>
    let region: Outline
  }

  /// A sphere in the middle; voxels take the mean of what they cover, blurred over 5 mm more.
  private func sphere(
    radius: Double, _ inside: Double, in outside: Double, noise: Double = 0
  ) throws -> Scene {
    let grid = try VoxelGrid(
      size: [22, 22, 18], spacing: [3.9, 3.9, 5], origin: PatientPoint(x: -41, y: -40.3, z: -42.1))
    var state: UInt64 = 12
    func random() -> Double {
      (0..<12).reduce(-6.0) { sum, _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return sum + Double(state >> 11) / Double(1 << 53)
      }
    }
    let edge = 5.0
    let samples = (0..<grid.voxelCount).map { n -> Float in
      let at = grid.ijk(at: n)
      let r = grid.patientPoint(i: at.x, j: at.y, k: at.z).millimetres.length
      let share = min(max((radius - r) / edge + 0.5, 0), 1)
      return Float(
        Self.hounsfield(outside) + share * (Self.hounsfield(inside) - Self.hounsfield(outside))
          + noise * random())
    }
    return Scene(
      ct: try Volume(grid: grid, samples: samples),
      region: Outline(
        grid: grid, ball: PatientPoint(millimetres: .zero), radius: .millimetres(radius)))
  }

  private func meanOfAll(_ scene: Scene) -> Double {
    let voxels = scene.region.offsets
    return voxels.reduce(0) {
      $0 + TissueDensity.gramsPerMillilitre(.hounsfieldUnits(Double(scene.ct.samples[$1])))
    } / Double(voxels.count)
  }

  /// A lesion of 9 mL in lung: the voxels of its edge would make it 7 % too light.
  @Test func aLesionInLungIsNotPulledDownByTheLungAroundIt() throws {
    let scene = try sphere(radius: 13, 1.05, in: 0.3)
    let density = try #require(CTDensity(scene.region, on: scene.ct))
    print("figure: lesion in lung, inside \(density.gramsPerMillilitre), all \(meanOfAll(scene))")
    #expect(abs(density.gramsPerMillilitre / 1.05 - 1) < 0.02)
    #expect(meanOfAll(scene) < 0.94 * 1.05)
  }

  @Test(arguments: [(0.26, 1.05), (1.30, 1.05), (1.05, 0.95)])
  func aRegionKeepsItsDensityAmongOthers(inside: Double, outside: Double) throws {
    let scene = try sphere(radius: 32, inside, in: outside, noise: 20)
    let density = try #require(CTDensity(scene.region, on: scene.ct))
    // Schneider's two lines for soft tissue and bone differ by up to 1 %.
    #expect(abs(density.gramsPerMillilitre / inside - 1) < 0.02)
    #expect(density.standardUncertainty < 0.02 && density.standardUncertainty > 0.005)
  }

  @Test func whatHasNoInnerPartHasNoDensityOfItsOwn() throws {
    let scene = try sphere(radius: 6, 1.05, in: 0.3)
    #expect(scene.region.voxelCount > 5)
    #expect(CTDensity(scene.region, on: scene.ct) == nil)
    #expect(CTDensity(Outline(grid: scene.ct.grid, offsets: []), on: scene.ct) == nil)
  }

  private func measured(_ density: Double) -> CTDensity {
    CTDensity(gramsPerMillilitre: density, standardUncertainty: 0.01, voxels: 100)
  }

  /// Contrast agent of 100 HU in a kidney, and a lesion that lies in lung on CT.
  @Test func whatCannotBeTheTissueIsNotTaken() throws {
    let enhanced = measured(TissueDensity.gramsPerMillilitre(.hounsfieldUnits(130)))
    #expect(RegionDose.Density(enhanced, of: "left kidney", kind: .organ) == nil)
    let reason = RegionDose.Density.doubt(about: enhanced, of: "left kidney", kind: .organ)
    #expect(try #require(reason).contains("contrast agent"))
    // A fatty liver is lighter than the table's, and says so.
    let fatty = measured(TissueDensity.gramsPerMillilitre(.hounsfieldUnits(-10)))
    #expect(RegionDose.Density(fatty, of: "liver", kind: .organ)?.isMeasured == true)
    #expect(RegionDose.Density(measured(0.7), of: "L1", kind: .lesion) == nil)
    // Lungs differ from the table by much, and bone stands in none.
    let lungs = try #require(RegionDose.Density(measured(0.385), of: "lungs", kind: .organ))
    #expect(lungs.gramsPerMillilitre == 0.385)
    #expect(abs(try #require(lungs.relativeUncertainty) - 0.01 / 0.385) < 1e-12)
    #expect(RegionDose.Density(measured(1.25), of: "spine", kind: .organ) != nil)
  }

  /// The scans of a cycle are made on one scanner: its scale does not average out.
  @Test func theMeanOverScansIsNoMoreCertainThanOneOfThem() throws {
    let mean = try #require(CTDensity.mean(of: [measured(1.02), measured(1.06)]))
    #expect(abs(mean.gramsPerMillilitre - 1.04) < 1e-12 && mean.standardUncertainty == 0.01)
    #expect(CTDensity.mean(of: []) == nil)
  }
}
