import Geometry

/// Orientation and pixel spacing of an image plane.
struct ImagePlane {
  let axes: VoxelGrid.Axes
  /// Distance between columns, the second value of Pixel Spacing.
  let columnSpacing: Double
  /// Distance between rows, the first value of Pixel Spacing.
  let rowSpacing: Double

  /// Direction cosines are rounded in headers; more than this is another orientation.
  private static let cosineTolerance = 1e-3

  init(_ header: DICOMHeader) throws(DICOMReadError) {
    try self.init(
      orientation: header.requiredNumbers(.orientation, count: 6),
      spacing: header.requiredNumbers(.pixelSpacing, count: 2), file: header.file)
  }

  init(orientation c: [Double], spacing: [Double], file: String) throws(DICOMReadError) {
    let row = SIMD3(c[0], c[1], c[2])
    let column = SIMD3(c[3], c[4], c[5])
    let isSquare =
      abs(row.length - 1) < Self.cosineTolerance && abs(column.length - 1) < Self.cosineTolerance
      && abs(row.dot(column)) < Self.cosineTolerance
    guard isSquare else {
      throw .unusable(
        .orientation, file: file, reason: "is not two perpendicular unit vectors",
        remedy: "Export the series again.")
    }
    guard spacing.allSatisfy({ $0 > 0 }) else {
      throw .unusable(
        .pixelSpacing, file: file, reason: "is not positive", remedy: "Export the series again.")
    }
    let i = row.normalised
    let normal = i.cross(column).normalised
    // Slices are sorted along this normal, so the axes are right-handed wherever it points.
    axes = VoxelGrid.Axes(i: i, j: normal.cross(i), k: normal)
    (rowSpacing, columnSpacing) = (spacing[0], spacing[1])
  }

  /// The first pixel of a slice in the patient.
  static func corner(of header: DICOMHeader) throws(DICOMReadError) -> SIMD3<Double> {
    let p = try header.requiredNumbers(.position, count: 3)
    return [p[0], p[1], p[2]]
  }

  /// - Throws: ``DICOMReadError/mixed(_:file:other:)`` for another orientation or pixel size than
  ///   this one, which is that of `reference`.
  func requireSame(
    as header: DICOMHeader, reference: DICOMHeader
  ) throws(DICOMReadError) {
    let other = try ImagePlane(header)
    guard (other.axes.i - axes.i).length < Self.cosineTolerance * 2,
      (other.axes.j - axes.j).length < Self.cosineTolerance * 2
    else { throw .mixed(.orientation, file: reference.file, other: header.file) }
    guard abs(other.columnSpacing / columnSpacing - 1) < 1e-3,
      abs(other.rowSpacing / rowSpacing - 1) < 1e-3
    else { throw .mixed(.pixelSpacing, file: reference.file, other: header.file) }
  }
}
