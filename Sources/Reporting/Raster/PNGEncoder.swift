import Foundation
import PNGShim

/// Compressor and buffers for pictures made one after the other. The bytes of a picture do not
/// depend on those before it. Not for two threads at once.
@safe
final class PNGEncoder {
  private let encoder = unsafe pngshim_encoder_make()

  /// - Returns: `nil` when the picture cannot be packed, or no memory is left.
  func encode(_ pixels: UnsafeRawBufferPointer, as picture: inout pngshim_picture) -> Data? {
    guard let encoder = unsafe encoder, let base = pixels.baseAddress else { return nil }
    var png: UnsafePointer<UInt8>?
    var count = 0
    let status = unsafe pngshim_encode(encoder, &picture, base, &png, &count)
    guard status == PNGSHIM_OK, let png = unsafe png else { return nil }
    return unsafe Data(bytes: png, count: count)
  }

  deinit { unsafe pngshim_encoder_free(encoder) }
}
