public import Foundation

/// The measurements of an Imaging Measurement Report (PS3.16 TID 1500).
public struct MeasurementReport: Sendable, Hashable, Codable {
  /// Name of the file without its folder.
  public let file: String
  public let title: CodedConcept?
  public let procedures: [CodedConcept]
  /// `COMPLETE` or `PARTIAL`.
  public let completion: String?
  /// `VERIFIED` or `UNVERIFIED`.
  public let verification: String?
  public let groups: [Group]

  /// What was measured of one lesion or organ at one time point (TID 1411, TID 1501).
  public struct Group: Sendable, Hashable, Codable {
    public let trackingIdentifier: String?
    public let trackingUID: String?
    public let timePoint: String?
    public let session: String?
    public let finding: CodedConcept?
    public let sites: [CodedConcept]
    /// Applies to all measurements of the group that name no method of their own.
    public let method: CodedConcept?
    /// The segment that was measured.
    public let segment: ContentItem.Reference?
    /// Series the segment was drawn on, by Series Instance UID.
    public let sourceSeries: [String]
    /// Images that were measured.
    public let images: [ContentItem.Reference]
    /// The real-world value map that was used.
    public let valueMap: ContentItem.Reference?
    public let measurements: [Measurement]
    public let evaluations: [Evaluation]
  }

  /// One number.
  public struct Measurement: Sendable, Hashable, Codable {
    /// What was measured, for example SUVbw.
    public let quantity: CodedConcept
    /// `nil` where the report gives a reason in place of a number.
    public let value: Double?
    public let unit: CodedConcept?
    /// Why there is no number, or what is special about it.
    public let qualifier: CodedConcept?
    /// Mean, maximum and so on.
    public let derivation: CodedConcept?
    public let method: CodedConcept?
    public let site: CodedConcept?
  }

  /// A finding that is not a number.
  public struct Evaluation: Sendable, Hashable, Codable {
    public let name: CodedConcept
    public let code: CodedConcept?
    public let text: String?
  }

  /// - Throws: ``DICOMReadError`` when the file is no structured report or is damaged.
  public static func load(file url: URL) throws(DICOMReadError) -> MeasurementReport {
    try MeasurementReport(DICOMFile(contentsOf: url).header)
  }

  init(_ header: DICOMHeader) throws(DICOMReadError) {
    let root = try StructuredReport.root(header)
    file = header.file
    title = root.name
    procedures = root.children(.procedure).compactMap(\.code)
    completion = header.code(.completionFlag)
    verification = header.code(.verificationFlag)
    groups = root.all(.measurementGroup).map(Group.init)
  }
}

/// What all structured reports have in common.
enum StructuredReport {
  /// SOP classes of structured reports share this stem (PS3.4 B.5).
  private static let stem = "1.2.840.10008.5.1.4.1.1.88."

  static func isReport(_ header: DICOMHeader) -> Bool {
    header.code(.sopClass)?.hasPrefix(stem) ?? false
  }

  static func root(_ header: DICOMHeader) throws(DICOMReadError) -> ContentItem {
    guard isReport(header) else {
      throw .unsupported(
        .sopClass, file: header.file,
        what: "\(SOPClass.name(header.code(.sopClass))) in place of a structured report",
        remedy: "Give a structured report (SR).")
    }
    return try ContentItem(header)
  }
}

extension MeasurementReport.Group {
  fileprivate init(_ item: ContentItem) {
    trackingIdentifier = item.child(.trackingIdentifier)?.text
    trackingUID = item.child(.trackingUID)?.uid
    timePoint = item.child(.timePoint)?.text
    session = item.child(.session)?.text
    finding = item.child(.finding)?.code
    sites = item.children(.findingSite).compactMap(\.code)
    method = item.child(.method)?.code
    valueMap = item.child(.valueMap)?.reference
    sourceSeries = item.children(.sourceSeries).compactMap(\.uid)
    let references = item.children.compactMap(\.reference)
    segment = item.child(.referencedSegment)?.reference ?? references.first { !$0.segments.isEmpty }
    images = item.children.filter { !KnownConcept.valueMap.matches($0.name) }
      .compactMap(\.reference).filter { [segment] in $0 != segment }
    measurements = item.children.compactMap(MeasurementReport.Measurement.init)
    evaluations = item.children.compactMap(MeasurementReport.Evaluation.init)
  }
}

extension MeasurementReport.Measurement {
  fileprivate init?(_ item: ContentItem) {
    guard case .number(let value, let unit, let qualifier) = item.value, let name = item.name else {
      return nil
    }
    quantity = name
    (self.value, self.unit, self.qualifier) = (value, unit, qualifier)
    derivation = item.child(.derivation)?.code
    method = item.child(.method)?.code
    site = item.child(.findingSite)?.code
  }
}

extension MeasurementReport.Evaluation {
  /// Codes and texts of a group that the template gives no other meaning.
  fileprivate init?(_ item: ContentItem) {
    let taken: [KnownConcept] = [
      .trackingIdentifier, .trackingUID, .timePoint, .session, .finding, .findingSite, .method,
    ]
    guard let name = item.name, !taken.contains(where: { $0.matches(name) }),
      item.code != nil || item.text != nil
    else { return nil }
    self.name = name
    (code, text) = (item.code, item.text)
  }
}
