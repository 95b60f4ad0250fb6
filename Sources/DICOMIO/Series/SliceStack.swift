import Foundation
import Geometry

/// Single-slice images of one series put in order along their normal.
struct SliceStack {
  let grid: VoxelGrid
  /// The files from the first slice of the grid to the last.
  let files: [DICOMFile]
  let frameOfReference: FrameOfReference?
  let warnings: [String]

  /// Two slices closer than this in millimetres are the same slice.
  static let duplicateTolerance = 0.01
  /// A gap of this many median gaps or more means that a slice is missing; bed joins change a gap
  /// by a few per cent only.
  static let missingGapRatio = 1.5
  /// Gaps within this fraction of the median need no mention.
  static let unremarkableDeviation = 0.1
  /// Slices may drift sideways by so many millimetres before the stack counts as sheared.
  static let sidewaysTolerance = 1.0

  /// - Throws: ``DICOMReadError`` when the files are of several series or patients, differ in
  ///   size or orientation, or when a slice is missing or twice there.
  init(_ unordered: [DICOMFile], what: String) throws(DICOMReadError) {
    guard let first = unordered.first else { throw .nothingFound(file: "", what: what) }
    try Self.checkBelongTogether(unordered)
    let plane = try ImagePlane(first.header)
    var placed: [(file: DICOMFile, offset: Double)] = []
    for file in unordered {
      placed.append((file, try plane.offset(of: file.header)))
    }
    placed.sort {
      ($0.offset, $0.file.url.path) < ($1.offset, $1.file.url.path)
    }
    var warnings = try Self.checkGaps(placed)
    if !unordered.allSatisfy(\.hasMetaHeader) {
      warnings.append("some files have no DICOM meta header; their encoding was inferred")
    }
    self.warnings = warnings
    files = placed.map(\.file)
    frameOfReference = first.header.code(.frameOfReference).map(FrameOfReference.init(uid:))
    grid = try Self.grid(plane, placed, sliceThickness: try first.header.number(.sliceThickness))
  }

  /// One series of one patient in one frame with one matrix.
  private static func checkBelongTogether(_ files: [DICOMFile]) throws(DICOMReadError) {
    let first = files[0].header
    let mustAgree: [DICOMTag] = [
      .patientID, .patientName, .seriesUID, .frameOfReference, .rows, .columns,
    ]
    for file in files.dropFirst() {
      for tag in mustAgree where file.header.text(tag) != first.text(tag) {
        throw .mixed(
          tag == .patientName ? .patientID : tag, file: first.file, other: file.header.file)
      }
    }
  }

  private static func checkGaps(
    _ placed: [(file: DICOMFile, offset: Double)]
  ) throws(DICOMReadError) -> [String] {
    let pairs = Array(zip(placed, placed.dropFirst()))
    for (a, b) in pairs where b.offset - a.offset < duplicateTolerance {
      throw .duplicateSlice(
        file: a.file.header.file, other: b.file.header.file, millimetres: a.offset)
    }
    let gaps = pairs.map { $1.offset - $0.offset }
    guard gaps.count > 1 else { return [] }
    let median = gaps.sorted()[gaps.count / 2]
    for (a, b) in pairs where b.offset - a.offset > missingGapRatio * median {
      throw .missingSlices(
        count: max(1, Int(((b.offset - a.offset) / median).rounded()) - 1),
        file: a.file.header.file, from: a.offset, to: b.offset)
    }
    let odd = gaps.count { abs($0 / median - 1) > unremarkableDeviation }
    return odd == 0
      ? []
      : ["\(odd) slice gaps differ from the usual one by more than 10 %; true positions are used"]
  }

  private static func grid(
    _ plane: ImagePlane, _ placed: [(file: DICOMFile, offset: Double)], sliceThickness: Double?
  ) throws(DICOMReadError) -> VoxelGrid {
    let header = placed[0].file.header
    let layout = (
      columns: try header.requiredInteger(.columns), rows: try header.requiredInteger(.rows)
    )
    let origin = try plane.position(of: header)
    do {
      guard placed.count > 1 else {
        guard let thickness = sliceThickness, thickness > 0 else {
          throw header.missing(.sliceThickness)
        }
        return try VoxelGrid(
          size: [layout.columns, layout.rows, 1],
          spacing: [plane.columnSpacing, plane.rowSpacing, thickness], axes: plane.axes,
          origin: origin)
      }
      return try VoxelGrid(
        columns: layout.columns, rows: layout.rows, columnSpacing: plane.columnSpacing,
        rowSpacing: plane.rowSpacing, sliceOffsets: placed.map { $0.offset - placed[0].offset },
        axes: plane.axes, origin: origin)
    } catch let error as DICOMReadError {
      throw error
    } catch {
      throw .unusable(
        .orientation, file: header.file, reason: "gives no voxel grid: \(error)",
        remedy: "Export the series again.")
    }
  }
}

/// Orientation and pixel spacing of an image plane.
struct ImagePlane {
  let axes: VoxelGrid.Axes
  /// Distance between columns, the second value of Pixel Spacing.
  let columnSpacing: Double
  /// Distance between rows, the first value of Pixel Spacing.
  let rowSpacing: Double
  private let anchor: SIMD3<Double>

  /// Direction cosines are rounded in headers; more than this is another orientation.
  private static let cosineTolerance = 1e-3

  init(_ header: DICOMHeader) throws(DICOMReadError) {
    let spacing = try header.requiredNumbers(.pixelSpacing, count: 2)
    try self.init(
      orientation: header.requiredNumbers(.orientation, count: 6), spacing: spacing,
      anchor: header.requiredNumbers(.position, count: 3), file: header.file)
  }

  init(
    orientation c: [Double], spacing: [Double], anchor: [Double], file: String
  ) throws(DICOMReadError) {
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
    self.anchor = SIMD3(anchor[0], anchor[1], anchor[2])
  }

  func position(of header: DICOMHeader) throws(DICOMReadError) -> PatientPoint {
    let p = try header.requiredNumbers(.position, count: 3)
    return PatientPoint(x: p[0], y: p[1], z: p[2])
  }

  /// Where a slice lies along the normal, in millimetres from the frame's origin.
  ///
  /// - Throws: ``DICOMReadError/mixed(_:file:other:)`` for another orientation or pixel size, and
  ///   a refusal when the slices are not stacked along their normal, as with a tilted gantry.
  func offset(of header: DICOMHeader) throws(DICOMReadError) -> Double {
    let other = try ImagePlane(header)
    guard (other.axes.i - axes.i).length < Self.cosineTolerance * 2,
      (other.axes.j - axes.j).length < Self.cosineTolerance * 2
    else { throw .mixed(.orientation, file: header.file, other: "the other slices") }
    guard abs(other.columnSpacing / columnSpacing - 1) < 1e-3,
      abs(other.rowSpacing / rowSpacing - 1) < 1e-3
    else { throw .mixed(.pixelSpacing, file: header.file, other: "the other slices") }
    let p = try position(of: header).millimetres
    let drift = p - anchor
    let sideways = SIMD2(drift.dot(axes.i), drift.dot(axes.j))
    guard (sideways * sideways).sum().squareRoot() <= SliceStack.sidewaysTolerance else {
      throw .unusable(
        .position, file: header.file, reason: "is not stacked along the normal (tilted gantry?)",
        remedy: "Reconstruct the series without gantry tilt, see Gantry/Detector Tilt (0018,1120).")
    }
    return p.dot(axes.k)
  }
}
