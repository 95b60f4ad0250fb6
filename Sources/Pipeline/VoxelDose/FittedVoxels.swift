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
    /// Share of the decays, with every voxel in the shape of its region, in voxels with a clearance of
    /// their own.
    var fittedShareOfDecays = 0.0
    var fitted = 0
    /// With the shape of their region, because …
    var heldAtBound = 0
    var uncertain = 0
    var misfit = 0
    var noPositiveFit = 0
    var notInEveryScan = 0
    /// Shares of the decays in the voxels of each reason, by the same names.
    var shares = Shares()

    struct Shares: Sendable, Hashable, Codable {
      var heldAtBound = 0.0
      var uncertain = 0.0
      var misfit = 0.0
      var notInEveryScan = 0.0

      private enum CodingKeys: String, CodingKey {
        case heldAtBound = "held_at_bound"
        case uncertain, misfit
        case notInEveryScan = "not_in_every_scan"
      }
    }

    private enum CodingKeys: String, CodingKey {
      case fittedShareOfDecays = "fitted_share_of_decays"
      case fitted = "fitted_voxels"
      case heldAtBound = "held_at_bound_voxels"
      case uncertain = "uncertain_voxels"
      case misfit = "misfit_voxels"
      case shares = "shares_of_decays"
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
    let total = samples.reduce(0) { $0 + Double($1) }
    for voxel in samples.indices where samples[voxel] > 0 {
      let trust = isComplete[voxel] ? own.trust[voxel] : nil
      counts.add(trust, share: Double(samples[voxel]) / total)
      if trust == .fitted { samples[voxel] = own.integral.samples[voxel] }
    }
    self.counts = counts
    decays = try Volume(grid: shared.grid, samples: samples)
  }
}

extension FittedVoxels.Counts {
  var words: String {
    let reasons = [
      (shares.uncertain, uncertain, "too uncertain by the scatter of their region"),
      (shares.misfit, misfit, "not on one curve, as where an edge moved between the scans"),
      (shares.heldAtBound, heldAtBound, "at a bound of the clearance"),
      (nil, noPositiveFit, "without a positive fit"),
      (shares.notInEveryScan, notInEveryScan, "not in every scan"),
    ].filter { $0.1 > 0 }.map { share, voxels, reason in
      (share.map { "\(Self.percent($0)) of the decays" } ?? "\(voxels) voxels") + " " + reason
    }
    return
      "\(fitted) voxels, with \(Self.percent(fittedShareOfDecays)) of the decays, have "
      + "a clearance of their own"
      + (reasons.isEmpty
        ? "" : "; the others have the shape of their region (\(reasons.joined(separator: ", ")))")
  }

  private static func percent(_ share: Double) -> String { Digits.text(share * 100, 0) + " %" }

  /// - Parameter trust: `nil` for a voxel that a scan does not show.
  fileprivate mutating func add(_ trust: VoxelTimeActivity.Trust?, share: Double) {
    switch trust {
    case nil:
      notInEveryScan += 1
      shares.notInEveryScan += share
    case .fitted:
      fitted += 1
      fittedShareOfDecays += share
    case .empty: noPositiveFit += 1
    case .held:
      heldAtBound += 1
      shares.heldAtBound += share
    case .misfit:
      misfit += 1
      shares.misfit += share
    case .uncertain, .shared:
      uncertain += 1
      shares.uncertain += share
    }
  }
}
