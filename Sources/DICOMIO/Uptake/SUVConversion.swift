public import Foundation
import Quantities

/// How the values of a PET series become SUVbw, with every assumption shown.
///
/// SUVbw = concentration · weight / (dose · 2^(−t/T½)), t from injection to the instant that the
/// series is decay corrected to (g/mL; 1 mL of tissue counts as 1 g).
public struct SUVConversion: Sendable, Hashable, Codable {
  /// One possible reference time and the SUV factor it would give.
  public struct Candidate: Sendable, Hashable, Codable {
    public let rule: ReferenceTimeRule
    public let referenceTime: Date
    /// Seconds after the reference time that was used.
    public let secondsFromUsed: Double
    /// g/Bq; `nil` where the instant lies before the injection.
    public let factor: Double?
  }

  public let rule: ReferenceTimeRule
  /// The instant that concentrations are decay corrected to; `nil` when it differs from slice to
  /// slice or is not known.
  public let referenceTime: Date?
  public let candidates: [Candidate]
  /// SUVbw per Bq/mL, in g/Bq. `nil` where stored values are SUV already, where the scanner gives
  /// SUV per count, and where it differs from slice to slice.
  public let factor: Double?
  /// What the rescaled values of each slice are multiplied by to become SUVbw.
  public let scales: [Double]
  public let warnings: [String]

  /// - Throws: ``DICOMReadError`` when the values cannot become SUV without a guess.
  public init(_ header: PETHeader) throws(DICOMReadError) {
    guard let units = header.units else { throw SUVConversion.noUnits(header) }
    switch units {
    case "BQML": try self.init(concentration: header, perUnit: 1)
    case "GML", "CM2ML": try self.init(stored: header, units: units)
    case "CNTS": try self.init(philips: header)
    default:
      throw .unusable(
        .units, file: header.file, reason: "is \(units), which cannot become SUV",
        remedy: "Reconstruct or export the series in BQML.")
    }
  }

  /// Bq/mL after multiplication by `perUnit`.
  private init(concentration header: PETHeader, perUnit: Double) throws(DICOMReadError) {
    var warnings = try Self.correctionWarnings(header)
    let weight = try header.bodyWeight().grams
    let basis = try DecayBasis(header)
    let factors = basis.doses.map { weight / $0 }
    warnings += basis.warnings
    rule = basis.rule
    referenceTime = basis.referenceTime
    let uniform = factors.first.flatMap { first in
      factors.allSatisfy { $0 == first } ? first : nil
    }
    factor = uniform
    scales = factors.map { $0 * perUnit }
    candidates = basis.candidates.map {
      Candidate($0, used: basis.referenceTime, injection: basis.injection, weight: weight)
    }
    self.warnings = warnings + Self.differenceWarning(candidates)
  }

  /// Stored values are SUV already; those of another body size are turned into SUVbw.
  private init(stored header: PETHeader, units: String) throws(DICOMReadError) {
    let (ratio, warnings) = try header.bodyWeightPerStoredBodySize(units: units)
    self.init(header, timelessScale: ratio, warnings: warnings)
  }

  /// Philips counts: (7053,1000) is SUV per count; (7053,1009) is Bq/mL per count.
  private init(philips header: PETHeader) throws(DICOMReadError) {
    if let perCount = header.philipsSUVFactor, perCount > 0 {
      let warnings = try Self.correctionWarnings(header)
      self.init(header, timelessScale: perCount, warnings: warnings)
      return
    }
    guard let activity = header.philipsActivityFactor, activity > 0 else {
      throw .unusable(
        .units, file: header.file,
        reason: "is CNTS, and neither Philips factor (7053,1000) nor (7053,1009) is there",
        remedy: "Export again with private attributes, or reconstruct in BQML.")
    }
    try self.init(concentration: header, perUnit: activity)
  }

  /// One factor that needs neither dose nor time.
  private init(_ header: PETHeader, timelessScale: Double, warnings: [String]) {
    rule = .notNeeded
    referenceTime = nil
    candidates = []
    factor = nil
    scales = header.slices.map { _ in timelessScale }
    self.warnings = warnings
  }

  private static func noUnits(_ header: PETHeader) -> DICOMReadError {
    .missing(.units, file: header.file, remedy: "Export the series again without removing it.")
  }
}

extension SUVConversion.Candidate {
  fileprivate init(
    _ candidate: ReferenceTimes.Candidate, used: Date?, injection: Injection?, weight: Double
  ) {
    rule = candidate.rule
    referenceTime = candidate.instant
    secondsFromUsed = used.map { candidate.instant.timeIntervalSince($0) } ?? 0
    factor = injection.flatMap {
      candidate.instant >= $0.instant ? weight / $0.dose(at: candidate.instant) : nil
    }
  }
}

extension SUVConversion {
  /// A number that is not corrected for attenuation is not an SUV.
  private static func correctionWarnings(_ header: PETHeader) throws(DICOMReadError) -> [String] {
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

  private static func differenceWarning(_ candidates: [Candidate]) -> [String] {
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
}
