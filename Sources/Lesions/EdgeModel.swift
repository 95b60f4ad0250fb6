import Foundation
import Geometry
import Quantities
import Volumes

/// The level at which the edge of a region lies, if it is a uniform sphere blurred by the image.
///
/// The region's volume gives the radius. The exact profile of the blurred sphere is fitted to the
/// means of the region's core and of the shell around it, so that what spills from the sphere
/// into the shell does not count as background; its value at the radius is the level. Repeated,
/// size and level settle on each other.
struct EdgeModel {
  let width: Length
  /// Around the region, without other uptake.
  let shell: Outline
  let samples: [Float]

  /// The level settles within 1 % in three or four rounds.
  static let rounds = 8
  /// Below this many widths of radius every blurred sphere looks alike.
  private static let leastRadius = 0.6

  /// `nil` when the region is too small to say.
  ///
  /// - Parameter volume: Of the region, without the chance of which voxel centres lie inside.
  func level(for region: Outline, volume: TissueVolume) -> Double? {
    let radius = cbrt(volume.millilitres * 1000 * 3 / (4 * .pi))
    guard radius >= Self.leastRadius * width.millimetres, let centre = region.centroid else {
      return nil
    }
    let sphere = BlurredSphere(radius: .millimetres(radius), resolution: width)
    // Half the radius in, the profile is nearly flat and holds enough voxels against noise.
    let reach = max(radius / 2, region.grid.spacing.max())
    guard let core = means(of: region, within: reach, of: centre, sphere),
      let around = means(of: shell, within: .infinity, of: centre, sphere),
      core.value > around.value, core.profile > around.profile
    else { return nil }
    let contrast = (core.value - around.value) / (core.profile - around.profile)
    let background = around.value - contrast * around.profile
    return background + contrast * sphere.value(atMillimetres: radius)
  }

  /// Mean of the image, and of the sphere's profile, over the voxels of an outline.
  private func means(
    of outline: Outline, within reach: Double, of centre: PatientPoint, _ sphere: BlurredSphere
  ) -> (value: Double, profile: Double)? {
    var (value, profile, count) = (0.0, 0.0, 0.0)
    for n in outline.offsets {
      let distance = outline.grid.centre(ofVoxelAt: n).distance(to: centre)
      guard distance <= reach else { continue }
      value += Double(samples[n])
      profile += sphere.value(atMillimetres: distance)
      count += 1
    }
    return count > 0 ? (value / count, profile / count) : nil
  }
}
