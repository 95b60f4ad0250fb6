public import Foundation
public import Geometry
public import Quantities

/// Whom and what a written series belongs to.
public struct SeriesHeader: Sendable {
  public var patientName: String
  public var patientID: String
  public var sex: Sex
  public var weight: Mass
  public var height: Length
  public var studyUID: String
  public var studyID: String
  public var studyStart: Date
  public var studyDescription: String
  public var seriesUID: String
  public var seriesNumber: Int
  public var seriesDescription: String
  /// Start of the series, and the time a decay-corrected image is true for.
  public var start: Date
  public var frame: FrameOfReference
  /// Names the instances.
  public var uids: UIDSource

  public init(
    patientName: String, patientID: String, sex: Sex, weight: Mass, height: Length,
    studyUID: String, studyID: String, studyStart: Date, studyDescription: String,
    seriesUID: String, seriesNumber: Int, seriesDescription: String, start: Date,
    frame: FrameOfReference, uids: UIDSource
  ) {
    self.patientName = patientName
    self.patientID = patientID
    self.sex = sex
    self.weight = weight
    self.height = height
    self.studyUID = studyUID
    self.studyID = studyID
    self.studyStart = studyStart
    self.studyDescription = studyDescription
    self.seriesUID = seriesUID
    self.seriesNumber = seriesNumber
    self.seriesDescription = seriesDescription
    self.start = start
    self.frame = frame
    self.uids = uids
  }

  /// Patient, study, series, equipment and frame of reference modules.
  func attributes(
    modality: String, sopClass: String, instanceUID: String, acquired: Date
  ) -> [WrittenAttribute] {
    let study = DICOMTime(studyStart)
    let series = DICOMTime(start)
    let acquisition = DICOMTime(acquired)
    return [
      .init(0x0008, 0x0005, "ISO_IR 192"), .init(0x0008, 0x0016, sopClass),
      .init(0x0008, 0x0018, instanceUID), .init(0x0008, 0x0020, study.date),
      .init(0x0008, 0x0021, series.date), .init(0x0008, 0x0022, acquisition.date),
      .init(0x0008, 0x0023, acquisition.date), .init(0x0008, 0x0030, study.time),
      .init(0x0008, 0x0031, series.time), .init(0x0008, 0x0032, acquisition.time),
      .init(0x0008, 0x0033, acquisition.time), .init(0x0008, 0x0050, ""),
      .init(0x0008, 0x0060, modality), .init(0x0008, 0x0070, "Theratrack"),
      .init(0x0008, 0x0090, ""), .init(0x0008, 0x0201, "+0000"),
      .init(0x0008, 0x1030, studyDescription), .init(0x0008, 0x103E, seriesDescription),
      .init(0x0008, 0x1090, "Virtual patient"), .init(0x0010, 0x0010, patientName),
      .init(0x0010, 0x0020, patientID), .init(0x0010, 0x0030, ""),
      .init(0x0010, 0x0040, sex.rawValue),
      .init(0x0010, 0x1020, DecimalString.of(height.metres)),
      .init(0x0010, 0x1030, DecimalString.of(weight.kilograms)),
      .init(0x0018, 0x1020, "1"), .init(0x0020, 0x000D, studyUID),
      .init(0x0020, 0x000E, seriesUID), .init(0x0020, 0x0010, studyID),
      .init(0x0020, 0x0011, String(seriesNumber)), .init(0x0020, 0x0052, frame.uid),
      .init(0x0020, 0x1040, ""),
    ]
  }
}

/// What was written: one path and SOP Instance UID per slice, slice 0 first.
public struct WrittenSeries: Sendable {
  public let paths: [URL]
  public let instanceUIDs: [String]
  public let sopClass: String
  public let header: SeriesHeader
}

/// Unique identifiers that follow from a seed: the same seed gives the same files.
///
/// They lie under 2.25, the root for identifiers made from a UUID (PS3.5 B.2); the UUID is of
/// version 8 (RFC 9562), filled from two FNV-1a hashes of the seed and the name.
public struct UIDSource: Sendable, Hashable {
  private let seed: String

  public init(seed: String) { self.seed = seed }

  public func uid(_ name: String) -> String {
    let text = seed + "\u{1F}" + name
    let high = Self.hash(text, 0xcbf2_9ce4_8422_2325) & 0xffff_ffff_ffff_0fff | 0x8000
    let low =
      Self.hash(text, 0x9e37_79b9_7f4a_7c15) & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000
    return "2.25.\(UInt128(high) << 64 | UInt128(low))"
  }

  /// FNV-1a, then the finaliser of SplitMix64 so that all bits depend on all characters.
  private static func hash(_ text: String, _ start: UInt64) -> UInt64 {
    var z = start
    for byte in text.utf8 { z = (z ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

/// A time as DICOM writes it: date and time of day in UTC.
struct DICOMTime {
  let date: String
  let time: String

  init(_ moment: Date) {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    let parts = calendar.dateComponents(
      [.year, .month, .day, .hour, .minute, .second, .nanosecond], from: moment)
    func digits(_ value: Int?, _ count: Int) -> String {
      let text = String(value ?? 0)
      return String(repeating: "0", count: max(count - text.count, 0)) + text
    }
    date = digits(parts.year, 4) + digits(parts.month, 2) + digits(parts.day, 2)
    let milliseconds = (parts.nanosecond ?? 0) / 1_000_000
    let fraction = milliseconds == 0 ? "" : "." + digits(milliseconds, 3) + "000"
    time = digits(parts.hour, 2) + digits(parts.minute, 2) + digits(parts.second, 2) + fraction
  }
}

/// Numbers as DICOM's decimal string (DS): at most 16 characters (PS3.5 6.2).
enum DecimalString {
  static func of(_ value: Double) -> String {
    let plain = value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
    if plain.count <= 16 { return plain }
    for digits in stride(from: 15, through: 1, by: -1) {
      let text = String(format: "%.\(digits)g", value)
      if text.count <= 16 { return text }
    }
    return "0"
  }

  static func of(_ values: [Double]) -> String {
    values.map { of($0) }.joined(separator: "\\")
  }

  static func of(_ v: SIMD3<Double>) -> String { of([v.x, v.y, v.z]) }

  /// The number a reader gets from the text of `value`.
  static func rounded(_ value: Double) -> Double { Double(of(value)) ?? value }
}
