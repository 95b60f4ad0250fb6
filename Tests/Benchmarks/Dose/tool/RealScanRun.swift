import DICOMIO
import Dosimetry
import Foundation
import Geometry
import Quantities
import Transport
import Volumes

/// The Monte Carlo in a real CT, with decays as its PET shows uptake, on the PET's grid; the lesion is
/// 10 mL around the largest uptake.
struct RealScanRun {
  private let ct: URL
  private let pet: URL

  init(ct: String, pet: String) { (self.ct, self.pet) = (URL(filePath: ct), URL(filePath: pet)) }

  func run(_ arguments: [String]) throws {
    try MonteCarloTimer(arguments).run(scene(), "real CT")
  }

  private func scene() throws -> MonteCarloTimer.Scene {
    let uptake = try PETSeries.load(files: files(pet)).suvVolume()
    let grid = try VoxelGrid(
      size: uptake.grid.size, spacing: uptake.grid.spacing, axes: uptake.grid.axes,
      origin: uptake.grid.origin)
    let full = try CTSeries.load(files: files(ct)).volume
    // Averaged to about the dose grid first, as the maps of a course are.
    let ratio = grid.spacing / full.grid.spacing
    let attenuation = try full.blockAveraged(
      by: [max(Int(ratio.x), 1), max(Int(ratio.y), 1), max(Int(ratio.z), 1)])
    let fine = try Volume<MassDensity>(
      grid: attenuation.grid,
      samples: attenuation.samples.map {
        Float(TissueDensity.gramsPerMillilitre(.hounsfieldUnits(Double($0))))
      })
    let samples = uptake.samples.map { max($0, 0) }
    let hottest = samples.indices.max { samples[$0] < samples[$1] } ?? 0
    return MonteCarloTimer.Scene(
      activity: try Volume(grid: grid, samples: samples),
      density: fine.resampled(onto: grid, outside: .gramsPerMillilitre(0.0012)),
      lesion: MonteCarloTimer.Scene.tenMillilitres(
        around: SIMD3<Double>(grid.ijk(at: hottest)), grid))
  }

  private func files(_ folder: URL) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      .map { folder.appending(path: $0) }
  }
}
