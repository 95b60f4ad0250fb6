import DICOMIO
import Foundation
import TestSupport
import Testing

/// Files that are made to break a reader.
@Suite struct HostileFileTests {
  private func refusal(_ bytes: [UInt8]) throws -> DICOMReadError? {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "hostile.dcm")
      try Data(bytes).write(to: url)
      do {
        _ = try DICOMFile(contentsOf: url)
        return nil
      } catch let error as DICOMReadError { return error }
    }
  }

  /// DCMTK 3.6.7 ends with a segmentation fault on these; both ways of writing lengths.
  @Test(arguments: [true, false])
  func sequencesNestedThousandsDeepAreRefused(undefinedLength: Bool) throws {
    var d = TinyDICOM()
    d.set(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.2")
    d.set(0x0040_A730, "SQ", bytes: nest(10_000, undefinedLength))
    let error = try refusal(d.file())
    #expect(error?.tag == DICOMTag(0x0040, 0xA730))
    #expect(error?.message.contains("deeper") == true)
  }

  /// The value of a Content Sequence that holds itself `depth` times.
  private func nest(_ depth: Int, _ undefinedLength: Bool) -> [UInt8] {
    let tag: [UInt8] = [0x40, 0x00, 0x30, 0xA7] + Array("SQ".utf8) + [0, 0]
    let item: [UInt8] = [0xFE, 0xFF, 0x00, 0xE0]
    if undefinedLength {
      let open = item + littleEndian(UInt32.max) + tag + littleEndian(UInt32.max)
      return (0..<depth).flatMap { _ in open }
    }
    var heads: [[UInt8]] = []
    var length: UInt32 = 8
    for _ in 0..<depth {
      heads.append(item + littleEndian(length + 12) + tag + littleEndian(length))
      length += 20
    }
    return heads.reversed().flatMap { $0 } + item + littleEndian(UInt32(0))
  }

  @Test func aSequenceHiddenInAnUnknownElementIsFoundToo() throws {
    var d = TinyDICOM()
    d.set(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.2")
    d.set(0x0040_A730, "UN", bytes: nest(10_000, false))
    #expect(try refusal(d.file()) != nil)
  }

  /// A million items in 8 MB.
  @Test func tooManyItemsAreRefused() throws {
    var d = TinyDICOM()
    d.set(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.2")
    let item: [UInt8] = [0xFE, 0xFF, 0x00, 0xE0, 0, 0, 0, 0]
    d.set(0x0040_A730, "SQ", bytes: (0..<1_000_000).flatMap { _ in item })
    #expect(try refusal(d.file())?.message.contains("too many items") == true)
  }

  @Test func aLengthBeyondTheFileIsRefused() throws {
    var d = TinyDICOM.ct(z: 0)
    d.setPixels([0, 0], claiming: 3 << 30)
    let error = try refusal(d.file())
    #expect(error?.tag == DICOMTag(0x7FE0, 0x0010))
  }

  /// Truncations of a good file at every third byte are refused or read, and none ends the process.
  @Test func truncationsAreSurvived() throws {
    let whole = TinyDICOM.pet(z: 0).file()
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "cut.dcm")
      var refused = 0
      for length in stride(from: 0, to: whole.count, by: 3) {
        try Data(whole[..<length]).write(to: url)
        do { _ = try DICOMFile(contentsOf: url) } catch { refused += 1 }
      }
      #expect(refused > whole.count / 3 * 9 / 10)
    }
  }

  /// 65535 x 65535 pixels in a small file must not be allocated.
  @Test func anImageLargerThanItsFileIsRefused() throws {
    try withTemporaryFolder { folder in
      var d = TinyDICOM.ct(z: 0)
      d.setMatrix(columns: 65535, rows: 65535)
      let url = folder.appending(path: "huge.dcm")
      try d.write(to: url)
      let error = #expect(throws: DICOMReadError.self) { try CTSeries.load(files: [url]) }
      #expect(error?.tag == DICOMTag(0x7FE0, 0x0010))
    }
  }

  @Test func whatIsNotDICOMIsSaidToBeSo() throws {
    let error = try refusal(Array("Dear colleague, please find enclosed the scans.".utf8))
    #expect(error?.message.contains("cannot be read") == true)
    #expect(try refusal([]) != nil)
  }

  /// Where `make check-long` finds the seeds for its fuzzers.
  @Test(
    .enabled(
      if: ProcessInfo.processInfo.environment["THERATRACK_SEEDS"] != nil,
      "set THERATRACK_SEEDS to a folder to write the fuzzing seeds there"))
  func seedsForFuzzingAreWritten() throws {
    let path = ProcessInfo.processInfo.environment["THERATRACK_SEEDS"] ?? ""
    for seed in SeedObjects.all {
      let url = URL(filePath: path).appending(path: seed.name)
      try Data(seed.bytes).write(to: url)
      #expect(try DICOMFile(contentsOf: url).header.file == seed.name)
    }
  }
}
