import Dosimetry
import Geometry
import Quantities
import Volumes

/// Decays per voxel with each voxel's own clearance, where its scans tell it; elsewhere with the
/// shape of its region.
struct FittedVoxels {
  let decays: Volume<TimeIntegratedActivity>
  let counts: Counts

  /// How many voxels with activity took which shape.
  struct Counts: Sendable, Hashable, Codable {
    /// Share of the decays in voxels with a clearance of their own.
    var fittedShareOfDecays = 0.0
    var fitted = 0
    /// With the shape of their region, because …
    var heldAtBound = 0
    var uncertain = 0
    var noPositiveFit = 0
    var notInEveryScan = 0

    private enum CodingKeys: String, CodingKey {
      case fittedShareOfDecays = "fitted_share_of_decays"
      case fitted = "fitted_voxels"
      case heldAtBound = "held_at_bound_voxels"
      case uncertain = "uncertain_voxels"
      case noPositiveFit = "no_positive_fit_voxels"
      case notInEveryScan = "not_in_every_scan_voxels"
    }
  }

  /// - Parameters:
  ///   - activity: The images, the regions and their curves.
  ///   - fits: By region; a region without one is fitted like the rest of the body.
  ///   - shared: What each voxel has with the shape of its region.
  init(
    _ activity: VoxelActivity, fits: [String: TimeActivityFit], radionuclide: Radionuclide,
    shared: Volume<TimeIntegratedActivity>
  ) throws {
    let images = activity.images.images.sorted { $0.hours < $1.hours }
    let isComplete = shared.samples.indices.map { voxel in
      images.allSatisfy { $0.concentration.samples[voxel] >= 0 }
    }
    let scans = try images.map { image in
      // What one scan does not show must not count as scatter.
      let samples = zip(image.concentration.samples, isComplete).map { $1 ? $0 : 0 }
      return VoxelTimeActivity.Scan(
        time: .hours(image.hours),
        image: try Volume(grid: image.concentration.grid, samples: samples))
    }
    let regions = activity.regions.compactMap { region in
      fits[region.name].map { fit in
        VoxelTimeActivity.Region(
          mask: Mask(grid: shared.grid) { region.coverage.samples[$0] >= 0.5 }, fit: fit,
          sharing: .uptake)
      }
    }
    let own = try VoxelTimeActivity(scans, radionuclide: radionuclide, regions: regions)
    var samples = shared.samples
    var counts = Counts()
    var (fitted, total) = (0.0, 0.0)
    for voxel in samples.indices {
      if samples[voxel] > 0 { counts.add(own.trust[voxel], isComplete: isComplete[voxel]) }
      if isComplete[voxel], own.trust[voxel] == .fitted {
        samples[voxel] = own.integral.samples[voxel]
        fitted += Double(samples[voxel])
      }
      total += Double(samples[voxel])
    }
    counts.fittedShareOfDecays = total > 0 ? fitted / total : 0
    self.counts = counts
    decays = try Volume(grid: shared.grid, samples: samples)
  }
}

extension FittedVoxels.Counts {
  var words: String {
    let reasons = [
      (uncertain, "too uncertain"), (heldAtBound, "at a bound of the clearance"),
      (noPositiveFit, "without a positive fit"), (notInEveryScan, "not in every scan"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    return
      "\(fitted) voxels, with \(Int((fittedShareOfDecays * 100).rounded())) % of the decays, have "
      + "a clearance of their own"
      + (reasons.isEmpty
        ? "" : "; the others have the shape of their region (\(reasons.joined(separator: ", ")))")
  }

  fileprivate mutating func add(_ trust: VoxelTimeActivity.Trust, isComplete: Bool) {
    guard isComplete else {
      notInEveryScan += 1
      return
    }
    switch trust {
    case .fitted: fitted += 1
    case .empty: noPositiveFit += 1
    case .held: heldAtBound += 1
    case .uncertain, .shared: uncertain += 1
    }
  }
}
