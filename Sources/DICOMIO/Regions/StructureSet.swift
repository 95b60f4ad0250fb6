public import Foundation
public import Geometry
public import Volumes

/// An RT Structure Set: regions drawn as closed planar contours.
public struct StructureSet: Sendable, Hashable {
  /// One region of interest.
  public struct Region: Sendable, Hashable {
    public let number: Int
    public let name: String
    public let frameOfReference: FrameOfReference?
    /// Closed planar contours, each a polygon in patient millimetres.
    public let contours: [[PatientPoint]]
    /// Contours that enclose nothing (points, open lines) and were left out.
    public let ignoredContours: Int
  }

  /// Name of the file without its folder.
  public let file: String
  public let regions: [Region]

  /// - Throws: ``DICOMReadError`` when the file is no structure set or is damaged.
  public static func load(file url: URL) throws(DICOMReadError) -> StructureSet {
    try StructureSet(DICOMFile(contentsOf: url).header)
  }

  init(_ header: DICOMHeader) throws(DICOMReadError) {
    try header.require(
      sopClass: SOPClass.structureSet, remedy: "Give an RT Structure Set (RTSTRUCT).")
    file = header.file
    var contours: [Int: DICOMHeader] = [:]
    for item in header.items(.regionContours) {
      contours[try item.requiredInteger(.referencedRegion)] = item
    }
    var regions: [Region] = []
    for item in header.items(.structureSetRegions) {
      let number = try item.requiredInteger(.regionNumber)
      regions.append(try Region(item, number: number, contours: contours[number]))
    }
    self.regions = regions
  }

  /// The region of that name; `nil` when there is none.
  public func region(named name: String) -> Region? { regions.first { $0.name == name } }

  /// The voxels of `grid` of which at least half lies inside the region.
  ///
  /// - Parameters:
  ///   - frame: The frame of reference of the image that `grid` belongs to.
  /// - Throws: ``DICOMReadError/wrongFrame(file:region:)`` when the region was drawn in another
  ///   frame, or a refusal when the region has no closed contour.
  public func mask(
    of region: Region, on grid: VoxelGrid, frame: FrameOfReference
  ) throws(DICOMReadError) -> Mask {
    guard region.frameOfReference == frame else {
      throw .wrongFrame(file: file, region: region.name)
    }
    guard let stack = ContourStack(region.contours) else {
      throw .unusable(
        .contourData, file: file, reason: "of region '\(region.name)' has no closed planar contour",
        remedy: "Draw the region as closed contours on the slices of one image.")
    }
    return stack.mask(on: grid)
  }
}

extension StructureSet.Region {
  fileprivate init(
    _ item: DICOMHeader, number: Int, contours: DICOMHeader?
  ) throws(DICOMReadError) {
    self.number = number
    name = item.text(.regionName) ?? "region \(number)"
    frameOfReference = item.code(.referencedFrame).map(FrameOfReference.init(uid:))
    var polygons: [[PatientPoint]] = []
    var ignored = 0
    for contour in contours?.items(.contourSequence) ?? [] {
      let values = try contour.numbers(.contourData)
      let isClosed = contour.code(.contourType)?.hasPrefix("CLOSED") ?? false
      guard isClosed, values.count >= 9 else {
        ignored += 1
        continue
      }
      guard values.count % 3 == 0 else {
        throw .unusable(
          .contourData, file: item.file, reason: "is not made of points with three coordinates",
          remedy: "Export the structure set again.")
      }
      polygons.append(
        stride(from: 0, to: values.count, by: 3).map {
          PatientPoint(x: values[$0], y: values[$0 + 1], z: values[$0 + 2])
        })
    }
    self.contours = polygons
    ignoredContours = ignored
  }
}
