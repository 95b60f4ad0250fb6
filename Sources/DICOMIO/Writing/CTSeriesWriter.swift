public import Foundation
import Geometry
public import Quantities
public import Volumes

/// Writes a CT volume as a series of CT Image objects (PS3.3 A.3).
public enum CTSeriesWriter {
  static let sopClass = "1.2.840.10008.5.1.4.1.1.2"
  /// Stored values are HU + 1024 in 12 bits.
  static let intercept = -1024.0

  /// - Parameter fileNumbers: The number in each slice's file name; `nil` counts up along z.
  public static func write(
    _ volume: Volume<Hounsfield>, header: SeriesHeader, into folder: URL,
    fileNumbers: [Int]? = nil
  ) throws -> WrittenSeries {
    let grid = volume.grid
    let perSlice = grid.size.x * grid.size.y
    return try SliceImage.writeAll(
      grid, header, sopClass: sopClass, folder: folder, fileNumbers: fileNumbers
    ) { k, instanceUID in
      let attributes =
        header.attributes(
          modality: "CT", sopClass: sopClass, instanceUID: instanceUID, acquired: header.start)
        + SliceImage.attributes(grid, slice: k, bitsStored: 12, isSigned: false)
        + [
          .init(0x0008, 0x0008, "ORIGINAL\\PRIMARY\\AXIAL"), .init(0x0018, 0x0060, "120"),
          .init(0x0018, 0x5100, "HFS"), .init(0x0020, 0x0012, "1"),
          .init(0x0028, 0x1050, "40"), .init(0x0028, 0x1051, "400"),
          .init(0x0028, 0x1052, DecimalString.of(intercept)), .init(0x0028, 0x1053, "1"),
          .init(0x0028, 0x1054, "HU"),
        ]
      return (attributes, stored(volume.samples[(k * perSlice)..<((k + 1) * perSlice)]))
    }
  }

  static func stored(_ samples: ArraySlice<Float>) -> [UInt16] {
    samples.map { UInt16(min(max(($0 - Float(intercept)).rounded(.toNearestOrEven), 0), 4095)) }
  }
}
