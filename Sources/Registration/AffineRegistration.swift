public import Geometry
import Kernels
public import Quantities
public import Volumes

/// How CT is registered affinely to CT.
public struct AffineSettings: Sendable, Hashable, Codable {
  /// The rigid start, and what body and bone are.
  public var rigid = RigidSettings()
  /// Stretches outside this range are doubtful: patients keep their size to within a few per cent,
  /// and a scanner's scale to within half a per cent.
  public var plausibleStretch = 0.9...1.1
  /// Stretches outside this range are not assessable.
  public var greatestStretch = 0.75...1.33

  public init() {}
}

/// An affine link, and how far it can be trusted.
public struct AffineLink: Sendable, Hashable, Codable {
  /// Maps a point of the fixed frame to where it lies in the moving frame.
  public let fixedToMoving: AffineTransform
  /// Measured as for a rigid link, between the stretched fixed image and the moving one.
  public let quality: LinkQuality
  /// The rigid link it started from, with its own quality.
  public let rigid: Link

  /// Least and greatest factor by which lengths change.
  public var stretches: (least: Double, greatest: Double) { fixedToMoving.stretches }
}

/// Affine registration of CT to CT: twelve parameters, from a rigid start.
///
/// For pairs that differ in size or shear: an examination with another scanner's scale or gantry
/// tilt, a phantom, a growing child, a population atlas. For the follow-up of one adult it is the
/// wrong tool: breathing and filling are no affine motion (on whole-body pairs with 15 mm of
/// breathing the best affine map leaves 3.9 mm where the best rigid one leaves 4.1 mm), and the
/// average it takes of them scales lesions. Use the rigid link for numbers there, and
/// ``DeformableRegistration`` to follow tissue.
public enum AffineRegistration {
  /// - Parameter start: Where to begin instead of a rigid registration.
  /// - Throws: ``RegistrationError``, or ``GridError`` for a volume too small to average.
  public static func register(
    fixed: Volume<Hounsfield>, fixedFrame: FrameOfReference, moving: Volume<Hounsfield>,
    movingFrame: FrameOfReference, settings: AffineSettings = AffineSettings(),
    start: RigidTransform? = nil
  ) throws -> AffineLink {
    let rigid = try RigidRegistration.register(
      fixed: fixed, fixedFrame: fixedFrame, moving: moving, movingFrame: movingFrame,
      settings: settings.rigid, start: start)
    let begin = AffineTransform(rigid.fixedToMoving)
    guard rigid.quality.fixedBodySeen > 0 else {
      return AffineLink(fixedToMoving: begin, quality: rigid.quality, rigid: rigid)
    }
    let pair = AffinePair(
      fixed: try AffineImage(fixed, role: .fixed, settings.rigid),
      moving: try AffineImage(moving, role: .moving, settings.rigid), settings: settings)
    let map = pair.fitted(from: begin)
    return AffineLink(fixedToMoving: map, quality: try pair.quality(of: map), rigid: rigid)
  }
}

/// One CT at both levels.
private struct AffineImage {
  /// As averaged, table and all.
  let averaged: Volume<Hounsfield>
  let fine: LevelImage
  let coarse: LevelImage

  init(
    _ volume: Volume<Hounsfield>, role: RegistrationError.Role, _ settings: RigidSettings
  ) throws {
    averaged = try LevelImage.averaged(volume, spacing: settings.fineSpacing, role: role)
    fine = try BodyOutline.ct(averaged, threshold: settings.bodyThreshold, role: role)
    coarse = try fine.coarsened(to: settings.coarseSpacing)
  }
}

private struct AffinePair {
  let fixed: AffineImage
  let moving: AffineImage
  let settings: AffineSettings

  func fitted(from start: AffineTransform) -> AffineTransform {
    let coarse = fit(fixed.coarse, moving.coarse, settings.rigid.coarseSamples)
    let fine = fit(fixed.fine, moving.fine, settings.rigid.fineSamples)
    return fine.run(from: coarse.run(from: start))
  }

  /// The body drives it: bone alone leaves the width of a trunk undetermined.
  private func fit(_ fixed: LevelImage, _ moving: LevelImage, _ most: Int) -> AffineFit {
    let window = settings.rigid.bodyWindow
    let mask = BinaryMorphology.dilated(fixed.body, size: fixed.grid.size, radius: SIMD3(1, 1, 1))
    let (low, high) = (Float(window.low), Float(window.high))
    return AffineFit(
      samples: SamplePoints(
        fixed, window: window, mask: mask, most: most, blockSize: settings.rigid.blockSize),
      moving: .init(
        samples: moving.samples.map { min(max($0, low), high) }, size: moving.grid.size),
      movingGrid: moving.grid,
      cutoff: settings.rigid.fineCutoff, iterations: settings.rigid.iterations)
  }

  /// The fixed image is stretched first, so that what is left to assess is a rigid link.
  func quality(of map: AffineTransform) throws -> LinkQuality {
    let (stretch, rigid) = map.polar
    let stretched = try fixed.averaged.stretched(by: stretch)
    let pair = CTPair(
      fixed: try CTPyramid(stretched, role: .fixed, finestSpacing: nil, settings: settings.rigid),
      moving: try CTPyramid(
        moving.averaged, role: .moving, finestSpacing: nil, settings: settings.rigid),
      settings: settings.rigid)
    var quality = try pair.quality(of: rigid)
    let back = AffinePair(fixed: moving, moving: fixed, settings: settings)
      .fit(moving.fine, fixed.fine, settings.rigid.fineSamples).run(from: map.inverse)
    quality.inverseConsistency = inconsistency(map, back)
    quality.estimateError()
    let shared = min(
      quality.fixedBodySeen * fixed.fine.bodyMillilitres * stretch.determinant,
      quality.movingBodySeen * moving.fine.bodyMillilitres)
    quality.verdict = settings.rigid.limits.verdict(
      on: quality, sharedMillilitres: shared, expectsBone: true
    ).joined(with: stretchVerdict(map))
    return quality
  }

  private func inconsistency(_ map: AffineTransform, _ back: AffineTransform) -> Double? {
    let points = fixed.coarse.bodyPoints
    guard !points.isEmpty else { return nil }
    return points.reduce(0) { $0 + back(map($1)).distance(to: $1) } / Double(points.count)
  }

  private func stretchVerdict(_ map: AffineTransform) -> LinkVerdict {
    let (least, greatest) = map.stretches
    let text =
      "lengths change by \(((least - 1) * 1000).rounded() / 10) to "
      + "\(((greatest - 1) * 1000).rounded() / 10) %"
    func holds(_ range: ClosedRange<Double>) -> Bool {
      range.contains(least) && range.contains(greatest)
    }
    if !holds(settings.greatestStretch) { return .notAssessable(reasons: [text]) }
    return holds(settings.plausibleStretch) ? .pass : .warn(reasons: [text])
  }
}

extension LevelImage {
  var bodyMillilitres: Double { Double(body.reduce(0) { $0 + Int($1) }) * grid.voxelMillilitres }

  /// Centres of the body's voxels.
  var bodyPoints: [PatientPoint] {
    body.indices.filter { body[$0] != 0 }.map {
      let at = grid.ijk(at: $0)
      return grid.patientPoint(i: at.x, j: at.y, k: at.z)
    }
  }
}

extension Volume<Hounsfield> {
  /// The image of the same patient stretched, on a lattice along the patient axes.
  fileprivate func stretched(by stretch: AffineTransform) throws -> Volume {
    let last = SIMD3<Double>(grid.size &- 1)
    let corners = (0..<8).map { n -> SIMD3<Double> in
      let far = SIMD3(Double(n & 1), Double(n >> 1 & 1), Double(n >> 2))
      return stretch(grid.patientPoint(at: GridPoint(ijk: far * last))).millimetres
    }
    let low = corners.dropFirst().reduce(corners[0]) { pointwiseMin($0, $1) }
    let high = corners.dropFirst().reduce(corners[0]) { pointwiseMax($0, $1) }
    let step = grid.spacing.min()
    let lattice = try VoxelGrid(
      size: SIMD3<Int>(((high - low) / step).rounded(.down)) &+ 1,
      spacing: SIMD3(repeating: step), origin: PatientPoint(millimetres: low))
    let air = Hounsfield.hounsfieldUnits(Double(BodyOutline.air))
    return resampled(onto: lattice, through: stretch.inverse, outside: air)
  }
}

extension LinkVerdict {
  /// The graver of two verdicts, with the reasons of both.
  func joined(with other: LinkVerdict) -> LinkVerdict {
    let reasons = reasons + other.reasons
    if !isAssessable || !other.isAssessable { return .notAssessable(reasons: reasons) }
    return reasons.isEmpty ? .pass : .warn(reasons: reasons)
  }
}
