import Foundation

/// The rules that find the instant to which a PET series is decay corrected.
///
/// DICOM says `START` without saying of what, and scanners differ; `ADMIN` needs no rule.
public enum ReferenceTimeRule: String, Sendable, Hashable, Codable {
  /// Decay Correction DateTime (0018,9701), which enhanced objects state.
  case decayCorrectionDateTime = "decay correction time (0018,9701)"
  /// GE private attribute (0009,100D).
  case geScanStart = "GE scan start (0009,100D)"
  /// Siemens private attribute (0071,1022).
  case siemensDecayCorrection = "Siemens decay correction time (0071,1022)"
  /// Series Date and Time.
  case seriesTime = "series time"
  /// Acquisition time + time of the average count rate − Frame Reference Time, where the slices
  /// agree on it.
  case backComputed = "back-computed from frame reference time"
  /// Acquisition time − Frame Reference Time, for scanners that count it to the frame's begin.
  case frameBegin = "acquisition time minus frame reference time"
  /// The first acquisition of the series.
  case earliestAcquisition = "earliest acquisition"
  /// Decay corrected to the injection.
  case administration = "administration"
  /// Not decay corrected: each slice at its own time of average count rate.
  case perSlice = "not decay corrected: each slice at its average count rate"
  /// Stored values are SUV already, or the scanner gives the factor.
  case notNeeded = "not needed"
}

extension ReferenceTimeRule {
  /// Why this rule decided, in a few words.
  public var reason: String {
    switch self {
    case .decayCorrectionDateTime, .geScanStart, .siemensDecayCorrection:
      "the header states the reference"
    case .seriesTime: "the series time is not later than the first acquisition"
    case .backComputed, .frameBegin:
      "the series time does not fit the scan, and all slices imply this time"
    case .earliestAcquisition:
      "the series time does not fit the scan, and Frame Reference Time does not help"
    case .administration: "Decay Correction (0054,1102) is ADMIN"
    case .perSlice: "Decay Correction (0054,1102) is NONE"
    case .notNeeded: "stored values are SUV, or the scanner gives SUV per count"
    }
  }
}

/// All instants that could be the reference, and the one the rule picks.
struct ReferenceTimes: Sendable, Hashable {
  struct Candidate: Sendable, Hashable {
    let rule: ReferenceTimeRule
    let instant: Date
  }

  let chosen: Candidate
  /// Every instant the header offers, in the order of the rule.
  let candidates: [Candidate]
  let warnings: [String]

  /// Clocks of one scanner agree to this many seconds.
  static let clockTolerance = 1.0
  /// Candidates further apart than this are worth a warning: 0.05 % of SUV for F-18.
  static let remarkableDifference = 5.0
  /// A stated reference further than this many seconds from the scan has another date: its date
  /// was shifted apart from the others, as de-identification does to private attributes.
  static let longestWayToScan = 43_200.0

  /// The rule. It reproduces the IBSI SUV reference objects and the vendor headers of the
  /// calculate-suv test data:
  /// 1. The reference as the header states it: (0018,9701), GE (0009,100D), Siemens (0071,1022).
  /// 2. Series time, if not later than the earliest acquisition by more than 1 s. Derived series
  ///    carry the time of their making, which is later; a series half a day before its scan has a
  ///    wrong date.
  /// 3. What Frame Reference Time implies, where the slices agree (``FrameReference``).
  /// 4. Earliest acquisition; refused when bed positions may be missing, or when Frame Reference
  ///    Time shows that the acquisition is not the reference.
  init(_ header: PETHeader) throws(DICOMReadError) {
    let earliest = header.earliestAcquisition
    var warnings: [String] = []
    let stated = Self.stated(header)
    let usable = stated.first { Self.fits($0, earliest) }
    warnings += stated.filter { !Self.fits($0, earliest) }.map {
      "\($0.rule.rawValue) lies more than 12 h from the scan; it was not used"
    }
    let series = Self.series(header)
    let implied = FrameReference.candidate(header)
    let acquired = earliest.map { Candidate(rule: .earliestAcquisition, instant: $0) }
    let delay = series.flatMap { series in
      earliest.map { series.instant.timeIntervalSince($0) }
    }
    let onTime = (-Self.longestWayToScan...Self.clockTolerance).contains(delay ?? 0) ? series : nil
    if usable == nil, let delay, delay < -Self.longestWayToScan {
      warnings.append(try Self.clashingDates(header))
    }
    guard let chosen = usable ?? onTime ?? implied ?? acquired else {
      throw .missing(
        .acquisitionTime, file: header.file,
        remedy: "SUV needs the time of the scan; restore Series Time and Acquisition Time.")
    }
    if chosen.rule == .earliestAcquisition {
      try Self.checkLastResort(header)
      warnings.append(
        "the series time does not fit the scan and Frame Reference Time does not help; "
          + "the earliest acquisition was taken as reference")
    }
    self.chosen = chosen
    candidates = stated + [series, implied, acquired].compactMap { $0 }
    self.warnings = warnings
  }

  /// What the header states to be the reference. Slices that disagree on it state nothing.
  private static func stated(_ header: PETHeader) -> [Candidate] {
    let unsettled = Set(header.contradictions.map(\.tag))
    return [
      header.decayCorrectionDateTime.map {
        Candidate(rule: .decayCorrectionDateTime, instant: $0)
      },
      unsettled.contains(.gePostInjectionScanDateTime)
        ? nil : header.scanStartAfterInjection.map { Candidate(rule: .geScanStart, instant: $0) },
      unsettled.contains(.siemensDecayCorrection)
        ? nil
        : header.siemensDecayCorrection.map {
          Candidate(rule: .siemensDecayCorrection, instant: $0)
        },
    ].compactMap { $0 }
  }

  private static func series(_ header: PETHeader) -> Candidate? {
    guard !header.contradictions.contains(where: { $0.tag == .seriesTime }) else { return nil }
    return header.series.map { Candidate(rule: .seriesTime, instant: $0) }
  }

  private static func fits(_ candidate: Candidate, _ scan: Date?) -> Bool {
    scan.map { abs(candidate.instant.timeIntervalSince($0)) <= longestWayToScan } ?? true
  }

  /// One of the two dates is wrong. The injection tells which where a wrong day would be seen in
  /// the uptake; with a longer half-life either day looks plausible.
  private static func clashingDates(_ header: PETHeader) throws(DICOMReadError) -> String {
    guard let halfLife = header.halfLife, halfLife < InjectionTime.longestHalfLifeWithoutDate
    else {
      throw .unusable(
        .seriesDate, file: header.file,
        reason: "lies more than 12 h before Acquisition Date (0008,0022)",
        remedy: "Find out on which day the scan was and correct the other date.")
    }
    return "Series Date (0008,0021) lies more than 12 h before Acquisition Date (0008,0022); "
      + "the series time was not used"
  }

  private static func checkLastResort(_ header: PETHeader) throws(DICOMReadError) {
    if let declared = header.declaredSliceCount, declared > header.slices.count {
      throw .unusable(
        .sliceCount, file: header.file,
        reason: "says \(declared) slices but \(header.slices.count) are there, "
          + "so the first bed position may be missing and with it the reference time",
        remedy: "Export all slices of the series.")
    }
    let isOffset = header.slices.contains { ($0.frameReferenceTime ?? 0) > 0 }
    let hasDurations = header.slices.allSatisfy { ($0.frameDuration ?? 0) > 0 }
    guard isOffset, !hasDurations, !FrameReference.countsToFrameBegin(header) else { return }
    throw .missing(
      .frameDuration, file: header.file,
      remedy: "The series time does not fit the scan, and only with the frame duration does "
        + "Frame Reference Time (0054,1300) tell the reference; restore it.")
  }
}
