// Attributes of RT Dose, in the order of their tags.
extension DICOMTag {
  static let dvhType = DICOMTag(0x3004, 0x0001)
  static let doseUnits = DICOMTag(0x3004, 0x0002)
  static let doseType = DICOMTag(0x3004, 0x0004)
  static let doseComment = DICOMTag(0x3004, 0x0006)
  static let doseSummation = DICOMTag(0x3004, 0x000A)
  static let gridFrameOffsets = DICOMTag(0x3004, 0x000C)
  static let doseGridScaling = DICOMTag(0x3004, 0x000E)
  static let dvhSequence = DICOMTag(0x3004, 0x0050)
  static let dvhDoseScaling = DICOMTag(0x3004, 0x0052)
  static let dvhVolumeUnits = DICOMTag(0x3004, 0x0054)
  static let dvhBinCount = DICOMTag(0x3004, 0x0056)
  static let dvhData = DICOMTag(0x3004, 0x0058)
  static let dvhReferencedROI = DICOMTag(0x3004, 0x0060)
  static let dvhMinimum = DICOMTag(0x3004, 0x0070)
  static let dvhMaximum = DICOMTag(0x3004, 0x0072)
  static let dvhMean = DICOMTag(0x3004, 0x0074)

  /// Names for messages.
  static let namesOfDose: [DICOMTag: String] = [
    doseUnits: "Dose Units",
    frameIncrementPointer: "Frame Increment Pointer",
    gridFrameOffsets: "Grid Frame Offset Vector",
    doseGridScaling: "Dose Grid Scaling",
    dvhSequence: "DVH Sequence",
    doseSummation: "Dose Summation Type",
    doseType: "Dose Type",
  ]
}
