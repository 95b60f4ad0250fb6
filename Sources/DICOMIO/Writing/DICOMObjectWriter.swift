import DCMTKShim

/// One DICOM object being built by DCMTK. One owner, freed once.
@safe
struct DICOMObjectWriter: ~Copyable {
  private let handle: OpaquePointer
  private let path: String

  /// Writes an object to `path`; the file is whole or absent.
  static func write(
    _ attributes: [WrittenAttribute], pixels: [UInt16]? = nil, to path: String
  ) throws(DICOMWriteError) {
    let writer = try DICOMObjectWriter(path: path)
    try writer.put(attributes)
    if let pixels { try writer.put(pixels: pixels) }
    try writer.save()
  }

  private init(path: String) throws(DICOMWriteError) {
    var handle: OpaquePointer?
    guard unsafe dcmwrite_create(&handle) == DCMWRITE_OK, let handle = unsafe handle else {
      throw .cannotBuild(reason: Self.lastMessage)
    }
    unsafe self.handle = handle
    self.path = path
  }

  deinit { unsafe dcmwrite_destroy(handle) }

  private func put(_ attributes: [WrittenAttribute]) throws(DICOMWriteError) {
    for attribute in attributes {
      let (group, element) = (attribute.tag.group, attribute.tag.element)
      switch attribute.value {
      case .text(let text):
        try check(unsafe dcmwrite_put_text(handle, group, element, text), attribute.tag)
      case .words(let words):
        try check(
          unsafe dcmwrite_put_words(handle, group, element, words, words.count), attribute.tag)
      case .doubles(let numbers):
        try check(
          unsafe dcmwrite_put_doubles(handle, group, element, numbers, numbers.count),
          attribute.tag)
      case .floats(let numbers):
        try check(
          unsafe dcmwrite_put_floats(handle, group, element, numbers, numbers.count),
          attribute.tag)
      case .longs(let numbers):
        try check(
          unsafe dcmwrite_put_longs(handle, group, element, numbers, numbers.count), attribute.tag)
      case .tags(let tags):
        let pairs = tags.flatMap { [$0.group, $0.element] }
        try check(
          unsafe dcmwrite_put_tags(handle, group, element, pairs, tags.count), attribute.tag)
      case .items(let items):
        try put(items: items, of: attribute.tag)
      }
    }
  }

  private func put(
    items: [[WrittenAttribute]], of tag: WrittenTag
  ) throws(DICOMWriteError) {
    if items.isEmpty {
      try check(unsafe dcmwrite_put_empty_sequence(handle, tag.group, tag.element), tag)
    }
    for item in items {
      try check(unsafe dcmwrite_begin_item(handle, tag.group, tag.element), tag)
      try put(item)
      try check(unsafe dcmwrite_end_item(handle), tag)
    }
  }

  private func put(pixels: [UInt16]) throws(DICOMWriteError) {
    try check(
      unsafe dcmwrite_put_pixels(handle, pixels, pixels.count), WrittenTag(0x7FE0, 0x0010))
  }

  private func save() throws(DICOMWriteError) {
    guard unsafe dcmwrite_save(handle, path) == DCMWRITE_OK else {
      throw .cannotSave(path: path, reason: Self.lastMessage)
    }
  }

  private func check(
    _ status: dcmwrite_status, _ tag: WrittenTag
  ) throws(DICOMWriteError) {
    guard status != DCMWRITE_OK else { return }
    throw .badAttribute(tag: tag.description, path: path, reason: Self.lastMessage)
  }

  private static var lastMessage: String { unsafe String(cString: dcmwrite_last_message()) }
}

extension WrittenTag: CustomStringConvertible {
  var description: String {
    func hex(_ n: UInt16) -> String {
      let digits = String(n, radix: 16)
      return String(repeating: "0", count: 4 - digits.count) + digits
    }
    return "(\(hex(group)),\(hex(element)))"
  }
}
