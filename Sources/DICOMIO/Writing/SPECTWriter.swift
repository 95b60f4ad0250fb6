public import Foundation
import Geometry
public import Quantities
public import Volumes

/// Writes a quantitative SPECT volume as one multi-frame Nuclear Medicine Image (PS3.3 A.5):
/// reconstructed tomography, frames by Slice Vector, Bq/mL through a Real World Value Mapping.
public enum SPECTWriter {
  static let sopClass = "1.2.840.10008.5.1.4.1.1.20"

  /// One energy window in keV.
  public struct EnergyWindow: Sendable, Hashable {
    public var name: String
    public var lower: Double
    public var upper: Double
    public init(name: String, lower: Double, upper: Double) {
      (self.name, self.lower, self.upper) = (name, lower, upper)
    }
    /// 20 % about the 208.4 keV gamma line of Lu-177 (MIRD 26, J Nucl Med 2016;57:151).
    public static let lutetium208 = EnergyWindow(name: "Lu-177 208 keV", lower: 187.6, upper: 229.2)
    /// 20 % about the 440.5 keV gamma line of Bi-213, by which Ac-225 is seen (ENSDF).
    public static let bismuth440 = EnergyWindow(name: "Bi-213 440 keV", lower: 396.4, upper: 484.5)
  }

  /// - Parameter volume: Bq/mL, decay-corrected to the start of the series.
  public static func write(
    _ volume: Volume<ActivityConcentration>, header: SeriesHeader, agent: Radiopharmaceutical,
    window: EnergyWindow, duration: Duration, to file: URL
  ) throws -> WrittenSeries {
    let grid = volume.grid
    guard grid.sliceOffsets == nil else { throw DICOMWriteError.unevenSlices(path: file.path) }
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    let instanceUID = header.uids.uid("\(header.seriesUID) image")
    let slope = PETSeriesWriter.slope(of: volume.samples[...], largest: 65535)
    let attributes =
      header.attributes(
        modality: "NM", sopClass: sopClass, instanceUID: instanceUID, acquired: header.start)
      + SliceImage.pixelAttributes(grid, bitsStored: 16, isSigned: false)
      + frameAttributes(grid) + acquisitionAttributes(grid, window, duration)
      + valueAttributes(slope: slope)
      + [
        .init(0x0054, 0x0016, items: [agent.item(dose: agent.activity.megabecquerels)])
      ] + .headFirstSupine
    try DICOMObjectWriter.write(
      attributes,
      pixels: PETSeriesWriter.stored(volume.samples[...], slope: slope, largest: 65535),
      to: file.path)
    return WrittenSeries(
      paths: [file], instanceUIDs: [instanceUID], sopClass: sopClass, header: header)
  }

  private static func frameAttributes(_ grid: VoxelGrid) -> [WrittenAttribute] {
    let count = grid.size.z
    return [
      .init(0x0008, 0x0008, "ORIGINAL\\PRIMARY\\RECON TOMO\\EMISSION"),
      .init(0x0018, 0x0050, DecimalString.of(grid.spacing.z)),
      .init(0x0018, 0x0088, DecimalString.of(grid.spacing.z)),
      .init(0x0020, 0x0013, "1"), .init(0x0028, 0x0008, String(count)),
      .init(0x0028, 0x0009, tags: [WrittenTag(0x0054, 0x0080)]),
      .init(0x0054, 0x0080, words: (1...count).map { UInt16($0) }),
      .init(0x0054, 0x0081, words: [UInt16(count)]),
    ]
  }

  private static func acquisitionAttributes(
    _ grid: VoxelGrid, _ window: EnergyWindow, _ duration: Duration
  ) -> [WrittenAttribute] {
    let (views, first) = (60, grid.patientPoint(i: 0, j: 0, k: 0).millimetres)
    let perView = duration.inSeconds * 1000 / Double(views)
    return [
      .init(0x0018, 0x0070, ""), .init(0x0020, 0x0060, ""), .init(0x0054, 0x0011, words: [1]),
      .init(
        0x0054, 0x0012,
        items: [
          [
            .init(
              0x0054, 0x0013,
              items: [
                [
                  .init(0x0054, 0x0014, DecimalString.of(window.lower)),
                  .init(0x0054, 0x0015, DecimalString.of(window.upper)),
                ]
              ]),
            .init(0x0054, 0x0018, window.name),
          ]
        ]),
      .init(0x0054, 0x0021, words: [1]),
      .init(
        0x0054, 0x0022,
        items: [
          [
            .init(0x0018, 0x1147, "RECTANGLE"), .init(0x0018, 0x1180, "Medium energy"),
            .init(0x0018, 0x1181, "PARA"), .init(0x0020, 0x0032, DecimalString.of(first)),
            .init(0x0020, 0x0037, SliceImage.orientation(grid)), .init(0x0054, 0x0200, "0"),
          ]
        ]),
      .init(0x0054, 0x0051, words: [1]),
      .init(
        0x0054, 0x0052,
        items: [
          [
            .init(0x0018, 0x1140, "CC"), .init(0x0018, 0x1142, "250"),
            .init(0x0018, 0x1143, "360"), .init(0x0018, 0x1144, "6"),
            .init(0x0018, 0x1242, String(Int(perView.rounded()))),
            .init(0x0054, 0x0053, words: [UInt16(views)]), .init(0x0054, 0x0200, "0"),
          ]
        ]),
    ]
  }

  /// Stored values times the slope are Bq/mL at the start of the series.
  private static func valueAttributes(slope: Double) -> [WrittenAttribute] {
    [
      .init(0x0028, 0x0051, "ATTN\\SCAT\\DECY"), .init(0x0028, 0x1052, "0"),
      .init(0x0028, 0x1053, DecimalString.of(slope)), .init(0x0028, 0x1054, "BQML"),
      .init(
        0x0040, 0x9096,
        items: [
          [
            .init(0x0028, 0x3003, "Activity concentration at series start"),
            .init(0x0040, 0x9210, "BQML"), .init(0x0040, 0x9211, words: [65535]),
            .init(0x0040, 0x9216, words: [0]), .init(0x0040, 0x9224, doubles: [0]),
            .init(0x0040, 0x9225, doubles: [slope]),
            .code(0x0040, 0x08EA, "Bq/ml", "UCUM", "Becquerels/milliliter"),
          ]
        ]),
      // Not part of the NM object: readers that know PET look here for the reference time.
      .init(0x0054, 0x1001, "BQML"), .init(0x0054, 0x1102, "START"),
    ]
  }
}
