/// A DICOM attribute tag, for example (0010,1030) for Patient's Weight.
public struct DICOMTag: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
  public let group: UInt16
  public let element: UInt16

  public init(_ group: UInt16, _ element: UInt16) {
    self.group = group
    self.element = element
  }

  /// Group and element as `(0010,1030)`.
  public var code: String {
    func hex(_ n: UInt16) -> String {
      let digits = String(n, radix: 16, uppercase: true)
      return String(repeating: "0", count: 4 - digits.count) + digits
    }
    return "(\(hex(group)),\(hex(element)))"
  }

  /// The code, with the name of the attribute where it is one that messages speak of.
  public var description: String {
    let name = Self.names[self] ?? Self.namesOfFrames[self] ?? Self.namesOfDose[self]
    return name.map { "\($0) \(code)" } ?? code
  }

  public static func < (a: Self, b: Self) -> Bool {
    (a.group, a.element) < (b.group, b.element)
  }

  /// Written as its code, so that a JSON report can be searched for it.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(code)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let digits = try container.decode(String.self).filter(\.isHexDigit)
    guard digits.count == 8, let both = UInt32(digits, radix: 16) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "a tag is written (gggg,eeee)")
    }
    self.init(UInt16(both >> 16), UInt16(both & 0xFFFF))
  }
}

// The names of PS3.6, in the order of their tags.
extension DICOMTag {
  static let transferSyntax = DICOMTag(0x0002, 0x0010)
  static let imageType = DICOMTag(0x0008, 0x0008)
  static let sopClass = DICOMTag(0x0008, 0x0016)
  static let sopInstance = DICOMTag(0x0008, 0x0018)
  static let studyDate = DICOMTag(0x0008, 0x0020)
  static let seriesDate = DICOMTag(0x0008, 0x0021)
  static let acquisitionDate = DICOMTag(0x0008, 0x0022)
  static let acquisitionDateTime = DICOMTag(0x0008, 0x002A)
  static let studyTime = DICOMTag(0x0008, 0x0030)
  static let seriesTime = DICOMTag(0x0008, 0x0031)
  static let acquisitionTime = DICOMTag(0x0008, 0x0032)
  static let modality = DICOMTag(0x0008, 0x0060)
  static let manufacturer = DICOMTag(0x0008, 0x0070)
  static let codeValue = DICOMTag(0x0008, 0x0100)
  static let codeMeaning = DICOMTag(0x0008, 0x0104)
  static let timezoneOffset = DICOMTag(0x0008, 0x0201)
  static let seriesDescription = DICOMTag(0x0008, 0x103E)
  static let modelName = DICOMTag(0x0008, 0x1090)
  static let gePostInjectionScanDateTime = DICOMTag(0x0009, 0x100D)
  static let patientName = DICOMTag(0x0010, 0x0010)
  static let patientID = DICOMTag(0x0010, 0x0020)
  static let patientBirthDate = DICOMTag(0x0010, 0x0030)
  static let patientSex = DICOMTag(0x0010, 0x0040)
  static let patientSize = DICOMTag(0x0010, 0x1020)
  static let patientWeight = DICOMTag(0x0010, 0x1030)
  static let radiopharmaceutical = DICOMTag(0x0018, 0x0031)
  static let sliceThickness = DICOMTag(0x0018, 0x0050)
  static let spacingBetweenSlices = DICOMTag(0x0018, 0x0088)
  static let softwareVersions = DICOMTag(0x0018, 0x1020)
  static let triggerTime = DICOMTag(0x0018, 0x1060)
  static let injectionTime = DICOMTag(0x0018, 0x1072)
  static let injectedDose = DICOMTag(0x0018, 0x1074)
  static let halfLife = DICOMTag(0x0018, 0x1075)
  static let injectionDateTime = DICOMTag(0x0018, 0x1078)
  static let gantryTilt = DICOMTag(0x0018, 0x1120)
  static let frameDuration = DICOMTag(0x0018, 0x1242)
  static let studyUID = DICOMTag(0x0020, 0x000D)
  static let seriesUID = DICOMTag(0x0020, 0x000E)
  static let instanceNumber = DICOMTag(0x0020, 0x0013)
  static let position = DICOMTag(0x0020, 0x0032)
  static let orientation = DICOMTag(0x0020, 0x0037)
  static let frameOfReference = DICOMTag(0x0020, 0x0052)
  static let planePositionSequence = DICOMTag(0x0020, 0x9113)
  static let planeOrientationSequence = DICOMTag(0x0020, 0x9116)
  static let samplesPerPixel = DICOMTag(0x0028, 0x0002)
  static let frameCount = DICOMTag(0x0028, 0x0008)
  static let frameIncrementPointer = DICOMTag(0x0028, 0x0009)
  static let rows = DICOMTag(0x0028, 0x0010)
  static let columns = DICOMTag(0x0028, 0x0011)
  static let pixelSpacing = DICOMTag(0x0028, 0x0030)
  static let correctedImage = DICOMTag(0x0028, 0x0051)
  static let bitsAllocated = DICOMTag(0x0028, 0x0100)
  static let bitsStored = DICOMTag(0x0028, 0x0101)
  static let highBit = DICOMTag(0x0028, 0x0102)
  static let pixelRepresentation = DICOMTag(0x0028, 0x0103)
  static let pixelPadding = DICOMTag(0x0028, 0x0120)
  static let pixelPaddingLimit = DICOMTag(0x0028, 0x0121)
  static let rescaleIntercept = DICOMTag(0x0028, 0x1052)
  static let rescaleSlope = DICOMTag(0x0028, 0x1053)
  static let pixelMeasuresSequence = DICOMTag(0x0028, 0x9110)
  static let measurementUnits = DICOMTag(0x0040, 0x08EA)
  static let realWorldValueMapping = DICOMTag(0x0040, 0x9096)
  static let realWorldIntercept = DICOMTag(0x0040, 0x9224)
  static let realWorldSlope = DICOMTag(0x0040, 0x9225)
  static let radiopharmaceuticalInformation = DICOMTag(0x0054, 0x0016)
  static let detectorInformation = DICOMTag(0x0054, 0x0022)
  static let rotationInformation = DICOMTag(0x0054, 0x0052)
  static let framesInRotation = DICOMTag(0x0054, 0x0053)
  static let sliceVector = DICOMTag(0x0054, 0x0080)
  static let sliceCount = DICOMTag(0x0054, 0x0081)
  static let radionuclideCode = DICOMTag(0x0054, 0x0300)
  static let seriesType = DICOMTag(0x0054, 0x1000)
  static let units = DICOMTag(0x0054, 0x1001)
  static let suvType = DICOMTag(0x0054, 0x1006)
  static let decayCorrection = DICOMTag(0x0054, 0x1102)
  static let frameReferenceTime = DICOMTag(0x0054, 0x1300)
  static let segmentationType = DICOMTag(0x0062, 0x0001)
  static let segmentSequence = DICOMTag(0x0062, 0x0002)
  static let segmentNumber = DICOMTag(0x0062, 0x0004)
  static let segmentLabel = DICOMTag(0x0062, 0x0005)
  static let segmentIdentification = DICOMTag(0x0062, 0x000A)
  static let referencedSegment = DICOMTag(0x0062, 0x000B)
  static let maximumFractionalValue = DICOMTag(0x0062, 0x000E)
  static let propertyType = DICOMTag(0x0062, 0x000F)
  static let structureSetRegions = DICOMTag(0x3006, 0x0020)
  static let regionNumber = DICOMTag(0x3006, 0x0022)
  static let referencedFrame = DICOMTag(0x3006, 0x0024)
  static let regionName = DICOMTag(0x3006, 0x0026)
  static let regionContours = DICOMTag(0x3006, 0x0039)
  static let contourSequence = DICOMTag(0x3006, 0x0040)
  static let contourType = DICOMTag(0x3006, 0x0042)
  static let contourData = DICOMTag(0x3006, 0x0050)
  static let referencedRegion = DICOMTag(0x3006, 0x0084)
  static let sharedGroups = DICOMTag(0x5200, 0x9229)
  static let perFrameGroups = DICOMTag(0x5200, 0x9230)
  static let siemensDecayCorrection = DICOMTag(0x0071, 0x1022)
  static let philipsSUVFactor = DICOMTag(0x7053, 0x1000)
  static let philipsActivityFactor = DICOMTag(0x7053, 0x1009)
  static let pixelData = DICOMTag(0x7FE0, 0x0010)

  /// Names for messages; the ones a physicist is asked to look at.
  private static let names: [DICOMTag: String] = [
    transferSyntax: "Transfer Syntax UID", imageType: "Image Type", sopClass: "SOP Class UID",
    seriesTime: "Series Time", acquisitionTime: "Acquisition Time", modality: "Modality",
    patientID: "Patient ID", patientSex: "Patient's Sex", patientSize: "Patient's Size",
    patientWeight: "Patient's Weight", sliceThickness: "Slice Thickness",
    spacingBetweenSlices: "Spacing Between Slices",
    injectionTime: "Radiopharmaceutical Start Time", injectedDose: "Radionuclide Total Dose",
    halfLife: "Radionuclide Half Life", injectionDateTime: "Radiopharmaceutical Start DateTime",
    gantryTilt: "Gantry/Detector Tilt", seriesUID: "Series Instance UID",
    position: "Image Position (Patient)", orientation: "Image Orientation (Patient)",
    frameOfReference: "Frame of Reference UID", frameCount: "Number of Frames", rows: "Rows",
    columns: "Columns", pixelSpacing: "Pixel Spacing", correctedImage: "Corrected Image",
    bitsAllocated: "Bits Allocated", rescaleSlope: "Rescale Slope",
    rescaleIntercept: "Rescale Intercept",
    realWorldValueMapping: "Real World Value Mapping Sequence",
    radiopharmaceuticalInformation: "Radiopharmaceutical Information Sequence",
    sliceVector: "Slice Vector", sliceCount: "Number of Slices", units: "Units",
    suvType: "SUV Type", decayCorrection: "Decay Correction",
    frameReferenceTime: "Frame Reference Time", segmentationType: "Segmentation Type",
    contourData: "Contour Data", referencedFrame: "Referenced Frame of Reference UID",
    philipsSUVFactor: "Philips SUV factor", philipsActivityFactor: "Philips activity factor",
    gePostInjectionScanDateTime: "GE scan start after injection",
    siemensDecayCorrection: "Siemens decay correction time", seriesType: "Series Type",
    frameDuration: "Actual Frame Duration", timezoneOffset: "Timezone Offset From UTC",
    acquisitionDate: "Acquisition Date", seriesDate: "Series Date", highBit: "High Bit",
    pixelData: "Pixel Data",
  ]
}
