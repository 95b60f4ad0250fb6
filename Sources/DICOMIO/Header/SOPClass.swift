/// SOP classes this reader tells apart (PS3.4 B.5).
enum SOPClass {
  static let ct = "1.2.840.10008.5.1.4.1.1.2"
  static let enhancedCT = "1.2.840.10008.5.1.4.1.1.2.1"
  static let pet = "1.2.840.10008.5.1.4.1.1.128"
  static let enhancedPET = "1.2.840.10008.5.1.4.1.1.130"
  static let nuclearMedicine = "1.2.840.10008.5.1.4.1.1.20"
  static let legacyConvertedCT = "1.2.840.10008.5.1.4.1.1.2.2"
  static let legacyConvertedPET = "1.2.840.10008.5.1.4.1.1.128.1"
  static let structureSet = "1.2.840.10008.5.1.4.1.1.481.3"
  static let segmentation = "1.2.840.10008.5.1.4.1.1.66.4"
  static let labelMapSegmentation = "1.2.840.10008.5.1.4.1.1.66.7"
  static let spatialRegistration = "1.2.840.10008.5.1.4.1.1.66.1"
  static let deformableRegistration = "1.2.840.10008.5.1.4.1.1.66.3"
  static let realWorldValueMapping = "1.2.840.10008.5.1.4.1.1.67"
  static let dose = "1.2.840.10008.5.1.4.1.1.481.2"
  static let plan = "1.2.840.10008.5.1.4.1.1.481.5"
  /// Secondary capture in all its forms: screens, dose pages, films.
  static let screenCapture = "1.2.840.10008.5.1.4.1.1.7"

  /// Enhanced images, and classic ones that were converted to the same form.
  static let multiFrameCT: Set<String> = [enhancedCT, legacyConvertedCT]
  static let multiFramePET: Set<String> = [enhancedPET, legacyConvertedPET]

  static func isMultiFrame(_ uid: String?) -> Bool {
    uid.map { multiFrameCT.contains($0) || multiFramePET.contains($0) } ?? false
  }

  private static let names = [
    ct: "CT Image", enhancedCT: "Enhanced CT Image", pet: "PET Image",
    enhancedPET: "Enhanced PET Image", legacyConvertedCT: "Legacy Converted Enhanced CT Image",
    legacyConvertedPET: "Legacy Converted Enhanced PET Image",
    nuclearMedicine: "Nuclear Medicine Image",
    structureSet: "RT Structure Set", segmentation: "Segmentation",
    dose: "RT Dose", plan: "RT Plan",
    "1.2.840.10008.5.1.4.1.1.4": "MR Image",
    screenCapture: "Secondary Capture Image",
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

  /// - Throws: ``DICOMReadError/unsupported(_:file:what:remedy:)`` for another kind of object.
  func require(
    _ classic: String, or multiFrame: Set<String>, remedy: String
  ) throws(DICOMReadError) {
    if multiFrame.contains(code(.sopClass) ?? "") { return }
    try require(sopClass: classic, remedy: remedy)
  }
}
