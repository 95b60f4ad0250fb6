import Geometry
import Kernels
public import Quantities
public import Volumes

/// Dose with all electrons, alphas and recoils left in the voxel where the decay is, at that voxel's
/// own density; photons leave nothing.
///
/// Good where voxels are larger than the electrons' ranges and photons carry little: Lu-177 in soft
/// tissue is 3 to 4 % low deep in a liver, I-131 27 % low, and lung beside a source gets nothing.
public enum LocalDose {
  /// - Parameter energyMeV: MeV per decay that does not leave: see
  ///   ``DecayEnergyBalance/nonPenetratingMeV``.
  /// - Throws: ``TransportError``.
  public static func run(
    _ activity: Volume<TimeIntegratedActivity>, density: Volume<MassDensity>, energyMeV: Double
  ) throws(TransportError) -> Volume<AbsorbedDose> {
    try VoxelInput.check(activity, density)
    let none = [Float](repeating: 0, count: activity.samples.count)
    var dose = none
    EnergyToDose.add(
      energy: none, decays: activity.samples, local: Float(energyMeV), density: density.samples,
      thinnest: SplitKernelDose.thinnest,
      factor: Float(joulesPerMeV / (activity.grid.voxelMillilitres / 1000)), to: &dose)
    do {
      return try Volume(grid: activity.grid, samples: dose)
    } catch {
      throw .gridsDiffer
    }
  }
}
