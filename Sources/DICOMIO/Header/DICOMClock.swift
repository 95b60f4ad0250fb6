public import Foundation

/// Dates and times of DICOM headers as instants.
///
/// Where the header gives Timezone Offset From UTC (0008,0201) the instant is the true one.
/// Where it does not, the scanner's wall clock is read as if it were UTC: differences inside
/// one header are right, and no daylight-saving rule is applied that the scanner did not apply.
enum DICOMClock {
  /// DA with TM: `20250101` or the old `2025.01.01`, and `110000.25` or the old `11:00:00`.
  static func instant(date: String, time: String, offset: Double = 0) -> Date? {
    guard let day = days(date), let seconds = secondsOfDay(time) else { return nil }
    return Date(timeIntervalSince1970: day * 86_400 + seconds - offset)
  }

  /// DT: `YYYYMMDDHHMMSS.FFFFFF&ZZXX`, at least to the minute: DICOM allows less, but midnight for
  /// a mere date would be a guess.
  ///
  /// - Parameter offset: Offset of the header from UTC in seconds. When it is `nil` a zone in the
  ///   value itself is dropped as well, since all other times of the header lack one.
  static func instant(dateTime: String, offset: Double?) -> Date? {
    let zoneStart = dateTime.firstIndex { $0 == "+" || $0 == "-" }
    let clock = zoneStart.map { dateTime[..<$0] } ?? dateTime[...]
    let ownOffset = zoneStart.flatMap { zone(String(dateTime[$0...])) }
    let applied = offset.map { ownOffset ?? $0 } ?? 0
    return instant(
      date: String(clock.prefix(8)), time: String(clock.dropFirst(8)), offset: applied)
  }

  /// `&ZZXX` in seconds east of UTC.
  static func zone(_ text: String) -> Double? {
    guard text.count == 5, let sign = text.first, sign == "+" || sign == "-",
      let digits = Int(text.dropFirst())
    else { return nil }
    let seconds = Double(digits / 100 * 3600 + digits % 100 * 60)
    return sign == "-" ? -seconds : seconds
  }

  /// The offset from UTC that a DT value itself states, in seconds.
  static func offset(ofDateTime text: String) -> Double? {
    guard let start = text.firstIndex(where: { $0 == "+" || $0 == "-" }) else { return nil }
    return zone(String(text[start...]))
  }

  /// Seconds after midnight of a TM value, at least to the minute.
  static func secondsOfDay(_ text: String) -> Double? {
    let parts = text.filter { $0 != ":" }.split(separator: ".", maxSplits: 1)
    guard let whole = parts.first, [4, 6].contains(whole.count),
      whole.allSatisfy({ $0.isASCII && $0.isNumber })
    else { return nil }
    let digits = whole.compactMap(\.wholeNumberValue)
    func pair(_ n: Int) -> Int {
      2 * n + 1 < digits.count ? digits[2 * n] * 10 + digits[2 * n + 1] : 0
    }
    let (hour, minute, second) = (pair(0), pair(1), pair(2))
    guard hour < 24, minute < 60, second <= 60 else { return nil }
    let fraction = parts.count > 1 ? Double("0." + parts[1]) : 0
    return fraction.map { Double(hour * 3600 + minute * 60 + second) + $0 }
  }

  private static func length(ofMonth month: Int, _ year: Int) -> Int {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }

  /// Days since 1970-01-01 in the Gregorian calendar (Howard Hinnant, "days from civil").
  private static func days(_ text: String) -> Double? {
    let digits = text.filter { $0 != "." }.compactMap(\.wholeNumberValue)
    guard digits.count == 8 else { return nil }
    func number(_ range: Range<Int>) -> Int { digits[range].reduce(0) { $0 * 10 + $1 } }
    let (year, month, day) = (number(0..<4), number(4..<6), number(6..<8))
    guard (1...12).contains(month), (1...length(ofMonth: month, year)).contains(day) else {
      return nil
    }
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return Double(era * 146_097 + dayOfEra - 719_468)
  }
}

extension DICOMHeader {
  /// Timezone Offset From UTC in seconds, where the header states it.
  var timezoneOffset: Double? { text(.timezoneOffset).flatMap(DICOMClock.zone) }

  /// A date attribute with its time attribute as one instant; `nil` when either is absent.
  public func instant(date: DICOMTag, time: DICOMTag) -> Date? {
    guard let day = code(date), let clock = code(time) else { return nil }
    return DICOMClock.instant(date: day, time: clock, offset: timezoneOffset ?? 0)
  }

  /// A DT attribute as an instant.
  public func instant(dateTime tag: DICOMTag, offset: Double? = nil) -> Date? {
    code(tag).flatMap { DICOMClock.instant(dateTime: $0, offset: offset ?? timezoneOffset) }
  }

  /// When this image was begun: Acquisition Date and Time, or Acquisition DateTime; with the
  /// series or study date where only the acquisition's clock time is there.
  public var acquisitionStart: Date? {
    instant(date: .acquisitionDate, time: .acquisitionTime)
      ?? instant(dateTime: .acquisitionDateTime)
      ?? instant(date: .seriesDate, time: .acquisitionTime)
      ?? instant(date: .studyDate, time: .acquisitionTime)
  }

  public var seriesStart: Date? {
    instant(date: .seriesDate, time: .seriesTime) ?? instant(date: .studyDate, time: .seriesTime)
  }
}
