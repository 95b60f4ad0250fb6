/// One node of a structured report's tree (PS3.3 C.17.3).
public struct ContentItem: Sendable, Hashable, Codable {
  /// Reference to an image or another object, with the part of it that is meant.
  public struct Reference: Sendable, Hashable, Codable {
    public let classUID: String?
    public let instanceUID: String
    public let frames: [Int]
    public let segments: [Int]
  }

  /// What the node says.
  public enum Value: Sendable, Hashable, Codable {
    case container
    case text(String)
    case code(CodedConcept)
    /// `nil` where the report says why there is no number, in the qualifier.
    case number(Double?, unit: CodedConcept?, qualifier: CodedConcept?)
    case dateTime(String)
    case uid(String)
    case reference(Reference)
    /// A person's name: its text is not kept, since it is a person's identity.
    case person
    /// Coordinates and other kinds that no measurement needs.
    case other
  }

  /// How it belongs to its parent, for example `CONTAINS` or `HAS CONCEPT MOD`.
  public let relationship: String?
  public let name: CodedConcept?
  public let value: Value
  public let children: [ContentItem]

  /// Reports nest about ten deep; more is damage.
  static let deepest = 40

  init(_ item: DICOMHeader, depth: Int = 0) throws(DICOMReadError) {
    guard depth < Self.deepest else {
      throw .cannotRead(
        file: item.file, tag: .contentSequence,
        reason: "its content is nested more than \(Self.deepest) deep")
    }
    relationship = item.code(.relationshipType)
    name = item.concept(.conceptName)
    value = try Self.value(item)
    var children: [ContentItem] = []
    for child in item.items(.contentSequence) {
      children.append(try ContentItem(child, depth: depth + 1))
    }
    self.children = children
  }

  private static func value(_ item: DICOMHeader) throws(DICOMReadError) -> Value {
    switch item.code(.valueType) {
    case "CONTAINER": return .container
    case "TEXT": return .text(item.text(.srText) ?? "")
    case "CODE": return item.concept(.conceptCode).map(Value.code) ?? .other
    case "NUM":
      let measured = item.items(.measuredValue).first
      return .number(
        try measured?.number(.numericValue), unit: measured?.concept(.measurementUnits),
        qualifier: item.concept(.numericQualifier))
    case "DATETIME": return .dateTime(item.code(.srDateTime) ?? "")
    case "DATE": return .dateTime(item.code(.srDate) ?? "")
    case "TIME": return .dateTime(item.code(.srTime) ?? "")
    case "UIDREF": return .uid(item.code(.srUID) ?? "")
    case "IMAGE", "COMPOSITE", "WAVEFORM":
      return try reference(item).map(Value.reference) ?? .other
    case "PNAME": return .person
    default: return .other
    }
  }

  private static func reference(_ item: DICOMHeader) throws(DICOMReadError) -> Reference? {
    guard let target = item.items(.referencedSOPs).first,
      let instance = target.code(.referencedInstance)
    else { return nil }
    return Reference(
      classUID: target.code(.referencedClass), instanceUID: instance,
      frames: try target.numbers(.referencedFrameNumber).compactMap(Int.init(exactly:)),
      segments: try target.numbers(.referencedSegment).compactMap(Int.init(exactly:)))
  }
}

extension ContentItem {
  /// The children with that concept name.
  func children(_ concept: KnownConcept) -> [ContentItem] {
    children.filter { concept.matches($0.name) }
  }

  func child(_ concept: KnownConcept) -> ContentItem? { children(concept).first }

  /// All nodes of the tree below, the node itself first, in the order of the report.
  func all(_ concept: KnownConcept) -> [ContentItem] {
    (concept.matches(name) ? [self] : []) + children.flatMap { $0.all(concept) }
  }

  var text: String? {
    if case .text(let text) = value { text } else { nil }
  }
  var uid: String? {
    if case .uid(let uid) = value { uid } else { nil }
  }
  var code: CodedConcept? {
    if case .code(let code) = value { code } else { nil }
  }
  var reference: Reference? {
    if case .reference(let reference) = value { reference } else { nil }
  }
}

/// A concept that the report readers look for, with its older codes (SNOMED-RT before SNOMED CT).
struct KnownConcept {
  private let codes: [(value: String, scheme: String)]

  init(_ codes: (String, String)...) { self.codes = codes.map { ($0.0, $0.1) } }

  func matches(_ concept: CodedConcept?) -> Bool {
    guard let concept else { return false }
    return codes.contains { concept.matches($0.value, $0.scheme) }
  }

  // TID 1411 and TID 1501 of PS3.16.
  static let measurementGroup = KnownConcept(("125007", "DCM"))
  static let trackingIdentifier = KnownConcept(("112039", "DCM"))
  static let trackingUID = KnownConcept(("112040", "DCM"))
  static let finding = KnownConcept(("121071", "DCM"))
  static let findingSite = KnownConcept(("363698007", "SCT"), ("G-C0E3", "SRT"))
  static let method = KnownConcept(("370129005", "SCT"), ("G-C036", "SRT"))
  static let timePoint = KnownConcept(("C2348792", "UMLS"))
  static let session = KnownConcept(("C67447", "NCIt"))
  static let referencedSegment = KnownConcept(("121191", "DCM"))
  static let sourceSeries = KnownConcept(("121232", "DCM"))
  static let valueMap = KnownConcept(("126100", "DCM"))
  static let derivation = KnownConcept(("121401", "DCM"))
  static let procedure = KnownConcept(("121058", "DCM"))

  // TID 10021 and TID 10022 of PS3.16.
  static let administration = KnownConcept(("113502", "DCM"))
  static let agent = KnownConcept(("349358000", "SCT"), ("F-61FDB", "SRT"))
  static let radionuclide = KnownConcept(("89457008", "SCT"), ("C-10072", "SRT"))
  static let halfLife = KnownConcept(("304283002", "SCT"), ("R-42806", "SRT"))
  static let started = KnownConcept(("123003", "DCM"))
  static let stopped = KnownConcept(("123004", "DCM"))
  static let administeredActivity = KnownConcept(("113507", "DCM"))
  static let measuredBefore = KnownConcept(("113508", "DCM"))
  static let measuredAfter = KnownConcept(("113509", "DCM"))
}
