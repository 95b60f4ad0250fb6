public import Geometry

/// The spatial link of a time point to the reference, and how far it can be trusted.
public struct Link: Sendable, Hashable, Codable {
  /// Maps a point of the fixed (reference) frame to where it lies in the moving frame.
  public let fixedToMoving: RigidTransform
  public let quality: LinkQuality

  public init(fixedToMoving: RigidTransform, quality: LinkQuality) {
    self.fixedToMoving = fixedToMoving
    self.quality = quality
  }
}

/// What was measured about a link. A measure that could not be taken is `nil`, and the verdict
/// says why.
public struct LinkQuality: Sendable, Hashable, Codable {
  /// Fraction of the fixed body that lies inside the moving image, and the other way round.
  public var fixedBodySeen: Double
  public var movingBodySeen: Double
  /// Distance between the skins (or emission outlines) where both images see them.
  public var bodySurfaceResidual: Residual?
  /// Distance between the bone surfaces; `nil` for emission images and where no bone is seen.
  public var boneResidual: Residual?
  /// Motion of small blocks of tissue that the rigid link leaves: breathing, filling, posture.
  public var localMotion: Residual?
  /// Mean displacement over the fixed body of fixed → moving → fixed, the way back registered
  /// with the roles of the images exchanged, in millimetres.
  public var inverseConsistency: Double?
  /// Pearson correlation of the windowed intensities over the fixed body.
  public var similarity: Double?
  /// The same after the moving image was mirrored left to right and aligned again.
  public var mirroredSimilarity: Double?
  /// How far a point in the body may lie from where the link puts it, in millimetres: the larger
  /// 68 % point of local motion, or bone residual, joined with the inverse inconsistency.
  public var estimatedErrorMillimetres: Double?
  public var verdict: LinkVerdict

  /// The spread of distances in millimetres.
  public struct Residual: Sendable, Hashable, Codable {
    public let median: Double
    /// 68 % point: one standard deviation of a normal distribution.
    public let percentile68: Double
    public let percentile95: Double
    /// How many places were measured.
    public let count: Int

    /// `nil` from fewer than `least` distances.
    init?(_ distances: [Double], least: Int) {
      guard distances.count >= max(least, 1) else { return nil }
      let sorted = distances.sorted()
      func at(_ fraction: Double) -> Double { sorted[Int(fraction * Double(sorted.count - 1))] }
      (median, percentile68, percentile95) = (at(0.5), at(0.68), at(0.95))
      count = sorted.count
    }
  }
}

extension LinkQuality {
  /// For images that no start brought together.
  static let noOverlap = LinkQuality(
    fixedBodySeen: 0, movingBodySeen: 0,
    verdict: .notAssessable(
      reasons: ["no position was found in which the images show the same part of the body"]))

  /// Sets ``estimatedErrorMillimetres`` from what was measured; it stays `nil` when local motion
  /// and bone, or the way back, could not be measured.
  mutating func estimateError() {
    let local = [localMotion?.percentile68, boneResidual?.percentile68].compactMap { $0 }.max()
    guard let local, let back = inverseConsistency else { return }
    estimatedErrorMillimetres = (local * local + back * back).squareRoot()
  }
}

/// Whether a link may carry results from one time point to another.
public enum LinkVerdict: Sendable, Hashable, Codable {
  case pass
  /// Usable, with a reservation that belongs in the report.
  case warn(reasons: [String])
  /// Nothing may be concluded through this link.
  case notAssessable(reasons: [String])

  public var isAssessable: Bool {
    if case .notAssessable = self { false } else { true }
  }

  public var reasons: [String] {
    switch self {
    case .pass: []
    case .warn(let reasons), .notAssessable(let reasons): reasons
    }
  }
}
