import Foundation
import Geometry
import Kernels
public import Quantities
public import Volumes

/// Time-integrated activity of every voxel, from scans that lie on one grid.
///
/// Each voxel has its own amplitude and clearance; what voxels cannot tell by themselves, they
/// share by region: the uptake rate, or the whole shape of the region's curve.
public struct VoxelTimeActivity: Sendable {
  /// One scan, already in the common frame and on the common grid.
  public struct Scan: Sendable {
    public let hours: Double
    public let image: Volume<ActivityConcentration>

    public init(time: Duration, image: Volume<ActivityConcentration>) {
      hours = time.inHours
      self.image = image
    }
  }

  /// What the voxels of a region take from the fit of the whole region.
  public enum Sharing: Sendable, Hashable {
    /// The uptake rate, if the region's curve has one; amplitude and clearance are each voxel's.
    case uptake
    /// The shape: only the amplitude is each voxel's. For regions of few counts.
    case shape
  }

  public struct Region: Sendable {
    public let mask: Mask
    public let fit: TimeActivityFit
    public let sharing: Sharing

    public init(mask: Mask, fit: TimeActivityFit, sharing: Sharing) {
      self.mask = mask
      self.fit = fit
      self.sharing = sharing
    }

    /// The fastest negative term is the uptake.
    var uptakePerHour: Float? {
      fit.curve.terms.filter { $0.amplitude < .zero }.map(\.decayPerHour).max().map { Float($0) }
    }
  }

  /// Decays in each voxel.
  public let integral: Volume<TimeIntegratedActivity>
  /// Effective half-life of each voxel in hours; 0 where there is no activity.
  public let halfLifeHours: [Float]
  /// Voxels whose clearance was held at physical decay.
  public let heldAtPhysicalDecay: Int
  /// How far each voxel's own curve can be trusted.
  public let trust: [Trust]

  /// What the scans say of a voxel's own curve.
  public enum Trust: UInt8, Sendable, Hashable, CaseIterable {
    /// Its clearance lies within its bounds, and its integral is known well enough; with two
    /// scans there is no scatter to tell by.
    case fitted
    /// No positive amplitude fits.
    case empty
    /// Its clearance is held at a bound.
    case held
    /// The scatter of its region makes its integral too uncertain, or half of it or more lies before
    /// the first scan, where a curve of few counts can be anything.
    case uncertain
    /// Its scans lie farther from one curve than the scatter of its region allows, as at an edge that
    /// moved between them, and that makes its integral too uncertain.
    case misfit
    /// It took the whole shape of its region.
    case shared
  }

  /// - Parameters:
  ///   - scans: In order of time, at least two.
  ///   - regions: Later ones win where they overlap; all other voxels are fitted as one
  ///     exponential.
  ///   - largestVariation: A voxel whose integral has a larger coefficient of variation is
  ///     ``Trust/uncertain``; the limit for the curves of regions.
  /// - Throws: ``DosimetryError`` for scans that are out of order, on different grids, or hold
  ///   values that are no numbers.
  public init(
    _ scans: [Scan], radionuclide: Radionuclide, regions: [Region] = [],
    largestVariation: Double = 0.5
  ) throws(DosimetryError) {
    try Self.check(scans, regions)
    let grid = scans[0].image.grid
    let samples = scans.map(\.image.samples)
    let physical = Float(log(2.0) / radionuclide.halfLife.inHours)
    // Effective half-lives down to six minutes, as in the fits of whole regions.
    let rates = physical...max(Float(log(2.0) / 0.1), 2 * physical)
    let hours = scans.map { Float($0.hours) }
    var result = VoxelClearanceFit.run(
      samples, .init(hours: hours, uptakePerHour: nil, rates: rates))
    var scatter = VoxelScatter(voxelCount: grid.voxelCount)
    for region in regions {
      let voxels = region.mask.inside.indices.filter { region.mask[$0] }
      scatter.group(voxels, uptakePerHour: region.sharing == .uptake ? region.uptakePerHour : nil)
      if region.sharing == .shape { scatter.shareLast() }
      let gathered = samples.map { scan in voxels.map { scan[$0] } }
      let part = Self.part(gathered, region, hours, rates)
      for (n, voxel) in voxels.enumerated() {
        result.integral[voxel] = part.integral[n]
        result.rate[voxel] = part.rate[n]
      }
    }
    trust = scatter.trust(
      samples, hours: hours, integral: result.integral, rate: result.rate, within: rates,
      largestVariation: Float(largestVariation))
    heldAtPhysicalDecay = result.rate.count { $0 == physical }
    halfLifeHours = result.rate.map { $0 > 0 ? Float(log(2.0)) / $0 : 0 }
    let perSlice = grid.size.x * grid.size.y
    for k in 0..<grid.size.z {
      let scale = Float(grid.voxelMillilitres(inSlice: k) * 3600)
      for voxel in (k * perSlice)..<((k + 1) * perSlice) { result.integral[voxel] *= scale }
    }
    do { integral = try Volume(grid: grid, samples: result.integral) } catch {
      throw .gridsDiffer(region: "the whole image")
    }
  }

  private static func part(
    _ samples: [[Float]], _ region: Region, _ hours: [Float], _ rates: ClosedRange<Float>
  ) -> (integral: [Float], rate: [Float]) {
    switch region.sharing {
    case .uptake:
      let result = VoxelClearanceFit.run(
        samples, .init(hours: hours, uptakePerHour: region.uptakePerHour, rates: rates))
      return (result.integral, result.rate)
    case .shape:
      return scaled(samples, region.fit, hours)
    }
  }

  /// Least squares of an amplitude alone is a weighted sum of the scans.
  private static func scaled(
    _ samples: [[Float]], _ fit: TimeActivityFit, _ hours: [Float]
  ) -> (integral: [Float], rate: [Float]) {
    let shape = hours.map { fit.curve.activity(hours: Double($0)).inBaseUnit }
    let norm = shape.reduce(0) { $0 + $1 * $1 }
    let total = fit.curve.integral.inBaseUnit / 3600
    var integral = [Float](repeating: 0, count: samples[0].count)
    for (scan, value) in zip(samples, shape) {
      ScaledSum.add(
        Float(value / norm * total), times: scan, from: 0, to: &integral, at: 0,
        count: integral.count)
    }
    let rate = Float(log(2.0) / fit.effectiveHalfLifeHours)
    return (integral.map { max($0, 0) }, integral.map { $0 > 0 ? rate : 0 })
  }

  private static func check(_ scans: [Scan], _ regions: [Region]) throws(DosimetryError) {
    guard scans.count >= 2 else {
      throw .tooFewTimePoints(found: scans.count, needed: 2, family: "voxel-wise")
    }
    for (n, scan) in scans.enumerated() {
      let row = DosimetryError.Row(number: n + 1, hours: scan.hours)
      guard scan.hours.isFinite, scan.hours >= 0 else { throw .timeNotPositive(row) }
      if n > 0, scan.hours <= scans[n - 1].hours {
        throw .timesNotIncreasing(row, previousHours: scans[n - 1].hours)
      }
      guard scan.image.grid == scans[0].image.grid else {
        throw .gridsDiffer(region: "scan \(n + 1)")
      }
      guard scan.image.samples.allSatisfy(\.isFinite) else { throw .imageNotFinite(row) }
    }
    for region in regions where region.mask.grid != scans[0].image.grid {
      throw .gridsDiffer(region: "a region of the voxel-wise fit")
    }
  }
}
