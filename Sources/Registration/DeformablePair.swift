import Geometry
import Kernels
import Quantities
import Volumes

/// Two CTs at every level of a deformable fit, so that the way there and the way back share them.
struct DeformablePair: Sendable {
  let fixed: [ContrastLevel]
  let moving: [ContrastLevel]
  let settings: DeformableSettings
  private let start: RigidTransform

  private init(
    fixed: [ContrastLevel], moving: [ContrastLevel], settings: DeformableSettings,
    start: RigidTransform
  ) {
    (self.fixed, self.moving, self.settings, self.start) = (fixed, moving, settings, start)
  }

  init(
    _ images: (fixed: DeformableImage, moving: DeformableImage), start: RigidTransform,
    settings: DeformableSettings
  ) throws {
    self.init(
      fixed: try images.fixed.levels(settings), moving: try images.moving.levels(settings),
      settings: settings, start: start)
  }

  /// - Throws: ``RegistrationError/noLevels`` for settings without a level.
  init(
    fixed: Volume<Hounsfield>, moving: Volume<Hounsfield>, start: RigidTransform,
    settings: DeformableSettings
  ) throws {
    try self.init(
      try Self.images(fixed: fixed, moving: moving, settings), start: start, settings: settings)
  }

  static func images(
    fixed: Volume<Hounsfield>, moving: Volume<Hounsfield>, _ settings: DeformableSettings
  ) throws -> (fixed: DeformableImage, moving: DeformableImage) {
    guard let finest = settings.levels.map(\.voxel).min() else {
      throw RegistrationError.noLevels
    }
    return (
      try DeformableImage(fixed, role: .fixed, settings, finest: finest),
      try DeformableImage(moving, role: .moving, settings, finest: finest)
    )
  }

  /// The same pair with the roles exchanged.
  var exchanged: DeformablePair {
    DeformablePair(fixed: moving, moving: fixed, settings: settings, start: start.inverse)
  }

  /// The map from fixed to moving after each level.
  func fields() throws -> [DisplacementField] {
    var fields: [DisplacementField] = []
    for (n, level) in settings.levels.enumerated() {
      let from =
        try fields.last.map { try $0.refined(to: level.nodes, covering: fixed[n]) }
        ?? DisplacementField.zero(rigid: start, nodes: level.nodes, covering: fixed[n])
      fields.append(
        DeformableFit(fixed: fixed[n], moving: moving[n], level: level, settings: settings)
          .runWithoutFolding(from: from))
    }
    return fields
  }
}

extension DeformableImage {
  /// The image at each level; levels that show the same share it.
  fileprivate func levels(_ settings: DeformableSettings) throws -> [ContrastLevel] {
    var images: [ContrastLevel] = []
    for (n, level) in settings.levels.enumerated() {
      if let last = images.last, level.showsSame(as: settings.levels[n - 1]) {
        images.append(last)
      } else {
        images.append(try self.level(level, settings))
      }
    }
    return images
  }
}

extension DeformableSettings.Level {
  /// Whether both levels compare the same images.
  fileprivate func showsSame(as other: Self) -> Bool {
    voxel == other.voxel && contrast == other.contrast
  }
}
