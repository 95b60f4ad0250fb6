import Geometry
import Quantities
import Volumes

/// The level at which the edge of a region lies, if it is a uniform sphere blurred by the image.
///
/// The region's volume gives the radius, the mean of its core the contrast, and the exact profile
/// of the blurred sphere the value at its edge. Repeated, size and level settle on each other.
struct EdgeModel {
  let width: Length
  let background: Double
  let samples: [Float]

  /// The level settles within 1 % in three or four rounds.
  static let rounds = 8
  /// Below this many widths of radius every blurred sphere looks alike.
  private static let leastRadius = 0.6

  /// `nil` when the region is too small to say.
  func level(for region: Outline) -> Double? {
    let radius = region.equivalentRadius.millimetres
    guard radius >= Self.leastRadius * width.millimetres, let centre = region.centroid else {
      return nil
    }
    let sphere = BlurredSphere(radius: .millimetres(radius), resolution: width)
    let grid = region.grid
    // Half the radius in, the profile is nearly flat and holds enough voxels against noise.
    let reach = max(radius / 2, grid.spacing.max())
    var (sum, model) = (0.0, 0.0)
    for n in region.offsets {
      let distance = grid.centre(ofVoxelAt: n).distance(to: centre)
      guard distance <= reach else { continue }
      sum += Double(samples[n]) - background
      model += sphere.value(atMillimetres: distance)
    }
    guard model > 0, sum > 0 else { return nil }
    return background + sum / model * sphere.value(atMillimetres: radius)
  }
}
