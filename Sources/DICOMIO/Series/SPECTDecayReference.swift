import Foundation

/// The instant that the activities of a SPECT belong to.
///
/// Nuclear Medicine objects need not say it (PS3.3 C.8.4); cameras that quantify write the
/// attributes of PET. Lu-177 corrected to the administration and taken for activities of the scan
/// would be 50 % too high after four days, and every half-life a biological one.
public enum SPECTDecayReference: String, Sendable, Hashable, Codable, CaseIterable {
  /// Decay corrected to the start of the acquisition.
  case start
  /// Decay corrected to the administration.
  case administration
  /// Not decay corrected: the mean over the acquisition.
  case none
}

/// What a header says of the decay reference, and where it contradicts itself.
public struct SPECTDecay: Sendable, Hashable {
  /// `nil` where the header says nothing.
  public let stated: SPECTDecayReference?
  /// Why the header cannot be believed; `nil` where it holds together.
  public let contradiction: String?

  /// Cameras write the series time some minutes before or after the first view.
  private static let tolerance = 900.0

  init(_ header: DICOMHeader, injection: Date?) {
    let start = header.acquisitionStart ?? header.seriesStart
    let instant = header.instant(dateTime: .decayCorrectionDateTime)
    let code = header.code(.decayCorrection)
    func isNear(_ other: Date?) -> Bool? {
      guard let instant, let other else { return nil }
      return abs(instant.timeIntervalSince(other)) <= Self.tolerance
    }
    let (nearStart, nearInjection) = (isNear(start), isNear(injection))
    let byInstant: SPECTDecayReference? =
      nearStart == true ? .start : nearInjection == true ? .administration : nil
    let byCode: SPECTDecayReference? =
      switch code {
      case "START": .start
      case "ADMIN": .administration
      case "NONE": SPECTDecayReference.none
      default: nil
      }
    stated = byCode ?? byInstant
    contradiction = Self.contradiction(
      code: code, byCode, isCorrected: header.texts(.correctedImage).contains("DECY"),
      nearStart: nearStart, nearInjection: nearInjection, isTimed: instant != nil)
  }

  private static func contradiction(
    code: String?, _ reference: SPECTDecayReference?, isCorrected: Bool, nearStart: Bool?,
    nearInjection: Bool?, isTimed: Bool
  ) -> String? {
    if let code, reference == nil { return "'\(code)' is none of START, ADMIN and NONE" }
    switch reference {
    case .administration where nearStart == true && nearInjection != true:
      return "says ADMIN, but Decay Correction DateTime (0018,9701) is the start of the scan"
    case .start where nearStart == false && nearInjection == true:
      return "says START, but Decay Correction DateTime (0018,9701) is the administration"
    case .start where nearStart == false:
      return "says START, but Decay Correction DateTime (0018,9701) is not the start of the scan"
    case SPECTDecayReference.none? where isTimed || isCorrected:
      return "says NONE, but "
        + (isTimed
          ? "Decay Correction DateTime (0018,9701) is there"
          : "Corrected Image (0028,0051) holds DECY")
    case nil where isTimed && nearStart == false && nearInjection == false:
      return
        "is absent, and Decay Correction DateTime (0018,9701) is neither the start of the scan "
        + "nor the administration"
    default: return nil
    }
  }
}
