import Foundation
import Geometry

/// A slice with its place along the normal of the stack.
struct PlacedSlice {
  let slice: ImageSlice
  /// The first pixel in the patient.
  let corner: SIMD3<Double>
  /// Along the normal, in millimetres from the frame's origin.
  let offset: Double
  let position: SlicePosition

  var header: DICOMHeader { slice.header }
}

/// The slices of one series put in order along their normal.
struct SliceStack {
  let grid: VoxelGrid
  /// The slices that are there, from the first of the grid to the last.
  let slices: [ImageSlice]
  /// Slices of the grid that are not there.
  let interpolated: [InterpolatedSlice]
  let tilt: GantryTilt?
  let frameOfReference: FrameOfReference?
  let incompleteness: Incompleteness?
  let warnings: [String]

  static let duplicateTolerance = GapSurvey.duplicateTolerance

  /// What a kind of image allows.
  struct Rules {
    var gaps = SliceGaps.refuse
    /// Whether a sheared stack is moved onto an orthogonal grid; else it is refused.
    var correctsTilt = false
    /// Whether all slices of the series are given, not one phase of it.
    var isWholeSeries = true
  }

  init(_ files: [DICOMFile], what: String) throws(DICOMReadError) {
    try self.init(ImageSlice.all(of: files), what: what, rules: Rules(correctsTilt: true))
  }

  /// - Throws: ``DICOMReadError`` when the slices are of several series, patients or phases,
  ///   differ in size or orientation, or when a slice is missing or twice there.
  init(_ slices: [ImageSlice], what: String, rules: Rules) throws(DICOMReadError) {
    guard let first = slices.first else { throw .nothingFound(file: "", what: what) }
    try Self.checkBelongTogether(slices)
    let plane = try ImagePlane(first.header)
    let placed = try Self.placed(slices, on: plane)
    try SeriesPhase.requireOne(placed)
    let survey = GapSurvey(placed)
    try survey?.requireNoDuplicates()
    if rules.gaps == .refuse { try survey?.requireNoHoles() }
    let interpolated = try survey?.standIns(normal: plane.axes.k) ?? []
    let tilt = try GantryTilt(placed, on: plane)
    if !rules.correctsTilt { try tilt?.refuse(placed) }

    self.slices = placed.map(\.slice)
    self.interpolated = interpolated
    self.tilt = tilt
    frameOfReference = first.header.code(.frameOfReference).map(FrameOfReference.init(uid:))
    incompleteness = try Incompleteness(
      placed.map(\.slice), isWhole: rules.isWholeSeries)
    let thickness = try first.header.number(.sliceThickness)
    warnings =
      (survey?.warnings(thickness: thickness) ?? []) + interpolated.warnings
      + [incompleteness?.description, tilt?.description].compactMap { $0 }
      + PatientPosture.warnings(placed.map(\.header), axes: plane.axes)
      + (slices.allSatisfy(\.file.hasMetaHeader)
        ? [] : ["some files have no DICOM meta header; their encoding was inferred"])
    grid = try Self.grid(plane, placed, interpolated, tilt, sliceThickness: thickness)
  }

  /// The samples of the whole grid from the samples of ``slices``.
  ///
  /// - Parameter air: What lies outside the slices of a tilted stack.
  func assembled(_ samples: [Float], air: Float = 0) -> [Float] {
    let upright = tilt?.straightened(samples, air: air) ?? samples
    return interpolated.spread(upright, perSlice: grid.size.x * grid.size.y)
  }

  /// One series of one patient in one frame with one matrix.
  private static func checkBelongTogether(_ slices: [ImageSlice]) throws(DICOMReadError) {
    let first = slices[0].header
    let mustAgree: [DICOMTag] = [
      .patientID, .patientName, .seriesUID, .frameOfReference, .rows, .columns,
    ]
    for slice in slices.dropFirst() {
      for tag in mustAgree where slice.header.text(tag) != first.text(tag) {
        throw .mixed(
          tag == .patientName ? .patientID : tag, file: first.file, other: slice.header.file)
      }
    }
  }

  static func placed(
    _ slices: [ImageSlice], on plane: ImagePlane
  ) throws(DICOMReadError) -> [PlacedSlice] {
    var placed: [PlacedSlice] = []
    for slice in slices {
      try plane.requireSame(as: slice.header, reference: slices[0].header)
      let corner = try ImagePlane.corner(of: slice.header)
      placed.append(
        PlacedSlice(
          slice: slice, corner: corner, offset: corner.dot(plane.axes.k),
          position: SlicePosition(corner: corner, normal: plane.axes.k)))
    }
    return placed.sorted {
      ($0.offset, $0.slice.file.url.path, $0.slice.frame)
        < ($1.offset, $1.slice.file.url.path, $1.slice.frame)
    }
  }

  private static func grid(
    _ plane: ImagePlane, _ placed: [PlacedSlice], _ interpolated: [InterpolatedSlice],
    _ tilt: GantryTilt?, sliceThickness: Double?
  ) throws(DICOMReadError) -> VoxelGrid {
    let header = placed[0].header
    let inFile = (
      columns: try header.requiredInteger(.columns), rows: try header.requiredInteger(.rows)
    )
    let columns = tilt?.columns ?? inFile.columns
    let rows = tilt?.rows ?? inFile.rows
    let origin = PatientPoint(millimetres: tilt?.origin ?? placed[0].corner)
    let offsets = (placed.map(\.offset) + interpolated.map(\.offset)).sorted()
    do {
      guard offsets.count > 1 else {
        guard let thickness = sliceThickness, thickness > 0 else {
          throw header.missing(.sliceThickness)
        }
        return try VoxelGrid(
          size: [columns, rows, 1],
          spacing: [plane.columnSpacing, plane.rowSpacing, thickness], axes: plane.axes,
          origin: origin)
      }
      return try VoxelGrid(
        columns: columns, rows: rows, columnSpacing: plane.columnSpacing,
        rowSpacing: plane.rowSpacing, sliceOffsets: offsets.map { $0 - offsets[0] },
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
