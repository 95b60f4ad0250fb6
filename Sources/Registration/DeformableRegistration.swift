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
      fixed: CTPyramid(fixed, role: .fixed, finestSpacing: finest),
      moving: CTPyramid(moving, role: .moving, finestSpacing: finest), start: start,
      settings: settings)
  }

  /// The same for images that are reduced already, for instance for the rigid link.
  public static func register(
    fixed: CTPyramid, moving: CTPyramid, start: RigidTransform,
    settings: DeformableSettings = DeformableSettings()
  ) throws -> DisplacementField {
    let (fixedImage, movingImage) = (
      DeformableImage(pyramid: fixed), DeformableImage(pyramid: moving)
    )
    var field: DisplacementField?
    var images: (fixed: ContrastLevel, moving: ContrastLevel)?
    var before: DeformableSettings.Level?
    for level in settings.levels {
      let pair: (fixed: ContrastLevel, moving: ContrastLevel)
      if let images, let before, level.showsSame(as: before) {
        pair = images
      } else {
        pair = (
          try fixedImage.level(level, settings), try movingImage.level(level, settings)
        )
      }
      (images, before) = (pair, level)
      let from =
        try field.map { try $0.refined(to: level.nodes, covering: pair.fixed) }
        ?? DisplacementField.zero(rigid: start, nodes: level.nodes, covering: pair.fixed)
      field = DeformableFit(
        fixed: pair.fixed, moving: pair.moving, level: level, settings: settings
      ).runWithoutFolding(from: from)
    }
    guard let field else { throw RegistrationError.noLevels }
    return field
  }
}

extension DeformableSettings.Level {
  /// Whether both levels compare the same images.
  fileprivate func showsSame(as other: Self) -> Bool {
    voxel == other.voxel && contrast == other.contrast
  }
}
