import Foundation
import Pipeline
import TestSupport
import Testing

/// Outlines as planning systems and annotation tools leave them, on the tiny PET: 3 × 2 voxels of
/// 5 × 4 mm that store 0 to 5, the first centre at (−10, −20) mm.
@Suite struct OutlineFileTests {
  private func item(_ fill: (inout TinyDICOM) -> Void) -> TinyDICOM {
    var d = TinyDICOM()
    fill(&d)
    return d
  }

  /// The outline of the voxel at (x, y) in all three slices.
  private func contours(_ x: Double, _ y: Double) -> [TinyDICOM] {
    [0, 3, 6].map { z in
      let corners = [(-2.5, -2.0), (2.5, -2), (2.5, 2), (-2.5, 2)].map { dx, dy in
        "\(x + dx)\\\(y + dy)\\\(z)"
      }
      return item {
        $0.set(0x3006_0042, "CS", "CLOSED_PLANAR")
        $0.set(0x3006_0050, "DS", corners.joined(separator: "\\"))
      }
    }
  }

  /// Two regions whose names differ by a character that does not count, and an isocentre.
  private var structureSet: TinyDICOM {
    let point = item {
      $0.set(0x3006_0042, "CS", "POINT")
      $0.set(0x3006_0050, "DS", "0\\0\\0")
    }
    let drawn = [
      ("ISO", [point]), ("GTV 1", contours(-5, -20)), ("GTV_1", contours(0, -16)),
    ]
    return item {
      $0.set(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.481.3")
      $0.set(0x0008_0018, "UI", "1.2.3.60.1")
      $0.set(0x0008_0060, "CS", "RTSTRUCT")
      $0.set(0x0010_0020, "LO", "SECRET-ID")
      $0.set(0x0020_000D, "UI", "1.2.3")
      $0.set(0x0020_000E, "UI", "1.2.3.60")
      $0.set(
        0x3006_0020,
        items: drawn.enumerated().map { n, region in
          item {
            $0.set(0x3006_0022, "IS", "\(n)")
            $0.set(0x3006_0024, "UI", "1.2.3.7")
            $0.set(0x3006_0026, "LO", region.0)
          }
        })
      $0.set(
        0x3006_0039,
        items: drawn.enumerated().map { n, region in
          item {
            $0.set(0x3006_0084, "IS", "\(n)")
            $0.set(0x3006_0040, items: region.1)
          }
        })
    }
  }

  /// Two segments of one label in the first slice: voxels 1 and 2, and voxel 5.
  private var segmentation: TinyDICOM {
    func segment(_ number: UInt16) -> TinyDICOM {
      item {
        $0.set(0x0062_0004, unsigned: [number])
        $0.set(0x0062_0005, "LO", "Lesion")
      }
    }
    func frame(_ number: UInt16) -> TinyDICOM {
      item {
        $0.set(0x0020_9113, items: [item { $0.set(0x0020_0032, "DS", "-10\\-20\\0") }])
        $0.set(0x0062_000A, items: [item { $0.set(0x0062_000B, unsigned: [number]) }])
      }
    }
    return item {
      $0.set(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.66.4")
      $0.set(0x0020_0052, "UI", "1.2.3.7")
      $0.setMatrix(columns: 3, rows: 2)
      $0.set(0x0028_0008, "IS", "2")
      $0.set(0x0028_0100, unsigned: [1])
      $0.set(0x0062_0001, "CS", "BINARY")
      $0.set(0x0062_0002, items: [segment(1), segment(2)])
      $0.set(
        0x5200_9229,
        items: [
          item {
            $0.set(0x0020_9116, items: [item { $0.set(0x0020_0037, "DS", "1\\0\\0\\0\\1\\0") }])
            $0.set(
              0x0028_9110,
              items: [
                item {
                  $0.set(0x0018_0050, "DS", "3")
                  $0.set(0x0028_0030, "DS", "4\\5")
                }
              ])
          }
        ])
      $0.set(0x5200_9230, items: [frame(1), frame(2)])
      // Frames of six bits, the second from bit 6 on: voxels 1 and 2, then voxel 5.
      $0.setPixels(bytes: [0b0000_0110, 0b0000_1000])
    }
  }

  private func withScan(
    _ outlines: TinyDICOM, _ body: (_ pet: URL, _ outlines: URL) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      let pet = folder.appending(path: "pet")
      try TinyDICOM.write(
        [("0", .pet(z: 0)), ("1", .pet(z: 3)), ("2", .pet(z: 6))], below: pet)
      let file = folder.appending(path: "outlines.dcm")
      try outlines.write(to: file)
      try body(pet, file)
    }
  }

  /// The factor of the tiny PET: 70 000 g / (368.08 MBq · 2^(−3600/6586.2)).
  private let factor = 70_000 / (368.08e6 * pow(2, -3600 / 6586.2))

  private func stored(_ region: SUVInspection.Region) -> Double {
    ((region.statistics?.mean ?? 0) / factor * 1000).rounded() / 1000
  }

  @Test func regionsOfOneNameAreMeasuredEachAndAnIsocentreIsLeftOut() throws {
    try withScan(structureSet) { pet, outlines in
      let found = try SUVInspection.inspect([pet], structures: outlines)
      #expect(found.regions.map(\.name) == ["GTV 1", "GTV_1"])
      #expect(found.regions.map(\.voxels) == [3, 3])
      #expect(found.regions.map(stored) == [1, 5])
      #expect(found.warnings.contains { $0.contains("'ISO'") && $0.contains("left out") })
    }
  }

  @Test func anExportNumbersRegionsOfOneNameApart() throws {
    try withScan(structureSet) { pet, outlines in
      let export = try ScanExport(
        scan: pet, structures: outlines, scale: .suv, isCompressed: false)
      let json = try #require(
        JSONSerialization.jsonObject(with: Data(export.json(files: []).utf8)) as? [String: Any])
      let labels = try #require(json["labels"] as? [[String: Any]])
      #expect(labels.map { $0["name"] as? String } == ["gtv 1", "gtv 1 (2)"])
      #expect(labels.map { $0["voxels"] as? Int } == [3, 3])
      #expect(labels.map { $0["voxels_shared"] as? Int } == [0, 0])
      #expect((json["warnings"] as? [String])?.contains { $0.contains("'gtv 1 (2)'") } == true)
    }
  }

  @Test func uptakeIsMeasuredInASegmentationToo() throws {
    try withScan(segmentation) { pet, outlines in
      let found = try SUVInspection.inspect([pet], structures: outlines)
      #expect(found.regions.map(\.name) == ["Lesion", "Lesion"])
      #expect(found.regions.map(\.voxels) == [2, 1])
      #expect(found.regions.map(stored) == [1.5, 5])
    }
  }

  @Test func filesOfTwoPatientsInOneSeriesAreNamed() throws {
    try withTemporaryFolder { folder in
      var stranger = TinyDICOM.pet(z: 3)
      stranger.set(0x0010_0020, "LO", "SECRET-ID-2")
      stranger.set(0x0010_0010, "PN", "Somebody^Else")
      try TinyDICOM.write([("0", .pet(z: 0)), ("1", stranger), ("2", .pet(z: 6))], below: folder)
      let error = #expect(throws: (any Error).self) { try SUVInspection.inspect([folder]) }
      let text = error.map { "\(FailureReport($0).json)" } ?? ""
      #expect(text.contains("(0010,0020)") && text.contains("'0'") && text.contains("'1'"))
    }
  }
}
