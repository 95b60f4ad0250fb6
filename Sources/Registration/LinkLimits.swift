/// When a link passes, is doubtful, or is not assessable.
///
/// Millimetre tolerances follow AAPM TG-132 (Brock et al., Med Phys 2017;44:e43-e76): half a
/// voxel for rigid phantoms, landmarks within 2 mm on average and 5 mm at most. Limits on
/// correlation and overlap are Theratrack's own: set between same-patient and wrong pairs of
/// synthetic patients, and to be confirmed on a site's own pairs.
public struct LinkLimits: Sendable, Hashable, Codable {
  /// Median bone or skin distance, or inverse inconsistency, above which a link is doubtful, mm.
  public var doubtfulResidual = 2.0
  /// Median bone distance above which it is not assessable, mm.
  public var greatestBoneResidual = 5.0
  /// Median skin distance above which it is not assessable, mm: twice the bone limit, since skin
  /// yields to the table and to weight change.
  public var greatestSurfaceResidual = 10.0
  /// Inverse inconsistency above which it is not assessable, mm.
  public var greatestInverseInconsistency = 5.0
  /// Local motion (68 % point) above which lesions may lie elsewhere than the link says, mm.
  public var doubtfulLocalMotion = 5.0
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
    let failures = failures(of: quality, sharedMillilitres: sharedMillilitres)
    if !failures.isEmpty { return .notAssessable(reasons: failures) }
    let doubts = doubts(about: quality, expectsBone: expectsBone)
    return doubts.isEmpty ? .pass : .warn(reasons: doubts)
  }

  private func failures(of quality: LinkQuality, sharedMillilitres: Double) -> [String] {
    var reasons: [String] = []
    func check(_ value: Double?, above limit: Double, _ what: String) {
      guard let value, value > limit else { return }
      reasons.append("\(what) is \(value.inTenths) mm, more than \(limit.inTenths) mm")
    }
    if max(quality.fixedBodySeen, quality.movingBodySeen) < leastSeen
      || sharedMillilitres < leastSharedMillilitres
    {
      reasons.append("the images show too little of the same part of the body")
    }
    if let mirrored = quality.mirroredSimilarity, mirrored > (quality.similarity ?? 0) + mirrorGain
    {
      reasons.append(
        "the moving image fits better mirrored left to right; "
          + "check Image Orientation (Patient) (0020,0037)")
    }
    if let similarity = quality.similarity {
      if similarity < leastSimilarity {
        reasons.append(
          "the aligned images are too unlike (correlation \(similarity.inHundredths)); "
            + "check that both show the same patient and body part")
      }
    } else {
      reasons.append("the aligned images share no contrast to compare")
    }
    check(quality.boneResidual?.median, above: greatestBoneResidual, "median bone distance")
    check(
      quality.bodySurfaceResidual?.median, above: greatestSurfaceResidual, "median skin distance")
    check(
      quality.inverseConsistency, above: greatestInverseInconsistency, "inverse inconsistency")
    if quality.inverseConsistency == nil {
      reasons.append("the way back from the moving image could not be registered")
    }
    return reasons
  }

  private func doubts(about quality: LinkQuality, expectsBone: Bool) -> [String] {
    var reasons: [String] = []
    func check(_ value: Double?, above limit: Double, _ what: String) {
      guard let value, value > limit else { return }
      reasons.append("\(what) is \(value.inTenths) mm, more than \(limit.inTenths) mm")
    }
    check(quality.boneResidual?.median, above: doubtfulResidual, "median bone distance")
    check(quality.inverseConsistency, above: doubtfulResidual, "inverse inconsistency")
    check(
      quality.localMotion?.percentile68, above: doubtfulLocalMotion,
      "local motion left by the rigid link (68 % point)")
    if expectsBone && quality.boneResidual == nil {
      reasons.append("too little bone is seen by both images; soft tissue drove the link")
    }
    if quality.localMotion == nil {
      reasons.append("local motion could not be measured; the error is not known place by place")
    }
    return reasons
  }
}

extension Double {
  fileprivate var inTenths: String { "\((self * 10).rounded() / 10)" }
  fileprivate var inHundredths: String { "\((self * 100).rounded() / 100)" }
}
