import Geometry

/// Where the frames of one multi-frame image lie: enough for a list, without its pixels.
struct FrameLayout: Sendable, Hashable {
  let summary: SeriesCatalogue.GridSummary

  /// `nil` for single-frame images and where the header does not place its frames.
  init?(_ header: DICOMHeader) {
    let summary: SeriesCatalogue.GridSummary?
    switch header.code(.sopClass) {
    case let sop? where SOPClass.isMultiFrame(sop):
      summary = Self.functionalGroups(header)
    case SOPClass.nuclearMedicine: summary = try? Self.nuclearMedicine(header)
    default: summary = nil
    }
    guard let summary else { return nil }
    self.summary = summary
  }

  /// Plane and pixel measures are shared or per frame (PS3.3 C.7.6.16).
  private static func functionalGroups(
    _ header: DICOMHeader
  ) -> SeriesCatalogue.GridSummary? {
    let shared = header.items(.sharedGroups).first
    let frames = header.items(.perFrameGroups)
    func text(_ tag: DICOMTag, in group: DICOMTag, of frame: DICOMHeader) -> String? {
      (frame.items(group).first ?? shared?.items(group).first)?.text(tag)
    }
    let classic = frames.map { frame in
      header.classic(
        position: text(.position, in: .planePositionSequence, of: frame),
        orientation: text(.orientation, in: .planeOrientationSequence, of: frame),
        spacing: text(.pixelSpacing, in: .pixelMeasuresSequence, of: frame),
        thickness: text(.sliceThickness, in: .pixelMeasuresSequence, of: frame))
    }
    guard let first = classic.first, let plane = try? ImagePlane(first),
      let columns = try? header.integer(.columns), let rows = try? header.integer(.rows)
    else { return nil }
    let positions = classic.compactMap(\.corner).sorted {
      $0.dot(plane.axes.k) < $1.dot(plane.axes.k)
    }
    guard positions.count == frames.count, let lowest = positions.first,
      let highest = positions.last
    else { return nil }
    let steps = zip(positions, positions.dropFirst())
      .map { ($1 - $0).dot(plane.axes.k) }
      .filter { $0 > SliceStack.duplicateTolerance }
    let thickness = try? first.number(.sliceThickness)
    guard let between = steps.isEmpty ? thickness : steps.sorted()[steps.count / 2] else {
      return nil
    }
    return .init(
      columns: columns, rows: rows, slices: steps.count + 1, plane: plane, between: between,
      corners: (lowest, highest))
  }

  /// Frames lie along the normal from the position of the first (PS3.3 C.8.4.15).
  private static func nuclearMedicine(
    _ header: DICOMHeader
  ) throws(DICOMReadError) -> SeriesCatalogue.GridSummary {
    let frames = try header.integer(.frameCount) ?? 1
    let spacing = try header.requiredNumbers(.pixelSpacing, count: 2)
    let thickness = try header.number(.sliceThickness)
    guard let between = try header.number(.spacingBetweenSlices) ?? thickness else {
      throw header.missing(.spacingBetweenSlices)
    }
    let columns = try header.requiredInteger(.columns)
    let rows = try header.requiredInteger(.rows)
    let detector = header.items(.detectorInformation).first ?? header
    let classic = header.classic(
      position: detector.text(.position) ?? header.text(.position),
      orientation: detector.text(.orientation) ?? header.text(.orientation),
      spacing: header.text(.pixelSpacing), thickness: nil)
    guard let first = classic.corner, let plane = try? ImagePlane(classic) else {
      return .init(
        columns: columns, rows: rows, slices: frames,
        spacing: [spacing[1], spacing[0], abs(between)], extent: nil)
    }
    return .init(
      columns: columns, rows: rows, slices: frames, plane: plane, between: abs(between),
      corners: (first, first + plane.axes.k * between * Double(frames - 1)))
  }
}

extension DICOMHeader {
  /// What a single-slice image would say of its plane.
  fileprivate func classic(
    position: String?, orientation: String?, spacing: String?, thickness: String?
  ) -> DICOMHeader {
    let texts: [(DICOMTag, String?)] = [
      (.position, position), (.orientation, orientation), (.pixelSpacing, spacing),
      (.sliceThickness, thickness),
    ]
    return DICOMHeader(
      file: file,
      entries: texts.compactMap { tag, text in
        text.map { Entry(tag: tag, text: $0, items: []) }
      })
  }

  fileprivate var corner: SIMD3<Double>? {
    guard let p = try? requiredNumbers(.position, count: 3) else { return nil }
    return SIMD3(p[0], p[1], p[2])
  }
}

extension SeriesCatalogue.GridSummary {
  init(_ grid: VoxelGrid) {
    self.init(
      columns: grid.size.x, rows: grid.size.y, slices: grid.size.z,
      spacing: [grid.spacing.x, grid.spacing.y, grid.spacing.z],
      extent: .init(
        corners: (
          grid.patientPoint(i: 0, j: 0, k: 0).millimetres,
          grid.patientPoint(i: 0, j: 0, k: grid.size.z - 1).millimetres
        ), axes: grid.axes, columns: grid.size.x, rows: grid.size.y, spacing: grid.spacing))
  }

  init(
    columns: Int, rows: Int, slices: Int, plane: ImagePlane, between: Double,
    corners: (SIMD3<Double>, SIMD3<Double>)
  ) {
    let spacing = SIMD3(plane.columnSpacing, plane.rowSpacing, between)
    self.init(
      columns: columns, rows: rows, slices: slices, spacing: [spacing.x, spacing.y, spacing.z],
      extent: .init(
        corners: corners, axes: plane.axes, columns: columns, rows: rows, spacing: spacing))
  }
}

extension SeriesCatalogue.Extent {
  /// The box around all voxels of a stack.
  ///
  /// - Parameter corners: Centres of the first voxel of the first and of the last slice.
  fileprivate init(
    corners: (SIMD3<Double>, SIMD3<Double>), axes: VoxelGrid.Axes, columns: Int, rows: Int,
    spacing: SIMD3<Double>
  ) {
    var lowest = SIMD3(repeating: Double.infinity)
    var highest = -lowest
    let sides = (i: axes.i * spacing.x, j: axes.j * spacing.y, k: axes.k * spacing.z)
    let down = corners.0.dot(axes.k) < corners.1.dot(axes.k) ? corners.0 : corners.1
    let up = down == corners.0 ? corners.1 : corners.0
    for (corner, k) in [(down, -0.5), (up, 0.5)] {
      for i in [-0.5, Double(columns) - 0.5] {
        for j in [-0.5, Double(rows) - 0.5] {
          let p = corner + sides.i * i + sides.j * j + sides.k * k
          lowest = pointwiseMin(lowest, p)
          highest = pointwiseMax(highest, p)
        }
      }
    }
    self.lowest = [lowest.x, lowest.y, lowest.z]
    self.highest = [highest.x, highest.y, highest.z]
    isTransverse = abs(axes.k.z) > 0.8
  }
}
