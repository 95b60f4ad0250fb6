import Foundation

/// The administered activity and when it was given, after the checks that a header needs.
struct Injection: Sendable, Hashable {
  /// In becquerel at the time of injection.
  let dose: Double
  /// In seconds.
  let halfLife: Double
  let instant: Date
  let warnings: [String]

  /// A dose below this many Bq cannot have been imaged, so the number must be megabecquerel.
  static let smallestDose = 1e5
  /// No patient is given more than this many Bq of an imaged nuclide.
  static let largestDose = 1e12
  /// After this many half-lives nothing is left to see, so a longer delay is a wrong date.
  static let longestDelayInHalfLives = 10.0

  /// - Parameter scan: The reference time of the series.
  init(_ header: PETHeader, scan: Date) throws(DICOMReadError) {
    guard let halfLife = header.halfLife, halfLife > 0 else {
      throw .missing(
        .halfLife, file: header.file,
        remedy: "Restore it in Radiopharmaceutical Information Sequence (0054,0016), in seconds.")
    }
    let (dose, doseWarning) = try Self.dose(header)
    let (instant, timeWarning) = try Self.instant(header, scan: scan, halfLife: halfLife)
    self.dose = dose
    self.halfLife = halfLife
    self.instant = instant
    warnings = [doseWarning, timeWarning].compactMap { $0 }
  }

  /// What is left of the dose at an instant, A·2^(−t/T½).
  func dose(at instant: Date) -> Double {
    dose * exp2(-instant.timeIntervalSince(self.instant) / halfLife)
  }

  static func dose(
    _ header: PETHeader
  ) throws(DICOMReadError) -> (dose: Double, warning: String?) {
    guard let stored = header.dose, stored > 0 else {
      throw .missing(
        .injectedDose, file: header.file,
        remedy: "Restore it in Radiopharmaceutical Information Sequence (0054,0016), in Bq.")
    }
    if stored >= smallestDose, stored <= largestDose { return (stored, nil) }
    guard stored < smallestDose, stored * 1e6 >= smallestDose else {
      throw .unusable(
        .injectedDose, file: header.file, reason: "is no possible dose in Bq or MBq",
        remedy: "Enter the administered activity in Bq.")
    }
    return (
      stored * 1e6,
      "Radionuclide Total Dose (0018,1074) is below 0.1 MBq if read as Bq, as DICOM demands; "
        + "it was taken as MBq"
    )
  }

  private static func instant(
    _ header: PETHeader, scan: Date, halfLife: Double
  ) throws(DICOMReadError) -> (instant: Date, warning: String?) {
    let longest = longestDelayInHalfLives * halfLife
    func fits(_ injection: Date) -> Bool {
      (0...longest).contains(scan.timeIntervalSince(injection))
    }
    let fromClock = header.injectionClock.map { lastOccurrence(ofClock: $0, before: scan) }
    guard let stated = header.injection else {
      guard let fromClock else {
        throw .missing(
          .injectionDateTime, file: header.file,
          remedy: "Restore it, or Radiopharmaceutical Start Time (0018,1072), in "
            + "Radiopharmaceutical Information Sequence (0054,0016).")
      }
      guard fits(fromClock) else { throw impossible(header, .injectionTime) }
      let crossed = secondsOfDay(fromClock) > secondsOfDay(scan)
      return (
        fromClock,
        crossed ? "the injection has a clock time only; it was taken to be before midnight" : nil
      )
    }
    if fits(stated) { return (stated, nil) }
    // The date was shifted apart from the clock, as de-identification does: both attributes
    // still agree on the time of day.
    guard let fromClock, fits(fromClock), abs(secondsOfDay(stated) - secondsOfDay(fromClock)) < 1
    else { throw impossible(header, .injectionDateTime) }
    return (
      fromClock,
      "the date of Radiopharmaceutical Start DateTime (0018,1078) does not fit the scan; "
        + "its time of day, confirmed by (0018,1072), was used on the day of the scan"
    )
  }

  private static func impossible(_ header: PETHeader, _ tag: DICOMTag) -> DICOMReadError {
    .unusable(
      tag, file: header.file,
      reason: "lies after the scan or more than \(Int(longestDelayInHalfLives)) half-lives before",
      remedy: "Correct the injection time or the scan times so that they belong together.")
  }

  /// A clock time on the day of the scan, or the day before when it would lie after the scan.
  private static func lastOccurrence(ofClock seconds: Double, before scan: Date) -> Date {
    let midnight = scan.addingTimeInterval(-secondsOfDay(scan))
    let sameDay = midnight.addingTimeInterval(seconds)
    return sameDay <= scan ? sameDay : sameDay.addingTimeInterval(-86_400)
  }

  private static func secondsOfDay(_ instant: Date) -> Double {
    let seconds = instant.timeIntervalSince1970.truncatingRemainder(dividingBy: 86_400)
    return seconds < 0 ? seconds + 86_400 : seconds
  }
}
