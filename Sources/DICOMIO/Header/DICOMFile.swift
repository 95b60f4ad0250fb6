import DCMTKShim
public import Foundation
import Kernels

/// The header of one DICOM file, and where its pixels lie. Holds no open file.
public struct DICOMFile: Sendable, Hashable {
  public let url: URL
  public internal(set) var header: DICOMHeader
  /// Its name in words, for example `JPEG Baseline`.
  public let transferSyntax: String
  /// Whether it starts with the meta header of a DICOM Part 10 file.
  public let hasMetaHeader: Bool
  let pixels: PixelLocation

  struct PixelLocation: Sendable, Hashable {
    let offset: UInt64
    let length: UInt64
    let isEncapsulated: Bool
    let swapWidth: Int32
  }

  /// Reads the header up to Pixel Data.
  ///
  /// - Throws: ``DICOMReadError/cannotRead(file:tag:reason:)`` when it is not DICOM or is damaged.
  public init(contentsOf url: URL) throws(DICOMReadError) {
    guard dcmreader_dictionary_count() > 0 else { throw .noDataDictionary }
    let name = url.lastPathComponent
    var opened: OpaquePointer?
    let status = unsafe dcmreader_open(url.path, &opened)
    guard status == DCMREADER_OK, let handle = unsafe opened else {
      throw Self.failure(status, file: name)
    }
    defer { unsafe dcmreader_close(handle) }
    var builder = unsafe HeaderBuilder(handle: handle, file: name)
    let location = unsafe dcmreader_pixel_location(handle)
    self.url = url
    self.header = builder.header()
    self.transferSyntax = unsafe String(cString: dcmreader_transfer_syntax(handle))
    self.hasMetaHeader = unsafe dcmreader_has_meta_header(handle) != 0
    self.pixels = PixelLocation(
      offset: location.offset, length: location.length,
      isEncapsulated: location.encapsulated != 0, swapWidth: location.swap_width)
  }

  /// Reads many headers, in parallel and in the order of `urls`.
  public static func read(_ urls: [URL]) -> [Result<DICOMFile, DICOMReadError>] {
    Slabs.map(of: urls.count) { range in
      range.map { n in
        Result { () throws(DICOMReadError) in try DICOMFile(contentsOf: urls[n]) }
      }
    }.flatMap { $0 }
  }

  /// The headers of all files, or the first failure.
  static func readAll(_ urls: [URL]) throws(DICOMReadError) -> [DICOMFile] {
    var files: [DICOMFile] = []
    for result in read(urls) { files.append(try result.get()) }
    return files
  }

  /// Copies frames into `bytes`, decoded and in the byte order of this machine.
  ///
  /// - Parameter bytes: Room for `frames` frames of equal size.
  func readFrames(
    _ frames: Range<Int>, into bytes: UnsafeMutableRawBufferPointer
  ) throws(DICOMReadError) {
    guard let target = bytes.baseAddress, !frames.isEmpty else { return }
    let location = dcmreader_pixels(
      offset: pixels.offset, length: pixels.length, encapsulated: pixels.isEncapsulated ? 1 : 0,
      swap_width: pixels.swapWidth)
    let status = unsafe dcmreader_read_frames(
      url.path, location, bytes.count / frames.count, frames.lowerBound, frames.count, target)
    guard status == DCMREADER_OK else {
      throw Self.failure(status, file: url.lastPathComponent, at: .pixelData)
    }
  }

  private static func failure(
    _ status: dcmreader_status, file: String, at tag: DICOMTag? = nil
  ) -> DICOMReadError {
    let reason = unsafe String(cString: dcmreader_last_message())
    let place = dcmreader_last_place()
    let known = place.group == 0 ? tag : DICOMTag(place.group, place.element)
    switch status {
    case DCMREADER_UNSUPPORTED_TRANSFER_SYNTAX:
      return .unsupported(
        .transferSyntax, file: file, what: "the transfer syntax \(reason)",
        remedy:
          "Convert the file to Explicit VR Little Endian, for example with dcmconv or gdcmconv.")
    case DCMREADER_NO_PIXELS: return .cannotRead(file: file, tag: .pixelData, reason: reason)
    case DCMREADER_OUT_OF_MEMORY:
      return .cannotRead(file: file, tag: known, reason: "there is not enough memory for it")
    default: return .cannotRead(file: file, tag: known, reason: reason)
    }
  }
}

/// Folds the flat records of the C door into nested headers.
@safe
private struct HeaderBuilder {
  private let handle: OpaquePointer
  private let file: String
  private let count: Int
  private var next = 0

  init(handle: OpaquePointer, file: String) {
    unsafe self.handle = handle
    self.file = file
    self.count = unsafe dcmreader_record_count(handle)
  }

  mutating func header(depth: Int32 = 0) -> DICOMHeader {
    var entries: [DICOMHeader.Entry] = []
    while next < count {
      let record = unsafe dcmreader_record_at(handle, next)
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
    while next < count {
      let record = unsafe dcmreader_record_at(handle, next)
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
