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
    let finest = settings.levels.map(\.voxel).min() ?? 2
    let fixedImage = try DeformableImage(fixed, role: .fixed, settings, finest: finest)
    let movingImage = try DeformableImage(moving, role: .moving, settings, finest: finest)
    var field: DisplacementField?
    for level in settings.levels {
      let fit = DeformableFit(
        fixed: try fixedImage.level(level, settings),
        moving: try movingImage.level(level, settings), level: level, settings: settings)
      let from =
        try field.map { try $0.refined(to: level.nodes, covering: fit.fixed) }
        ?? DisplacementField.zero(rigid: start, nodes: level.nodes, covering: fit.fixed)
      field = fit.runWithoutFolding(from: from)
    }
    guard let field else { throw RegistrationError.noLevels }
    return field
  }
}
