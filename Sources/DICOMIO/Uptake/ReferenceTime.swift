import Foundation

/// The rules that find the instant to which a PET series is decay corrected.
///
/// DICOM says `START` without saying of what, and scanners differ; `ADMIN` needs no rule.
public enum ReferenceTimeRule: String, Sendable, Hashable, Codable {
  /// Decay Correction DateTime (0018,9701), which enhanced objects state.
  case decayCorrectionDateTime = "decay correction time (0018,9701)"
  /// GE private attribute (0009,100D).
  case geScanStart = "GE scan start (0009,100D)"
  /// Series Date and Time.
  case seriesTime = "series time"
  /// Acquisition time + time of the average count rate − Frame Reference Time, where the slices
  /// agree on it.
  case backComputed = "back-computed from frame reference time"
  /// The first acquisition of the series.
  case earliestAcquisition = "earliest acquisition"
  /// Decay corrected to the injection.
  case administration = "administration"
  /// Not decay corrected: each slice at its own time of average count rate.
  case perSlice = "not decay corrected: each slice at its average count rate"
  /// Stored values are SUV already, or the scanner gives the factor.
  case notNeeded = "not needed"
}

/// All instants that could be the reference, and the one the rule picks.
struct ReferenceTimes: Sendable, Hashable {
  struct Candidate: Sendable, Hashable {
    let rule: ReferenceTimeRule
    let instant: Date
  }

  let chosen: Candidate
  let candidates: [Candidate]

  /// Clocks of one scanner agree to this many seconds.
  static let clockTolerance = 1.0
  /// Candidates further apart than this are worth a warning: 0.05 % of SUV for F-18.
  static let remarkableDifference = 5.0

  /// The four-step rule. It is the one that reproduces the IBSI SUV reference objects and the
  /// vendor headers of the calculate-suv test data:
  /// 1. GE (0009,100D) if present.
  /// 2. Series time, if not later than the earliest acquisition by more than 1 s. Derived series
  ///    carry the time of their making, which is later.
  /// 3. Back-computation, if Frame Reference Time is positive and the slices agree.
  /// 4. Earliest acquisition; refused when bed positions may be missing.
  init(_ header: PETHeader) throws(DICOMReadError) {
    let earliest = header.slices.compactMap(\.acquisition).min()
    let back = Self.backComputed(header)
    let all: [Candidate] = [
      header.decayCorrectionDateTime.map {
        Candidate(rule: .decayCorrectionDateTime, instant: $0)
      },
      header.scanStartAfterInjection.map { Candidate(rule: .geScanStart, instant: $0) },
      header.series.map { Candidate(rule: .seriesTime, instant: $0) },
      back.map { Candidate(rule: .backComputed, instant: $0) },
      earliest.map { Candidate(rule: .earliestAcquisition, instant: $0) },
    ].compactMap { $0 }
    let usable = all.first { candidate in
      guard candidate.rule == .seriesTime, let earliest else { return true }
      return candidate.instant.timeIntervalSince(earliest) <= Self.clockTolerance
    }
    guard let usable else {
      throw .missing(
        .acquisitionTime, file: header.file,
        remedy: "SUV needs the time of the scan; restore Series Time and Acquisition Time.")
    }
    if usable.rule == .earliestAcquisition { try Self.checkAllBedsThere(header) }
    chosen = usable
    candidates = all
  }

  private static func checkAllBedsThere(_ header: PETHeader) throws(DICOMReadError) {
    guard let declared = header.declaredSliceCount, declared > header.slices.count else { return }
    throw .unusable(
      .sliceCount, file: header.file,
      reason: "says \(declared) slices but \(header.slices.count) are there, "
        + "so the first bed position may be missing and with it the reference time",
      remedy: "Export all slices of the series.")
  }

  /// The reference that Frame Reference Time implies, if the slices agree on it within 1 s.
  private static func backComputed(_ header: PETHeader) -> Date? {
    guard let halfLife = header.halfLife, halfLife > 0 else { return nil }
    var instants: [Date] = []
    for slice in header.slices {
      guard let start = slice.acquisition, let reference = slice.frameReferenceTime,
        let duration = slice.frameDuration, reference > 0, duration > 0
      else { return nil }
      let average = averageCountRateTime(duration: duration, halfLife: halfLife)
      instants.append(start.addingTimeInterval(average - reference))
    }
    guard let first = instants.min(), let last = instants.max(),
      last.timeIntervalSince(first) <= clockTolerance
    else { return nil }
    return first
  }

  /// When, after the start of a frame, the decaying count rate equals its mean over the frame:
  /// (1/λ) ln(λT / (1 − e^(−λT))), PS3.3 C.8.9.4.1.5 (Frame Reference Time).
  static func averageCountRateTime(duration: Double, halfLife: Double) -> Double {
    let lambda = 0.693_147_180_559_945_3 / halfLife
    let x = lambda * duration
    // Below this the formula loses all digits, and the middle of the frame is exact enough.
    guard x > 1e-6 else { return duration / 2 }
    return log(x / -expm1(-x)) / lambda
  }
}
