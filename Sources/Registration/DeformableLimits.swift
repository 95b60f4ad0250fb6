/// When a deformable link passes, is doubtful, or is not assessable.
///
/// Millimetres and overlaps follow AAPM TG-132 (Brock et al., Med Phys 2017;44:e43-e76): 2 mm on
/// average, 5 mm at most, Dice 0.8 to 0.9. The others are Theratrack's own.
public struct DeformableLimits: Sendable, Hashable, Codable {
  /// Mean inverse inconsistency or estimated error above which a link is doubtful, mm.
  public var doubtfulMean = 2.0
  /// 95 % point of either above which it is doubtful, mm.
  public var doubtfulTail = 5.0
  /// Mean inverse inconsistency or estimated error above which it is not assessable, mm.
  public var greatestMean = 5.0
  /// Median bone distance above which it is doubtful, mm.
  public var doubtfulBone = 2.0
  /// Tissue that shrinks below, or grows beyond, this fraction of its volume is doubtful.
  public var leastJacobian = 0.3
  public var greatestJacobian = 3.0
  /// Share of the body held by structure below which the map is mostly interpolation.
  public var leastInformed = 0.3
  public var leastLungOverlap = 0.9

  public init() {}

  /// The verdict on measurements. Reasons are sentences for the report.
  func verdict(on quality: DeformableQuality) -> LinkVerdict {
    let failures = failures(quality)
    if !failures.isEmpty { return .notAssessable(reasons: failures) }
    let doubts = doubts(quality)
    return doubts.isEmpty ? .pass : .warn(reasons: doubts)
  }

  private func failures(_ quality: DeformableQuality) -> [String] {
    var reasons: [String] = []
    if quality.jacobian.folded > 0 {
      reasons.append("the map folds at \(quality.jacobian.folded) places")
    }
    if let before = quality.similarityBefore, let after = quality.similarityAfter,
      after < before
    {
      reasons.append("the images are less alike after the map than after the rigid link")
    }
    guard let error = quality.localError else {
      return reasons + ["the two images show no tissue in common"]
    }
    return reasons
      + above([
        ("mean estimated error", error.mean, greatestMean),
        ("mean inverse inconsistency", quality.inverseConsistency?.mean, greatestMean),
      ])
  }

  private func doubts(_ quality: DeformableQuality) -> [String] {
    var reasons = above([
      ("mean estimated error", quality.localError?.mean, doubtfulMean),
      ("estimated error (95 % point)", quality.localError?.percentile95, doubtfulTail),
      ("mean inverse inconsistency", quality.inverseConsistency?.mean, doubtfulMean),
      (
        "inverse inconsistency (95 % point)", quality.inverseConsistency?.percentile95, doubtfulTail
      ),
      ("median bone distance", quality.boneResidual?.median, doubtfulBone),
    ])
    if quality.jacobian.least < leastJacobian || quality.jacobian.greatest > greatestJacobian {
      reasons.append("somewhere tissue changes its volume more than is likely")
    }
    if quality.informedFraction < leastInformed {
      reasons.append("most of the body shows too little structure to hold the map")
    }
    if let lungs = quality.lungOverlap, lungs < leastLungOverlap {
      reasons.append("the lungs overlap too little after the map")
    }
    return reasons
  }

  private func above(_ checks: [(what: String, value: Double?, limit: Double)]) -> [String] {
    checks.compactMap { what, value, limit in
      guard let value, value > limit else { return nil }
      return "\(what) is \(value.inTenths) mm, more than \(limit.inTenths) mm"
    }
  }
}
