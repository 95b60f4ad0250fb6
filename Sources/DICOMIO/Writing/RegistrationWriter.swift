public import Foundation
import Geometry

/// Writes Spatial and Deformable Spatial Registration objects (PS3.3 A.39).
public enum RegistrationWriter {
  /// Writes matrices that lead into the frame of `header`.
  ///
  /// - Parameters:
  ///   - header: Patient, study and series; its frame is the registered one.
  ///   - label: Upper case, for Content Label.
  /// - Throws: ``DICOMWriteError`` when a matrix leads into another frame, or the file cannot be
  ///   saved.
  public static func write(
    _ matrices: [RegistrationMatrix], header: SeriesHeader, label: String, to file: URL
  ) throws {
    guard matrices.allSatisfy({ $0.to == header.frame }) else {
      throw DICOMWriteError.framesDiffer(path: file.path)
    }
    // The registered frame itself comes first, as other programs expect it.
    let own = RegistrationMatrix.identity(from: header.frame, to: header.frame)
    let all = matrices.contains { $0.from == header.frame } ? matrices : [own] + matrices
    let items = all.map { matrix -> [WrittenAttribute] in
      [
        .init(0x0020, 0x0052, matrix.from.uid),
        .init(
          0x0070, 0x0309,
          items: [
            [
              .init(0x0070, 0x030A, items: [attributes(matrix)]), .init(0x0070, 0x030D, items: []),
            ]
          ]),
      ]
    }
    try save(
      SOPClass.spatialRegistration, header, label, [.init(0x0070, 0x0308, items: items)], to: file)
  }

  /// Writes maps that start in the frame of `header`.
  ///
  /// - Throws: ``DICOMWriteError`` when a map starts in another frame, its grid has uneven slices,
  ///   or the file cannot be saved.
  public static func write(
    _ deformations: [DeformationGrid], header: SeriesHeader, label: String, to file: URL
  ) throws {
    let start = deformations.allSatisfy { $0.from == header.frame }
    guard start else { throw DICOMWriteError.framesDiffer(path: file.path) }
    guard deformations.allSatisfy({ $0.grid?.sliceOffsets == nil }) else {
      throw DICOMWriteError.unevenSlices(path: file.path)
    }
    let items = deformations.map { deformation -> [WrittenAttribute] in
      [
        .init(0x0064, 0x0003, deformation.to.uid),
        .init(0x0064, 0x000F, items: [attributes(deformation.pre)]),
        .init(0x0064, 0x0010, items: [attributes(deformation.post)]),
        .init(0x0070, 0x030D, items: []),
        .init(0x0064, 0x0005, items: grid(deformation)),
      ]
    }
    try save(
      SOPClass.deformableRegistration, header, label, [.init(0x0064, 0x0002, items: items)],
      to: file)
  }

  private static func attributes(_ matrix: RegistrationMatrix) -> [WrittenAttribute] {
    [
      .init(0x3006, 0x00C6, DecimalString.of(matrix.rows)), .init(0x0070, 0x030C, matrix.kind),
    ]
  }

  private static func grid(_ deformation: DeformationGrid) -> [[WrittenAttribute]] {
    guard let grid = deformation.grid else { return [] }
    return [
      [
        .init(0x0020, 0x0032, DecimalString.of(grid.origin.millimetres)),
        .init(0x0020, 0x0037, SliceImage.orientation(grid)),
        .init(
          0x0064, 0x0007,
          longs: [UInt32(grid.size.x), UInt32(grid.size.y), UInt32(grid.size.z)]),
        .init(0x0064, 0x0008, doubles: [grid.spacing.x, grid.spacing.y, grid.spacing.z]),
        .init(0x0064, 0x0009, floats: deformation.displacements),
      ]
    ]
  }

  private static func save(
    _ sopClass: String, _ header: SeriesHeader, _ label: String, _ content: [WrittenAttribute],
    to file: URL
  ) throws {
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    let attributes =
      header.attributes(
        modality: "REG", sopClass: sopClass,
        instanceUID: header.uids.uid("\(header.seriesUID) registration"), acquired: header.start
      ).filter { !imageOnly.contains($0.tag) }
      + [
        .init(0x0018, 0x1000, "0"), .init(0x0020, 0x0013, "1"), .init(0x0020, 0x0060, ""),
        .init(0x0070, 0x0080, label),
        .init(0x0070, 0x0081, ""), .init(0x0070, 0x0084, ""),
      ]
    try DICOMObjectWriter.write(attributes + content, to: file.path)
  }

  /// Acquisition date and time, which a registration does not have.
  private static let imageOnly: Set<WrittenTag> = [
    WrittenTag(0x0008, 0x0022), WrittenTag(0x0008, 0x0032),
  ]
}
