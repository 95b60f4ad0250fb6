import DICOMIO
import Dosimetry
import Geometry
import Quantities
import Volumes

/// Density on the dose grid from the CT of the same examination.
struct TissueGrid {
  /// Air where the CT does not reach.
  let density: Volume<MassDensity>
  /// Whether the CT reaches each voxel.
  let isCovered: [Bool]

  private static let notCovered = MassDensity.gramsPerMillilitre(-1)
  /// Air at 20 °C, g/mL.
  private static let air: Float = 0.0012

  init(_ scans: TimePointScans, on grid: VoxelGrid) throws {
    guard scans.point.ct != nil else { throw DoseMapError.noCT(timePoint: scans.point.id) }
    // Averaged to about the dose grid first, so that no CT voxel is passed over.
    let attenuation = try scans.ct().volume.reduced(to: grid.spacing.min())
    let fine = try Volume<MassDensity>(
      grid: attenuation.grid,
      samples: attenuation.samples.map {
        Float(TissueDensity.gramsPerMillilitre(.hounsfieldUnits(Double($0))))
      })
    let sampled = fine.resampled(onto: grid, outside: Self.notCovered)
    isCovered = sampled.samples.map { $0 >= 0 }
    density = try Volume(grid: grid, samples: sampled.samples.map { $0 >= 0 ? $0 : Self.air })
  }
}
