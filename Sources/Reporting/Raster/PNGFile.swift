public import Foundation
import PNGShim

/// PNG bytes from pixels. Same pixels, same bytes; no text or time is stored in the file.
public enum PNGFile {
  /// 8-bit PNG: indexed when the picture has at most 256 colours, which loses nothing and is a
  /// third of the size; RGB otherwise.
  public static func encode(_ canvas: Canvas) throws(ReportingError) -> Data {
    if let (palette, indices) = canvas.indexed() {
      return try encode(
        indices, width: canvas.width, height: canvas.height, layout: PNGSHIM_INDEXED8,
        palette: palette)
    }
    return try encode(
      canvas.samples, width: canvas.width, height: canvas.height, layout: PNGSHIM_RGB8)
  }

  /// 16-bit grey PNG of a window: 0 at its lower end, 65535 at its upper end.
  ///
  /// - Parameter fractions: Share of the window per pixel, row by row; clamped to 0…1.
  public static func encodeGrey16(
    fractions: [Float], width: Int, height: Int
  ) throws(ReportingError) -> Data {
    precondition(fractions.count == width * height, "samples do not fill the picture")
    let words = fractions.map { UInt16((min(max($0, 0), 1) * 65535).rounded()) }
    return try encode(words, width: width, height: height, layout: PNGSHIM_GREY16)
  }

  /// Decodes an 8-bit PNG to RGB.
  public static func decode(_ data: Data) throws(ReportingError) -> Canvas {
    let picture = try decoded(data)
    guard picture.layout == PNGSHIM_RGB8 else { throw .cannotDecodePNG }
    return Canvas(width: picture.width, height: picture.height, samples: picture.bytes)
  }

  /// Decodes a 16-bit grey PNG.
  public static func decodeGrey16(
    _ data: Data
  ) throws(ReportingError) -> (words: [UInt16], width: Int, height: Int) {
    let picture = try decoded(data)
    guard picture.layout == PNGSHIM_GREY16 else { throw .cannotDecodePNG }
    let words = unsafe picture.bytes.withUnsafeBytes {
      unsafe [UInt16]($0.bindMemory(to: UInt16.self))
    }
    return (words, picture.width, picture.height)
  }

  private static func encode<Sample>(
    _ samples: [Sample], width: Int, height: Int, layout: pngshim_layout, palette: [UInt8] = []
  ) throws(ReportingError) -> Data {
    var bytes = unsafe pngshim_bytes(data: nil, count: 0)
    defer { unsafe pngshim_free(&bytes) }
    let status = unsafe palette.withUnsafeBufferPointer { colours in
      var picture = unsafe pngshim_picture(
        width: UInt32(width), height: UInt32(height), layout: layout,
        palette: palette.isEmpty ? nil : colours.baseAddress,
        palette_count: UInt32(palette.count / 3))
      return unsafe samples.withUnsafeBytes { pixels -> pngshim_status in
        guard let base = pixels.baseAddress else { return PNGSHIM_BAD_ARGUMENT }
        return unsafe pngshim_encode(&picture, base, &bytes)
      }
    }
    guard status == PNGSHIM_OK, let data = unsafe bytes.data else {
      throw .cannotEncodePNG(width: width, height: height)
    }
    return unsafe Data(bytes: data, count: bytes.count)
  }

  private struct Decoded {
    let width: Int
    let height: Int
    let layout: pngshim_layout
    let bytes: [UInt8]
  }

  private static func decoded(_ data: Data) throws(ReportingError) -> Decoded {
    var picture = unsafe pngshim_picture()
    var bytes = unsafe pngshim_bytes(data: nil, count: 0)
    defer { unsafe pngshim_free(&bytes) }
    let status = unsafe [UInt8](data).withUnsafeBufferPointer { source -> pngshim_status in
      guard let base = source.baseAddress else { return PNGSHIM_BAD_ARGUMENT }
      return unsafe pngshim_decode(base, source.count, &picture, &bytes)
    }
    guard status == PNGSHIM_OK, let decoded = unsafe bytes.data else { throw .cannotDecodePNG }
    return unsafe Decoded(
      width: Int(picture.width), height: Int(picture.height), layout: picture.layout,
      bytes: [UInt8](UnsafeBufferPointer(start: decoded, count: bytes.count)))
  }
}

extension Canvas {
  /// The picture as palette (red, green, blue, in order of first use) and one index per pixel;
  /// `nil` when it has more than 256 colours.
  func indexed() -> (palette: [UInt8], indices: [UInt8])? {
    var entries: [UInt32: UInt8] = [:]
    var palette: [UInt8] = []
    var indices = [UInt8](repeating: 0, count: width * height)
    var (lastColour, lastIndex) = (UInt32.max, UInt8(0))
    for n in indices.indices {
      let (r, g, b) = (samples[3 * n], samples[3 * n + 1], samples[3 * n + 2])
      let colour = UInt32(r) << 16 | UInt32(g) << 8 | UInt32(b)
      if colour != lastColour {
        if let known = entries[colour] {
          lastIndex = known
        } else {
          guard entries.count < 256 else { return nil }
          lastIndex = UInt8(entries.count)
          entries[colour] = lastIndex
          palette += [r, g, b]
        }
        lastColour = colour
      }
      indices[n] = lastIndex
    }
    return (palette, indices)
  }
}
