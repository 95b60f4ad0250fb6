import DCMTKShim
import Foundation
import TestSupport
import Testing

@testable import DICOMIO

/// Ordinary headers are read without DCMTK; what comes out must be what DCMTK reads.
@Suite struct PlainHeaderTests {
  private func bothWays(_ url: URL) throws -> (fast: DICOMFile, reference: DICOMFile) {
    (
      try DICOMFile(contentsOf: url, parser: DCMREADER_FASTEST),
      try DICOMFile(contentsOf: url, parser: DCMREADER_DCMTK)
    )
  }

  /// Every VR in which a header may hold facts, nested, empty, multi-valued and padded.
  private func eclecticHeader() -> TinyDICOM {
    var inner = TinyDICOM()
    inner.set(0x0008_0100, "SH", "126500")
    inner.set(0x0040_A30A, "DS", "1.25\\-3e-4")
    var item = TinyDICOM()
    item.set(0x0008_0104, "LO", "Odd")
    item.set(0x0040_A043, items: [inner, TinyDICOM()])
    var d = TinyDICOM.pet(z: 3)
    d.set(0x0008_2112, items: [item, item])
    d.set(0x0008_1140, items: [])
    d.set(0x0009_0010, "LO", "PRIVATE MAKER")
    d.set(0x0009_1001, "UN", bytes: Array("text in UN ".utf8) + [0])
    d.set(0x0009_1002, "UN", bytes: [1, 2, 3, 4])
    d.set(0x0009_1003, "OB", bytes: [1, 2, 3, 4])
    d.set(0x0010_4000, "LT", "two lines\r\n  indented")
    d.set(0x0018_1041, "DS", "")
    d.set(0x0018_9087, double: 0.1)
    d.set(
      0x0018_9089, "FD",
      bytes: [0.1, -7.25, 7].flatMap { littleEndian(($0 as Double).bitPattern) })
    d.set(
      0x0018_9180, "FL", bytes: [0.1, 3e-20].flatMap { littleEndian(($0 as Float).bitPattern) })
    d.set(0x0018_6020, "SL", bytes: littleEndian(Int32(-70_000)))
    d.set(0x0018_6018, "UL", bytes: littleEndian(UInt32.max))
    d.set(0x0028_0106, "SS", bytes: littleEndian(Int16(-1024)) + littleEndian(Int16(5)))
    return d
  }

  @Test func aHeaderOfAllKindsIsReadAsByDCMTK() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "plain.dcm")
      try eclecticHeader().write(to: url)
      let (fast, reference) = try bothWays(url)
      #expect(fast == reference)
      #expect(fast.header.text(DICOMTag(0x0009, 0x1001)) == "text in UN")
      #expect(try fast.header.numbers(DICOMTag(0x0018, 0x9089)) == [0.1, -7.25, 7])
    }
  }

  /// Character sets, repeated elements and elements out of order are left to DCMTK.
  @Test func anExtraordinaryHeaderIsReadByDCMTK() throws {
    try withTemporaryFolder { folder in
      var latin = eclecticHeader()
      latin.set(0x0008_0005, "CS", "ISO_IR 100")
      latin.set(0x0008_1030, "LO", bytes: [0x4E, 0xFC, 0x72, 0x6E])
      let url = folder.appending(path: "latin.dcm")
      try latin.write(to: url)
      let (fast, reference) = try bothWays(url)
      #expect(fast == reference)
      #expect(fast.header.text(DICOMTag(0x0008, 0x1030)) == "Nürn")
    }
  }

  @Test(.enabled(if: RealData.scans != nil, Comment(rawValue: RealData.absent)))
  func realHeadersAreReadAsByDCMTK() throws {
    let root = try #require(RealData.scans)
    let paths = try FileManager.default.subpathsOfDirectory(atPath: root.path).sorted()
    var compared = 0
    // Every fifth slice will do for the long series.
    for (n, path) in paths.enumerated() where n % 5 == 0 || path.hasPrefix("odd-dicom") {
      guard let both = try? bothWays(root.appending(path: path)) else { continue }
      #expect(both.fast == both.reference, "\(path)")
      compared += 1
    }
    #expect(compared > 50)
  }
}
