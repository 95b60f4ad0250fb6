public import Geometry
import Kernels
public import Quantities
public import Volumes

extension DeformableRegistration {
  /// Resolution at which a map is judged: fine enough for ribs, coarse enough to be quick.
  private static let judged = DeformableSettings.Level(voxel: 4, nodes: 16, steps: 0, contrast: 8)

  /// The map from `fixed` to `moving`, its local error and its quality.
  ///
  /// The way back is registered too, with the roles of the images exchanged: the work is about
  /// twice that of ``register(fixed:moving:start:settings:)``, whose map this one is where both
  /// images show tissue; beyond, it comes to rest on the rigid link.
  ///
  /// - Parameter start: The rigid link of the two frames, from ``RigidRegistration``.
  /// - Throws: ``RegistrationError``, or ``GridError`` for a volume too small to average.
  public static func link(
    fixed: Volume<Hounsfield>, moving: Volume<Hounsfield>, start: RigidTransform,
    settings: DeformableSettings = DeformableSettings(),
    model: LocalErrorModel = .calibrated, limits: DeformableLimits = DeformableLimits()
  ) throws -> DeformableLink {
    let images = try DeformablePair.images(fixed: fixed, moving: moving, settings)
    return try link(images, start: start, settings: settings, model: model, limits: limits)
  }

  /// The same for images that are reduced already, for instance for the rigid link.
  public static func link(
    fixed: CTPyramid, moving: CTPyramid, start: RigidTransform,
    settings: DeformableSettings = DeformableSettings(),
    model: LocalErrorModel = .calibrated, limits: DeformableLimits = DeformableLimits()
  ) throws -> DeformableLink {
    try link(
      (DeformableImage(pyramid: fixed), DeformableImage(pyramid: moving)), start: start,
      settings: settings, model: model, limits: limits)
  }

  private static func link(
    _ images: (fixed: DeformableImage, moving: DeformableImage), start: RigidTransform,
    settings: DeformableSettings, model: LocalErrorModel, limits: DeformableLimits
  ) throws -> DeformableLink {
    let trial = try LinkTrial(images, start: start, settings: settings, judged: judged)
    let errors = LocalErrorMap(trial.traces, model: model)
    let quality = try DeformableAssessment(
      fixed: try images.fixed.hounsfield(spacing: judged.voxel, window: settings.window),
      moving: try images.moving.hounsfield(spacing: judged.voxel, window: settings.window),
      field: trial.field,
      settings: settings
    ).quality(
      before: trial.before, after: trial.after, traces: trial.traces, errors: errors,
      limits: limits)
    return DeformableLink(
      field: try trial.field.atRest(beyond: errors), errors: errors, quality: quality)
  }

  /// Map and traces of its error, for calibrating ``LocalErrorModel``.
  static func trial(
    fixed: Volume<Hounsfield>, moving: Volume<Hounsfield>, start: RigidTransform,
    settings: DeformableSettings = DeformableSettings()
  ) throws -> LinkTrial {
    try LinkTrial(
      DeformablePair.images(fixed: fixed, moving: moving, settings), start: start,
      settings: settings, judged: judged)
  }
}

/// One pair registered both ways, and what the images say about the result.
struct LinkTrial {
  let field: DisplacementField
  let before: LinkEvidence
  let after: LinkEvidence
  let traces: LocalTraces

  init(
    _ images: (fixed: DeformableImage, moving: DeformableImage), start: RigidTransform,
    settings: DeformableSettings, judged: DeformableSettings.Level
  ) throws {
    let pair = try DeformablePair(images, start: start, settings: settings)
    let fields = try pair.fields()
    guard let field = fields.last, let back = try pair.exchanged.fields().last else {
      throw RegistrationError.noLevels
    }
    let fixed = try images.fixed.level(judged, settings)
    let moving = try images.moving.level(judged, settings)
    let still = DisplacementField(
      rigid: start, nodes: field.nodes,
      coefficients: [SIMD4<Float>](repeating: .zero, count: field.nodes.voxelCount))
    before = try LinkEvidence(fixed: fixed, moving: moving, field: still)
    after = try LinkEvidence(fixed: fixed, moving: moving, field: field)
    traces = LocalTraces(evidence: after, fields: fields, back: back)
    self.field = field
  }
}
