public import Quantities
public import Volumes

/// Uptake of a lesion freed of the partial-volume effect, where that is possible.
///
/// A lesion of 10 mL seen at 7 mm resolution shows some three quarters of its mean uptake, one of
/// 2 mL little more than half; a lesion that shrinks therefore seems to lose uptake it still has.
public struct RecoveredUptake: Sendable, Hashable, Codable {
  public let mean: Estimate<SUVbw>
  public let method: Method
  /// Radius and volume of the fitted sphere; `nil` for the core method.
  public let radius: Estimate<Length>?
  public let volume: TissueVolume?
  /// Uptake around the lesion; `nil` for the core method.
  public let background: SUVbw?
  /// Root mean square of the fit's residuals over its contrast.
  public let misfit: Double?

  public enum Method: String, Sendable, Hashable, Codable {
    /// A uniform sphere blurred by the image's resolution, fitted to the voxels.
    case sphere
    /// The mean of voxels so deep inside that recovery is above 99 %.
    case core
    /// The measured mean above its background, over the site's recovery at the lesion's volume.
    case curve
  }
}

extension RecoveredUptake {
  /// What the correction needs to hold.
  public struct Options: Sendable, Hashable, Codable {
    /// Full width at half maximum of the image's point spread, voxel averaging included.
    public var resolution: Length
    /// The fit takes in voxels up to this many resolution widths outside the outline.
    public var surroundings = 1.25
    /// Below this many resolution widths of radius, size and uptake cannot be told apart.
    public var leastRadius = 0.5
    /// Above this misfit the lesion is no uniform sphere. Image noise of a tenth of the contrast
    /// must still pass.
    public var largestMisfit = 0.12
    /// Above this relative uncertainty the fit says nothing.
    public var largestUncertainty = 0.25
    /// Depth of the core below the outline, in resolution widths. At 1.5 even the centre of a
    /// sphere that ends there recovers 99 %; below a flat edge 1 would do.
    public var coreDepth = 1.5
    /// The core method needs this many voxels.
    public var leastCoreVoxels = 8

    /// The site's own recovery, used in place of the fitted sphere.
    public var curve: RecoveryCurve?

    public init(resolution: Length) { self.resolution = resolution }
  }
}
