import DICOMIO
import Foundation
import Quantities
import TestSupport
import Testing
import Volumes

/// Facts that should be the same in every slice, time frames, and facts a person gives instead.
@Suite struct SliceFactTests {
  private func write(_ slices: [TinyDICOM], in folder: URL) throws -> [URL] {
    try slices.enumerated().map { n, slice in
      let url = folder.appending(path: "IM\(n)")
      try slice.write(to: url)
      return url
    }
  }

  /// The third of three slices differs; every slice is looked at, not the first alone.
  private func series(_ edit: (inout TinyDICOM) -> Void) throws -> PETSeries {
    try withTemporaryFolder { folder in
      var slices = [0.0, 3, 6].map { z in
        var slice = TinyDICOM.pet(z: z)
        slice.setInjection()
        return slice
      }
      edit(&slices[2])
      return try PETSeries.load(files: write(slices, in: folder))
    }
  }

  @Test(arguments: ["weight", "dose", "half-life", "injection", "clock", "no weight"])
  func aSliceThatContradictsTheOthersIsNamed(fact: String) throws {
    let found = try series {
      switch fact {
      case "weight": $0.set(0x0010_1030, "DS", "71")
      case "dose": $0.setInjection(dose: "368080001")
      case "half-life": $0.setInjection(halfLife: "4057.7")
      case "injection": $0.setInjection(dateTime: "20250101100001")
      case "clock": $0.setInjection(time: "100001")
      default: $0.remove(0x0010_1030)
      }
    }
    let error = try #require(#expect(throws: DICOMReadError.self) { try found.suvConversion() })
    let tags: [String: DICOMTag] = [
      "dose": DICOMTag(0x0018, 0x1074), "half-life": DICOMTag(0x0018, 0x1075),
      "injection": DICOMTag(0x0018, 0x1078), "clock": DICOMTag(0x0018, 0x1072),
    ]
    #expect(error.tag == tags[fact] ?? DICOMTag(0x0010, 0x1030))
    #expect(error.file == "IM2")
    #expect(error.message.contains("IM0"))
  }

  @Test func aContradictionThatDoesNotMatterIsSaid() throws {
    let found = try series { $0.set(0x0010_1020, "DS", "1.80") }
    let conversion = try found.suvConversion()
    #expect(abs((conversion.factor ?? 0) / SUVRuleTests.factor - 1) < 1e-12)
    #expect(conversion.warnings.contains { $0.contains("(0010,1020)") && $0.contains("IM2") })
    let error = #expect(throws: DICOMReadError.self) {
      try found.suvConversion(as: .leanBodyMassJanmahasatian)
    }
    #expect(error?.tag == DICOMTag(0x0010, 0x1020))
  }

  @Test func theSameNumberWrittenOtherwiseIsNoContradiction() throws {
    let found = try series { $0.set(0x0010_1030, "DS", "70.00") }
    #expect(try found.suvConversion().warnings.isEmpty)
  }

  @Test func whatAPersonGivesReplacesTheHeadersAndIsSaid() throws {
    let found = try series { $0.set(0x0010_1030, "DS", "71") }
    let time = StatedTime(iso8601: "2025-01-01T09:30:00")
    #expect(time != nil)
    let given = SUVOverrides(
      weight: .kilograms(80), dose: .megabecquerels(200), injection: time)
    let (series, used) = try found.applying(given)
    let expected = 80_000 / (200e6 * pow(2, -5400 / 6586.2))
    #expect(abs((try series.suvConversion().factor ?? 0) / expected - 1) < 1e-12)
    #expect(used.count == 3)
    #expect(used.contains { $0.contains("(0010,1030)") && $0.contains("80.0 kg") })
  }

  @Test func aStatedTimeNeedsTheSeriesOffsetForItsOwn() throws {
    var header = SUVRuleTests.reference()
    let time = StatedTime(iso8601: "2024-10-04T10:00:00+02:00")
    #expect(time != nil)
    let given = SUVOverrides(injection: time)
    let error = #expect(throws: DICOMReadError.self) { try header.applying(given) }
    #expect(error?.tag == DICOMTag(0x0008, 0x0201))
    // Day 20 000 is 2024-10-04; the header's instants are now true ones, two hours earlier.
    header.timezoneOffset = 7200
    header.series = instant("09:00:00")
    header.slices = [.init(acquisition: instant("09:00:00"))]
    let (mended, _) = try header.applying(given)
    #expect(try SUVConversion(mended).factor == SUVRuleTests.factor)
    #expect(StatedTime(iso8601: "10:00") == nil)
    #expect(StatedTime(iso8601: "2025-01-31 10:00") == nil)
    #expect(StatedTime(iso8601: "2025-01-31T10:00+1") == nil)
  }

  /// Three slices at two time points, 11:00 and 11:20, both decay corrected to 11:00.
  @Test func aDynamicSeriesIsSplitByTime() throws {
    try withTemporaryFolder { folder in
      var slices: [TinyDICOM] = []
      for (time, pixel) in [("112000", 200 as Int16), ("110000", 100)] {
        for z in [6.0, 0, 3] {
          var slice = TinyDICOM.pet(z: z, pixels: [Int16](repeating: pixel, count: 6))
          slice.setInjection()
          slice.set(0x0054_1000, "CS", "DYNAMIC\\IMAGE")
          slice.set(0x0018_1242, "IS", "600000")
          slice.setTimes(series: "130000", acquisition: time)
          slices.append(slice)
        }
      }
      let files = try write(slices, in: folder)
      let frames = try PETTimeFrames(files: files)
      #expect(frames.frames.map(\.number) == [1, 2])
      #expect(frames.frames.map(\.files.count) == [3, 3])
      #expect(frames.frames.map(\.duration) == [600, 600])
      // The series time is late, so the first frame's begin is the reference of both.
      for (number, stored) in [(1, 100.0), (2, 200)] {
        let suv = try frames.load(number).suvVolume()
        #expect(abs(Double(suv.samples[0]) / (stored * SUVRuleTests.factor) - 1) < 1e-6)
      }
      #expect(throws: DICOMReadError.self) { try frames.load(3) }
      #expect(throws: DICOMReadError.self) { try PETTimeFrames(files: Array(files.dropLast())) }
    }
  }

  @Test func aStaticSeriesIsOneFrameAndDuplicatesStayDuplicates() throws {
    try withTemporaryFolder { folder in
      let files = try write([.pet(z: 0), .pet(z: 3), .pet(z: 3)], in: folder)
      #expect(try PETTimeFrames(files: Array(files.prefix(2))).frames.count == 1)
      let frames = try PETTimeFrames(files: files)
      #expect(frames.frames.count == 1)
      #expect(throws: DICOMReadError.self) { try frames.load(1) }
    }
  }
}
