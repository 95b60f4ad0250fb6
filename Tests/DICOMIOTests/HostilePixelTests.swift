import CodecShim
import Foundation
import TestSupport
import Testing

@testable import DICOMIO

/// Compressed images that lie about themselves: refused before anything is allocated for the lie.
@Suite struct HostilePixelTests {
  private static let runLength = "1.2.840.10008.1.2.5"
  private static let jpegLossless = "1.2.840.10008.1.2.4.70"
  private static let jpeg2000 = "1.2.840.10008.1.2.4.90"

  private func refusal(_ syntax: String, _ fragment: [UInt8], in source: PixelSource = .init())
    -> DICOMReadError?
  {
    var image = source.header()
    image.transferSyntax = syntax
    image.setPixels(fragment: fragment)
    do {
      _ = try storedValues(image)
      return nil
    } catch { return error as? DICOMReadError }
  }

  private func patched(_ bytes: [UInt8], at offset: Int, _ patch: [UInt8]) -> [UInt8] {
    Array(bytes[..<offset]) + patch + Array(bytes[(offset + patch.count)...])
  }

  /// 60000 x 60000 in the codestream (SIZ at byte 8) of a small file, whatever the header says.
  @Test(arguments: [false, true])
  func aJPEG2000CodestreamThatClaimsAHugeImageIsRefused(headerAgrees: Bool) {
    let honest = PixelSource()
    let huge = bigEndian(UInt32(60_000))
    let frame = patched(honest.compressed(CODECSHIM_JPEG_2000), at: 8, huge + huge)
    var image = honest.header()
    image.transferSyntax = Self.jpeg2000
    if headerAgrees { image.setMatrix(columns: 60_000, rows: 60_000) }
    image.setPixels(fragment: frame)
    let error = #expect(throws: DICOMReadError.self) { try storedValues(image) }
    #expect(error?.tag == DICOMTag(0x7FE0, 0x0010))
  }

  /// Tiles of one pixel would cost kilobytes each.
  @Test func tooManyTilesAreRefused() {
    let one = bigEndian(UInt32(1))
    let source = PixelSource(columns: 100, rows: 100)
    let frame = patched(source.compressed(CODECSHIM_JPEG_2000), at: 24, one + one)
    #expect(refusal(Self.jpeg2000, frame, in: source)?.message.contains("tiles") == true)
  }

  @Test(arguments: [CODECSHIM_JPEG_LOSSLESS, CODECSHIM_JPEG_LS])
  func aJPEGFrameOfAnotherSizeIsRefused(kind: codecshim_kind) {
    let syntax = kind == CODECSHIM_JPEG_LS ? "1.2.840.10008.1.2.4.80" : Self.jpegLossless
    let other = PixelSource(columns: 41, rows: 33).compressed(kind)
    #expect(!other.isEmpty)
    #expect(refusal(syntax, other)?.message.contains("is declared as") == true)
  }

  /// The second segment begins beyond the frame; and it is shorter than it can be.
  @Test func runLengthSegmentsBeyondTheFrameAreRefused() {
    let source = PixelSource()
    let frame = runLengthEncoded(source.words, bytesPerSample: 2)
    let beyond = patched(frame, at: 8, littleEndian(UInt32(1 << 30)))
    #expect(refusal(Self.runLength, beyond)?.message.contains("outside") == true)
    let short = patched(frame, at: 8, littleEndian(UInt32(frame.count - 2)))
    #expect(refusal(Self.runLength, short)?.message.contains("too short") == true)
    let crowded = patched(frame, at: 0, littleEndian(UInt32(15)))
    #expect(refusal(Self.runLength, crowded) != nil)
  }

  @Test func moreFramesThanFragmentsAreRefused() {
    let source = PixelSource(frames: 3)
    var image = source.header()
    image.transferSyntax = Self.runLength
    image.setPixels(fragment: runLengthEncoded(source.words(ofFrame: 0), bytesPerSample: 2))
    let error = #expect(throws: DICOMReadError.self) { try storedValues(image) }
    #expect(error?.tag == DICOMTag(0x0028, 0x0008))
  }

  @Test func anOffsetTableThatPointsNowhereIsRefused() {
    let frame = PixelSource().compressed(CODECSHIM_JPEG_LOSSLESS)
    var image = PixelSource(frames: 2).header()
    image.transferSyntax = Self.jpegLossless
    // Three fragments for two frames, none but the first with a start marker.
    image.setPixels(frames: [[frame, [1, 2], [3, 4]], [[5, 6]]], offsetTable: true)
    #expect(throws: DICOMReadError.self) { try storedValues(image) }
  }

  /// Cut anywhere or with a byte changed, a frame is refused or decoded, and the process lives.
  @Test(arguments: [
    (CODECSHIM_JPEG_LOSSLESS, "1.2.840.10008.1.2.4.70"),
    (CODECSHIM_JPEG_EXTENDED, "1.2.840.10008.1.2.4.51"),
    (CODECSHIM_JPEG_LS, "1.2.840.10008.1.2.4.80"), (CODECSHIM_JPEG_2000, "1.2.840.10008.1.2.4.90"),
  ])
  func damagedFramesAreSurvived(kind: codecshim_kind, syntax: String) {
    let source = PixelSource(bitsStored: 12)
    let frame = source.compressed(kind, loss: kind == CODECSHIM_JPEG_EXTENDED ? 90 : 0)
    var refused = 0
    for n in 0..<60 {
      let cut = Array(frame[..<(frame.count * n / 60)])
      if refusal(syntax, cut, in: source) != nil { refused += 1 }
      let changed = patched(frame, at: frame.count * n / 60, [UInt8(truncatingIfNeeded: 37 * n)])
      _ = refusal(syntax, changed, in: source)
    }
    #expect(refused > 0)
  }
}
