public import Geometry
public import Volumes

/// A named region as the fraction of each voxel of an activity image that it fills.
public struct RegionCoverage: Sendable {
  public let name: String
  public let kind: RegionKind
  public let coverage: Volume<Coverage>

  /// - Parameter coverage: Already on the grid of the activity image.
  public init(name: String, kind: RegionKind, coverage: Volume<Coverage>) {
    self.name = name
    self.kind = kind
    self.coverage = coverage
  }

  /// A mask on the activity image itself: every voxel whole or not at all.
  public init(name: String, kind: RegionKind, mask: Mask) throws(VolumeError) {
    self.init(
      name: name, kind: kind,
      coverage: try Volume(grid: mask.grid, samples: mask.inside.map(Float.init)))
  }

  /// A mask on a finer grid, such as an organ drawn on CT, averaged onto the activity image.
  ///
  /// Every voxel of the mask is shared out by the points of a fine raster inside it, so the volume
  /// inside the activity image is kept.
  ///
  /// - Parameter maskToImage: Maps a point of the mask's frame to the activity image's frame;
  ///   `nil` when they share one.
  public init(
    name: String, kind: RegionKind, mask: Mask, averagedOnto grid: VoxelGrid,
    through maskToImage: RigidTransform? = nil
  ) throws(VolumeError) {
    self.init(
      name: name, kind: kind,
      coverage: try Volume(
        grid: grid, samples: MaskAveraging(mask, onto: grid, through: maskToImage).coverage()))
  }
}

/// What a region is, because organs have limits and lesions have aims.
public enum RegionKind: String, Sendable, Hashable, Codable {
  case organ, lesion
  /// Whatever lies in the patient outside every named region.
  case remainder
}
