import DICOMIO
import Foundation
import Quantities
import TestSupport
import Testing
import Volumes

/// Structured reports and value maps built byte by byte.
@Suite struct ReportTests {
  static func code(_ value: String, _ scheme: String, _ meaning: String) -> TinyDICOM {
    var d = TinyDICOM()
    d.set(0x0008_0100, "SH", value)
    d.set(0x0008_0102, "SH", scheme)
    d.set(0x0008_0104, "LO", meaning)
    return d
  }

  private func item(
    _ type: String, _ name: TinyDICOM, _ children: [TinyDICOM] = [],
    fill: (inout TinyDICOM) -> Void = { _ in }
  ) -> TinyDICOM {
    var d = TinyDICOM()
    d.set(0x0040_A010, "CS", "CONTAINS")
    d.set(0x0040_A040, "CS", type)
    d.set(0x0040_A043, items: [name])
    if !children.isEmpty { d.set(0x0040_A730, items: children) }
    fill(&d)
    return d
  }

  private func number(
    _ name: TinyDICOM, _ value: String?, unit: String, _ children: [TinyDICOM] = []
  ) -> TinyDICOM {
    item("NUM", name, children) { d in
      guard let value else {
        d.set(0x0040_A301, items: [Self.code("114007", "DCM", "Measurement not attempted")])
        return
      }
      var measured = TinyDICOM()
      measured.set(0x0040_A30A, "DS", value)
      measured.set(0x0040_08EA, items: [Self.code(unit, "UCUM", unit)])
      d.set(0x0040_A300, items: [measured])
    }
  }

  private func coded(_ name: TinyDICOM, _ value: TinyDICOM) -> TinyDICOM {
    item("CODE", name) { $0.set(0x0040_A168, items: [value]) }
  }

  private func text(_ name: TinyDICOM, _ value: String) -> TinyDICOM {
    item("TEXT", name) { $0.set(0x0040_A160, "UT", value) }
  }

  private func dateTime(_ name: TinyDICOM, _ value: String) -> TinyDICOM {
    item("DATETIME", name) { $0.set(0x0040_A120, "DT", value) }
  }

  private func report(
    _ content: [TinyDICOM], sopClass: String = "1.2.840.10008.5.1.4.1.1.88.22"
  ) throws -> URL {
    var d = item("CONTAINER", Self.code("126000", "DCM", "Imaging Measurement Report"), content)
    d.set(0x0008_0016, "UI", sopClass)
    d.set(0x0040_A491, "CS", "COMPLETE")
    let url = FileManager.default.temporaryDirectory.appending(path: "sr-\(UUID()).dcm")
    try d.write(to: url)
    return url
  }

  /// A group with a segment, a maximum, a number that was not taken, and a grade.
  @Test func aMeasurementGroupIsRead() throws {
    let reference = item("IMAGE", Self.code("121191", "DCM", "Referenced Segment")) { d in
      var target = TinyDICOM()
      target.set(0x0008_1150, "UI", "1.2.840.10008.5.1.4.1.1.66.4")
      target.set(0x0008_1155, "UI", "1.2.3.4")
      target.set(0x0062_000B, unsigned: [2])
      d.set(0x0008_1199, items: [target])
    }
    let uptake = Self.code("126401", "DCM", "SUVbw")
    let maximum = coded(
      Self.code("121401", "DCM", "Derivation"), Self.code("56851009", "SCT", "Maximum"))
    let group = item(
      "CONTAINER", Self.code("125007", "DCM", "Measurement Group"),
      [
        text(Self.code("112039", "DCM", "Tracking Identifier"), "lesion 3"),
        coded(
          Self.code("121071", "DCM", "Finding"), Self.code("108369006", "SCT", "Neoplasm")),
        coded(
          Self.code("363698007", "SCT", "Finding Site"), Self.code("10200004", "SCT", "Liver")),
        reference, number(uptake, "7.25", unit: "g/ml{SUVbw}", [maximum]),
        number(Self.code("126402", "DCM", "SUVlbm"), nil, unit: ""),
        coded(Self.code("112024", "DCM", "Response"), Self.code("112041", "DCM", "Partial")),
      ])
    let list = item("CONTAINER", Self.code("126010", "DCM", "Imaging Measurements"), [group])
    let read = try MeasurementReport.load(file: report([list]))
    #expect(read.title?.value == "126000")
    #expect(read.completion == "COMPLETE")
    let found = try #require(read.groups.first)
    #expect(found.trackingIdentifier == "lesion 3")
    #expect(found.finding?.meaning == "Neoplasm")
    #expect(found.sites.map(\.meaning) == ["Liver"])
    #expect(found.segment?.instanceUID == "1.2.3.4" && found.segment?.segments == [2])
    #expect(found.images.isEmpty)
    #expect(found.measurements.count == 2)
    #expect(found.measurements[0].value == 7.25)
    #expect(found.measurements[0].unit?.value == "g/ml{SUVbw}")
    #expect(found.measurements[0].derivation?.meaning == "Maximum")
    #expect(found.measurements[1].value == nil)
    #expect(found.measurements[1].qualifier?.value == "114007")
    #expect(found.evaluations.map(\.name.meaning) == ["Response"])
  }

  @Test func aReportNestedTooDeepIsRefused() throws {
    let name = Self.code("125007", "DCM", "Measurement Group")
    var deep = item("CONTAINER", name)
    for _ in 0..<28 { deep = item("CONTAINER", name, [deep]) }
    #expect(try MeasurementReport.load(file: report([deep])).groups.count == 29)
    for _ in 0..<30 { deep = item("CONTAINER", name, [deep]) }
    #expect(throws: DICOMReadError.self) { try MeasurementReport.load(file: report([deep])) }
  }

  @Test func anInjectionIsRead() throws {
    let administration = item(
      "CONTAINER", Self.code("113502", "DCM", "Radiopharmaceutical Administration"),
      [
        coded(
          Self.code("349358000", "SCT", "Radiopharmaceutical agent"),
          Self.code("C1831937", "UMLS", "Lutetium Lu 177 dotatate")),
        dateTime(
          Self.code("123003", "DCM", "Radiopharmaceutical Start DateTime"),
          "20260112100000+0000"),
        number(
          Self.code("113507", "DCM", "Administered activity"), "7400", unit: "MBq",
          [
            number(
              Self.code("113508", "DCM", "Pre-Administration"), "7.45", unit: "GBq"),
            number(
              Self.code("113509", "DCM", "Post-Administration"), "50000", unit: "kBq"),
          ]),
      ])
    let sopClass = "1.2.840.10008.5.1.4.1.1.88.68"
    let read = try AdministrationReport.load(file: report([administration], sopClass: sopClass))
    let injection = try #require(read.administrations.first)
    #expect(injection.administered?.megabecquerels == 7400)
    #expect(abs(try #require(injection.measuredBefore).megabecquerels - 7450) < 1e-9)
    #expect(injection.measuredAfter?.megabecquerels == 50)
    #expect(injection.agent?.meaning == "Lutetium Lu 177 dotatate")
    let odd = item(
      "CONTAINER", Self.code("113502", "DCM", "Radiopharmaceutical Administration"),
      [number(Self.code("113507", "DCM", "Administered activity"), "200", unit: "mCi")])
    #expect(throws: DICOMReadError.self) {
      try AdministrationReport.load(file: report([odd], sopClass: sopClass))
    }
  }

  // MARK: Value maps

  private func map(_ unit: String, fill: (inout TinyDICOM) -> Void) -> TinyDICOM {
    var d = TinyDICOM()
    d.set(0x0040_08EA, items: [Self.code(unit, "UCUM", unit)])
    d.set(0x0040_9216, unsigned: [0])
    d.set(0x0040_9211, unsigned: [5])
    fill(&d)
    return d
  }

  private func mapping(_ maps: [TinyDICOM], for instances: [String], in folder: URL) throws -> URL {
    var group = TinyDICOM()
    group.set(
      0x0008_1140,
      items: instances.map { uid in
        var d = TinyDICOM()
        d.set(0x0008_1155, "UI", uid)
        return d
      })
    group.set(0x0040_9096, items: maps)
    var d = TinyDICOM()
    d.set(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.67")
    d.set(0x0040_9094, items: [group])
    let url = folder.appending(path: "rwvm")
    try d.write(to: url)
    return url
  }

  /// Stored 0 to 5; Rescale Slope 1 of the images must not be used.
  @Test func aMapIsAppliedToStoredValues() throws {
    try withTemporaryFolder { folder in
      let slices = [0.0, 3, 6].map { z in
        var slice = TinyDICOM.pet(z: z)
        slice.set(0x0028_1053, "DS", "17")
        return slice
      }
      let files = slices.indices.map { folder.appending(path: "\($0).dcm") }
      for (slice, file) in zip(slices, files) { try slice.write(to: file) }
      let instances = try files.map {
        try #require(try DICOMFile(contentsOf: $0).header.text(DICOMTag(0x0008, 0x0018)))
      }
      let linear = map("g/ml{SUVbw}") {
        $0.set(0x0040_9224, double: 1)
        $0.set(0x0040_9225, double: 0.5)
      }
      let table = map("1") {
        $0.set(
          0x0040_9212, "FD", bytes: [9.0, 8, 7, 6, 5, 4].flatMap { littleEndian($0.bitPattern) })
      }
      let object = try RealWorldValueMapping.load(
        file: mapping([linear, table], for: instances, in: folder))
      let suv = try MappedSeries.load(files: files, through: object, unit: "g/ml{SUVbw}")
      #expect(suv.values.samples.prefix(6) == [1, 1.5, 2, 2.5, 3, 3.5])
      #expect(suv.suvVolume()?.samples.last == 3.5)
      let other = try MappedSeries.load(files: files, through: object, unit: "1")
      #expect(other.values.samples.prefix(3) == [9, 8, 7])
      #expect(other.suvVolume() == nil)
      #expect(throws: DICOMReadError.self) {
        try MappedSeries.load(files: files, through: object, unit: "Bq/ml")
      }
      let partial = try RealWorldValueMapping.load(
        file: mapping([linear], for: [instances[0]], in: folder))
      #expect(throws: DICOMReadError.self) {
        try MappedSeries.load(files: files, through: partial, unit: "g/ml{SUVbw}")
      }
    }
  }

  @Test func valuesOutsideTheMapHaveNoMeaning() throws {
    try withTemporaryFolder { folder in
      let linear = map("g/ml{SUVbw}") { $0.set(0x0040_9225, double: 0.5) }
      let object = try RealWorldValueMapping.load(file: mapping([linear], for: ["1"], in: folder))
      #expect(object.maps[0].value(ofStored: 5) == 2.5)
      #expect(object.maps[0].value(ofStored: 6) == nil)
      #expect(object.maps[0].isSUVbw)
    }
  }
}
