import DICOMIO
import Foundation
import Geometry
import Quantities
import TestSupport
import Testing
import Volumes

/// Objects that other programs wrote; values as dsrdump and dcmdump print them.
@Suite(.enabled(if: RealData.scans != nil, Comment(rawValue: RealData.absent)))
struct RealObjectTests {
  private func url(_ path: String) throws -> URL {
    try #require(RealData.scans).appending(path: path)
  }

  @Test func theSampleReportIsRead() throws {
    let report = try MeasurementReport.load(file: url("sr-example/sr.dcm"))
    #expect(report.title?.value == "126000")
    #expect(report.completion == "PARTIAL")
    #expect(report.procedures.map(\.meaning) == ["PET whole body"])
    let group = try #require(report.groups.first)
    #expect(report.groups.count == 1)
    #expect(group.trackingIdentifier == "primary tumor")
    #expect(group.trackingUID == "2.25.318774060119084600392715520575818119084")
    #expect(group.finding?.value == "M-80003")
    #expect(group.sites.map(\.value) == ["T-C5300"])
    #expect(group.timePoint == "1")
    #expect(group.method?.value == "126410")
    #expect(
      group.segment?.instanceUID == "1.2.276.0.7230010.3.1.4.8323329.18591.1440001312.777033")
    #expect(
      group.valueMap?.instanceUID == "1.2.276.0.7230010.3.1.4.8323329.18215.1440001297.928457")
    let uptake = group.measurements.filter { $0.quantity.value == "126401" }
    func suv(_ derivation: String) -> Double? {
      uptake.first { $0.derivation?.meaning == derivation }?.value
    }
    #expect(suv("Mean") == 6.01529)
    #expect(suv("Maximum") == 10.3814)
    #expect(suv("Peak Value Within ROI") == 9.45534)
    let volume = try #require(group.measurements.first { $0.quantity.value == "G-D705" })
    #expect(volume.value == 33.5824)
    #expect(volume.unit?.value == "ml")
  }

  /// The report says 33.5824 mL of its segment, and the two objects belong together.
  @Test func theSampleSegmentHasTheReportedVolume() throws {
    let object = try SegmentationObject.load(file: url("sr-example/seg.dcm"))
    let segment = try #require(object.segments.first)
    #expect(object.segments.count == 1)
    #expect(segment.type == CodedConcept("M-80003", "SRT", "Neoplasm, Primary"))
    #expect(segment.anatomicRegion?.value == "T-C5300")
    #expect(object.grid.size == [128, 128, 13])
    let volume = try #require(object.volume(of: segment)).millilitres
    #expect(abs(volume - 33.5824) < 5e-4)
    #expect(object.referencedSeries.count == 1)
  }

  @Test func theSampleValueMapIsRead() throws {
    let mapping = try RealWorldValueMapping.load(file: url("sr-example/rwvm.dcm"))
    let map = try #require(mapping.maps.first)
    #expect(mapping.maps.count == 1)
    #expect(map.unit.value == "{SUVbw}g/ml" && map.isSUVbw)
    #expect(map.rule == .linear(slope: 0.000375125, intercept: 0))
    #expect(map.mapped == 0...32761)
    #expect(map.instances.count == 191)
    #expect(map.quantity?.value == "126400")
    #expect(map.method?.value == "126410")
  }

  @Test func theSampleStructureSetIsRead() throws {
    let set = try StructureSet.load(file: url("odd-dicom/rtstruct.dcm"))
    #expect(set.regions.map(\.name) == ["patient", "Isocenter 1", "Isocenter 2"])
    #expect(set.regions.map(\.interpretedType) == ["EXTERNAL", "ISOCENTER", "ISOCENTER"])
    #expect(set.regions.map(\.contours.count) == [3, 0, 0])
    #expect(set.regions.map(\.points.count) == [0, 1, 1])
    #expect(set.regions[0].planeSpacing?.millimetres == 10)
    #expect(try #require(set.regions[0].volume).millilitres > 3000)
  }

  @Test(arguments: [
    ("odd-dicom/rtstruct.dcm", "RT Structure Set"), ("sr-example/seg.dcm", "Segmentation"),
    ("sr-example/rwvm.dcm", "Real World Value Mapping"), ("sr-example/sr.dcm", "Structured Report"),
  ])
  func summariesSayWhatIsThere(path: String, kind: String) throws {
    let summary = try ObjectSummary.load(file: url(path))
    #expect(summary.kind == kind)
    #expect(summary.text.split(separator: "\n").count > 1)
    let coded = try JSONEncoder().encode(summary)
    #expect(try JSONDecoder().decode(ObjectSummary.self, from: coded) == summary)
  }

  @Test func anImageHasNoSuchSummary() throws {
    #expect(throws: DICOMReadError.self) {
      try ObjectSummary.load(file: url("odd-dicom/CT_small.dcm"))
    }
  }
}
