import Foundation
public import Geometry
import Kernels
public import Quantities
public import Volumes

/// Deformable registration of CT to CT on top of a rigid link.
///
/// Both images are made relative to their surroundings, so that contrast agent and changed lung
/// density weigh little; the displacement is a cubic B-spline, fitted from coarse to fine by
/// robust Gauss-Newton steps under a bending energy.
public enum DeformableRegistration {
  /// The map from `fixed` to `moving`.
  ///
  /// - Parameter start: The rigid link of the two frames, from ``RigidRegistration``.
  /// - Throws: ``RegistrationError``, or ``GridError`` for a volume too small to average.
  public static func register(
    fixed: Volume<Hounsfield>, moving: Volume<Hounsfield>, start: RigidTransform,
    settings: DeformableSettings = DeformableSettings()
  ) throws -> DisplacementField {
    let finest = settings.levels.map(\.voxel).min()
    return try register(
      fixed: DeformableImage(fixed, role: .fixed, settings, finest: finest).pyramid,
      moving: DeformableImage(moving, role: .moving, settings, finest: finest).pyramid,
      start: start, settings: settings)
  }

  /// The same for images that are reduced already, for instance for the rigid link.
  public static func register(
    fixed: CTPyramid, moving: CTPyramid, start: RigidTransform,
    settings: DeformableSettings = DeformableSettings()
  ) throws -> DisplacementField {
    let pair = try DeformablePair(
      (DeformableImage(pyramid: fixed), DeformableImage(pyramid: moving)), start: start,
      settings: settings)
    guard let field = try pair.fields().last else { throw RegistrationError.noLevels }
    return field
  }
}
