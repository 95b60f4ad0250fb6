public import Foundation
import PNGShim

/// PNG bytes from pixels. Same pixels, same bytes; no text or time is stored in the file.
public enum PNGFile {
  /// 8-bit PNG: indexed when the picture has at most 256 colours, which loses nothing and is a
  /// third of the size; RGB otherwise.
  ///
  /// - Parameter pixelsPerInch: Written into the file, so that it prints at its intended size.
  public static func encode(
    _ canvas: Canvas, pixelsPerInch: Double? = nil
  ) throws(ReportingError) -> Data {
    if let indexed = IndexedImage(canvas) {
      return try encode(indexed, pixelsPerInch: pixelsPerInch)
    }
    return try encode(
      canvas.samples,
      Layout(
        width: canvas.width, height: canvas.height, kind: PNGSHIM_RGB8,
        pixelsPerInch: pixelsPerInch))
  }

  /// 8-bit PNG with a palette.
  public static func encode(
    _ image: IndexedImage, pixelsPerInch: Double? = nil
  ) throws(ReportingError) -> Data {
    try encode(image, pixelsPerInch: pixelsPerInch, with: PNGEncoder())
  }

  static func encode(
    _ image: IndexedImage, pixelsPerInch: Double? = nil, with encoder: PNGEncoder
  ) throws(ReportingError) -> Data {
    try encode(
      image.indices,
      Layout(
        width: image.width, height: image.height, kind: PNGSHIM_INDEXED8,
        palette: image.palette, pixelsPerInch: pixelsPerInch), with: encoder)
  }

  /// Animated PNG that runs for ever; readers without animation show the first frame.
  ///
  /// - Parameters:
  ///   - frames: At least one, all of one size.
  ///   - milliseconds: How long each frame is shown.
  public static func encode(
    animation frames: [Canvas], milliseconds: Int, pixelsPerInch: Double? = nil
  ) throws(ReportingError) -> Data {
    guard let first = frames.first else { throw .cannotEncodePNG(width: 0, height: 0) }
    precondition(
      frames.allSatisfy { $0.width == first.width && $0.height == first.height },
      "the frames of an animation have one size")
    var layout = Layout(
      width: first.width, height: first.height, kind: PNGSHIM_RGB8, pixelsPerInch: pixelsPerInch)
    layout.frames = frames.count
    layout.milliseconds = milliseconds
    guard let indexed = IndexedImage(all: frames) else {
      return try encode(frames.flatMap(\.samples), layout)
    }
    layout.kind = PNGSHIM_INDEXED8
    layout.palette = indexed.palette
    return try encode(indexed.indices, layout)
  }

  /// 16-bit grey PNG: the words as they are.
  public static func encode(
    grey16 words: [UInt16], width: Int, height: Int
  ) throws(ReportingError) -> Data {
    try encode(grey16: words, width: width, height: height, with: PNGEncoder())
  }

  static func encode(
    grey16 words: [UInt16], width: Int, height: Int, with encoder: PNGEncoder
  ) throws(ReportingError) -> Data {
    precondition(words.count == width * height, "samples do not fill the picture")
    return try encode(
      words, Layout(width: width, height: height, kind: PNGSHIM_GREY16), with: encoder)
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

  /// How the samples given to the encoder lie in memory.
  private struct Layout {
    let width: Int
    let height: Int
    var kind: pngshim_layout
    var palette: [RGB] = []
    var pixelsPerInch: Double?
    var frames = 1
    var milliseconds = 0

    /// The palette is lent for the time of the call.
    func shimmed(_ palette: UnsafePointer<UInt8>?) -> pngshim_picture {
      unsafe pngshim_picture(
        width: UInt32(width), height: UInt32(height), layout: kind, palette: palette,
        palette_count: UInt32(self.palette.count),
        pixels_per_metre: UInt32(((pixelsPerInch ?? 0) / 0.0254).rounded()),
        frame_count: UInt32(frames), frame_milliseconds: UInt16(clamping: milliseconds))
    }
  }

  private static func encode<Sample>(
    _ samples: [Sample], _ layout: Layout, with encoder: PNGEncoder = PNGEncoder()
  ) throws(ReportingError) -> Data {
    let palette = layout.palette.flatMap { [$0.red, $0.green, $0.blue] }
    let data = unsafe palette.withUnsafeBufferPointer { colours in
      var picture = unsafe layout.shimmed(palette.isEmpty ? nil : colours.baseAddress)
      return unsafe samples.withUnsafeBytes { unsafe encoder.encode($0, as: &picture) }
    }
    guard let data else {
      throw .cannotEncodePNG(width: layout.width, height: layout.height)
    }
    return data
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
