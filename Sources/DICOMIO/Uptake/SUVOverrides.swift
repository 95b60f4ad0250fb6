import Foundation
public import Quantities

/// Facts a person gives in place of the header's, because the header's are absent or wrong.
public struct SUVOverrides: Sendable, Hashable, Codable {
  public var weight: Mass?
  public var height: Length?
  public var sex: Sex?
  /// At the time of injection.
  public var dose: Activity?
  public var injection: StatedTime?

  public init(
    weight: Mass? = nil, height: Length? = nil, sex: Sex? = nil, dose: Activity? = nil,
    injection: StatedTime? = nil
  ) {
    (self.weight, self.height, self.sex) = (weight, height, sex)
    (self.dose, self.injection) = (dose, injection)
  }
}

/// A date and time as a person writes it: on the scanner's clock, or with its offset from UTC.
public struct StatedTime: Sendable, Hashable, Codable {
  /// The clock's reading, as if it were UTC.
  let clock: Date
  /// Seconds east of UTC; `nil` for the scanner's clock.
  let offset: Double?

  /// `2025-01-31T10:00:00`, `2025-01-31T10:00` or `2025-01-31T10:00:00+01:00`; `nil` for others.
  public init?(iso8601 text: String) {
    let parts = text.split(separator: "T", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].count == 10 else { return nil }
    let zone = parts[1].firstIndex { $0 == "+" || $0 == "-" || $0 == "Z" }
    let time = zone.map { parts[1][..<$0] } ?? parts[1]
    let zoneText = zone.map { parts[1][$0...].filter { $0 != ":" } }
    let offset = zoneText.map { $0 == "Z" ? 0 : DICOMClock.zone(String($0)) }
    let day = parts[0].filter { $0 != "-" }
    guard day.count == 8, time.count >= 5, offset != .some(nil),
      let clock = DICOMClock.instant(date: String(day), time: String(time))
    else { return nil }
    self.clock = clock
    self.offset = offset.flatMap { $0 }
  }
}

extension PETHeader {
  /// This header with a person's facts in place of its own, and a line for the report for each.
  ///
  /// - Throws: ``DICOMReadError`` for an injection time with an offset from UTC where the series
  ///   states none, since the two could not be compared.
  public func applying(
    _ given: SUVOverrides
  ) throws(DICOMReadError) -> (header: PETHeader, used: [String]) {
    var header = self
    var used: [String] = []
    func note(_ tag: DICOMTag, _ value: String) {
      header.contradictions.removeAll { $0.tag == tag }
      used.append("\(tag): \(value) was given in place of the header's")
    }
    if let weight = given.weight {
      header.weight = weight.kilograms
      note(.patientWeight, "\(weight.kilograms) kg")
    }
    if let height = given.height {
      header.height = height.metres
      note(.patientSize, "\(height.metres) m")
    }
    if let sex = given.sex {
      header.sex = sex
      note(.patientSex, sex.rawValue)
    }
    if let dose = given.dose {
      header.dose = dose.inBaseUnit
      note(.injectedDose, "\(dose.megabecquerels) MBq")
    }
    if let time = given.injection {
      header.injection = try instant(time)
      header.injectionOffset = time.offset
      header.injectionClock = nil
      header.contradictions.removeAll { $0.tag == .injectionTime }
      note(.injectionDateTime, "another time")
    }
    return (header, used)
  }

  private func instant(_ time: StatedTime) throws(DICOMReadError) -> Date {
    guard let offset = time.offset else {
      return time.clock.addingTimeInterval(-(timezoneOffset ?? 0))
    }
    guard timezoneOffset != nil else {
      throw .missing(
        .timezoneOffset, file: file,
        remedy: "Give the injection time on the scanner's clock, without an offset from UTC.")
    }
    return time.clock.addingTimeInterval(-offset)
  }
}

extension PETSeries {
  /// This series with a person's facts in place of the header's; see ``PETHeader/applying(_:)``.
  public func applying(
    _ given: SUVOverrides
  ) throws(DICOMReadError) -> (series: PETSeries, used: [String]) {
    let (header, used) = try header.applying(given)
    return (PETSeries(facts: facts, header: header, rescaled: rescaled), used)
  }
}
