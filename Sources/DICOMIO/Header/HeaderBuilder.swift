import DCMTKShim

/// Folds the flat records of the C door into nested headers.
@safe
struct HeaderBuilder {
  private let records: UnsafeBufferPointer<dcmreader_record>
  private let file: String
  private var next = 0

  /// - Parameter handle: An open file, which must outlive the builder.
  init(handle: OpaquePointer, file: String) {
    unsafe self.records = UnsafeBufferPointer(
      start: dcmreader_records(handle), count: dcmreader_record_count(handle))
    self.file = file
  }

  mutating func header(depth: Int32 = 0) -> DICOMHeader {
    var entries: [DICOMHeader.Entry] = []
    if depth == 0 { entries.reserveCapacity(unsafe records.count) }
    while unsafe next < records.count {
      let record = unsafe records[next]
      guard unsafe record.depth == depth, unsafe record.kind != DCMREADER_ITEM else { break }
      next += 1
      let tag = unsafe DICOMTag(record.group, record.element)
      if unsafe record.kind == DCMREADER_SEQUENCE {
        entries.append(.init(tag: tag, text: "", items: items(depth: depth + 1)))
      } else {
        entries.append(.init(tag: tag, text: unsafe Self.text(record), items: []))
      }
    }
    return DICOMHeader(file: file, entries: entries)
  }

  private mutating func items(depth: Int32) -> [DICOMHeader] {
    var items: [DICOMHeader] = []
    while unsafe next < records.count {
      let record = unsafe records[next]
      guard unsafe record.depth == depth, unsafe record.kind == DCMREADER_ITEM else { break }
      next += 1
      items.append(header(depth: depth))
    }
    return items
  }

  /// UTF-8, or Latin-1 where a file does not keep to the character set it declares.
  private static func text(_ record: dcmreader_record) -> String {
    var length = unsafe record.text_length
    // Values are padded to even length with a space, UIDs with NUL.
    while length > 0, unsafe record.text[length - 1] == 0x20 || record.text[length - 1] == 0 {
      length -= 1
    }
    let bytes = unsafe UnsafeRawBufferPointer(start: record.text, count: length)
    if let text = unsafe String(validating: bytes, as: UTF8.self) { return text }
    return unsafe String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
  }
}
