import Foundation

/// When the dose was given: from the date and time, or from the time alone, or not at all.
struct InjectionTime {
  let instant: Date
  let warnings: [String]

  /// After this many half-lives nothing is left to see, so a longer delay is a wrong date.
  static let longestDelayInHalfLives = 10.0
  /// Only below this half-life, in seconds, may a date be inferred from the scan's (11.5 h, IBSI
  /// SUV manual 3.0.1): above it an SUV that is wrong by a day's decay still looks plausible.
  static let longestHalfLifeWithoutDate = 41_400.0
  /// A dynamic scan may be started so many seconds before the injection.
  static let longestLead = 3600.0
  /// Seconds by which (0018,1072) and (0018,1078) may differ by rounding, or must not at all.
  static let roundedClock = 1.0, contradictoryClock = 60.0

  /// - Parameter scan: The reference time of the series.
  init(_ header: PETHeader, scan: Date, halfLife: Double) throws(DICOMReadError) {
    try header.settle([.injectionDateTime, .injectionTime, .radiopharmaceuticalInformation])
    let (found, remarks) = try Self.find(header, scan: scan, halfLife: halfLife)
    instant = found
    warnings = remarks + ClockChange.warnings(header, from: found, to: scan, halfLife: halfLife)
  }

  private static func find(
    _ header: PETHeader, scan: Date, halfLife: Double
  ) throws(DICOMReadError) -> (Date, [String]) {
    let window = Window(header, scan: scan, halfLife: halfLife)
    guard let stated = header.injection else { return try fromClock(header, window) }
    let remarks = try agreement(header, stated: stated)
    if window.contains(stated) { return (stated, remarks) }
    // De-identification shifts dates and leaves clock times: the time of day still counts, but
    // only where a wrong day would be seen, and never against (0018,1072).
    let mended = window.latest(ofClock: window.localSeconds(stated))
    guard halfLife < longestHalfLifeWithoutDate, window.contains(mended) else {
      throw impossible(header, .injectionDateTime)
    }
    return (
      mended,
      remarks + [
        "the date of Radiopharmaceutical Start DateTime (0018,1078) does not fit the scan; "
          + "its time of day was used with the date of the scan"
      ]
    )
  }

  private static func fromClock(
    _ header: PETHeader, _ window: Window
  ) throws(DICOMReadError) -> (Date, [String]) {
    guard let clock = header.injectionClock else {
      let unreadable = [DICOMTag.injectionDateTime, .injectionTime].first {
        header.unreadable.contains($0)
      }
      if let unreadable {
        throw .unusable(
          unreadable, file: header.file, reason: "is not written to the minute",
          remedy: "Find out when the dose was given and enter date and time.")
      }
      throw .missing(
        .injectionDateTime, file: header.file,
        remedy: "Restore it, or Radiopharmaceutical Start Time (0018,1072), in "
          + "Radiopharmaceutical Information Sequence (0054,0016).")
    }
    guard window.halfLife < longestHalfLifeWithoutDate else {
      throw .missing(
        .injectionDateTime, file: header.file,
        remedy: "With a half-life above 11.5 h the time of day alone does not tell the day of the "
          + "injection; restore the date.")
    }
    let instant = window.latest(ofClock: clock)
    guard window.contains(instant) else { throw impossible(header, .injectionTime) }
    let crossed =
      window.localSeconds(instant) > window.localSeconds(window.scan)
      && instant < window.scan
    return (
      instant,
      crossed ? ["the injection has a clock time only; it was taken to be before midnight"] : []
    )
  }

  /// (0018,1078) against (0018,1072), which is a time of the series' zone or of the value's own.
  private static func agreement(
    _ header: PETHeader, stated: Date
  ) throws(DICOMReadError) -> [String] {
    guard let clock = header.injectionClock else { return [] }
    let zones: [Double] = header.timezoneOffset.map { [$0, header.injectionOffset ?? $0] } ?? [0]
    let offsets = zones.map { zone -> Double in
      let day = 86_400.0
      let apart = abs(secondsOfDay(stated.addingTimeInterval(zone)) - clock)
      return min(apart, day - apart)
    }
    let apart = offsets.min() ?? 0
    guard apart <= contradictoryClock else {
      throw .unusable(
        .injectionDateTime, file: header.file,
        reason: "contradicts Radiopharmaceutical Start Time (0018,1072) by "
          + "\(Int(apart.rounded())) s",
        remedy: "Find out when the dose was given and correct the other attribute.")
    }
    return apart <= roundedClock
      ? []
      : [
        "Radiopharmaceutical Start Time (0018,1072) and DateTime (0018,1078) differ by "
          + "\(Int(apart.rounded())) s; the latter was used"
      ]
  }

  private static func impossible(_ header: PETHeader, _ tag: DICOMTag) -> DICOMReadError {
    .unusable(
      tag, file: header.file,
      reason: "lies after the scan or more than \(Int(longestDelayInHalfLives)) half-lives before",
      remedy: "Correct the injection time or the scan times so that they belong together.")
  }
}

/// Seconds after midnight of an instant that is read as UTC.
private func secondsOfDay(_ instant: Date) -> Double {
  let seconds = instant.timeIntervalSince1970.truncatingRemainder(dividingBy: 86_400)
  return seconds < 0 ? seconds + 86_400 : seconds
}

extension InjectionTime {
  /// The times at which an injection for a scan can have been.
  struct Window {
    let scan: Date
    let halfLife: Double
    private let offset: Double
    private let lead: Double

    init(_ header: PETHeader, scan: Date, halfLife: Double) {
      (self.scan, self.halfLife) = (scan, halfLife)
      offset = header.timezoneOffset ?? 0
      lead = header.seriesType == "DYNAMIC" ? longestLead : 0
    }

    func contains(_ injection: Date) -> Bool {
      (-lead...longestDelayInHalfLives * halfLife).contains(scan.timeIntervalSince(injection))
    }

    /// Seconds after midnight on the scanner's clock.
    func localSeconds(_ instant: Date) -> Double {
      secondsOfDay(instant.addingTimeInterval(offset))
    }

    /// The last time before the scan that the scanner's clock showed this.
    func latest(ofClock seconds: Double) -> Date {
      let midnight = scan.addingTimeInterval(-localSeconds(scan))
      let days = [1.0, 0, -1].map { midnight.addingTimeInterval(seconds + $0 * 86_400) }
      let newest = scan.addingTimeInterval(lead)
      return days.first { $0 <= newest } ?? days[2]
    }
  }
}
