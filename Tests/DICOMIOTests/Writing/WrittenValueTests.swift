import Foundation
import Testing

@testable import DICOMIO

@Suite struct WrittenValueTests {
  @Test func decimalStringsFitSixteenCharactersAndKeepTheirDigits() {
    for value in [0, 1, -0.5, 4062.6, 1.0 / 3, -249.51171875, 7.4e9, 1.234567890123e-7, -1e-300] {
      let text = DecimalString.of(value)
      #expect(text.count <= 16, "\(text)")
      let read = Double(text) ?? .nan
      #expect(abs(read - value) <= abs(value) * 1e-8)
    }
    #expect(DecimalString.of(7_400_000_000) == "7400000000")
    #expect(DecimalString.of([0.9765625, 3]) == "0.9765625\\3")
  }

  /// 2026-01-12 09:30:15.25 UTC is 1 768 210 215.25 s after 1970.
  @Test func timesAreWrittenInUTC() {
    let time = DICOMTime(Date(timeIntervalSince1970: 1_768_210_215.25))
    #expect(time.date == "20260112")
    #expect(time.time == "093015.250000")
  }

  @Test func identifiersFollowFromTheSeedAndAreValid() {
    let source = UIDSource(seed: "a")
    let uid = source.uid("study")
    #expect(uid == UIDSource(seed: "a").uid("study"))
    #expect(uid != source.uid("series"))
    #expect(uid != UIDSource(seed: "b").uid("study"))
    let names = (0..<2000).map { source.uid("slice \($0)") }
    #expect(Set(names).count == 2000)
    for name in names {
      #expect(name.count <= 64)
      #expect(name.hasPrefix("2.25.") && !name.hasPrefix("2.25.0"))
    }
  }
}
