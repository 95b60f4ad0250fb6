/// When a link passes, is doubtful, or is not assessable.
///
/// The doubtful residual follows AAPM TG-132 (Brock et al., Med Phys 2017;44:e43-e76): landmarks
/// within 2 mm on average. The other limits are Theratrack's own, set between links known to be
/// right and known to be wrong on synthetic patients: bone medians were at most 1.5 mm for the
/// same patient with 15 mm of breathing and at least 3.4 mm for one 5 % taller. A site should
/// confirm them on its own pairs.
public struct LinkLimits: Sendable, Hashable, Codable {
  /// Median bone distance, or inverse inconsistency, above which a link is doubtful, mm.
  public var doubtfulResidual = 2.0
  /// Median skin distance above which it is doubtful, mm: skin yields to table and weight.
  public var doubtfulSurfaceResidual = 5.0
  /// Median bone distance, or inverse inconsistency, above which it is not assessable, mm.
  public var greatestResidual = 3.0
  /// Median skin distance above which it is not assessable, mm.
  public var greatestSurfaceResidual = 10.0
  /// Local motion (68 % point) above which lesions may lie elsewhere than the link says, mm.
  public var doubtfulLocalMotion = 5.0
  /// Local motion (68 % point) above which no rigid link joins the images, mm.
  public var greatestLocalMotion = 8.0
  /// Correlation below which the images do not show the same anatomy.
  public var leastSimilarity = 0.8
  /// Of the body that the smaller image holds, the fraction that the other must see.
  public var leastSeen = 0.5
  /// Body seen by both, in millilitres, below which a link rests on too little.
  public var leastSharedMillilitres = 1000.0
  /// Gain in correlation by mirroring from which left and right are taken as exchanged.
  public var mirrorGain = 0.005

  public init() {}

  /// The verdict on measurements. Reasons are sentences for the report.
  func verdict(
    on quality: LinkQuality, sharedMillilitres: Double, expectsBone: Bool
  ) -> LinkVerdict {
    guard
      max(quality.fixedBodySeen, quality.movingBodySeen) >= leastSeen,
      sharedMillilitres >= leastSharedMillilitres
    else {
      // Whatever was measured on so little says nothing more.
      return .notAssessable(reasons: ["the images show too little of the same part of the body"])
    }
    let failures = unlikeness(quality) + failures(quality)
    if !failures.isEmpty { return .notAssessable(reasons: failures) }
    let doubts = doubts(quality, expectsBone: expectsBone)
    return doubts.isEmpty ? .pass : .warn(reasons: doubts)
  }

  private func unlikeness(_ quality: LinkQuality) -> [String] {
    guard let similarity = quality.similarity else {
      return ["the aligned images share no contrast to compare"]
    }
    if let mirrored = quality.mirroredSimilarity, mirrored >= leastSimilarity,
      mirrored > similarity + mirrorGain
    {
      return [
        "the moving image fits better mirrored left to right; "
          + "check Image Orientation (Patient) (0020,0037)"
      ]
    }
    guard similarity < leastSimilarity else { return [] }
    return [
      "the aligned images are too unlike (correlation \(similarity.inHundredths)); "
        + "check that both show the same patient and body part"
    ]
  }

  private func failures(_ quality: LinkQuality) -> [String] {
    var reasons = exceeded([
      (quality.boneResidual?.median, greatestResidual, "median bone distance"),
      (quality.bodySurfaceResidual?.median, greatestSurfaceResidual, "median skin distance"),
      (quality.inverseConsistency, greatestResidual, "inverse inconsistency"),
      (quality.localMotion?.percentile68, greatestLocalMotion, "local motion (68 % point)"),
    ])
    if quality.inverseConsistency == nil {
      reasons.append("the way back from the moving image could not be registered")
    }
    return reasons
  }

  private func doubts(_ quality: LinkQuality, expectsBone: Bool) -> [String] {
    var reasons = exceeded([
      (quality.boneResidual?.median, doubtfulResidual, "median bone distance"),
      (quality.bodySurfaceResidual?.median, doubtfulSurfaceResidual, "median skin distance"),
      (quality.inverseConsistency, doubtfulResidual, "inverse inconsistency"),
      (quality.localMotion?.percentile68, doubtfulLocalMotion, "local motion (68 % point)"),
    ])
    if expectsBone && quality.boneResidual == nil {
      reasons.append("too little bone is seen by both images; soft tissue drove the link")
    }
    if quality.localMotion == nil {
      reasons.append("local motion could not be measured; the error is not known place by place")
    }
    return reasons
  }

  private func exceeded(_ checks: [(value: Double?, limit: Double, what: String)]) -> [String] {
    checks.compactMap { value, limit, what in
      guard let value, value > limit else { return nil }
      return "\(what) is \(value.inTenths) mm, more than \(limit.inTenths) mm"
    }
  }
}

extension Double {
  fileprivate var inHundredths: String { "\((self * 100).rounded() / 100)" }
}
