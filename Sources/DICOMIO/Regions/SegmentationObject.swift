public import Foundation
public import Geometry
public import Quantities
public import Volumes

/// A DICOM Segmentation: regions given as voxels (PS3.3 A.51 and C.8.20).
public struct SegmentationObject: Sendable {
  /// What the stored values mean.
  public enum Kind: String, Sendable, Hashable, Codable {
    /// Inside or outside.
    case binary = "BINARY"
    /// How likely it is that a voxel is inside.
    case probability = "FRACTIONAL PROBABILITY"
    /// How much of a voxel is inside.
    case occupancy = "FRACTIONAL OCCUPANCY"
    /// The number of the one segment that a voxel belongs to.
    case labelMap = "LABELMAP"
  }

  /// One segment.
  public struct Segment: Sendable, Hashable, Codable {
    public let number: Int
    public let label: String
    public let category: CodedConcept?
    public let type: CodedConcept?
    public let anatomicRegion: CodedConcept?
    /// The same in every object that shows this lesion or organ.
    public let trackingIdentifier: String?
    public let trackingUID: String?
    /// `MANUAL`, `SEMIAUTOMATIC` or `AUTOMATIC`.
    public let algorithmType: String?
    public let algorithmName: String?

    /// Meaning of its type code, for example `Liver`.
    public var propertyType: String? { type?.meaning }
  }

  public let file: String
  public let kind: Kind
  public let segments: [Segment]
  public let frameOfReference: FrameOfReference?
  /// The series it was drawn on, by Series Instance UID.
  public let referencedSeries: [String]
  /// Covers all frames of all segments; planes that no frame describes are empty.
  public let grid: VoxelGrid
  /// For people: what was odd and what was done about it.
  public let warnings: [String]
  private let pixels: SegmentPixels
  /// Frames and their slices by segment number.
  private let frames: [Int: [(frame: Int, slice: Int)]]

  /// Reads a binary, fractional or label-map segmentation.
  ///
  /// - Throws: ``DICOMReadError`` naming the file, the attribute and the remedy.
  public static func load(file url: URL) throws(DICOMReadError) -> SegmentationObject {
    try SegmentationObject(DICOMFile(contentsOf: url))
  }

  init(_ file: DICOMFile) throws(DICOMReadError) {
    let header = file.header
    if header.code(.sopClass) != SOPClass.labelMapSegmentation {
      try header.require(sopClass: SOPClass.segmentation, remedy: "Give a Segmentation (SEG).")
    }
    let layout = try SegmentFrames(header)
    var segments: [Segment] = []
    for item in header.items(.segmentSequence) { segments.append(try Segment(item)) }
    let background = Set(segments.filter(\.isBackground).map(\.number))
    segments.removeAll(where: \.isBackground)
    pixels = try SegmentPixels(file, frames: layout.frames.count)
    var frames: [Int: [(frame: Int, slice: Int)]] = [:]
    for (n, frame) in layout.frames.enumerated() {
      for number in frame.segment.map({ [$0] }) ?? segments.map(\.number) {
        frames[number, default: []].append((n, frame.slice))
      }
    }
    let known = Set(segments.map(\.number)).union(background)
    let strays = frames.keys.filter { !known.contains($0) }.count
    let empty = segments.filter { frames[$0.number] == nil }
    self.file = header.file
    kind = pixels.kind
    self.segments = segments
    frameOfReference = header.code(.frameOfReference).map(FrameOfReference.init(uid:))
    referencedSeries = header.items(.referencedSeries).compactMap { $0.code(.seriesUID) }
    grid = layout.grid
    self.frames = frames
    warnings =
      layout.warnings + empty.map { "segment '\($0.label)' has no frames" }
      + (strays > 0 ? ["frames of \(strays) segments that are not described were left out"] : [])
  }

  /// The stored fraction of each voxel, 0 to 1, on the grid of this object: how much of it is
  /// inside, or how likely it is inside, as ``kind`` says; `nil` when there is no such segment.
  public func coverage(of segment: Segment) throws(VolumeError) -> Volume<Coverage>? {
    guard segments.contains(segment) else { return nil }
    return try own(segment).coverage
  }

  /// The voxels of a segment on the grid of this object; `nil` when there is no such segment.
  ///
  /// - Parameter threshold: The stored fraction from which a voxel counts.
  public func mask(of segment: Segment, atLeast threshold: Double = 0.5) -> Mask? {
    segments.contains(segment) ? own(segment).mask(atLeast: threshold) : nil
  }

  /// Sum of the stored fractions times the voxel volumes; `nil` when there is no such segment.
  public func volume(of segment: Segment) -> TissueVolume? {
    segments.contains(segment) ? own(segment).volume : nil
  }

  /// The voxels of a segment on the grid of an image, at least half covered.
  ///
  /// - Throws: ``DICOMReadError/wrongFrame(file:region:)`` when the image has another frame.
  public func mask(
    of segment: Segment, on target: VoxelGrid, frame: FrameOfReference
  ) throws(DICOMReadError) -> Mask? {
    try rasterised(segment, on: target, frame: frame)?.mask()
  }

  /// How much of each voxel of an image's grid a segment covers. Voxels of the segmentation are
  /// boxes, so that its volume is kept whatever the voxel sizes are.
  ///
  /// - Throws: ``DICOMReadError/wrongFrame(file:region:)`` when the image has another frame.
  public func rasterised(
    _ segment: Segment, on target: VoxelGrid, frame: FrameOfReference
  ) throws(DICOMReadError) -> RasterisedRegion? {
    guard frameOfReference == frame else { throw .wrongFrame(file: file, region: segment.label) }
    guard segments.contains(segment) else { return nil }
    return target == grid ? own(segment) : SegmentRaster(planes(segment), on: grid).region(target)
  }

  /// The pairs of segments that share at least one voxel.
  public var overlappingSegments: [(Segment, Segment)] {
    guard kind != .labelMap else { return [] }
    let masks = segments.map { Outline(own($0).mask()) }
    return segments.indices.flatMap { a in
      segments.indices.filter { $0 > a && !masks[a].isDisjoint(with: masks[$0]) }
        .map { (segments[a], segments[$0]) }
    }
  }

  private func own(_ segment: Segment) -> RasterisedRegion {
    let slices = planes(segment).enumerated().compactMap { k, plane in
      plane.map {
        SliceWindow(slice: k, columns: 0..<grid.size.x, rows: 0..<grid.size.y, coverage: $0)
      }
    }
    return RasterisedRegion(
      grid: grid, slices: slices, givenVolume: nil, isWithinGrid: true, warnings: [])
  }

  /// The stored fractions by slice; `nil` for slices without a frame.
  private func planes(_ segment: Segment) -> [[Float]?] {
    var planes = [[Float]?](repeating: nil, count: grid.size.z)
    for (frame, slice) in frames[segment.number] ?? [] {
      var plane = planes[slice] ?? [Float](repeating: 0, count: grid.size.x * grid.size.y)
      planes[slice] = nil
      pixels.raise(&plane, frame: frame, segment: segment.number)
      planes[slice] = plane
    }
    return planes
  }
}

extension Outline {
  fileprivate func isDisjoint(with other: Outline) -> Bool {
    var n = 0
    for run in runs {
      while n < other.runs.count, other.runs[n].upperBound <= run.lowerBound { n += 1 }
      if n < other.runs.count, other.runs[n].lowerBound < run.upperBound { return false }
    }
    return true
  }
}

extension SegmentationObject.Segment {
  /// What lies outside all segments of a label map: Background (125040, DCM) as property type.
  fileprivate var isBackground: Bool { type?.scheme == "DCM" && type?.value == "125040" }

  fileprivate init(_ item: DICOMHeader) throws(DICOMReadError) {
    let number = try item.requiredInteger(.segmentNumber)
    self.number = number
    label = item.text(.segmentLabel) ?? "segment \(number)"
    category = item.concept(.propertyCategory)
    type = item.concept(.propertyType)
    anatomicRegion = item.concept(.anatomicRegion)
    trackingIdentifier = item.text(.trackingIdentifier)
    trackingUID = item.code(.trackingUID)
    algorithmType = item.code(.segmentAlgorithmType)
    algorithmName = item.text(.segmentAlgorithmName)
  }
}
