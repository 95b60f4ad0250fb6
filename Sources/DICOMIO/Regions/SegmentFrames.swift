import Foundation
import Geometry

/// Segment and place of each frame, from the functional groups.
struct SegmentFrames {
  struct Frame {
    /// `nil` where a frame holds all segments (LABELMAP).
    let segment: Int?
    let slice: Int
  }

  let frames: [Frame]
  let grid: VoxelGrid
  let warnings: [String]

  /// More voxels than a whole body at half a millimetre; a file that claims more is damaged.
  private static let mostVoxels = 500_000_000
  /// Frames may be shifted sideways by this fraction of a voxel.
  private static let sidewaysTolerance = 0.5

  init(_ header: DICOMHeader) throws(DICOMReadError) {
    let shared = header.items(.sharedGroups).first
    // Some files keep the functional groups of frames that were cut away.
    let count = try header.integer(.frameCount) ?? 1
    let groups = header.items(.perFrameGroups).prefix(max(0, count))
    func find(_ tag: DICOMTag, _ group: DICOMHeader) -> DICOMHeader? {
      group.items(tag).first ?? shared?.items(tag).first
    }
    guard let first = groups.first, groups.count == count,
      let measures = find(.pixelMeasuresSequence, first),
      let orientation = find(.planeOrientationSequence, first)
    else { throw header.missing(.perFrameGroups) }
    let plane = try Self.plane(orientation, measures, header.file)
    var placed: [(segment: Int?, position: SIMD3<Double>)] = []
    for group in groups {
      guard let place = find(.planePositionSequence, group) else { throw header.missing(.position) }
      if let own = group.items(.planeOrientationSequence).first {
        let other = try Self.plane(
          own, find(.pixelMeasuresSequence, group) ?? measures, header.file)
        guard plane.isLike(other) else {
          throw .mixed(.orientation, file: header.file, other: "its other frames")
        }
      }
      let p = try place.requiredNumbers(.position, count: 3)
      let segment = try find(.segmentIdentification, group)?.integer(.referencedSegment)
      placed.append((segment, SIMD3(p[0], p[1], p[2])))
    }
    let origin = try Self.origin(placed.map(\.position), plane, header.file)
    let slices = try SlicePlan(
      placed.map { $0.position.dot(plane.axes.k) },
      between: measures.number(.spacingBetweenSlices), thickness: measures.number(.sliceThickness))
    let isLabelMap = header.code(.segmentationType) == "LABELMAP"
    frames = zip(placed, slices.index).map {
      Frame(segment: isLabelMap ? nil : $0.segment ?? 1, slice: $1)
    }
    warnings = slices.warnings
    let size = try (header.requiredInteger(.columns), header.requiredInteger(.rows))
    guard size.0 * size.1 * slices.offsets.count <= Self.mostVoxels else {
      throw Self.unusable(header.file, "spreads the frames over \(slices.offsets.count) slices")
    }
    grid = try slices.grid(
      plane, columns: size.0, rows: size.1, origin: origin, file: header.file)
  }

  private static func plane(
    _ orientation: DICOMHeader, _ measures: DICOMHeader, _ file: String
  ) throws(DICOMReadError) -> ImagePlane {
    try ImagePlane(
      orientation: orientation.requiredNumbers(.orientation, count: 6),
      spacing: measures.requiredNumbers(.pixelSpacing, count: 2), file: file)
  }

  /// Position of the lowest frame.
  private static func origin(
    _ positions: [SIMD3<Double>], _ plane: ImagePlane, _ file: String
  ) throws(DICOMReadError) -> SIMD3<Double> {
    let lowest = positions.min { $0.dot(plane.axes.k) < $1.dot(plane.axes.k) } ?? .zero
    for position in positions {
      let drift = position - lowest
      guard abs(drift.dot(plane.axes.i)) <= sidewaysTolerance * plane.columnSpacing,
        abs(drift.dot(plane.axes.j)) <= sidewaysTolerance * plane.rowSpacing
      else { throw unusable(file, "shifts frames sideways by more than half a voxel") }
    }
    return lowest
  }

  static func unusable(_ file: String, _ reason: String) -> DICOMReadError {
    .unusable(
      .position, file: file, reason: reason, remedy: "Export the segmentation again.")
  }
}

extension ImagePlane {
  fileprivate func isLike(_ other: ImagePlane) -> Bool {
    (axes.i - other.axes.i).length < 1e-3 && (axes.j - other.axes.j).length < 1e-3
      && abs(columnSpacing / other.columnSpacing - 1) < 1e-3
      && abs(rowSpacing / other.rowSpacing - 1) < 1e-3
  }
}

/// Slices of a sparse stack: where frames lie, and the empty ones between them.
struct SlicePlan {
  /// Slice of each frame.
  let index: [Int]
  /// Of each slice from the lowest, in millimetres.
  let offsets: [Double]
  let warnings: [String]
  private let spacing: Double?

  /// Frames closer than this fraction of the slice distance lie on one slice: segments of one
  /// image may be written with positions rounded differently.
  private static let sameSlice = 0.1
  /// Gaps must be whole multiples of the stated distance within this fraction of it.
  private static let evenness = 0.25
  private static let mostSlices = 100_000.0

  /// - Parameters:
  ///   - between: Spacing Between Slices, where it is stated.
  ///   - thickness: Slice Thickness, which need not be the distance of slices.
  init(_ positions: [Double], between: Double?, thickness: Double?) throws(DICOMReadError) {
    let sorted = positions.sorted()
    let lowest = sorted.first ?? 0
    let gaps = zip(sorted, sorted.dropFirst()).map { $1 - $0 }
      .filter { $0 > SliceStack.duplicateTolerance }.sorted()
    let stated: Double? = between.map { abs($0) }.flatMap { $0 > 0 ? $0 : nil }
    let usual = gaps.isEmpty ? nil : Self.usualGap(gaps, thickness: thickness)
    let fits = stated.map { Self.areMultiples(gaps, of: $0) }
    let step: Double? = (fits ?? false) ? stated : usual ?? stated ?? thickness.map { abs($0) }
    spacing = step
    let planes = Self.planes(sorted, lowest, step: step ?? 0)
    var offsets: [Double] = []
    for (n, plane) in planes.enumerated() {
      let gap = n > 0 ? plane - planes[n - 1] : 0
      let ratio = step.map { (gap / $0).rounded() } ?? 1
      guard ratio <= Self.mostSlices else {
        throw SegmentFrames.unusable("", "leaves a gap of \(gap.rounded()) mm between frames")
      }
      for empty in 1..<max(1, Int(ratio)) {
        offsets.append(planes[n - 1] + gap * Double(empty) / ratio)
      }
      offsets.append(plane)
    }
    self.offsets = offsets
    var moved = 0.0
    index = positions.map { position in
      let slice = Self.nearest(position - lowest, offsets)
      moved = max(moved, abs(position - lowest - offsets[slice]))
      return slice
    }
    var warnings: [String] = []
    if fits == false {
      warnings.append("Spacing Between Slices does not fit the positions of the frames")
    }
    if moved > SliceStack.duplicateTolerance {
      let apart = (moved * 1000).rounded() / 1000
      warnings.append("frames up to \(apart) mm apart were taken as one slice")
    }
    self.warnings = warnings
  }

  private static func areMultiples(_ gaps: [Double], of step: Double) -> Bool {
    gaps.allSatisfy { gap in
      let ratio = gap / step
      return ratio < sameSlice || (ratio > 0.5 && abs(ratio - ratio.rounded()) <= evenness)
    }
  }

  /// The lower median of the gaps that are more than small offsets of one slice.
  private static func usualGap(_ gaps: [Double], thickness: Double?) -> Double {
    let least = sameSlice * (thickness.map(abs) ?? 0)
    let real = gaps.filter { $0 > least }
    return real.isEmpty ? gaps[gaps.count - 1] : real[(real.count - 1) / 2]
  }

  private static func planes(_ sorted: [Double], _ lowest: Double, step: Double) -> [Double] {
    let tolerance = max(SliceStack.duplicateTolerance, sameSlice * step)
    return sorted.reduce(into: []) { planes, position in
      if planes.last.map({ position - lowest - $0 > tolerance }) ?? true {
        planes.append(position - lowest)
      }
    }
  }

  private static func nearest(_ offset: Double, _ offsets: [Double]) -> Int {
    var (low, high) = (0, offsets.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if offsets[middle] < offset { low = middle + 1 } else { high = middle }
    }
    return low > 0 && offset - offsets[low - 1] < offsets[low] - offset ? low - 1 : low
  }

  func grid(
    _ plane: ImagePlane, columns: Int, rows: Int, origin: SIMD3<Double>, file: String
  ) throws(DICOMReadError) -> VoxelGrid {
    let origin = PatientPoint(millimetres: origin)
    do throws(GridError) {
      guard offsets.count > 1 else {
        return try VoxelGrid(
          size: [columns, rows, 1],
          spacing: [plane.columnSpacing, plane.rowSpacing, spacing ?? 0], axes: plane.axes,
          origin: origin)
      }
      return try VoxelGrid(
        columns: columns, rows: rows, columnSpacing: plane.columnSpacing,
        rowSpacing: plane.rowSpacing, sliceOffsets: offsets, axes: plane.axes, origin: origin)
    } catch {
      throw SegmentFrames.unusable(file, "gives no voxel grid: \(error)")
    }
  }
}
