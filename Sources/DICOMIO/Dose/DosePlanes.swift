import Geometry

/// Where the planes of an RT Dose lie: Grid Frame Offset Vector (3004,000C), PS3.3 C.8.8.3.2.
struct DosePlanes {
  let grid: VoxelGrid
  /// Frame indices from the first slice of the grid to the last.
  let order: [Int]
  let warnings: [String]

  /// Millimetres by which header numbers that should be equal may differ.
  private static let tolerance = 0.01

  init(_ header: DICOMHeader, frameCount: Int) throws(DICOMReadError) {
    let plane = try ImagePlane(header)
    let corner = try ImagePlane.corner(of: header)
    let offsets = try Self.offsets(header, frameCount, plane, corner)
    // Offsets may fall from frame to frame: the grid always runs along the normal.
    order = offsets.indices.sorted { offsets[$0] < offsets[$1] }
    let sorted = order.map { offsets[$0] }
    let origin = PatientPoint(millimetres: corner + plane.axes.k * sorted[0])
    let (columns, rows) = try (
      header.requiredInteger(.columns), header.requiredInteger(.rows)
    )
    do {
      if frameCount > 1 {
        warnings = []
        grid = try VoxelGrid(
          columns: columns, rows: rows, columnSpacing: plane.columnSpacing,
          rowSpacing: plane.rowSpacing, sliceOffsets: sorted.map { $0 - sorted[0] },
          axes: plane.axes, origin: origin)
      } else {
        let (thickness, warning) = try Self.thicknessOfOnePlane(header, plane)
        warnings = [warning].compactMap { $0 }
        grid = try VoxelGrid(
          size: [columns, rows, 1],
          spacing: [plane.columnSpacing, plane.rowSpacing, thickness], axes: plane.axes,
          origin: origin)
      }
    } catch let error as DICOMReadError {
      throw error
    } catch {
      throw Self.unusable(header, "gives no dose grid: \(error)")
    }
  }

  /// Millimetres of each frame along the normal from Image Position (Patient).
  ///
  /// A first value of 0 means that the vector counts from the first plane along the normal. A first
  /// value equal to the z of Image Position means patient coordinates, which the standard allows
  /// for axial planes only.
  private static func offsets(
    _ header: DICOMHeader, _ frameCount: Int, _ plane: ImagePlane, _ corner: SIMD3<Double>
  ) throws(DICOMReadError) -> [Double] {
    let vector = try header.numbers(.gridFrameOffsets)
    guard frameCount > 1 else { return [0] }
    try requirePlanesByOffset(header)
    guard let first = vector.first else { throw header.missing(.gridFrameOffsets) }
    guard vector.count == frameCount else {
      throw unusable(header, "has \(vector.count) values for \(frameCount) frames")
    }
    if abs(first) < tolerance { return vector }
    guard abs(first - corner.z) < tolerance else {
      throw unusable(
        header, "begins neither with 0 nor with the z of Image Position (Patient) (0020,0032)")
    }
    guard abs(abs(plane.axes.k.z) - 1) < 1e-6 else {
      throw unusable(header, "holds patient coordinates, which only axial planes may use")
    }
    return vector.map { ($0 - corner.z) * (plane.axes.k.z > 0 ? 1 : -1) }
  }

  /// Frame Increment Pointer (0028,0009) must name Grid Frame Offset Vector where it is there: frames
  /// that count something else are no planes of one dose.
  private static func requirePlanesByOffset(_ header: DICOMHeader) throws(DICOMReadError) {
    guard let pointer = header.code(.frameIncrementPointer),
      pointer.filter(\.isHexDigit).lowercased() != "3004000c"
    else { return }
    throw .unusable(
      .frameIncrementPointer, file: header.file,
      reason: "does not point to Grid Frame Offset Vector (3004,000C)",
      remedy: "Export the dose again from the planning system.")
  }

  private static func thicknessOfOnePlane(
    _ header: DICOMHeader, _ plane: ImagePlane
  ) throws(DICOMReadError) -> (Double, warning: String?) {
    if let thickness = try header.number(.sliceThickness), thickness > 0 { return (thickness, nil) }
    let vector = try header.numbers(.gridFrameOffsets)
    if vector.count > 1, vector[1] != vector[0] {
      return (
        abs(vector[1] - vector[0]),
        "the one dose plane has no Slice Thickness (0018,0050); "
          + "the step of Grid Frame Offset Vector (3004,000C) was taken"
      )
    }
    return (
      plane.columnSpacing,
      "the one dose plane has no thickness; the distance of its columns was taken"
    )
  }

  private static func unusable(_ header: DICOMHeader, _ reason: String) -> DICOMReadError {
    .unusable(
      .gridFrameOffsets, file: header.file, reason: reason,
      remedy: "Export the dose again from the planning system.")
  }
}
