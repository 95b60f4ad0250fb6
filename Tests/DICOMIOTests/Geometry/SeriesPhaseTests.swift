import DICOMIO
import Foundation
import Geometry
import Quantities
import TestSupport
import Testing
import Volumes

@Suite struct SeriesPhaseTests {
  private func phases(_ tag: UInt32, _ vr: String, _ values: [String]) -> [TinyDICOM] {
    values.enumerated().flatMap { n, value in
      SampledStack(size: [4, 3, 3]).slices { _ in Double(n) }.map { slice in
        var slice = slice
        slice.set(tag, vr, value)
        return slice
      }
    }
  }

  @Test(
    arguments: [
      (0x0020_0100, "IS", ["1", "2", "10"]), (0x0020_0012, "IS", ["3", "4", "5"]),
      (0x0018_1060, "DS", ["0", "250", "500"]), (0x0018_1210, "SH", ["B30f", "B70f", "Br40"]),
    ] as [(UInt32, String, [String])])
  func imagesOfTheSameSlicesAreRefusedAndOneCanBeChosen(
    tag: UInt32, vr: String, values: [String]
  ) throws {
    let slices = phases(tag, vr, values)
    let attribute = DICOMTag(UInt16(tag >> 16), UInt16(tag & 0xFFFF))
    let error = #expect(throws: DICOMReadError.self) { try loadCT(slices) }
    guard case .severalPhases(_, let by, let found)? = error else {
      Issue.record("another error: \(String(describing: error))")
      return
    }
    #expect(by == attribute && found == values)
    for (n, value) in values.enumerated() {
      let ct = try loadCT(slices, phases: [SeriesPhase(attribute: attribute, value: value)])
      #expect(ct.volume.grid.size.z == 3)
      #expect(ct.volume.samples.allSatisfy { $0 == Float(n) })
    }
  }

  /// Clock times are told in seconds after the first, so that no date of a patient is printed.
  @Test func acquisitionTimesAreTheLastResort() throws {
    let slices = phases(0x0008_0032, "TM", ["110000", "110130"])
    let error = #expect(throws: DICOMReadError.self) { try loadCT(slices) }
    #expect(error?.message.contains("0.0, 90.0") == true)
    let tag = DICOMTag(0x0008, 0x0032)
    let ct = try loadCT(slices, phases: [SeriesPhase(attribute: tag, value: "90.0")])
    #expect(ct.volume.samples.allSatisfy { $0 == 1 })
  }

  @Test func thePhasesOfASeriesAreListed() throws {
    try withTemporaryFolder { folder in
      let files = try write(phases(0x0020_0100, "IS", ["1", "2"]), in: folder)
      let tag = DICOMTag(0x0020, 0x0100)
      #expect(
        try SeriesPhase.all(in: files) == [
          SeriesPhase(attribute: tag, value: "1"), SeriesPhase(attribute: tag, value: "2"),
        ])
      #expect(try SeriesPhase.all(in: Array(files.prefix(3))).isEmpty)
    }
  }

  @Test func aPhaseThatIsNotThereIsRefusedWithTheChoices() throws {
    let tag = DICOMTag(0x0020, 0x0100)
    let error = #expect(throws: DICOMReadError.self) {
      try loadCT(
        phases(0x0020_0100, "IS", ["1", "2"]), phases: [.init(attribute: tag, value: "7")])
    }
    #expect(error?.tag == tag)
    #expect(error?.remedy.contains("1, 2") == true)
  }
}
