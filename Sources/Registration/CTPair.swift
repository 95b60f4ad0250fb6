import Geometry
import Kernels
import Volumes

/// The two images of one rigid registration, and the fits between them.
struct CTPair {
  let fixed: CTPyramid
  let moving: CTPyramid
  let settings: RigidSettings

  /// Samples and iterations that tell a promising start from a poor one.
  private static let quickSamples = 2500
  private static let quickIterations = 12

  /// Where the coarse level, which others follow, stops; in millimetres, as ``RigidFit/converged``.
  private static let coarselyConverged = 0.05

  /// The same pair with the roles exchanged.
  var exchanged: CTPair { CTPair(fixed: moving, moving: fixed, settings: settings) }

  /// The best coarse alignment of the body; `nil` without any start that overlaps. Every start
  /// is followed a little way, the one that looks best then to its end.
  func coarseFit(from starts: [RigidTransform]) -> RigidTransform? {
    let fit = coarseBodyFit(moving: moving.coarse, most: settings.coarseSamples)
    guard starts.count > 1 else { return fit.best(of: starts.map { fit.run(from: $0).transform }) }
    var quick = coarseBodyFit(moving: moving.coarse, most: Self.quickSamples)
    quick.iterations = Self.quickIterations
    return fit.best(of: starts.map { quick.run(from: $0).transform }).map {
      fit.run(from: $0).transform
    }
  }

  /// All tissue at the coarse level, residuals within ``RigidSettings/tissueCutoff``: finer voxels
  /// do not tell better what the mean of many different motions is.
  func tissueFit(from rough: RigidTransform) -> RigidTransform {
    var fit = coarseBodyFit(moving: moving.coarse, most: settings.coarseSamples)
    fit.cutoff = settings.tissueCutoff
    return fit.run(from: rough).transform
  }

  /// Bone at the coarse, then the fine level; the body where there is too little bone.
  func fineFit(from rough: RigidTransform) -> RigidTransform {
    let threshold = Float(settings.boneThreshold)
    let bone = zip(fixed.coarse.samples, fixed.coarse.body).map { $0 > threshold ? $1 : 0 }
    var middle = boneFit(
      fixed.coarse, bone: bone, moving.coarse, most: settings.coarseSamples)
    middle.converged = Self.coarselyConverged
    // A few specks of bone hold a patient less well than the body did.
    let isHeld = middle.samples.count >= settings.leastBoneSamples / 8
    return lastFit(from: isHeld ? middle.run(from: rough).transform : rough)
  }

  /// The last level alone. Coarse voxels are eight times as large, hence the eighth above.
  func lastFit(from start: RigidTransform) -> RigidTransform {
    let marked = fixed.marked(above: settings.boneThreshold)
    let other = LevelImage(grid: moving.middle.grid, samples: moving.middle.samples, body: [])
    let bone = boneFit(marked, bone: marked.body, other, most: settings.fineSamples)
    guard bone.samples.count < settings.leastBoneSamples else {
      return bone.run(from: start).transform
    }
    var body = coarseBodyFit(moving: moving.coarse, most: settings.fineSamples)
    body.weighsBlocks = true
    (body.cutoff, body.converged) = (settings.fineCutoff, bone.converged)
    return body.run(from: start).transform
  }

  func coarseBodyFit(moving image: LevelImage, most: Int) -> RigidFit {
    var fit = bodyFit(fixed.coarse, image, most: most)
    fit.cutoff = settings.coarseCutoff
    fit.converged = Self.coarselyConverged
    return fit
  }

  func bodyFit(_ fixed: LevelImage, _ moving: LevelImage, most: Int) -> RigidFit {
    let mask = BinaryMorphology.dilated(fixed.body, size: fixed.grid.size, radius: SIMD3(1, 1, 1))
    return fit(fixed, moving, window: settings.bodyWindow, mask: mask, most: most)
  }

  private func boneFit(
    _ fixed: LevelImage, bone: [UInt8], _ moving: LevelImage, most: Int
  ) -> RigidFit {
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
      fixed, window: window, mask: mask, most: most, blockSize: settings.blockSize,
      reference: self.fixed.coarse.bodyCentre)
    return RigidFit(
      samples: samples, moving: moving.windowed(window), movingGrid: moving.grid,
      cutoff: settings.fineCutoff, iterations: settings.iterations)
  }
}

extension CTPair {
  /// How good a transform is, measured at the fine level.
  func quality(of transform: RigidTransform) throws -> LinkQuality {
    let mirrored = try moving.coarse.mirrored(outside: Double(BodyOutline.air))
    let (fixedFine, movingFine) = (try fixed.fine(settings), try moving.fine(settings))
    return LinkAssessment(
      fixed: fixedFine, moving: movingFine, fixedToMoving: transform,
      outlineLevel: settings.bodyThreshold, boneLevel: settings.boneThreshold,
      limits: settings.limits
    ).quality(
      wayBack: wayBack(from: transform.inverse),
      fits: .init(
        coarse: coarseBodyFit(moving: moving.coarse, most: settings.coarseSamples),
        fine: bodyFit(fixedFine, movingFine, most: settings.fineSamples),
        mirrored: coarseBodyFit(moving: mirrored, most: settings.coarseSamples)))
  }

  /// The fit with the roles exchanged, of what the link follows.
  private func wayBack(from start: RigidTransform) -> RigidTransform {
    settings.follows == .body ? exchanged.tissueFit(from: start) : exchanged.lastFit(from: start)
  }
}
