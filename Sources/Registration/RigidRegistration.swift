public import Geometry
import Kernels
public import Quantities
public import Volumes

/// Rigid registration of CT to CT.
///
/// Whole blocks of voxels are averaged first; the table is blanked. Starts are found by
/// correlation at every overlap, followed up on the body at the coarse level, and the last stage
/// is driven by bone: breathing moves organs, the skeleton stays.
public enum RigidRegistration {
  /// The link from `fixed` to `moving`, with its quality measured.
  ///
  /// - Parameters:
  ///   - fixedFrame: Frame of reference of `fixed`; the result maps from it.
  ///   - movingFrame: Frame of reference of `moving`; the result maps to it.
  ///   - start: Where to begin instead of searching, for a search that went wrong.
  /// - Throws: ``RegistrationError``, or ``GridError`` for a volume too small to average.
  public static func register(
    fixed: Volume<Hounsfield>, fixedFrame: FrameOfReference, moving: Volume<Hounsfield>,
    movingFrame: FrameOfReference, settings: RigidSettings = RigidSettings(),
    start: RigidTransform? = nil
  ) throws -> Link {
    try register(
      fixed: CTPyramid(fixed, role: .fixed, finestSpacing: nil, settings: settings),
      fixedFrame: fixedFrame,
      moving: CTPyramid(moving, role: .moving, finestSpacing: nil, settings: settings),
      movingFrame: movingFrame, settings: settings, start: start)
  }

  /// The same for images that are reduced already.
  public static func register(
    fixed: CTPyramid, fixedFrame: FrameOfReference, moving: CTPyramid,
    movingFrame: FrameOfReference, settings: RigidSettings = RigidSettings(),
    start: RigidTransform? = nil
  ) throws -> Link {
    let fitted = try transform(
      fixed: fixed, fixedFrame: fixedFrame, moving: moving, movingFrame: movingFrame,
      settings: settings, start: start)
    guard let fitted else {
      let identity = RigidTransform.identity(from: fixedFrame, to: movingFrame)
      return Link(fixedToMoving: identity, quality: LinkQuality.noOverlap)
    }
    let pair = CTPair(fixed: fixed, moving: moving, settings: settings)
    return Link(fixedToMoving: fitted, quality: try pair.quality(of: fitted))
  }

  /// The transform alone, for a stage that starts from it: its quality is not measured, which
  /// takes most of the time of ``register(fixed:fixedFrame:moving:movingFrame:settings:start:)``.
  /// `nil` when nothing brings the images together.
  public static func transform(
    fixed: CTPyramid, fixedFrame: FrameOfReference, moving: CTPyramid,
    movingFrame: FrameOfReference, settings: RigidSettings = RigidSettings(),
    start: RigidTransform? = nil
  ) throws -> RigidTransform? {
    if let start, start.from != fixedFrame || start.to != movingFrame {
      throw RegistrationError.startFramesDiffer
    }
    let pair = CTPair(fixed: fixed, moving: moving, settings: settings)
    let starts =
      try start.map { [$0] }
      ?? AlignmentStart(
        fixed: fixed.coarse, moving: moving.coarse, window: settings.bodyWindow
      ).translations(most: settings.starts).map {
        RigidTransform(from: fixedFrame, to: movingFrame, translation: $0)
      }
    guard let rough = pair.coarseFit(from: starts) else { return nil }
    return settings.follows == .body ? pair.tissueFit(from: rough) : pair.fineFit(from: rough)
  }
}
