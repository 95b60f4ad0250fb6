public import Foundation
public import Quantities

/// The administrations of a Radiopharmaceutical Radiation Dose Report (PS3.16 TID 10021).
public struct AdministrationReport: Sendable, Hashable, Codable {
  /// One injection.
  public struct Administration: Sendable, Hashable, Codable {
    public let agent: CodedConcept?
    public let radionuclide: CodedConcept?
    /// Activity that reached the patient.
    public let administered: Activity?
    /// In the syringe before, and left in it after.
    public let measuredBefore: Activity?
    public let measuredAfter: Activity?
    public let start: Date?
    public let stop: Date?
  }

  /// Name of the file without its folder.
  public let file: String
  public let administrations: [Administration]

  /// - Throws: ``DICOMReadError`` when the file is no structured report, is damaged, or gives an
  ///   activity in an unknown unit.
  public static func load(file url: URL) throws(DICOMReadError) -> AdministrationReport {
    try AdministrationReport(DICOMFile(contentsOf: url).header)
  }

  init(_ header: DICOMHeader) throws(DICOMReadError) {
    let root = try StructuredReport.root(header)
    file = header.file
    var administrations: [Administration] = []
    for item in root.all(.administration) {
      administrations.append(try Administration(item, header))
    }
    self.administrations = administrations
  }
}

extension AdministrationReport.Administration {
  fileprivate init(_ item: ContentItem, _ header: DICOMHeader) throws(DICOMReadError) {
    agent = item.all(.agent).first?.code
    radionuclide = item.all(.radionuclide).first?.code
    administered = try Self.activity(item.all(.administeredActivity).first, header)
    measuredBefore = try Self.activity(item.all(.measuredBefore).first, header)
    measuredAfter = try Self.activity(item.all(.measuredAfter).first, header)
    start = Self.instant(item.all(.started).first, header)
    stop = Self.instant(item.all(.stopped).first, header)
  }

  private static func activity(
    _ item: ContentItem?, _ header: DICOMHeader
  ) throws(DICOMReadError) -> Activity? {
    guard let item, case .number(let value?, let unit, _) = item.value else { return nil }
    switch unit?.value {
    case "Bq": return .becquerels(value)
    case "kBq": return .becquerels(value * 1e3)
    case "MBq": return .megabecquerels(value)
    case "GBq": return .megabecquerels(value * 1e3)
    case let other:
      throw .unusable(
        .measurementUnits, file: header.file,
        reason: "gives an activity in '\(other ?? "no unit")'",
        remedy: "Correct the report at its source: TID 10022 asks for MBq.")
    }
  }

  private static func instant(_ item: ContentItem?, _ header: DICOMHeader) -> Date? {
    guard case .dateTime(let text)? = item?.value else { return nil }
    return DICOMClock.instant(dateTime: text, offset: header.timezoneOffset)
  }
}
