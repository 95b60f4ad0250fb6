import Foundation

/// A byte-level encoder of small DICOM files (Explicit VR Little Endian) for tests.
///
/// It knows nothing of the code under test, so that a mistake cannot cancel itself out, and it can
/// write what no library would: lying lengths, broken nesting, values of the wrong kind.
public struct TinyDICOM: Sendable {
  public struct Element: Sendable {
    let tag: UInt32
    let vr: String
    let bytes: [UInt8]
    /// What the header claims; the true length when `nil`.
    var claimedLength: UInt32?
  }

  private var elements: [Element] = []
  public var transferSyntax = "1.2.840.10008.1.2.1"

  public init() {}

  /// Sets a text value; numbers of DS and IS are texts. Replaces an earlier value.
  public mutating func set(_ tag: UInt32, _ vr: String, _ text: String) {
    var bytes = Array(text.utf8)
    if bytes.count % 2 == 1 { bytes.append(vr == "UI" ? 0 : 0x20) }
    put(Element(tag: tag, vr: vr, bytes: bytes))
  }

  public mutating func set(_ tag: UInt32, unsigned values: [UInt16]) {
    put(Element(tag: tag, vr: "US", bytes: values.flatMap(littleEndian)))
  }

  public mutating func set(_ tag: UInt32, double value: Double) {
    put(Element(tag: tag, vr: "FD", bytes: littleEndian(value.bitPattern)))
  }

  public mutating func set(_ tag: UInt32, items: [TinyDICOM]) {
    let bytes = items.flatMap { item -> [UInt8] in
      let body = item.dataSet()
      return [0xFE, 0xFF, 0x00, 0xE0] + littleEndian(UInt32(body.count)) + body
    }
    put(Element(tag: tag, vr: "SQ", bytes: bytes))
  }

  /// Pixel Data of 16-bit words.
  public mutating func setPixels(_ words: [Int16], claiming length: UInt32? = nil) {
    put(
      Element(
        tag: 0x7FE0_0010, vr: "OW", bytes: words.flatMap { littleEndian(UInt16(bitPattern: $0)) },
        claimedLength: length))
  }

  /// Compressed Pixel Data of one frame in one fragment, behind an empty offset table.
  public mutating func setPixels(fragment: [UInt8]) {
    setPixels(frames: [[fragment]], offsetTable: false)
  }

  /// Compressed Pixel Data: each frame in one or more fragments, behind an offset table that is
  /// filled or empty (PS3.5 A.4).
  public mutating func setPixels(frames: [[[UInt8]]], offsetTable: Bool) {
    func item(_ bytes: [UInt8]) -> [UInt8] {
      let even = bytes.count % 2 == 0 ? bytes : bytes + [0]
      return [0xFE, 0xFF, 0x00, 0xE0] + littleEndian(UInt32(even.count)) + even
    }
    let encoded = frames.map { $0.flatMap(item) }
    var offsets: [UInt32] = [0]
    for frame in encoded.dropLast() {
      offsets.append(offsets[offsets.count - 1] + UInt32(frame.count))
    }
    let table = item(offsetTable ? offsets.flatMap { littleEndian($0) } : [])
    let end: [UInt8] = [0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]
    put(
      Element(
        tag: 0x7FE0_0010, vr: "OB", bytes: table + encoded.flatMap { $0 } + end,
        claimedLength: .max))
  }

  /// The data set in Explicit VR Big Endian; for data sets without sequences.
  public func bigEndianDataSet() -> [UInt8] {
    elements.flatMap { element -> [UInt8] in
      let width = ["US": 2, "SS": 2, "OW": 2, "FD": 8, "OF": 4][element.vr] ?? 1
      let bytes = stride(from: 0, to: element.bytes.count, by: width).flatMap {
        element.bytes[$0..<($0 + width)].reversed()
      }
      let length = UInt32(bytes.count)
      let head =
        bigEndian(UInt16(element.tag >> 16)) + bigEndian(UInt16(element.tag & 0xFFFF))
        + Array(element.vr.utf8)
      let isLong = element.isLong
      return head + (isLong ? [0, 0] + bigEndian(length) : bigEndian(UInt16(length))) + bytes
    }
  }

  public mutating func setPixels(bytes: [UInt8]) {
    put(Element(tag: 0x7FE0_0010, vr: "OB", bytes: bytes.count % 2 == 0 ? bytes : bytes + [0]))
  }

  public mutating func remove(_ tag: UInt32) { elements.removeAll { $0.tag == tag } }

  /// Bytes as they are, for values that no other function can make.
  public mutating func set(_ tag: UInt32, _ vr: String, bytes: [UInt8]) {
    put(Element(tag: tag, vr: vr, bytes: bytes))
  }

  private mutating func put(_ element: Element) {
    remove(element.tag)
    elements.append(element)
    elements.sort { $0.tag < $1.tag }
  }

  /// The data set without preamble and meta header.
  public func dataSet() -> [UInt8] { elements.flatMap { $0.encoded } }

  /// The whole Part 10 file.
  ///
  /// - Parameter body: The encoded data set; this one's in Explicit VR Little Endian when `nil`.
  public func file(dataSet body: [UInt8]? = nil) -> [UInt8] {
    var meta = TinyDICOM()
    meta.set(0x0002_0010, "UI", transferSyntax)
    let head = meta.dataSet()
    let groupLength = Element(
      tag: 0x0002_0000, vr: "UL", bytes: littleEndian(UInt32(head.count)))
    return [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + groupLength.encoded + head
      + (body ?? dataSet())
  }

  public func write(to url: URL) throws { try Data(file()).write(to: url) }
}

extension TinyDICOM.Element {
  var isLong: Bool { ["OB", "OW", "OF", "SQ", "UN", "UT"].contains(vr) }

  var encoded: [UInt8] {
    let group = littleEndian(UInt16(tag >> 16))
    let head = group + littleEndian(UInt16(tag & 0xFFFF)) + Array(vr.utf8)
    let length = claimedLength ?? UInt32(bytes.count)
    return head
      + (isLong ? [0, 0] + littleEndian(length) : littleEndian(UInt16(truncatingIfNeeded: length)))
      + bytes
  }
}

public func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
  (0..<(value.bitWidth / 8)).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}

public func bigEndian(_ value: some FixedWidthInteger) -> [UInt8] { littleEndian(value).reversed() }

/// A folder of its own for one test, removed when `body` ends.
public func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory
    .appending(path: "theratrack-test-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}
