public import Foundation
import Quantities

/// How the values of a PET series become SUV, with every assumption shown.
///
/// SUV = concentration · body size / (dose · 2^(−t/T½)), t from injection to the instant that the
/// series is decay corrected to (g/mL; 1 mL of tissue counts as 1 g). For SUVbw the body size is
/// the weight; ``SUVType`` names the others.
public struct SUVConversion: Sendable, Hashable, Codable {
  /// One possible reference time and the SUV factor it would give.
  public struct Candidate: Sendable, Hashable, Codable {
    public let rule: ReferenceTimeRule
    public let referenceTime: Date
    /// Seconds after the reference time that was used.
    public let secondsFromUsed: Double
    /// g/Bq (cm²/Bq for body surface area); `nil` where the instant lies before the injection, or so
    /// long after it that nothing is left.
    public let factor: Double?
  }

  /// Changes whenever the rules would give another number for the same header.
  public static let rulesVersion = 3

  public let type: SUVType
  public let rule: ReferenceTimeRule
  /// The instant that concentrations are decay corrected to; `nil` when it differs from slice to
  /// slice or is not known.
  public let referenceTime: Date?
  /// When the dose was given; `nil` where that is not needed and not known.
  public let injection: Date?
  public let candidates: [Candidate]
  /// SUV per Bq/mL, in g/Bq (cm²/Bq for body surface area). `nil` where stored values are SUV
  /// already, where the scanner gives SUV per count, and where it differs from slice to slice.
  public let factor: Double?
  /// What the rescaled values of each slice are multiplied by to become SUV.
  public let scales: [Double]
  public let warnings: [String]

  /// - Throws: ``DICOMReadError`` when the values cannot become SUV without a guess.
  public init(
    _ header: PETHeader, as type: SUVType = .bodyWeight
  ) throws(DICOMReadError) {
    try header.settle([.units, .suvType, .philipsSUVFactor, .philipsActivityFactor])
    guard let units = header.units else {
      throw .missing(
        .units, file: header.file, remedy: "Export the series again without removing it.")
    }
    switch units {
    case "BQML": try self.init(concentration: header, perUnit: 1, as: type)
    case "GML", "CM2ML": try self.init(stored: header, units: units, as: type)
    case "CNTS": try self.init(philips: header, as: type)
    case "PROPCNTS", "PROPCPS", "CPS":
      throw .unusable(
        .units, file: header.file,
        reason: "is \(units): proportional to a count, with no calibration to activity",
        remedy: "Reconstruct the series in BQML.")
    default:
      throw .unusable(
        .units, file: header.file, reason: "is \(units), which cannot become SUV",
        remedy: "Reconstruct or export the series in BQML.")
    }
  }

  /// Bq/mL after multiplication by `perUnit`.
  private init(
    concentration header: PETHeader, perUnit: Double, as type: SUVType, remarks: [String] = []
  ) throws(DICOMReadError) {
    let corrections = try Self.correctionWarnings(header)
    let size = try header.bodySize(type)
    let basis = try DecayBasis(header)
    let factors = basis.doses.map { size.value / $0 }
    let uniform = factors.first.flatMap { first in
      factors.allSatisfy { $0 == first } ? first : nil
    }
    let candidates = basis.candidates.map {
      Candidate($0, used: basis.referenceTime, injection: basis.injection, size: size.value)
    }
    self.type = type
    rule = basis.rule
    referenceTime = basis.referenceTime
    injection = basis.injection?.instant
    factor = uniform
    scales = factors.map { $0 * perUnit }
    self.candidates = candidates
    warnings =
      Self.headerWarnings(header) + corrections + size.warnings + basis.warnings + remarks
      + Self.differenceWarning(candidates)
  }

  /// Stored values are SUV already; those of another body size are turned into the one asked for.
  private init(
    stored header: PETHeader, units: String, as type: SUVType
  ) throws(DICOMReadError) {
    let corrections = try Self.correctionWarnings(header)
    let stored = try header.storedType(units: units)
    let (ratio, remarks) = try header.ratio(type, to: stored)
    self.init(header, timelessScale: ratio, as: type, warnings: corrections + remarks)
  }

  /// Philips counts: (7053,1000) is SUVbw per count; (7053,1009) is Bq/mL per count.
  private init(philips header: PETHeader, as type: SUVType) throws(DICOMReadError) {
    guard let perCount = header.philipsSUVFactor, perCount > 0 else {
      guard let activity = header.philipsActivityFactor, activity > 0 else {
        throw .unusable(
          .units, file: header.file,
          reason: "is CNTS, and neither Philips factor (7053,1000) nor (7053,1009) is there",
          remedy: "Export again with private attributes, or reconstruct in BQML.")
      }
      try self.init(concentration: header, perUnit: activity, as: type)
      return
    }
    let corrections = try Self.correctionWarnings(header)
    let (ratio, remarks) = try header.ratio(type, to: .bodyWeight)
    self.init(
      header, timelessScale: perCount * ratio, as: type,
      warnings: corrections + remarks + Self.philipsWarnings(header, perCount: perCount))
  }

  /// One factor that needs neither dose nor time.
  private init(
    _ header: PETHeader, timelessScale: Double, as type: SUVType, warnings: [String]
  ) {
    self.type = type
    rule = .notNeeded
    referenceTime = nil
    injection = nil
    candidates = []
    factor = nil
    scales = header.slices.map { _ in timelessScale }
    self.warnings = Self.headerWarnings(header) + warnings
  }
}

extension SUVConversion.Candidate {
  fileprivate init(
    _ candidate: ReferenceTimes.Candidate, used: Date?, injection: Injection?, size: Double
  ) {
    rule = candidate.rule
    referenceTime = candidate.instant
    secondsFromUsed = used.map { candidate.instant.timeIntervalSince($0) } ?? 0
    factor = injection.flatMap {
      let factor = size / $0.dose(at: candidate.instant)
      return candidate.instant >= $0.instant && factor.isFinite ? factor : nil
    }
  }
}
