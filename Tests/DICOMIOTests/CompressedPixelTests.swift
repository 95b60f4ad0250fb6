import DICOMIO
import Foundation
import TestSupport
import Testing
import Volumes

@Suite struct CompressedPixelTests {
  /// RLE of PS3.5 annex G by hand: a header of 64 bytes, then the high and the low bytes of all
  /// samples, each as one literal run (count − 1, bytes) padded to even length.
  private func runLengthEncoded(_ samples: [Int16]) -> [UInt8] {
    func segment(_ bytes: [UInt8]) -> [UInt8] {
      let run = [UInt8(bytes.count - 1)] + bytes
      return run.count % 2 == 0 ? run : run + [0x80]
    }
    let words = samples.map { UInt16(bitPattern: $0) }
    let high = segment(words.map { UInt8($0 >> 8) })
    let low = segment(words.map { UInt8($0 & 0xFF) })
    let offsets = [2, 64, 64 + UInt32(high.count)] + [UInt32](repeating: 0, count: 13)
    return offsets.flatMap { littleEndian($0) } + high + low
  }

  @Test func runLengthEncodedSlicesAreDecoded() throws {
    try withTemporaryFolder { folder in
      let stored: [Int16] = [0, 1, 300, -1, -2000, 32767]
      let slices = [0.0, 3].map { z in
        var slice = TinyDICOM.ct(z: z)
        slice.transferSyntax = "1.2.840.10008.1.2.5"
        slice.setPixels(fragment: runLengthEncoded(stored))
        return slice
      }
      let ct = try CTSeries.load(files: write(slices, in: folder))
      #expect(ct.volume.samples == (stored + stored).map { Float($0) - 1024 })
    }
  }

  @Test func aTransferSyntaxWithoutDecoderIsNamed() throws {
    try withTemporaryFolder { folder in
      var slice = TinyDICOM.ct(z: 0)
      slice.transferSyntax = "1.2.840.10008.1.2.4.90"
      slice.setPixels(fragment: [0xFF, 0x4F, 0xFF, 0x51])
      let files = try write([slice], in: folder)
      let error = #expect(throws: DICOMReadError.self) { try CTSeries.load(files: files) }
      #expect(error?.tag == DICOMTag(0x0002, 0x0010))
      #expect(error?.message.contains("JPEG 2000") == true)
    }
  }
}
