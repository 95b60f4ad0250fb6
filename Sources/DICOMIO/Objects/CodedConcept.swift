/// A coded concept: a value in a coding scheme, and what it means (PS3.3 8.8).
public struct CodedConcept: Sendable, Hashable, Codable {
  /// Code Value, or the long code or URN where that is used.
  public let value: String
  /// Coding Scheme Designator, for example `SCT`, `DCM` or `UCUM`.
  public let scheme: String
  public let meaning: String

  public init(_ value: String, _ scheme: String, _ meaning: String) {
    (self.value, self.scheme, self.meaning) = (value, scheme, meaning)
  }

  /// `nil` when the item has no code.
  init?(_ item: DICOMHeader?) {
    guard let item else { return nil }
    let value = item.code(.codeValue) ?? item.code(.longCodeValue) ?? item.code(.urnCodeValue)
    guard let value else { return nil }
    self.init(value, item.code(.codingScheme) ?? "", item.text(.codeMeaning) ?? "")
  }

  /// Whether value and scheme are those; meanings may be worded in many ways.
  public func matches(_ value: String, _ scheme: String) -> Bool {
    self.value == value && self.scheme == scheme
  }
}

extension DICOMHeader {
  /// The first item of a code sequence.
  func concept(_ tag: DICOMTag) -> CodedConcept? { CodedConcept(items(tag).first) }
}
