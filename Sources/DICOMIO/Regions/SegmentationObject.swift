public import Foundation
public import Geometry
import Kernels
public import Volumes

/// A DICOM Segmentation: regions given as voxels.
public struct SegmentationObject: Sendable {
  /// One segment.
  public struct Segment: Sendable, Hashable {
    public let number: Int
    public let label: String
    /// Meaning of its type code, for example `Liver`.
    public let propertyType: String?
  }

  public let file: String
  public let segments: [Segment]
  public let frameOfReference: FrameOfReference?
  /// Covers all frames of all segments; planes that no frame describes are empty.
  public let grid: VoxelGrid
  private let masks: [Int: Mask]

  /// Reads a binary or fractional segmentation; fractional voxels count from one half up.
  ///
  /// - Throws: ``DICOMReadError`` naming the file, the attribute and the remedy.
  public static func load(file url: URL) throws(DICOMReadError) -> SegmentationObject {
    try SegmentationObject(DICOMFile(contentsOf: url))
  }

  /// The voxels of a segment on the grid of this object; `nil` when there is no such segment.
  public func mask(of segment: Segment) -> Mask? {
    segments.contains(segment) ? masks[segment.number] ?? Mask(grid: grid) : nil
  }

  /// The voxels of a segment on the grid of an image, at least half covered.
  ///
  /// - Throws: ``DICOMReadError/wrongFrame(file:region:)`` when the image has another frame.
  public func mask(
    of segment: Segment, on target: VoxelGrid, frame: FrameOfReference
  ) throws(DICOMReadError) -> Mask? {
    guard frameOfReference == frame else { throw .wrongFrame(file: file, region: segment.label) }
    return mask(of: segment)?.resampled(onto: target)
  }

  private init(_ file: DICOMFile) throws(DICOMReadError) {
    let header = file.header
    try header.require(sopClass: SOPClass.segmentation, remedy: "Give a Segmentation (SEG).")
    let coding = try SegmentCoding(header)
    let frames = try SegmentFrames(header)
    let stored = try coding.coverage(file, frames: frames.frames.count)
    var voxels: [Int: [UInt8]] = [:]
    let perSlice = frames.grid.size.x * frames.grid.size.y
    for (n, frame) in frames.frames.enumerated() {
      var volume =
        voxels.removeValue(forKey: frame.segment)
        ?? [UInt8](repeating: 0, count: frames.grid.voxelCount)
      for p in 0..<perSlice where stored[n * perSlice + p] {
        volume[frame.slice * perSlice + p] = 1
      }
      voxels[frame.segment] = volume
    }
    self.file = header.file
    self.segments = try header.items(.segmentSequence).map(Segment.init)
    frameOfReference = header.code(.frameOfReference).map(FrameOfReference.init(uid:))
    let grid = frames.grid
    self.grid = grid
    masks = voxels.mapValues { inside in Mask(grid: grid) { inside[$0] != 0 } }
  }
}

extension SegmentationObject.Segment {
  fileprivate init(_ item: DICOMHeader) throws(DICOMReadError) {
    number = try item.requiredInteger(.segmentNumber)
    label = item.text(.segmentLabel) ?? "segment \(number)"
    propertyType = item.items(.propertyType).first?.text(.codeMeaning)
  }
}

/// How the voxels of a segmentation are stored.
private struct SegmentCoding {
  private let rows: Int
  private let columns: Int
  private let bits: Int
  private let threshold: Double

  init(_ header: DICOMHeader) throws(DICOMReadError) {
    rows = try header.requiredInteger(.rows)
    columns = try header.requiredInteger(.columns)
    bits = try header.requiredInteger(.bitsAllocated)
    let type = try header.required(.segmentationType)
    guard (type == "BINARY" && bits == 1) || (type == "FRACTIONAL" && bits == 8) else {
      throw .unsupported(
        .segmentationType, file: header.file, what: "a \(type) segmentation of \(bits) bits",
        remedy: "Export the segmentation as BINARY or 8-bit FRACTIONAL.")
    }
    let full = try header.integer(.maximumFractionalValue) ?? 255
    threshold = type == "BINARY" ? 1 : Double(full) / 2
  }

  /// Whether each voxel belongs to its segment, frame after frame.
  func coverage(_ file: DICOMFile, frames: Int) throws(DICOMReadError) -> [Bool] {
    let count = rows * columns * frames
    // Bits run on over frame borders (PS3.5 8.1.1), so all frames are read as one.
    let bytes = bits == 1 ? (count + 7) / 8 : count
    try PixelLayout.check(file, claimedBytes: bytes)
    guard bits != 1 || !file.pixels.isEncapsulated else {
      throw .unsupported(
        .transferSyntax, file: file.header.file, what: "\(file.transferSyntax) of single bits",
        remedy: "Export the segmentation uncompressed.")
    }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: 16)
    defer { unsafe buffer.deallocate() }
    try unsafe file.readFrames(0..<(bits == 1 ? 1 : frames), into: buffer)
    // In bounds: n < count, so n / 8 < bytes for single bits and n < bytes for whole bytes.
    if bits == 1 {
      return (0..<count).map { n in unsafe (buffer[n / 8] >> UInt8(n % 8)) & 1 == 1 }
    }
    return (0..<count).map { n in unsafe Double(buffer[n]) >= threshold }
  }
}

/// Segment and place of each frame, from the functional groups.
private struct SegmentFrames {
  struct Frame {
    let segment: Int
    let slice: Int
  }

  let frames: [Frame]
  let grid: VoxelGrid

  init(_ header: DICOMHeader) throws(DICOMReadError) {
    let shared = header.items(.sharedGroups).first
    // Some files keep the functional groups of frames that were cut away.
    let count = try header.integer(.frameCount) ?? 1
    let groups = header.items(.perFrameGroups).prefix(max(0, count))
    func find(_ tag: DICOMTag, _ group: DICOMHeader) -> DICOMHeader? {
      group.items(tag).first ?? shared?.items(tag).first
    }
    guard let first = groups.first,
      let measures = find(.pixelMeasuresSequence, first),
      let orientation = find(.planeOrientationSequence, first)
    else { throw header.missing(.perFrameGroups) }
    let cosines = try orientation.requiredNumbers(.orientation, count: 6)
    let spacing = try measures.requiredNumbers(.pixelSpacing, count: 2)
    var placed: [(segment: Int, position: SIMD3<Double>)] = []
    for group in groups {
      guard let plane = find(.planePositionSequence, group) else { throw header.missing(.position) }
      let p = try plane.requiredNumbers(.position, count: 3)
      let segment = try find(.segmentIdentification, group)?.integer(.referencedSegment) ?? 1
      placed.append((segment, SIMD3(p[0], p[1], p[2])))
    }
    let plane = try ImagePlane(orientation: cosines, spacing: spacing, file: header.file)
    let between = try measures.number(.spacingBetweenSlices)
    let thickness = try measures.number(.sliceThickness)
    let slices = SlicePlan(
      placed.map { $0.position.dot(plane.axes.k) }, spacing: between ?? thickness)
    frames = zip(placed, slices.index).map { Frame(segment: $0.segment, slice: $1) }
    let lowest = placed.min { $0.position.dot(plane.axes.k) < $1.position.dot(plane.axes.k) }
    grid = try slices.grid(
      plane, columns: header.requiredInteger(.columns), rows: header.requiredInteger(.rows),
      origin: lowest?.position ?? .zero, file: header.file)
  }
}

/// Slices of a sparse stack: where frames lie, and the empty ones between them.
private struct SlicePlan {
  let index: [Int]
  private let offsets: [Double]
  private let spacing: Double?

  /// Frames within this fraction of the spacing of a whole multiple lie on an even grid.
  private static let evenness = 0.1

  init(_ positions: [Double], spacing: Double?) {
    let lowest = positions.min() ?? 0
    let distinct = positions.sorted().reduce(into: [Double]()) { list, p in
      if list.last.map({ p - lowest - $0 > SliceStack.duplicateTolerance }) ?? true {
        list.append(p - lowest)
      }
    }
    self.spacing = spacing.map(abs)
    let step = spacing.map(abs) ?? 0
    let even =
      step > 0
      && distinct.allSatisfy {
        abs($0 / step - ($0 / step).rounded()) < Self.evenness
      }
    if even {
      let last = Int(((distinct.last ?? 0) / step).rounded())
      offsets = (0...last).map { Double($0) * step }
      index = positions.map { Int((($0 - lowest) / step).rounded()) }
    } else {
      offsets = distinct
      index = positions.map { p in
        distinct.indices.min { abs(distinct[$0] + lowest - p) < abs(distinct[$1] + lowest - p) }
          ?? 0
      }
    }
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
      throw .unusable(
        .position, file: file, reason: "gives no voxel grid: \(error)",
        remedy: "Export the segmentation again.")
    }
  }
}
