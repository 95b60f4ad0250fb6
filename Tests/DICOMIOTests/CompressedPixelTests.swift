import CodecShim
import Foundation
import TestSupport
import Testing

@testable import DICOMIO

/// Images compressed by other code (DCMTK's encoders, OpenJPEG, RLE from the standard) are read
/// back as the values they were made from.
@Suite struct CompressedPixelTests {
  struct Coding: Sendable, CustomTestStringConvertible {
    let name: String
    let syntax: String
    let kind: codecshim_kind
    var testDescription: String { name }
  }

  static let lossless = [
    Coding(name: "JPEG lossless", syntax: "1.2.840.10008.1.2.4.70", kind: CODECSHIM_JPEG_LOSSLESS),
    Coding(name: "JPEG-LS", syntax: "1.2.840.10008.1.2.4.80", kind: CODECSHIM_JPEG_LS),
    Coding(name: "JPEG 2000", syntax: "1.2.840.10008.1.2.4.90", kind: CODECSHIM_JPEG_2000),
  ]

  /// Bits allocated, bits stored, signed.
  static let depths = [
    (8, 8, false), (16, 16, false), (16, 16, true), (16, 12, false), (16, 12, true),
  ]

  @Test(arguments: lossless, depths)
  func losslessFramesAreExact(coding: Coding, depth: (Int, Int, Bool)) throws {
    let source = PixelSource(bitsAllocated: depth.0, bitsStored: depth.1, isSigned: depth.2)
    let frame = source.compressed(coding.kind)
    try #require(!frame.isEmpty)
    var image = source.header()
    image.transferSyntax = coding.syntax
    image.setPixels(fragment: frame)
    #expect(try storedValues(image) == source.values.map(Float.init))
  }

  @Test(arguments: depths + [(32, 32, false)])
  func runLengthEncodedFramesAreExact(allocated: Int, stored: Int, isSigned: Bool) throws {
    let source = PixelSource(
      frames: 2, bitsAllocated: allocated, bitsStored: min(stored, 24), isSigned: isSigned)
    var image = source.header()
    image.transferSyntax = "1.2.840.10008.1.2.5"
    image.setPixels(
      frames: (0..<2).map {
        [runLengthEncoded(source.words(ofFrame: $0), bytesPerSample: allocated / 8)]
      }, offsetTable: true)
    #expect(try storedValues(image) == source.values.map(Float.init))
  }

  /// The bound is the NEAR parameter of ITU-T T.87.
  @Test(arguments: [(16, 12, 3), (8, 8, 2), (16, 16, 10)])
  func nearLosslessFramesStayWithinTheirBound(allocated: Int, stored: Int, near: Int) throws {
    let source = PixelSource(bitsAllocated: allocated, bitsStored: stored)
    var image = source.header()
    image.transferSyntax = "1.2.840.10008.1.2.4.81"
    image.setPixels(fragment: source.compressed(CODECSHIM_JPEG_LS, loss: Int32(near)))
    let deviations = zip(try storedValues(image), source.values).map { abs($0 - Float($1)) }
    let worst = try #require(deviations.max())
    #expect(worst > 0 && worst <= Float(near))
  }

  /// Lossy codings keep a smooth image within some per cent of their range.
  @Test(arguments: [
    (CODECSHIM_JPEG_BASELINE, "1.2.840.10008.1.2.4.50", 8, Int32(95)),
    (CODECSHIM_JPEG_EXTENDED, "1.2.840.10008.1.2.4.51", 12, Int32(95)),
    (CODECSHIM_JPEG_2000, "1.2.840.10008.1.2.4.91", 12, Int32(3)),
  ])
  func lossyFramesAreClose(
    kind: codecshim_kind, syntax: String, bits: Int, loss: Int32
  ) throws {
    let source = PixelSource(bitsAllocated: bits == 8 ? 8 : 16, bitsStored: bits)
    var image = source.header()
    image.transferSyntax = syntax
    let frame = source.compressed(kind, loss: loss)
    try #require(!frame.isEmpty)
    image.setPixels(fragment: frame)
    let values = source.values
    let squares = zip(try storedValues(image), values).map { pow(Double($0) - Double($1), 2) }
    let deviation = (squares.reduce(0, +) / Double(squares.count)).squareRoot()
    #expect(deviation < 0.03 * Double(1 << bits), "root mean square deviation \(deviation)")
  }

  /// Frames in one or more fragments, with and without an offset table.
  @Test(arguments: lossless, [(1, true), (1, false), (3, true), (3, false)])
  func framesAreFoundInTheirFragments(coding: Coding, way: (Int, Bool)) throws {
    let (pieces, offsetTable) = way
    let source = PixelSource(frames: 3, bitsStored: 12)
    let frames = (0..<3).map { frame -> [[UInt8]] in
      let bytes = source.compressed(coding.kind, frame: frame)
      let cut = bytes.count / pieces / 2 * 2
      return (0..<pieces).map {
        Array(bytes[($0 * cut)..<($0 == pieces - 1 ? bytes.count : ($0 + 1) * cut)])
      }
    }
    var image = source.header()
    image.transferSyntax = coding.syntax
    image.setPixels(frames: frames, offsetTable: offsetTable)
    #expect(try storedValues(image) == source.values.map(Float.init))
  }

  @Test func framesThatCannotBeToldApartAreRefused() throws {
    let source = PixelSource(frames: 2)
    let frame = runLengthEncoded(source.words(ofFrame: 0), bytesPerSample: 2)
    var image = source.header()
    image.transferSyntax = "1.2.840.10008.1.2.5"
    let halves = [Array(frame[..<64]), Array(frame[64...])]
    image.setPixels(frames: [halves, halves], offsetTable: false)
    let error = #expect(throws: DICOMReadError.self) { try storedValues(image) }
    #expect(error?.message.contains("which fragments make up which frame") == true)
  }

  @Test func aTransferSyntaxWithoutDecoderIsNamed() throws {
    var image = PixelSource().header()
    image.transferSyntax = "1.2.840.10008.1.2.4.100"
    image.setPixels(fragment: [0, 0, 1, 0xB3])
    let error = #expect(throws: DICOMReadError.self) { try storedValues(image) }
    #expect(error?.tag == DICOMTag(0x0002, 0x0010))
    #expect(error?.message.contains("MPEG2") == true)
  }
}
