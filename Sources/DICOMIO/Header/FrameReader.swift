import DCMTKShim
import Foundation

/// The pixels of one file, opened once however many frames are read. One owner, closed once.
@safe
struct FrameReader: ~Copyable {
  private let handle: OpaquePointer
  private let file: DICOMFile

  /// - Throws: ``DICOMReadError`` when the file has no pixels, or fragments that cannot be told
  ///   apart into frames.
  init(_ file: DICOMFile) throws(DICOMReadError) {
    let pixels = file.pixels
    let location = dcmreader_pixels(
      offset: pixels.offset, length: pixels.length, fragments: pixels.fragments,
      encapsulated: pixels.isEncapsulated ? 1 : 0, deflated: pixels.isDeflated ? 1 : 0,
      swap_width: pixels.swapWidth, is_float: pixels.isFloat ? 1 : 0)
    var opened: OpaquePointer?
    let status = unsafe dcmreader_frames_open(
      file.url.path, location, try Self.image(file.header), &opened)
    guard status == DCMREADER_OK, let handle = unsafe opened else {
      throw DICOMFile.failure(status, file: file.header.file, at: .pixelData)
    }
    unsafe self.handle = handle
    self.file = file
  }

  deinit { unsafe dcmreader_frames_close(handle) }

  /// Copies frames into `bytes`, decoded and in the byte order of this machine.
  ///
  /// - Parameter bytes: Room for `frames` frames of equal size.
  func read(
    _ frames: Range<Int>, into bytes: UnsafeMutableRawBufferPointer
  ) throws(DICOMReadError) {
    guard let target = bytes.baseAddress, !frames.isEmpty else { return }
    let status = unsafe dcmreader_frames_read(
      handle, bytes.count / frames.count, frames.lowerBound, frames.count, target)
    guard status == DCMREADER_OK else {
      throw DICOMFile.failure(status, file: file.header.file, at: .pixelData)
    }
  }

  private static func image(_ header: DICOMHeader) throws(DICOMReadError) -> dcmreader_image {
    let allocated = try header.integer(.bitsAllocated) ?? 0
    func number(_ value: Int?) -> UInt32 { UInt32(clamping: value ?? 0) }
    return dcmreader_image(
      rows: number(try header.integer(.rows)), columns: number(try header.integer(.columns)),
      frames: number(try header.integer(.frameCount) ?? 1), bits_allocated: number(allocated),
      bits_stored: number(try header.integer(.bitsStored) ?? allocated),
      is_signed: try header.integer(.pixelRepresentation) == 1 ? 1 : 0)
  }
}
