import Foundation

/// The nights on which clocks are set to and from daylight-saving time.
///
/// Times without their offset from UTC, one before and one after the change, are an hour wrong if
/// the scanner's clock followed it. Headers do not say whether it did, so this can only be warned
/// of.
enum ClockChange {
  static func warnings(
    _ header: PETHeader, from injection: Date, to scan: Date, halfLife: Double
  ) -> [String] {
    // With both offsets written out nothing is left to guess.
    let isStated = header.timezoneOffset != nil && header.injectionOffset != nil
    let local = header.timezoneOffset ?? 0
    guard !isStated,
      isPossible(
        between: injection.addingTimeInterval(local), and: scan.addingTimeInterval(local))
    else { return [] }
    let percent = ((exp2(3600 / halfLife) - 1) * 100).rounded()
    return [
      "clocks are set between injection and scan in some countries, and the header does not state "
        + "the offset of both from UTC: if this scanner's clock followed, SUV is wrong by "
        + "\(Int(percent)) %"
    ]
  }

  /// Whether a night of change lies between two times of a wall clock.
  static func isPossible(between start: Date, and end: Date) -> Bool {
    let day = 86_400.0
    let first = Int((start.timeIntervalSince1970 / day).rounded(.down))
    let last = Int((end.timeIntervalSince1970 / day).rounded(.down))
    guard first <= last else { return false }
    return (first...last).contains { number in
      guard isChangeover(dayNumber: number) else { return false }
      let midnight = Double(number) * day
      return start.timeIntervalSince1970 < midnight + hours.upperBound
        && end.timeIntervalSince1970 > midnight + hours.lowerBound
    }
  }

  /// Seconds after midnight between which clocks are set: at 1:00 UTC in all of the European
  /// Union, which is 1:00 to 3:00 of the wall, and at 2:00 of the wall elsewhere; up to 4:00 with
  /// the repeated hour.
  private static let hours = 3600.0...14_400.0

  /// The Sundays of change in force in 2026: the last of March and October (European Union,
  /// United Kingdom), the second of March and first of November (United States, Canada), the
  /// first of April and October and last of September (Australia, New Zealand).
  private static func isChangeover(dayNumber: Int) -> Bool {
    // 1970-01-01 was a Thursday.
    guard (dayNumber + 4) % 7 == 0 else { return false }
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    let date = Date(timeIntervalSince1970: Double(dayNumber) * 86_400)
    let parts = calendar.dateComponents([.month, .day], from: date)
    guard let month = parts.month, let day = parts.day else { return false }
    switch month {
    case 3: return (8...14).contains(day) || day > 24
    case 4, 11: return day <= 7
    case 9: return day > 23
    case 10: return day <= 7 || day > 24
    default: return false
    }
  }
}
