import Dosimetry
import Geometry
import Quantities
import Radiobiology
import Registration
import Transport
import Volumes

/// The dose per voxel of one cycle, on the grid of one of its scans.
struct CycleDoseMap {
  let cycle: Int
  /// Administration, in hours after the first of the course.
  let startHours: Double
  /// The time point whose grid and CT the map lies on, and all that were used.
  let timePoint: String
  let timePoints: [String]
  /// From the reference frame to the map's.
  let link: TissueLink
  /// Zero in air, where a dose says nothing.
  let dose: Volume<AbsorbedDose>
  /// The part of alphas and recoils; `nil` for nuclides without any.
  let highLET: Volume<AbsorbedDose>?
  let effect: Volume<BiologicallyEffectiveDose>
  let biology: VoxelEffect
  /// One standard deviation per voxel from the number of decays simulated; zero where none were,
  /// `nil` without any.
  let statistical: Volume<AbsorbedDose>?
  let density: Volume<MassDensity>
  let decays: Volume<TimeIntegratedActivity>
  /// `nil` where every voxel has the shape of its region.
  let fittedVoxels: FittedVoxels.Counts?
  /// Voxels whose dose is a kernel's although no kernel can be right there.
  let unreliable: Outline
  /// Voxels in which the Monte Carlo took the kernel's place.
  let simulated: Outline
  let regions: [RegionCoverage]
  let regionResults: [Region]
  /// Share of the decays that lie where the CT does not reach, and are not in the map.
  let shareOutsideCT: Double
  let problems: [String]

  /// One region of the map.
  struct Region {
    let name: String
    let kind: RegionKind
    let dose: DoseVolume
    let effect: DoseVolume
    /// The part of the mean from alphas and recoils; `nil` for nuclides without any.
    let highLETGray: Double?
    /// Standard deviation of the mean from the number of decays simulated; Monte Carlo only.
    let statisticalGray: Double?
    /// Mean dose from decays outside the region, by the kernel; `nil` for local deposition, where
    /// there is none, and where it cannot be told.
    let crossGray: Double?
    /// Share of the region's volume in ``CycleDoseMap/unreliable`` voxels.
    let unreliableFraction: Double
    /// Share of the region's volume in ``CycleDoseMap/simulated`` voxels.
    let simulatedFraction: Double
    let radiobiology: VoxelEffect.Tissue
  }
}
