import DICOMIO
import Foundation
import Geometry
import Quantities
import TestSupport
import Testing
import Volumes

@Suite struct SPECTTests {
  /// Three frames of 2 x 1 voxels whose Slice Vector is not in frame order.
  private func image(spacing: String = "4", vector: [UInt16] = [3, 1, 2]) -> TinyDICOM {
    var d = TinyDICOM.slice(
      sopClass: "1.2.840.10008.5.1.4.1.1.20", modality: "NM", z: 0,
      pixels: [30, 31, 10, 11, 20, 21])
    d.set(0x0008_0008, "CS", "ORIGINAL\\PRIMARY\\RECON TOMO\\EMISSION")
    d.setMatrix(columns: 2, rows: 1)
    d.set(0x0028_0008, "IS", "3")
    d.set(0x0018_0088, "DS", spacing)
    d.set(0x0054_0080, unsigned: vector)
    d.remove(0x0020_0032)
    d.remove(0x0020_0037)
    var detector = TinyDICOM()
    detector.set(0x0020_0032, "DS", "1\\2\\100")
    detector.set(0x0020_0037, "DS", "1\\0\\0\\0\\1\\0")
    d.set(0x0054_0022, items: [detector])
    return d
  }

  private func load(_ image: TinyDICOM) throws -> SPECTSeries {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "spect")
      try image.write(to: url)
      return try SPECTSeries.load(file: url)
    }
  }

  private func mapping(slope: Double, intercept: Double, unit: String) -> TinyDICOM {
    var code = TinyDICOM()
    code.set(0x0008_0100, "SH", unit)
    var item = TinyDICOM()
    item.set(0x0040_08EA, items: [code])
    item.set(0x0040_9224, double: intercept)
    item.set(0x0040_9225, double: slope)
    return item
  }

  @Test func framesAreOrderedBySliceVector() throws {
    let spect = try load(image())
    #expect(spect.counts.samples == [10, 11, 20, 21, 30, 31])
    #expect(spect.counts.grid.origin == PatientPoint(x: 1, y: 2, z: 100))
    #expect(spect.counts.grid.spacing.z == 4)
  }

  /// PS3.3 C.8.4.15: a negative spacing stacks the slices against the normal, so the first slice
  /// is the topmost and the grid begins at the last.
  @Test func negativeSpacingStacksAgainstTheNormal() throws {
    let spect = try load(image(spacing: "-4", vector: [1, 2, 3]))
    #expect(spect.counts.samples == [20, 21, 10, 11, 30, 31])
    #expect(spect.counts.grid.origin == PatientPoint(x: 1, y: 2, z: 92))
    #expect(spect.counts.grid.patientPoint(i: 0, j: 0, k: 2).millimetres.z == 100)
  }

  /// The mapping is of stored values: 10 · 0.1 + 2 = 3, whatever the rescale is.
  @Test(arguments: ["Bq/ml", "Bq/mL"])
  func realWorldValuesBecomeConcentration(unit: String) throws {
    var d = image()
    d.set(0x0028_1053, "DS", "7")
    d.set(0x0040_9096, items: [mapping(slope: 0.1, intercept: 2, unit: unit)])
    let volume = try load(d).concentrationVolume()
    #expect(abs(volume[0, 0, 0].inBaseUnit - 3) < 1e-5)
    #expect(abs(volume[1, 0, 2].inBaseUnit - 5.1) < 1e-5)
  }

  @Test func unitsInBecquerelPerMillilitreUseTheRescale() throws {
    var d = image()
    d.set(0x0028_1053, "DS", "100")
    d.set(0x0054_1001, "CS", "BQML")
    #expect(try load(d).concentrationVolume()[0, 0, 0].inBaseUnit == 1000)
  }

  @Test func countsNeedAFactor() throws {
    var d = image()
    d.set(0x0040_9096, items: [mapping(slope: 1, intercept: 0, unit: "{counts}")])
    let spect = try load(d)
    let error = #expect(throws: DICOMReadError.self) { try spect.concentrationVolume() }
    #expect(error?.tag == DICOMTag(0x0040, 0x9096))
    #expect(error?.remedy.contains("Bq/mL per count") == true)
    let given = try spect.concentrationVolume(
      calibration: .factor(becquerelsPerMillilitrePerCount: 25))
    #expect(given[0, 0, 0].inBaseUnit == 250)
  }

  @Test func projectionsAreRefused() throws {
    var d = image()
    d.set(0x0008_0008, "CS", "ORIGINAL\\PRIMARY\\TOMO\\EMISSION")
    let error = #expect(throws: DICOMReadError.self) { try load(d) }
    #expect(error?.tag == DICOMTag(0x0008, 0x0008))
  }

  @Test func aGatedImageIsRefused() throws {
    let error = #expect(throws: DICOMReadError.self) { try load(image(vector: [1, 2, 1])) }
    #expect(error?.tag == DICOMTag(0x0054, 0x0080))
  }

  /// 60 frames of 20 s and 60 of 20 s: 40 min of one detector's time each.
  @Test func durationIsThatOfAllRotations() throws {
    var d = image()
    var rotation = TinyDICOM()
    rotation.set(0x0018_1242, "IS", "20000")
    rotation.set(0x0054_0053, unsigned: [60])
    d.set(0x0054_0052, items: [rotation, rotation])
    #expect(try load(d).duration == .seconds(2400))
  }
}
