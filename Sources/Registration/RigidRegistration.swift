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
    if let start, start.from != fixedFrame || start.to != movingFrame {
      throw RegistrationError.startFramesDiffer
    }
    let pair = CTPair(
      fixed: try CTPyramid(fixed, role: .fixed, settings),
      moving: try CTPyramid(moving, role: .moving, settings), settings: settings)
    let starts =
      try start.map { [$0] }
      ?? AlignmentStart(
        fixed: pair.fixed.coarse, moving: pair.moving.coarse, window: settings.bodyWindow
      ).translations(most: settings.starts).map {
        RigidTransform(from: fixedFrame, to: movingFrame, translation: $0)
      }
    guard let rough = pair.coarseFit(from: starts) else {
      let identity = RigidTransform.identity(from: fixedFrame, to: movingFrame)
      return Link(fixedToMoving: identity, quality: LinkQuality.noOverlap)
    }
    let transform = pair.fineFit(from: rough)
    return Link(fixedToMoving: transform, quality: try pair.quality(of: transform))
  }
}

/// One CT at both levels.
struct CTPyramid: Sendable {
  let fine: LevelImage
  let coarse: LevelImage

  init(
    _ volume: Volume<Hounsfield>, role: RegistrationError.Role, _ settings: RigidSettings
  ) throws {
    let averaged = try LevelImage.averaged(volume, spacing: settings.fineSpacing, role: role)
    fine = try BodyOutline.ct(averaged, threshold: settings.bodyThreshold, role: role)
    coarse = try fine.coarsened(to: settings.coarseSpacing)
  }
}

/// The two images of one registration.
struct CTPair {
  let fixed: CTPyramid
  let moving: CTPyramid
  let settings: RigidSettings

  /// The same pair with the roles exchanged.
  var exchanged: CTPair { CTPair(fixed: moving, moving: fixed, settings: settings) }

  /// The best coarse alignment of the body; `nil` without any start that overlaps.
  func coarseFit(from starts: [RigidTransform]) -> RigidTransform? {
    let fit = bodyFit(moving: moving.coarse)
    return fit.best(of: starts.map { fit.run(from: $0).transform })
  }

  /// Bone at the coarse, then the fine level; the body where there is too little bone.
  func fineFit(from rough: RigidTransform) -> RigidTransform {
    let middle = boneFit(fixed.coarse, moving.coarse, most: settings.coarseSamples)
    // A few specks of bone hold a patient less well than the body did.
    let isHeld = middle.samples.count >= settings.leastBoneSamples / 8
    return lastFit(from: isHeld ? middle.run(from: rough).transform : rough)
  }

  /// The last level alone. Coarse voxels are eight times as large, hence the eighth above.
  private func lastFit(from start: RigidTransform) -> RigidTransform {
    let bone = boneFit(fixed.fine, moving.fine, most: settings.fineSamples)
    guard bone.samples.count < settings.leastBoneSamples else {
      return bone.run(from: start).transform
    }
    var body = bodyFit(fixed.fine, moving.fine, most: settings.fineSamples)
    body.weighsBlocks = true
    return body.run(from: start).transform
  }

  func quality(of transform: RigidTransform) throws -> LinkQuality {
    let mirrored = try moving.coarse.mirrored(outside: Double(BodyOutline.air))
    return LinkAssessment(
      fixed: fixed.fine, moving: moving.fine, fixedToMoving: transform,
      outlineLevel: settings.bodyThreshold, boneLevel: settings.boneThreshold,
      limits: settings.limits
    ).quality(
      wayBack: exchanged.lastFit(from: transform.inverse),
      fits: .init(
        coarse: bodyFit(moving: moving.coarse),
        fine: bodyFit(fixed.fine, moving.fine, most: settings.fineSamples),
        mirrored: bodyFit(moving: mirrored)))
  }

  private func bodyFit(moving image: LevelImage) -> RigidFit {
    var fit = bodyFit(fixed.coarse, image, most: settings.coarseSamples)
    fit.cutoff = settings.coarseCutoff
    return fit
  }

  private func bodyFit(_ fixed: LevelImage, _ moving: LevelImage, most: Int) -> RigidFit {
    let mask = BinaryMorphology.dilated(fixed.body, size: fixed.grid.size, radius: SIMD3(1, 1, 1))
    return fit(fixed, moving, window: settings.bodyWindow, mask: mask, most: most)
  }

  private func boneFit(_ fixed: LevelImage, _ moving: LevelImage, most: Int) -> RigidFit {
    let threshold = Float(settings.boneThreshold)
    let bone = zip(fixed.samples, fixed.body).map { $0 > threshold ? $1 : 0 }
    let mask = BinaryMorphology.dilated(bone, size: fixed.grid.size, radius: SIMD3(1, 1, 1))
    var fit = fit(fixed, moving, window: settings.boneWindow, mask: mask, most: most)
    fit.weighsBlocks = true
    return fit
  }

  private func fit(
    _ fixed: LevelImage, _ moving: LevelImage, window: RigidSettings.Window, mask: [UInt8],
    most: Int
  ) -> RigidFit {
    let samples = SamplePoints(
      fixed, window: window, mask: mask, most: most, blockSize: settings.blockSize)
    return RigidFit(
      samples: samples, moving: moving.windowed(window), movingGrid: moving.grid,
      cutoff: settings.fineCutoff, iterations: settings.iterations)
  }
}
