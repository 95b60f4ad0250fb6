public import Foundation
public import Geometry
import Quantities

/// What one DICOM object that is not an image series holds, ready to be printed or encoded.
public struct ObjectSummary: Sendable, Hashable, Codable {
  /// A region drawn with contours.
  public struct Region: Sendable, Hashable, Codable {
    public let number: Int
    public let name: String
    public let type: String?
    public let contours: Int
    public let points: Int
    /// Volume of the stack of prisms; `nil` when it cannot be had.
    public let millilitres: Double?
    /// Lowest and highest corner, in patient millimetres.
    public let low: PatientPoint?
    public let high: PatientPoint?
    public let warnings: [String]
  }

  /// A region given as voxels.
  public struct Segment: Sendable, Hashable, Codable {
    public let segment: SegmentationObject.Segment
    public let millilitres: Double?
  }

  /// Name of the file without its folder.
  public let file: String
  /// In words, for example `RT Structure Set`.
  public let kind: String
  public var frameOfReference: FrameOfReference?
  public var regions: [Region] = []
  public var segments: [Segment] = []
  public var valueMaps: [RealWorldValueMap] = []
  public var measurements: [MeasurementReport.Group] = []
  public var administrations: [AdministrationReport.Administration] = []
  public var matrices: [RegistrationMatrix] = []
  /// Without their vectors: the size of each grid and the largest displacement.
  public var deformations: [Deformation] = []
  public var warnings: [String] = []

  /// A deformable registration in short.
  public struct Deformation: Sendable, Hashable, Codable {
    public let from: FrameOfReference
    public let to: FrameOfReference
    public let grid: VoxelGrid?
    public let largestMillimetres: Double?
  }

  /// - Throws: ``DICOMReadError`` when the file is damaged or of a kind that this does not read.
  public static func load(file url: URL) throws(DICOMReadError) -> ObjectSummary {
    let file = try DICOMFile(contentsOf: url)
    let header = file.header
    switch header.code(.sopClass) {
    case SOPClass.structureSet: return ObjectSummary(try StructureSet(header), header)
    case SOPClass.segmentation, SOPClass.labelMapSegmentation:
      return ObjectSummary(try SegmentationObject(file), header)
    case SOPClass.realWorldValueMapping:
      var summary = ObjectSummary(header)
      summary.valueMaps = try RealWorldValueMapping(header).maps
      return summary
    case SOPClass.spatialRegistration:
      let registration = try SpatialRegistration(header)
      var summary = ObjectSummary(header)
      summary.matrices = registration.matrices
      summary.warnings = registration.warnings
      return summary
    case SOPClass.deformableRegistration:
      var summary = ObjectSummary(header)
      summary.deformations = try DeformableSpatialRegistration(file).deformations
        .map(Deformation.init)
      return summary
    default: return try report(header)
    }
  }

  private static func report(_ header: DICOMHeader) throws(DICOMReadError) -> ObjectSummary {
    guard StructuredReport.isReport(header) else {
      throw .unsupported(
        .sopClass, file: header.file, what: SOPClass.name(header.code(.sopClass)),
        remedy: "Give a structure set, segmentation, value map, report or registration.")
    }
    var summary = ObjectSummary(header)
    summary.measurements = try MeasurementReport(header).groups
    summary.administrations = try AdministrationReport(header).administrations
    return summary
  }

  private init(_ header: DICOMHeader) {
    file = header.file
    kind =
      StructuredReport.isReport(header)
      ? "Structured Report" : SOPClass.name(header.code(.sopClass))
    frameOfReference = header.code(.frameOfReference).map(FrameOfReference.init(uid:))
  }

  private init(_ set: StructureSet, _ header: DICOMHeader) {
    self.init(header)
    let frames = Set(set.regions.compactMap(\.frameOfReference))
    frameOfReference = frames.count == 1 ? frames.first : frameOfReference
    warnings = set.warnings
    regions = set.regions.map { region in
      let bounds = region.bounds
      let fault = region.fault.map { [$0.message] } ?? []
      return Region(
        number: region.number, name: region.name, type: region.interpretedType,
        contours: region.contours.count, points: region.points.count,
        millilitres: region.volume?.millilitres, low: bounds?.low, high: bounds?.high,
        warnings: region.warnings + region.solidWarnings + fault)
    }
  }

  private init(_ object: SegmentationObject, _ header: DICOMHeader) {
    self.init(header)
    warnings = object.warnings
    segments = object.segments.map {
      Segment(segment: $0, millilitres: object.volume(of: $0)?.millilitres)
    }
  }
}

extension ObjectSummary.Deformation {
  fileprivate init(_ deformation: DeformationGrid) {
    (from, to, grid) = (deformation.from, deformation.to, deformation.grid)
    var largest: Float?
    let v = deformation.displacements
    for n in stride(from: 0, to: v.count, by: 3) {
      let square = v[n] * v[n] + v[n + 1] * v[n + 1] + v[n + 2] * v[n + 2]
      if !square.isNaN { largest = max(largest ?? 0, square) }
    }
    largestMillimetres = largest.map { Double($0).squareRoot() }
  }
}
