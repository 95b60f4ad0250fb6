public import Foundation
public import Geometry

/// What is known of every image series whatever its modality.
public struct SeriesFacts: Sendable, Hashable, Codable {
  /// Number of files it was read from.
  public let fileCount: Int
  public let frameOfReference: FrameOfReference?
  /// Begin of the acquisition of the first slice in time, else of the series. Wall clock read as
  /// UTC unless the header states its offset.
  public let start: Date?
  /// Slices of the volume that are not in the files, where gaps were allowed.
  public let interpolatedSlices: [InterpolatedSlice]
  /// How much is missing of what the headers announce; `nil` when nothing is.
  public let incompleteness: Incompleteness?
  /// By how much a tilted gantry was undone; `nil` for an upright stack.
  public let gantryTiltDegrees: Double?
  /// For people: what was odd and what was done about it.
  public let warnings: [String]

  /// The facts of one file.
  init(_ header: DICOMHeader, frame: FrameOfReference?, warnings: [String]) {
    self.init(
      headers: [header], fileCount: 1, frame: frame, interpolated: [], incompleteness: nil,
      tilt: nil, warnings: warnings)
  }

  /// The facts of a stack of slices.
  init(_ stack: SliceStack) {
    self.init(
      headers: stack.slices.map(\.header), fileCount: Set(stack.slices.map(\.file.url)).count,
      frame: stack.frameOfReference, interpolated: stack.interpolated,
      incompleteness: stack.incompleteness, tilt: stack.tilt?.degrees, warnings: stack.warnings)
  }

  private init(
    headers: [DICOMHeader], fileCount: Int, frame: FrameOfReference?,
    interpolated: [InterpolatedSlice], incompleteness: Incompleteness?, tilt: Double?,
    warnings: [String]
  ) {
    self.fileCount = fileCount
    frameOfReference = frame
    start = headers.compactMap(\.acquisitionStart).min() ?? headers.first?.seriesStart
    interpolatedSlices = interpolated
    self.incompleteness = incompleteness
    gantryTiltDegrees = tilt
    self.warnings =
      warnings
      + (frame == nil
        ? ["the series has no Frame of Reference UID (0020,0052); it cannot be joined to others"]
        : [])
  }
}

/// SOP classes this reader tells apart (PS3.4 B.5).
enum SOPClass {
  static let mediaDirectory = "1.2.840.10008.1.3.10"
  static let ct = "1.2.840.10008.5.1.4.1.1.2"
  static let enhancedCT = "1.2.840.10008.5.1.4.1.1.2.1"
  static let pet = "1.2.840.10008.5.1.4.1.1.128"
  static let enhancedPET = "1.2.840.10008.5.1.4.1.1.130"
  static let nuclearMedicine = "1.2.840.10008.5.1.4.1.1.20"
  static let structureSet = "1.2.840.10008.5.1.4.1.1.481.3"
  static let segmentation = "1.2.840.10008.5.1.4.1.1.66.4"
  static let labelMapSegmentation = "1.2.840.10008.5.1.4.1.1.66.7"
  static let spatialRegistration = "1.2.840.10008.5.1.4.1.1.66.1"
  static let deformableRegistration = "1.2.840.10008.5.1.4.1.1.66.3"
  static let realWorldValueMapping = "1.2.840.10008.5.1.4.1.1.67"

  private static let names = [
    ct: "CT Image", enhancedCT: "Enhanced CT Image", pet: "PET Image",
    enhancedPET: "Enhanced PET Image", legacyConvertedCT: "Legacy Converted Enhanced CT Image",
    legacyConvertedPET: "Legacy Converted Enhanced PET Image",
    nuclearMedicine: "Nuclear Medicine Image",
    structureSet: "RT Structure Set", segmentation: "Segmentation",
    "1.2.840.10008.5.1.4.1.1.481.2": "RT Dose", "1.2.840.10008.5.1.4.1.1.481.5": "RT Plan",
    "1.2.840.10008.5.1.4.1.1.4": "MR Image",
    "1.2.840.10008.5.1.4.1.1.7": "Secondary Capture Image",
    labelMapSegmentation: "Label Map Segmentation", spatialRegistration: "Spatial Registration",
    deformableRegistration: "Deformable Spatial Registration",
    realWorldValueMapping: "Real World Value Mapping",
    "1.2.840.10008.5.1.4.1.1.88.34": "Comprehensive 3D SR",
    "1.2.840.10008.5.1.4.1.1.88.22": "Enhanced SR",
    "1.2.840.10008.5.1.4.1.1.88.67": "X-Ray Radiation Dose SR",
  ]

  /// Its name, or the UID where it is none of these.
  static func name(_ uid: String?) -> String {
    guard let uid else { return "object without SOP class" }
    return names[uid] ?? uid
  }
}

extension DICOMHeader {
  /// - Throws: ``DICOMReadError/unsupported(_:file:what:remedy:)`` for another kind of object.
  func require(sopClass wanted: String, remedy: String) throws(DICOMReadError) {
    let found = code(.sopClass)
    guard found == wanted else {
      throw .unsupported(
        .sopClass, file: file, what: "\(SOPClass.name(found)) in place of \(SOPClass.name(wanted))",
        remedy: remedy)
    }
  }
}
