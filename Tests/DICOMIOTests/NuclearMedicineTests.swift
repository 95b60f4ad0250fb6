import DICOMIO
import Foundation
import Geometry
import Quantities
import TestSupport
import Testing
import Volumes

@Suite struct NuclearMedicineTests {
  private func item(_ build: (inout TinyDICOM) -> Void) -> TinyDICOM {
    var item = TinyDICOM()
    build(&item)
    return item
  }

  private func image(_ type: String, frames: Int) -> TinyDICOM {
    var d = TinyDICOM.slice(
      sopClass: "1.2.840.10008.5.1.4.1.1.20", modality: "NM", z: 0,
      pixels: (0..<(2 * frames)).map { Int16($0) })
    d.set(0x0008_0008, "CS", "ORIGINAL\\PRIMARY\\\(type)\\EMISSION")
    d.setMatrix(columns: 2, rows: 1)
    d.set(0x0028_0008, "IS", "\(frames)")
    d.remove(0x0020_0032)
    d.remove(0x0020_0037)
    return d
  }

  private func window(_ name: String, _ lower: String, _ upper: String) -> TinyDICOM {
    item {
      $0.set(0x0054_0018, "SH", name)
      $0.set(
        0x0054_0013,
        items: [
          item {
            $0.set(0x0054_0014, "DS", lower)
            $0.set(0x0054_0015, "DS", upper)
          }
        ])
    }
  }

  /// Whole body: anterior and posterior by detector, two windows of Lu-177 each.
  private func wholeBody() -> TinyDICOM {
    var d = image("WHOLE BODY", frames: 4)
    d.set(0x0054_0010, unsigned: [1, 1, 2, 2])
    d.set(0x0054_0020, unsigned: [1, 2, 1, 2])
    d.set(
      0x0054_0012, items: [window("208", "187.6", "229.2"), window("113", "101.7", "124.3")])
    d.set(
      0x0054_0022,
      items: [
        item {
          $0.set(0x0054_0220, items: [item { $0.set(0x0008_0104, "LO", "Anterior") }])
        },
        // No view code: the normal of this image points to the front, away from the detector.
        item { $0.set(0x0020_0037, "DS", "-1\\0\\0\\0\\0\\-1") },
      ])
    d.set(0x0018_1242, "IS", "250000")
    d.set(0x0018_1300, "DS", "2.5")
    d.set(0x0018_1302, "DS", "1950")
    d.set(0x0010_1030, "DS", "82")
    d.set(
      0x0054_0016,
      items: [
        item {
          $0.set(0x0018_1074, "DS", "7400")
          $0.set(0x0018_1078, "DT", "20241231110000")
          $0.set(0x0018_1075, "DS", "574300.8")
        }
      ])
    return d
  }

  private func planar(_ d: TinyDICOM, phases: [SeriesPhase] = []) throws -> PlanarImage {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "planar")
      try d.write(to: url)
      return try PlanarImage.load(file: url, phases: phases)
    }
  }

  private func spect(_ d: TinyDICOM, phases: [SeriesPhase] = []) throws -> SPECTSeries {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "spect")
      try d.write(to: url)
      return try SPECTSeries.load(file: url, phases: phases)
    }
  }

  @Test func aWholeBodyScanHasViewsAndWindows() throws {
    let image = try planar(wholeBody())
    #expect(image.views.count == 4)
    #expect(image.views.map(\.side) == [.anterior, .posterior, .anterior, .posterior])
    #expect(image.views.map(\.counts) == [[0, 1], [2, 3], [4, 5], [6, 7]])
    #expect(image.views(from: .posterior).map(\.window?.name) == ["208", "113"])
    #expect(image.views[0].window?.upper == 229.2)
    #expect(image.columnSpacing == 5 && image.rowSpacing == 4)
    #expect(image.duration == .seconds(250))
    #expect(image.scanVelocity == 2.5 && image.scanLength == .millimetres(1950))
  }

  /// NM states Radionuclide Total Dose in MBq (PS3.3 C.8.4.10).
  @Test func patientAndDoseAreExposed() throws {
    let scan = try planar(wholeBody()).scan
    #expect(scan.weight == .kilograms(82))
    #expect(scan.administered == .gigabecquerels(7.4))
    #expect(scan.injection == Date(timeIntervalSince1970: 1_735_729_200 - 86_400))
    #expect(scan.halfLife == .seconds(574_300.8))
    #expect(scan.warnings.isEmpty)
  }

  @Test func aDoseInBecquerelIsNoticed() throws {
    var d = wholeBody()
    d.set(
      0x0054_0016,
      items: [
        item {
          $0.set(0x0018_1074, "DS", "7400000000")
          $0.set(0x0018_1072, "TM", "090000")
        }
      ])
    let scan = try planar(d).scan
    #expect(scan.administered == .gigabecquerels(7.4))
    #expect(scan.injection == nil)
    #expect(scan.warnings.count == 2)
  }

  @Test func aDynamicScanIsReadByPhaseOnly() throws {
    var d = image("DYNAMIC", frames: 3)
    d.set(0x0054_0030, unsigned: [1, 1, 2])
    let tag = DICOMTag(0x0054, 0x0030)
    let error = #expect(throws: DICOMReadError.self) { try planar(d) }
    #expect(error == .severalPhases(file: "planar", by: tag, values: ["1", "2"]))
    let second = try planar(d, phases: [SeriesPhase(attribute: tag, value: "2")])
    #expect(second.views.map(\.counts) == [[4, 5]])
  }

  @Test func aTomographicImageIsNotPlanar() throws {
    let error = #expect(throws: DICOMReadError.self) { try planar(image("RECON TOMO", frames: 2)) }
    #expect(error?.tag == DICOMTag(0x0008, 0x0008))
  }

  /// Two time slots of two slices each.
  @Test func aGatedReconstructionIsReadByTimeSlotOnly() throws {
    var d = image("RECON GATED TOMO", frames: 4)
    d.set(0x0018_0088, "DS", "4")
    d.set(0x0054_0070, unsigned: [1, 1, 2, 2])
    d.set(0x0054_0080, unsigned: [1, 2, 2, 1])
    let tag = DICOMTag(0x0054, 0x0070)
    let error = #expect(throws: DICOMReadError.self) { try spect(d) }
    #expect(error?.tag == tag)
    let second = try spect(d, phases: [SeriesPhase(attribute: tag, value: "2")])
    #expect(second.counts.grid.size == [2, 1, 2])
    #expect(second.counts.samples == [6, 7, 4, 5])
  }

  @Test func severalEnergyWindowsOfAReconstructionAreNotMixed() throws {
    var d = image("RECON TOMO", frames: 4)
    d.set(0x0018_0088, "DS", "4")
    d.set(0x0054_0010, unsigned: [1, 1, 2, 2])
    d.set(0x0054_0080, unsigned: [1, 2, 1, 2])
    let error = #expect(throws: DICOMReadError.self) { try spect(d) }
    #expect(error?.tag == DICOMTag(0x0054, 0x0010))
  }
}

/// 64 x 64 x 13, 3.11583 mm, slices 6.231669 mm apart, frames by Slice Vector. The counts are those
/// of pydicom 3.0.2: `pixel_array.sum()`, `.max()`, `pixel_array[8, 33, 28]`.
@Suite(.enabled(if: RealData.scans != nil, Comment(rawValue: RealData.absent)))
struct RealNuclearMedicineTests {
  @Test func aHeartSPECTIsReadAsAVolume() throws {
    let file = try #require(RealData.scans).appending(path: "odd-dicom/NM-MONO2-16-13x-heart")
    let spect = try SPECTSeries.load(file: file)
    #expect(spect.counts.grid.size == [64, 64, 13])
    #expect(spect.counts.grid.spacing == [3.11583, 3.11583, 6.231669])
    #expect(spect.counts.samples.reduce(0.0) { $0 + Double($1) } == 533149)
    #expect(spect.counts.samples.max() == 141)
    #expect(spect.counts[28, 33, 8].inBaseUnit == 106)
    #expect(spect.scan.administered == nil)
  }
}
