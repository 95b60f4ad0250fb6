// The names of PS3.6 for structure sets and segmentations, in the order of their tags.
extension DICOMTag {
  static let referencedSeries = DICOMTag(0x0008, 0x1115)
  static let anatomicRegion = DICOMTag(0x0008, 0x2218)
  static let trackingIdentifier = DICOMTag(0x0062, 0x0020)
  static let trackingUID = DICOMTag(0x0062, 0x0021)
  static let propertyCategory = DICOMTag(0x0062, 0x0003)
  static let segmentAlgorithmType = DICOMTag(0x0062, 0x0008)
  static let segmentAlgorithmName = DICOMTag(0x0062, 0x0009)
  static let fractionalType = DICOMTag(0x0062, 0x0010)
  static let referencedFrames = DICOMTag(0x3006, 0x0010)
  static let referencedStudies = DICOMTag(0x3006, 0x0012)
  static let referencedRTSeries = DICOMTag(0x3006, 0x0014)
  static let contourSlabThickness = DICOMTag(0x3006, 0x0044)
  static let contourPointCount = DICOMTag(0x3006, 0x0046)
  static let regionObservations = DICOMTag(0x3006, 0x0080)
  static let interpretedType = DICOMTag(0x3006, 0x00A4)
}
