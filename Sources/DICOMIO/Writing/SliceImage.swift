import Foundation
import Geometry
import Quantities

/// What CT and PET slices have in common: image plane, pixels, and a file per slice.
enum SliceImage {
  /// Image plane and pixel modules of slice `k`.
  static func attributes(
    _ grid: VoxelGrid, slice k: Int, bitsStored: UInt16, isSigned: Bool
  ) -> [WrittenAttribute] {
    let position = grid.patientPoint(i: 0, j: 0, k: k).millimetres
    return [
      .init(0x0018, 0x0050, DecimalString.of(grid.spacing.z)),
      .init(0x0020, 0x0013, String(k + 1)),
      .init(0x0020, 0x0032, DecimalString.of(position)),
      .init(0x0020, 0x0037, orientation(grid)),
      .init(0x0020, 0x0060, ""), .init(0x0020, 0x1041, DecimalString.of(position.dot(grid.axes.k))),
    ] + pixelAttributes(grid, bitsStored: bitsStored, isSigned: isSigned)
  }

  static func orientation(_ grid: VoxelGrid) -> String {
    let (i, j) = (grid.axes.i, grid.axes.j)
    return DecimalString.of([i.x, i.y, i.z, j.x, j.y, j.z])
  }

  static func pixelAttributes(
    _ grid: VoxelGrid, bitsStored: UInt16, isSigned: Bool
  ) -> [WrittenAttribute] {
    [
      .init(0x0028, 0x0002, words: [1]), .init(0x0028, 0x0004, "MONOCHROME2"),
      .init(0x0028, 0x0010, words: [UInt16(grid.size.y)]),
      .init(0x0028, 0x0011, words: [UInt16(grid.size.x)]),
      .init(0x0028, 0x0030, DecimalString.of([grid.spacing.y, grid.spacing.x])),
      .init(0x0028, 0x0100, words: [16]), .init(0x0028, 0x0101, words: [bitsStored]),
      .init(0x0028, 0x0102, words: [bitsStored - 1]),
      .init(0x0028, 0x0103, words: [isSigned ? 1 : 0]),
    ]
  }

  /// Writes one file per slice, in parallel.
  ///
  /// - Parameter fileNumbers: The number in the name of each slice's file; `nil` counts up.
  static func writeAll(
    _ grid: VoxelGrid, _ header: SeriesHeader, sopClass: String, folder: URL,
    fileNumbers: [Int]?, _ slice: (Int, String) -> ([WrittenAttribute], [UInt16])
  ) throws -> WrittenSeries {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let instanceUIDs = (0..<grid.size.z).map { header.uids.uid("\(header.seriesUID) slice \($0)") }
    let paths = (0..<grid.size.z).map { k in
      folder.appending(path: fileName(fileNumbers?[k] ?? k + 1))
    }
    let outcomes = ParallelSlices.map(of: grid.size.z) { k throws(DICOMWriteError) in
      let (attributes, pixels) = slice(k, instanceUIDs[k])
      try DICOMObjectWriter.write(attributes, pixels: pixels, to: paths[k].path)
    }
    for outcome in outcomes { try outcome.get() }
    return WrittenSeries(
      paths: paths, instanceUIDs: instanceUIDs, sopClass: sopClass, header: header)
  }

  private static func fileName(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(4 - digits.count, 0)) + digits + ".dcm"
  }
}
