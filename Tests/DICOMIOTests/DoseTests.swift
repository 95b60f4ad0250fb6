import DICOMIO
import Foundation
import Geometry
import Quantities
import TestSupport
import Testing
import Volumes

/// Samples of pydicom, and what pydicom 3.0.2 with numpy 2.4.6 says of them:
/// `pydicom.dcmread(f).pixel_array * DoseGridScaling`.
@Suite(.enabled(if: RealData.scans != nil, Comment(rawValue: RealData.absent)))
struct RealDoseTests {
  private func load(_ name: String) throws -> DoseImage {
    try DoseImage.load(
      file: try #require(RealData.scans).appending(path: "odd-dicom/\(name).dcm"))
  }

  /// Stored sum 1 519 910 000, first 1 249 000, value 750 (slice 7) 985 000, least 795 000, largest
  /// 1 254 000, each times 1e-6; 32-bit, uncompressed and in RLE.
  @Test(arguments: ["rtdose", "rtdose_rle"])
  func aDoseOfFifteenPlanes(name: String) throws {
    let image = try load(name)
    let dose = image.dose
    #expect(image.unit == .relative && image.kind == .physical && image.summation == "BEAM")
    #expect(dose.grid.size == [10, 10, 15])
    #expect(dose.grid.spacing == [10, 10, 5])
    #expect(dose.grid.origin == PatientPoint(x: 189.43125, y: 199.43125, z: -761.87))
    #expect(dose.samples[0] == 1.249 && dose.samples[750] == 0.985)
    #expect(dose.samples.min() == 0.795 && dose.samples.max() == 1.254)
    let sum = dose.samples.reduce(0.0) { $0 + Double($1) }
    #expect(abs(sum - 1519.91) < 1e-3)
    let error = #expect(throws: DICOMReadError.self) { try image.absorbedDose() }
    #expect(error?.tag == DICOMTag(0x3004, 0x0002))
  }

  /// Stored sum 101 378 000 and value 50 979 000. Grid Frame Offset Vector keeps its 15 values.
  @Test func aDoseOfOnePlane() throws {
    let image = try load("rtdose_1frame")
    #expect(image.dose.grid.size == [10, 10, 1])
    #expect(image.dose.grid.spacing.z == 5)
    #expect(image.facts.warnings.contains { $0.contains("(3004,000C)") })
    #expect(image.dose.samples[50] == 0.979)
    #expect(abs(image.dose.samples.reduce(0.0) { $0 + Double($1) } - 101.378) < 1e-4)
  }
}

@Suite struct DoseImageTests {
  /// Three planes of 2 x 1; stored values 10, 11, 20, 21, 30, 31 times 0.5 Gy.
  private func object(
    offsets: String = "0\\3\\7", orientation: String = "1\\0\\0\\0\\1\\0"
  ) -> TinyDICOM {
    var d = TinyDICOM.slice(
      sopClass: "1.2.840.10008.5.1.4.1.1.481.2", modality: "RTDOSE", z: 100,
      pixels: [10, 11, 20, 21, 30, 31])
    d.setMatrix(columns: 2, rows: 1)
    d.set(0x0028_0103, unsigned: [0])
    d.set(0x0028_0008, "IS", "3")
    d.set(0x0020_0037, "DS", orientation)
    d.set(0x3004_0002, "CS", "GY")
    d.set(0x3004_0004, "CS", "PHYSICAL")
    d.set(0x3004_000A, "CS", "PLAN")
    d.set(0x3004_000C, "DS", offsets)
    d.set(0x3004_000E, "DS", "0.5")
    return d
  }

  private func load(_ object: TinyDICOM) throws -> DoseImage {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "dose")
      try object.write(to: url)
      return try DoseImage.load(file: url)
    }
  }

  /// PS3.3 C.8.8.3.2: a first value of 0 counts from Image Position along the normal, a first value
  /// equal to its z (100) means patient coordinates.
  @Test(arguments: ["0\\3\\7", "100\\103\\107"])
  func offsetsAreRelativeOrAbsolute(offsets: String) throws {
    let dose = try load(object(offsets: offsets)).absorbedDose()
    #expect(dose.samples == [5, 5.5, 10, 10.5, 15, 15.5])
    #expect(dose.grid.sliceOffsets == [0, 3, 7])
    #expect(dose.grid.origin == PatientPoint(x: -10, y: -20, z: 100))
  }

  /// Planes that go down: relative −3, −7, and the same in patient coordinates.
  @Test(arguments: ["0\\-3\\-7", "100\\97\\93"])
  func fallingOffsetsTurnTheFrames(offsets: String) throws {
    let dose = try load(object(offsets: offsets)).absorbedDose()
    #expect(dose.samples == [15, 15.5, 10, 10.5, 5, 5.5])
    #expect(dose.grid.sliceOffsets == [0, 4, 7])
    #expect(dose.grid.origin.millimetres.z == 93)
  }

  /// Feet first: the normal points down, so relative offsets do as well, and absolute ones do not.
  @Test(arguments: ["0\\3\\7", "100\\97\\93"])
  func theNormalMayPointDown(offsets: String) throws {
    let dose = try load(object(offsets: offsets, orientation: "-1\\0\\0\\0\\1\\0")).absorbedDose()
    #expect(dose.samples == [5, 5.5, 10, 10.5, 15, 15.5])
    #expect(dose.grid.patientPoint(i: 0, j: 0, k: 2).millimetres.z == 93)
  }

  @Test(arguments: ["50\\53\\57", "0\\3", ""])
  func otherOffsetsAreRefused(offsets: String) throws {
    let error = #expect(throws: DICOMReadError.self) { try load(object(offsets: offsets)) }
    #expect(error?.tag == DICOMTag(0x3004, 0x000C))
  }

  /// Frames numbered by Slice Vector (0054,0080) in place of (3004,000C).
  @Test func framesThatAreNoPlanesAreRefused() throws {
    var d = object()
    d.set(0x0028_0009, "AT", bytes: [0x04, 0x30, 0x0C, 0x00])
    #expect(try load(d).dose.grid.size.z == 3)
    d.set(0x0028_0009, "AT", bytes: [0x54, 0x00, 0x80, 0x00])
    let error = #expect(throws: DICOMReadError.self) { try load(d) }
    #expect(error?.tag == DICOMTag(0x0028, 0x0009))
  }

  @Test func anEffectiveDoseIsNoAbsorbedDose() throws {
    var d = object()
    d.set(0x3004_0004, "CS", "EFFECTIVE")
    let image = try load(d)
    let error = #expect(throws: DICOMReadError.self) { try image.absorbedDose() }
    #expect(error?.tag == DICOMTag(0x3004, 0x0004))
    #expect(image.dose.samples[0] == 5)
  }

  @Test func histogramsAreRead() throws {
    var region = TinyDICOM()
    region.set(0x3006_0084, "IS", "4")
    var histogram = TinyDICOM()
    histogram.set(0x3004_0001, "CS", "CUMULATIVE")
    histogram.set(0x3004_0002, "CS", "GY")
    histogram.set(0x3004_0052, "DS", "2")
    histogram.set(0x3004_0054, "CS", "CM3")
    histogram.set(0x3004_0056, "IS", "2")
    histogram.set(0x3004_0058, "DS", "0.5\\100\\0.25\\40")
    histogram.set(0x3004_0060, items: [region])
    histogram.set(0x3004_0074, "DS", "1.25")
    var d = object()
    d.set(0x3004_0050, items: [histogram])
    let found = try #require(try load(d).histograms.first)
    #expect(found.bins.map(\.width) == [1, 0.5] && found.bins.map(\.volume) == [100, 40])
    #expect(found.regions == [4] && found.mean == 1.25 && found.maximum == nil)
  }
}

@Suite struct DoseWriterTests {
  private let uids = UIDSource(seed: "dose writer tests")
  private let start = Date(timeIntervalSince1970: 1_768_212_000)

  private var header: SeriesHeader {
    SeriesHeader(
      patientName: "Virtual^Test", patientID: "TEST", sex: .female, weight: .kilograms(71),
      height: .metres(1.72), studyUID: uids.uid("study"), studyID: "1", studyStart: start,
      studyDescription: "Test", seriesUID: uids.uid("series"), seriesNumber: 1,
      seriesDescription: "Dose", start: start, frame: FrameOfReference(uid: uids.uid("frame")),
      uids: uids)
  }

  /// Oblique, uneven planes; no dose twice, the largest 23.7 Gy.
  private func volume() throws -> Volume<AbsorbedDose> {
    let (c, s) = (cos(0.2), sin(0.2))
    let grid = try VoxelGrid(
      columns: 20, rows: 15, columnSpacing: 4, rowSpacing: 5, sliceOffsets: [0, 3.27, 6.46, 9.73],
      axes: .init(i: [c, s, 0], j: [-s, c, 0], k: [0, 0, 1]),
      origin: PatientPoint(x: -40, y: -30, z: -812.5))
    let count = Float(grid.voxelCount - 1)
    return try Volume(
      grid: grid, samples: (0..<grid.voxelCount).map { 23.7 * pow(Float($0) / count, 3) })
  }

  /// Half a step of 16 bits is Dmax / 131070. A float holds 24 bits, so that the reader's own
  /// rounding may add Dmax · 2⁻²⁴.
  @Test(arguments: [(DoseWriter.Depth.bits16, 131_070.0), (.bits32, 8.58e9)])
  func eachVoxelComesBackWithinHalfAStep(depth: DoseWriter.Depth, steps: Double) throws {
    try withTemporaryFolder { folder in
      let volume = try volume()
      let file = folder.appending(path: "dose/0001.dcm")
      var description = DoseWriter.Description()
      description.depth = depth
      try DoseWriter.write(volume, header: header, description: description, to: file)
      let image = try DoseImage.load(file: file)
      let back = try image.absorbedDose()
      let worst = zip(back.samples, volume.samples).map { abs(Double($0) - Double($1)) }.max()
      #expect(try #require(worst) <= 23.7 / steps + 23.7 * exp2(-24))
      #expect(back.grid.sliceOffsets == volume.grid.sliceOffsets)
      #expect(back.grid.origin == volume.grid.origin)
      #expect((back.grid.axes.i - volume.grid.axes.i).length < 1e-12)
      #expect(image.facts.frameOfReference?.uid == header.frame.uid)
    }
  }

  /// The decimal string is never above the exact quotient, so the bar holds for every peak.
  @Test(arguments: [1e-6, 0.3, 1, 23.7, 65.535, 7777.7])
  func theLargestErrorIsBelowHalfAStepForAnyPeak(peak: Float) throws {
    try withTemporaryFolder { folder in
      let grid = try VoxelGrid(size: [50, 40, 1], spacing: [1, 1, 1])
      let samples = (0..<2000).map { peak * Float($0) / 1999 }
      let file = folder.appending(path: "dose.dcm")
      try DoseWriter.write(
        Volume<AbsorbedDose>(grid: grid, samples: samples), header: header, to: file)
      let back = try DoseImage.load(file: file).absorbedDose().samples
      let bar = Double(peak) / 131_070 + Double(peak) * exp2(-24)
      #expect(zip(back, samples).allSatisfy { abs(Double($0) - Double($1)) <= bar })
    }
  }

  @Test func biologicallyEffectiveDoseIsMarkedSo() throws {
    try withTemporaryFolder { folder in
      let volume = try volume().scaled(by: 1.4, as: BiologicallyEffectiveDose.self)
      let file = folder.appending(path: "dose.dcm")
      try DoseWriter.write(volume, header: header, to: file)
      #expect(try DoseImage.load(file: file).kind == .effective)
    }
  }

  @Test func aNegativeDoseIsNotWritten() throws {
    try withTemporaryFolder { folder in
      let grid = try VoxelGrid(size: [2, 1, 1], spacing: [1, 1, 1])
      let file = folder.appending(path: "dose.dcm")
      #expect(throws: DICOMWriteError.self) {
        try DoseWriter.write(
          Volume<AbsorbedDose>(grid: grid, samples: [1, -1]), header: header, to: file)
      }
      #expect(!FileManager.default.fileExists(atPath: file.path))
    }
  }

  @Test(.enabled(if: ExternalTool.dciodvfy != nil, "dicom3tools is not installed"))
  func theObjectIsValid() throws {
    let checker = try #require(ExternalTool.dciodvfy)
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "dose.dcm")
      var description = DoseWriter.Description()
      description.referencedPlan = uids.uid("plan")
      try DoseWriter.write(try volume(), header: header, description: description, to: file)
      #expect(try !checker.output([file.path]).contains("Error"))
      // Without a plan nothing else is wrong than that PLAN wants one.
      try DoseWriter.write(try volume(), header: header, to: file)
      let errors = try checker.output([file.path]).split(separator: "\n")
        .filter { $0.hasPrefix("Error") }
      #expect(errors.count == 1 && errors[0].contains("ReferencedRTPlanSequence"))
    }
  }
}
