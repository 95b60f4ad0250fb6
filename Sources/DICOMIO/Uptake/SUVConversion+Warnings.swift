import Foundation

extension SUVConversion {
  /// What was odd in the headers, whether or not it had to do with the number.
  static func headerWarnings(_ header: PETHeader) -> [String] {
    header.remarks + header.contradictionWarnings
  }

  /// A number that is not corrected for attenuation is not an SUV.
  static func correctionWarnings(_ header: PETHeader) throws(DICOMReadError) -> [String] {
    try header.settle([.correctedImage])
    guard !header.correctedImage.isEmpty else {
      return ["Corrected Image (0028,0051) is absent; attenuation correction is assumed"]
    }
    guard header.correctedImage.contains("ATTN") else {
      throw .unusable(
        .correctedImage, file: header.file, reason: "lacks ATTN: no attenuation correction",
        remedy: "Give the attenuation-corrected series.")
    }
    let says = header.correctedImage.contains("DECY")
    let corrected = header.decayCorrection != "NONE"
    return says == corrected
      ? []
      : [
        "Corrected Image (0028,0051) and Decay Correction (0054,1102) contradict each other; "
          + "the latter was used"
      ]
  }

  static func differenceWarning(_ candidates: [Candidate]) -> [String] {
    let far = candidates.filter {
      abs($0.secondsFromUsed) > ReferenceTimes.remarkableDifference
    }
    guard !far.isEmpty else { return [] }
    let list = far.map { "\($0.rule.rawValue) by \(Int($0.secondsFromUsed.rounded())) s" }
    return [
      "reference times differ by more than 5 s: from the one used differ "
        + list.joined(separator: ", ")
    ]
  }

  /// Where a Philips scanner gives both factors and the header has all for the usual way, the two
  /// ways to SUVbw should agree; where they do not, weight, dose or a time was edited.
  static func philipsWarnings(_ header: PETHeader, perCount: Double) -> [String] {
    guard let activity = header.philipsActivityFactor, activity > 0 else { return [] }
    var asConcentration = header
    asConcentration.units = "BQML"
    guard let usual = (try? SUVConversion(asConcentration))?.factor else { return [] }
    let percent = (usual * activity / perCount - 1) * 100
    guard abs(percent) > philipsTolerance else { return [] }
    return [
      "Philips SUV factor (7053,1000) was used; the activity factor (7053,1009) with weight, dose "
        + "and times gives an SUV that differs by \(Int(percent.rounded())) %"
    ]
  }

  /// Per cent; above rounding of the factors in the header.
  private static let philipsTolerance = 1.0
}
