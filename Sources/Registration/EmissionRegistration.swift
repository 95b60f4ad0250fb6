import Foundation
public import Geometry
import Kernels
public import Quantities
public import Volumes

/// How one emission image is registered to another of the same modality.
public struct EmissionSettings: Sendable, Hashable, Codable {
  /// Voxel size of the first and of the last level, in millimetres, as in ``RigidSettings``.
  public var coarseSpacing = 10.0
  public var fineSpacing = 4.0
  /// Full width at half maximum of the smoothing against noise, in millimetres: about the
  /// resolution of a clinical PET, and below that of a SPECT.
  public var smoothing = 8.0
  /// Root of uptake, over its median in the body, that draws the outline of the body.
  public var outlineLevel = 0.5
  /// Root of uptake, over its median, above which hot spots are cut: they change most.
  public var hottest = 3.0
  /// Tukey's cutoff in typical residuals: 4.685 σ (95 % efficiency for normal residuals;
  /// Beaton and Tukey, Technometrics 1974;16:147-185), with σ = 1.25 mean absolute residuals.
  public var cutoff = 5.9

  public var coarseSamples = 10_000
  public var fineSamples = 50_000
  public var blockSize = 40.0
  public var starts = 5
  public var iterations = 40

  public var limits = EmissionSettings.defaultLimits

  public init() {}

  /// Uptake differs between visits where anatomy does not, so less likeness is asked for; an
  /// outline drawn by uptake is less sharp than skin, and may hold little more than some organs.
  private static var defaultLimits: LinkLimits {
    var limits = LinkLimits()
    limits.leastSimilarity = 0.7
    limits.doubtfulResidual = 2.5
    limits.leastSharedMillilitres = 300
    return limits
  }
}

/// Rigid registration of PET to PET, or SPECT to SPECT, where there is no CT.
///
/// The root of the uptake is compared, which evens out Poisson noise (Anscombe, Biometrika
/// 1948;35:246-254) and tames hot spots; blocks whose uptake or place changed lose their weight.
public enum EmissionRegistration {
  /// The link from `fixed` to `moving`, with its quality measured.
  ///
  /// - Throws: ``RegistrationError``, or ``GridError`` for a volume too small to average.
  public static func register<Uptake: Quantity>(
    fixed: Volume<Uptake>, fixedFrame: FrameOfReference, moving: Volume<Uptake>,
    movingFrame: FrameOfReference, settings: EmissionSettings = EmissionSettings(),
    start: RigidTransform? = nil
  ) throws -> Link {
    if let start, start.from != fixedFrame || start.to != movingFrame {
      throw RegistrationError.startFramesDiffer
    }
    let pair = EmissionPair(
      fixed: try EmissionPyramid(fixed, role: .fixed, settings),
      moving: try EmissionPyramid(moving, role: .moving, settings), settings: settings)
    let starts =
      try start.map { [$0] }
      ?? AlignmentStart(
        fixed: pair.fixed.coarse, moving: pair.moving.coarse, window: pair.window
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

/// One emission image at both levels: root of uptake, 1 at its median in the body.
private struct EmissionPyramid: Sendable {
  let fine: LevelImage
  let coarse: LevelImage

  init<Uptake: Quantity>(
    _ volume: Volume<Uptake>, role: RegistrationError.Role, _ settings: EmissionSettings
  ) throws {
    let smooth = try LevelImage.averaged(volume, spacing: settings.fineSpacing, role: role)
      .smoothed(fullWidthHalfMaximum: .millimetres(settings.smoothing))
    let roots = smooth.samples.map { max($0, 0).squareRoot() }
    guard let median = Self.median(roots, above: Self.outlineThreshold(roots)), median > 0 else {
      throw RegistrationError.noBody(role)
    }
    let grid = smooth.grid
    let samples = roots.map { $0 / median }
    let level = Float(settings.outlineLevel)
    let body = BodyRegions.slicesFilled(samples.map { $0 > level ? 1 : 0 }, size: grid.size)
    fine = LevelImage(grid: grid, samples: samples, body: body)
    coarse = try fine.coarsened(to: settings.coarseSpacing)
  }

  /// Quantiles come from every sixteenth voxel: sorting all would take longer than the fit.
  private static func thinned(_ values: [Float]) -> [Float] {
    stride(from: 0, to: values.count, by: 16).map { values[$0] }.sorted()
  }

  private static func median(_ values: [Float], above threshold: Float) -> Float? {
    let kept = thinned(values).drop { $0 <= threshold }
    return kept.isEmpty ? nil : kept[kept.startIndex + kept.count / 2]
  }

  /// The split between surroundings and body by Otsu (IEEE Trans SMC 1979;9:62-66), on values up
  /// to the 99.5 % point, so that a full bladder does not set the scale.
  private static func outlineThreshold(_ values: [Float]) -> Float {
    let sorted = thinned(values)
    let top = sorted[Int(0.995 * Double(sorted.count - 1))]
    let bins = 256
    var histogram = [Double](repeating: 0, count: bins)
    guard top > 0 else { return 0 }
    for value in sorted { histogram[min(bins - 1, Int(value / top * Float(bins)))] += 1 }
    let total = Double(sorted.count)
    let mean = histogram.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element } / total
    var (below, moment, best, split) = (0.0, 0.0, -1.0, 0)
    for bin in 0..<(bins - 1) {
      below += histogram[bin] / total
      moment += Double(bin) * histogram[bin] / total
      guard below > 0, below < 1 else { continue }
      let between = (mean * below - moment) * (mean * below - moment) / (below * (1 - below))
      if between > best { (best, split) = (between, bin) }
    }
    return Float(split + 1) / Float(bins) * top
  }
}

private struct EmissionPair {
  let fixed: EmissionPyramid
  let moving: EmissionPyramid
  let settings: EmissionSettings

  var window: RigidSettings.Window { .init(low: 0, high: settings.hottest) }
  private var exchanged: EmissionPair {
    EmissionPair(fixed: moving, moving: fixed, settings: settings)
  }

  func coarseFit(from starts: [RigidTransform]) -> RigidTransform? {
    let fit = fit(fixed.coarse, moving.coarse, most: settings.coarseSamples)
    return fit.best(of: starts.map { adapted(fit, at: $0).run(from: $0).transform })
  }

  /// Gain and cutoff are measured where the images lie, and once more after the fit.
  func fineFit(from rough: RigidTransform) -> RigidTransform {
    var fit = fit(fixed.fine, moving.fine, most: settings.fineSamples)
    fit.weighsBlocks = true
    let first = adapted(fit, at: rough).run(from: rough).transform
    return adapted(fit, at: first).run(from: first).transform
  }

  func quality(of transform: RigidTransform) throws -> LinkQuality {
    let mirrored = try moving.coarse.mirrored(outside: 0)
    let fine = fit(fixed.fine, moving.fine, most: settings.fineSamples)
    return LinkAssessment(
      fixed: fixed.fine, moving: moving.fine, fixedToMoving: transform,
      outlineLevel: settings.outlineLevel, boneLevel: nil, limits: settings.limits
    ).quality(
      wayBack: exchanged.fineFit(from: transform.inverse),
      fits: .init(
        coarse: fit(fixed.coarse, moving.coarse, most: settings.coarseSamples),
        fine: adapted(fine, at: transform),
        mirrored: adapted(
          fit(fixed.coarse, mirrored, most: settings.coarseSamples), at: transform)))
  }

  private func adapted(_ fit: RigidFit, at transform: RigidTransform) -> RigidFit {
    var adapted = fit
    adapted.gain = adapted.fittedGain(at: transform)
    guard let typical = adapted.typicalResidual(at: transform), typical > 0 else { return adapted }
    adapted.cutoff = min(fit.cutoff, settings.cutoff * typical)
    return adapted
  }

  private func fit(_ fixed: LevelImage, _ moving: LevelImage, most: Int) -> RigidFit {
    let mask = BinaryMorphology.dilated(
      fixed.body, size: fixed.grid.size, radius: SIMD3(repeating: 2))
    let samples = SamplePoints(
      fixed, window: window, mask: mask, most: most, blockSize: settings.blockSize)
    return RigidFit(
      samples: samples, moving: moving.windowed(window), movingGrid: moving.grid,
      cutoff: settings.hottest, iterations: settings.iterations)
  }
}
