import DICOMIO
import Foundation
import Geometry
import Quantities
import TestSupport
import Testing
import Volumes

/// What structure sets hold beside good contours.
@Suite struct StructureSetTests {
  private let good = [1.0, 2, 3].map { DrawnRegion.square(from: 2, to: 12, z: $0) }

  private func grid() throws -> VoxelGrid { try VoxelGrid(size: [20, 20, 6], spacing: [1, 1, 1]) }

  /// Two regions, the second with the given contour items.
  private func set(_ second: [TinyDICOM]) throws -> StructureSet {
    try DrawnRegion.load(
      DrawnRegion.file([]) { d in
        d.set(
          0x3006_0020, items: [DrawnRegion.region(1, "liver"), DrawnRegion.region(2, "odd")])
        d.set(
          0x3006_0039,
          items: [
            DrawnRegion.drawn(1, good.map { DrawnRegion.contour($0) }),
            DrawnRegion.drawn(2, second),
          ])
      })
  }

  private func raw(_ text: String, type: String = "CLOSED_PLANAR") -> TinyDICOM {
    var d = TinyDICOM()
    d.set(0x3006_0042, "CS", type)
    d.set(0x3006_0050, "DS", text)
    return d
  }

  /// A damaged region is refused by name; the others stay usable.
  @Test(arguments: [
    "1\\2\\3\\4\\5", "nan\\0\\0\\1\\0\\0\\1\\1\\0", "0\\0\\0\\1e30\\0\\0\\1\\1\\0",
    "0\\0\\0\\x\\0\\0\\1\\1\\0",
  ])
  func aDamagedRegionDoesNotSpoilTheOthers(text: String) throws {
    let found = try set([raw(text)])
    let liver = try found.mask(of: found.regions[0], on: grid(), frame: DrawnRegion.frame)
    #expect(liver.voxelCount > 0)
    #expect(found.regions[1].fault?.tag == DICOMTag(0x3006, 0x0050))
    #expect(throws: DICOMReadError.self) {
      try found.mask(of: found.regions[1], on: grid(), frame: DrawnRegion.frame)
    }
  }

  @Test func pointsAreKeptAndOpenLinesNamed() throws {
    let found = try set([
      raw("1\\2\\3", type: "POINT"), raw("1\\2\\3\\4\\5\\6\\7\\8\\9", type: "OPEN_PLANAR"),
      raw("1\\2\\3\\4\\5\\6"),
    ]).regions[1]
    #expect(found.points == [PatientPoint(x: 1, y: 2, z: 3)])
    #expect(found.contours.isEmpty)
    #expect(found.ignoredContours == 3)
    #expect(
      found.warnings == [
        "region 'odd': 1 open contours enclose nothing and were left out",
        "region 'odd': 1 closed contours of fewer than three points were left out",
      ])
    #expect(found.volume == nil)
  }

  @Test func announcedPointsThatAreNotThereAreAFault() throws {
    var empty = raw("")
    empty.set(0x3006_0046, "IS", "12")
    #expect(try set([empty]).regions[1].fault != nil)
  }

  @Test func contoursOnALineEncloseNothing() throws {
    let found = try set([raw("0\\0\\0\\1\\1\\0\\2\\2\\0")])
    #expect(throws: DICOMReadError.self) {
      try found.mask(of: found.regions[1], on: grid(), frame: DrawnRegion.frame)
    }
  }

  @Test func oneNameTwiceIsReported() throws {
    let found = try DrawnRegion.load(
      DrawnRegion.file(good) {
        $0.set(0x3006_0020, items: [DrawnRegion.region(5, "GTV"), DrawnRegion.region(6, "GTV")])
      })
    #expect(found.region(named: "GTV")?.number == 5)
    #expect(found.regions[1].contours.isEmpty)
    #expect(found.warnings == ["2 regions are called 'GTV'"])
  }

  @Test func aRegionWithoutAFrameTakesThatOfTheSet() throws {
    var nameless = TinyDICOM()
    nameless.set(0x3006_0022, "IS", "5")
    var frame = TinyDICOM()
    frame.set(0x0020_0052, "UI", DrawnRegion.frame.uid)
    let withFrame = try DrawnRegion.load(
      DrawnRegion.file(good) { [nameless, frame] in
        $0.set(0x3006_0020, items: [nameless])
        $0.set(0x3006_0010, items: [frame])
      }
    ).regions[0]
    #expect(withFrame.frameOfReference == DrawnRegion.frame)
    #expect(withFrame.warnings.count == 1)
    let without = try DrawnRegion.load(
      DrawnRegion.file(good) { [nameless] in $0.set(0x3006_0020, items: [nameless]) })
    let error = #expect(throws: DICOMReadError.self) {
      try without.mask(of: without.regions[0], on: grid(), frame: DrawnRegion.frame)
    }
    #expect(error?.tag == DICOMTag(0x3006, 0x0024))
  }

  @Test func contoursOfNoRegionAreReported() throws {
    let found = try DrawnRegion.load(
      DrawnRegion.file(good) { $0.set(0x3006_0020, items: [DrawnRegion.region(7, "other")]) })
    #expect(found.warnings == ["1 sets of contours belong to no region and were left out"])
  }
}
