/// The attributes of a DICOM data set or of one item of a sequence, as plain values.
///
/// A value type that holds no bulk data, so headers of a whole study can be kept, compared and
/// built by hand in tests. Attribute values are read as text and turned into numbers where they
/// are asked for, so that a bad value is refused where it matters and nowhere else.
public struct DICOMHeader: Sendable, Hashable {
  /// Name of the file without its folder, for messages.
  public let file: String
  let entries: [Entry]

  struct Entry: Sendable, Hashable {
    let tag: DICOMTag
    let text: String
    let items: [DICOMHeader]
  }

  init(file: String, entries: [Entry]) {
    self.file = file
    let isSorted = zip(entries, entries.dropFirst()).allSatisfy { $0.tag < $1.tag }
    self.entries = isSorted ? entries : entries.sorted { $0.tag < $1.tag }
  }

  private func entry(_ tag: DICOMTag) -> Entry? {
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].tag < tag { low = middle + 1 } else { high = middle }
    }
    return low < entries.count && entries[low].tag == tag ? entries[low] : nil
  }

  /// The whole value; `nil` when the attribute is absent or empty.
  public func text(_ tag: DICOMTag) -> String? {
    guard let text = entry(tag)?.text, !text.isEmpty else { return nil }
    return text
  }

  /// All values of a multi-valued attribute; empty when it is absent.
  public func texts(_ tag: DICOMTag) -> [String] {
    guard let text = text(tag) else { return [] }
    // By bytes: splitting by characters took most of the time of sorting a series.
    return text.utf8.split(separator: UInt8(ascii: "\\"), omittingEmptySubsequences: false)
      .map(Self.trimmed)
  }

  /// The first value as a code string, without padding.
  public func code(_ tag: DICOMTag) -> String? {
    guard let first = texts(tag).first, !first.isEmpty else { return nil }
    return first
  }

  /// All values as numbers; empty when the attribute is absent.
  public func numbers(_ tag: DICOMTag) throws(DICOMReadError) -> [Double] {
    var numbers: [Double] = []
    for text in texts(tag) {
      guard let number = Double(text), number.isFinite else {
        throw .unusable(
          tag, file: file, reason: "holds text that is not a number",
          remedy: "Correct the attribute at its source and export again.")
      }
      numbers.append(number)
    }
    return numbers
  }

  public func number(_ tag: DICOMTag) throws(DICOMReadError) -> Double? {
    guard text(tag) != nil else { return nil }
    return try numbers(tag).first
  }

  public func integer(_ tag: DICOMTag) throws(DICOMReadError) -> Int? {
    guard let number = try number(tag) else { return nil }
    guard let integer = Int(exactly: number) else {
      throw .unusable(
        tag, file: file, reason: "is not a whole number",
        remedy: "Correct the attribute at its source and export again.")
    }
    return integer
  }

  public func items(_ tag: DICOMTag) -> [DICOMHeader] { entry(tag)?.items ?? [] }

  /// All values of an attribute, here and in every item of every sequence.
  func allValues(_ tag: DICOMTag) -> Set<String> {
    var values = Set(texts(tag).filter { !$0.isEmpty })
    for entry in entries { for item in entry.items { values.formUnion(item.allValues(tag)) } }
    return values
  }

  /// The header without long texts, and without sequences other than the wanted ones: what can be
  /// kept for thousands of files.
  func small(keeping sequences: Set<DICOMTag>, longestText: Int) -> DICOMHeader {
    DICOMHeader(
      file: file,
      entries: entries.filter {
        $0.items.isEmpty ? $0.text.utf8.count <= longestText : sequences.contains($0.tag)
      })
  }

  /// Whether two headers say the same, apart from some attributes.
  func agrees(with other: DICOMHeader, except ignored: Set<DICOMTag>) -> Bool {
    func rest(_ header: DICOMHeader) -> [Entry] {
      header.entries.filter { !ignored.contains($0.tag) }
    }
    return zip(rest(self), rest(other)).allSatisfy { a, b in
      a.tag == b.tag && a.text == b.text && a.items.count == b.items.count
        && zip(a.items, b.items).allSatisfy { $0.agrees(with: $1, except: ignored) }
    } && rest(self).count == rest(other).count
  }

  /// The value, or the error that says it is needed.
  public func required(_ tag: DICOMTag) throws(DICOMReadError) -> String {
    guard let text = code(tag) else { throw missing(tag) }
    return text
  }

  public func requiredInteger(_ tag: DICOMTag) throws(DICOMReadError) -> Int {
    guard let value = try integer(tag) else { throw missing(tag) }
    return value
  }

  /// Exactly `count` numbers, as Image Position and its like need them.
  func requiredNumbers(_ tag: DICOMTag, count: Int) throws(DICOMReadError) -> [Double] {
    let values = try numbers(tag)
    guard !values.isEmpty else { throw missing(tag) }
    guard values.count == count else {
      throw .unusable(
        tag, file: file, reason: "has \(values.count) values instead of \(count)",
        remedy: "Export the series again.")
    }
    return values
  }

  func missing(_ tag: DICOMTag) -> DICOMReadError {
    .missing(tag, file: file, remedy: "Export the series again without removing it.")
  }

  private static func trimmed(_ bytes: Substring.UTF8View) -> String {
    var bytes = bytes
    while let last = bytes.last, last == UInt8(ascii: " ") || last == 0 { bytes.removeLast() }
    while bytes.first == UInt8(ascii: " ") { bytes.removeFirst() }
    return String(Substring(bytes))
  }
}
