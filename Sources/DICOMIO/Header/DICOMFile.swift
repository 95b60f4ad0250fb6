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
    /// Fragments of compressed pixels; each frame has at least one.
    let fragments: UInt64
    let isEncapsulated: Bool
    let isDeflated: Bool
    let swapWidth: Int32
    /// Float Pixel Data (7FE0,0008).
    let isFloat: Bool
  }

  /// Reads the header up to Pixel Data.
  ///
  /// - Throws: ``DICOMReadError/cannotRead(file:tag:reason:)`` when it is not DICOM or is damaged.
  public init(contentsOf url: URL) throws(DICOMReadError) {
    try self.init(contentsOf: url, parser: DCMREADER_FASTEST)
  }

  /// - Parameter parser: DCMTK reads any header; ordinary ones are read without it, and faster.
  init(contentsOf url: URL, parser: dcmreader_parser) throws(DICOMReadError) {
    let name = url.lastPathComponent
    var opened: OpaquePointer?
    let status = unsafe dcmreader_open(url.path, parser, &opened)
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
      offset: location.offset, length: location.length, fragments: location.fragments,
      isEncapsulated: location.encapsulated != 0, isDeflated: location.deflated != 0,
      swapWidth: location.swap_width, isFloat: location.is_float != 0)
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
    try unsafe FrameReader(self).read(frames, into: bytes)
  }

  static func failure(
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
    case DCMREADER_NO_DICTIONARY: return .noDataDictionary
    case DCMREADER_NO_PIXELS: return .cannotRead(file: file, tag: .pixelData, reason: reason)
    case DCMREADER_OUT_OF_MEMORY:
      return .cannotRead(file: file, tag: known, reason: "there is not enough memory for it")
    default: return .cannotRead(file: file, tag: known, reason: reason)
    }
  }
}
