import Foundation
import TestSupport
import Testing

@testable import DICOMIO

/// Uncompressed pixels of every width, sign and byte order, and deflated data sets.
@Suite struct StoredPixelTests {
  static let depths = [
    (8, 8, false), (8, 8, true), (16, 12, false), (16, 12, true), (16, 16, true), (32, 24, false),
    (32, 32, true),
  ]

  @Test(arguments: depths)
  func samplesOfEachWidthAreExact(allocated: Int, stored: Int, isSigned: Bool) throws {
    let source = PixelSource(
      frames: 2, bitsAllocated: allocated, bitsStored: min(stored, 24), isSigned: isSigned)
    var image = source.header()
    image.setPixels(bytes: source.bytes(source.words))
    #expect(try storedValues(image) == source.values.map(Float.init))
  }

  /// Bits above Bits Stored once held overlays; they are no part of the value.
  @Test func bitsAboveTheStoredOnesAreIgnored() throws {
    let source = PixelSource(bitsStored: 12, isSigned: true)
    var image = source.header()
    image.setPixels(bytes: source.bytes(source.words.map { $0 | 0xA000 }))
    #expect(try storedValues(image) == source.values.map(Float.init))
  }

  @Test(arguments: [(16, true), (16, false), (8, false)])
  func bigEndianIsRead(allocated: Int, isSigned: Bool) throws {
    let source = PixelSource(
      columns: 32, bitsAllocated: allocated, bitsStored: min(allocated, 12), isSigned: isSigned)
    var image = source.header()
    image.transferSyntax = "1.2.840.10008.1.2.2"
    image.set(0x7FE0_0010, "OW", bytes: source.bytes(source.words))
    let bytes = image.file(dataSet: image.bigEndianDataSet())
    #expect(try storedValues(fileBytes: bytes) == source.values.map(Float.init))
  }

  @Test func floatPixelDataIsRead() throws {
    let values: [Float] = [0.1, -2.5, 3e7, 1e-20, 5, 6]
    var image = TinyDICOM.ct(z: 0)
    image.set(0x0028_0100, unsigned: [32])
    for tag: UInt32 in [0x0028_0101, 0x0028_0102, 0x0028_0103, 0x7FE0_0010] { image.remove(tag) }
    image.set(0x7FE0_0008, "OF", bytes: values.flatMap { littleEndian($0.bitPattern) })
    #expect(try storedValues(image) == values)
    image.set(
      0x7FE0_0008, "OF", bytes: (values.dropLast() + [.nan]).flatMap { littleEndian($0.bitPattern) }
    )
    #expect(throws: DICOMReadError.self) { try storedValues(image) }
  }

  @Test func aDeflatedFileIsRead() throws {
    let source = PixelSource(bitsStored: 12)
    var image = source.header()
    image.transferSyntax = "1.2.840.10008.1.2.1.99"
    image.setPixels(bytes: source.bytes(source.words))
    let bytes = image.file(dataSet: deflated(image.dataSet()))
    #expect(try storedValues(fileBytes: bytes) == source.values.map(Float.init))
  }

  @Test func aDamagedDeflatedStreamIsRefused() throws {
    var image = PixelSource().header()
    image.transferSyntax = "1.2.840.10008.1.2.1.99"
    let whole = deflated(image.dataSet())
    let damaged = [Array(whole.dropLast(20)), [0xFF, 0xFF] + whole]
    for body in damaged {
      let error = #expect(throws: DICOMReadError.self) {
        try storedValues(fileBytes: image.file(dataSet: body))
      }
      #expect(error?.tag == DICOMTag(0x0002, 0x0010))
    }
  }

  /// A file that inflates to a thousand times its size: refused in a moment and within bounded
  /// memory. Making 512 MB of zeros (547 kB deflated) takes seconds, so the short suite makes less.
  @Test func aDeflatedBombIsRefused() throws {
    var image = PixelSource().header()
    image.transferSyntax = "1.2.840.10008.1.2.1.99"
    let isLong = ProcessInfo.processInfo.environment["THERATRACK_LONG"] != nil
    let megabytes = isLong ? 512 : 80
    let body = deflated([UInt8](repeating: 0, count: 1 << 20), repeats: megabytes)
    #expect(body.count < megabytes << 11 && !body.isEmpty)
    let start = ContinuousClock.now
    let error = #expect(throws: DICOMReadError.self) {
      try storedValues(fileBytes: image.file(dataSet: body))
    }
    #expect(error?.message.contains("grows beyond") == true)
    #expect(ContinuousClock.now - start < .seconds(2))
  }
}
