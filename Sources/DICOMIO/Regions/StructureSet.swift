public import Foundation
public import Geometry
public import Quantities
public import Volumes

/// An RT Structure Set: regions drawn as closed planar contours (PS3.3 C.8.8.5 and C.8.8.6).
public struct StructureSet: Sendable, Hashable {
  /// One region of interest.
  public struct Region: Sendable, Hashable {
    public let number: Int
    public let name: String
    public let frameOfReference: FrameOfReference?
    /// RT ROI Interpreted Type, for example `GTV`, `ORGAN` or `EXTERNAL`.
    public let interpretedType: String?
    /// Closed planar contours, each a polygon in patient millimetres.
    public let contours: [[PatientPoint]]
    /// Contours of type POINT: isocentres and markers.
    public let points: [PatientPoint]
    /// Contours that enclose nothing (points, open lines) and are not in ``contours``.
    public let ignoredContours: Int
    /// Whether the contours of one plane are combined by exclusive or (CLOSEDPLANAR_XOR).
    public let isExclusive: Bool
    /// Contour Slab Thickness in millimetres, where it is stated.
    public let slabThickness: Double?
    /// For people: what was odd in this region.
    public let warnings: [String]
    /// Why this region cannot be made into voxels, where its data are damaged.
    public let fault: DICOMReadError?
    /// Whether it is a region of points or lines, as the point of an isocentre, or has no contour.
    public var enclosesNothing: Bool { contours.isEmpty && fault == nil }
  }

  /// Name of the file without its folder.
  public let file: String
  public let regions: [Region]
  /// The series it was drawn on, by Series Instance UID.
  public let referencedSeries: [String]
  /// For people: what was odd in the structure set as a whole.
  public let warnings: [String]

  /// - Throws: ``DICOMReadError`` when the file is no structure set or is damaged.
  public static func load(file url: URL) throws(DICOMReadError) -> StructureSet {
    try StructureSet(DICOMFile(contentsOf: url).header)
  }

  /// The first region of that name; `nil` when there is none.
  public func region(named name: String) -> Region? { regions.first { $0.name == name } }

  /// The voxels of `grid` that lie inside the region most, as many as make up its volume: on
  /// coarse grids a rule of half-covered voxels misses the volume by several per cent.
  ///
  /// - Parameters:
  ///   - frame: The frame of reference of the image that `grid` belongs to.
  /// - Throws: ``DICOMReadError/wrongFrame(file:region:)`` when the region was drawn in another
  ///   frame, or a refusal when the region has no closed contour.
  public func mask(
    of region: Region, on grid: VoxelGrid, frame: FrameOfReference
  ) throws(DICOMReadError) -> Mask {
    try rasterised(region, on: grid, frame: frame).volumeKeepingMask()
  }

  /// How much of each voxel of `grid` lies inside the region, with what was odd about it.
  ///
  /// The region is a stack of prisms, see ``Region/solidWarnings`` for what that had to assume:
  /// each contour plane stands for the tissue half-way to its neighbours, and the outermost
  /// ones for half the usual distance beyond them. A single plane without Contour Slab Thickness
  /// fills the slice it lies in.
  ///
  /// - Throws: As ``mask(of:on:frame:)``.
  public func rasterised(
    _ region: Region, on grid: VoxelGrid, frame: FrameOfReference
  ) throws(DICOMReadError) -> RasterisedRegion {
    guard let drawnIn = region.frameOfReference else {
      throw .missing(
        .referencedFrame, file: file,
        remedy: "Region '\(region.name)' does not say where it lies; export it again.")
    }
    guard drawnIn == frame else { throw .wrongFrame(file: file, region: region.name) }
    let stack = try region.stack(file: file)
    let isWithin = stack.corners.allSatisfy { grid.contains(PatientPoint(millimetres: $0)) }
    return RasterisedRegion(
      grid: grid, slices: stack.slices(on: grid), givenVolume: stack.volume,
      isWithinGrid: isWithin, warnings: region.warnings + stack.warnings)
  }
}

extension StructureSet.Region {
  /// Volume of the stack of prisms, without any grid; `nil` when it cannot be had: no closed
  /// contour, damaged data, or a single plane of unknown thickness.
  public var volume: TissueVolume? { (try? stack(file: ""))?.volume }

  /// What making a solid of the contours had to assume; empty when nothing.
  public var solidWarnings: [String] { (try? stack(file: ""))?.warnings ?? [] }

  /// Usual distance of the contour planes.
  public var planeSpacing: Length? {
    (try? stack(file: ""))?.spacing.map { .millimetres($0) }
  }

  /// Lowest and highest coordinates of the contours' corners.
  public var bounds: (low: PatientPoint, high: PatientPoint)? {
    let corners = contours.joined().map(\.millimetres)
    guard let first = corners.first else { return nil }
    return (
      PatientPoint(millimetres: corners.reduce(first) { pointwiseMin($0, $1) }),
      PatientPoint(millimetres: corners.reduce(first) { pointwiseMax($0, $1) })
    )
  }

  func stack(file: String) throws(DICOMReadError) -> ContourStack {
    if let fault { throw fault }
    do throws(ContourFault) {
      return try ContourStack(contours, exclusive: isExclusive, thickness: slabThickness)
    } catch {
      switch error {
      case .noArea:
        throw .unusable(
          .contourData, file: file, reason: "of region '\(name)' has no closed planar contour",
          remedy: "Draw the region as closed contours on the slices of one image.")
      case .notParallel(let millimetres):
        let off = (millimetres * 10).rounded() / 10
        throw .unusable(
          .contourData, file: file,
          reason: "of region '\(name)' leaves the plane of the other contours by \(off) mm",
          remedy: "Draw the region on slices of one orientation.")
      }
    }
  }
}
