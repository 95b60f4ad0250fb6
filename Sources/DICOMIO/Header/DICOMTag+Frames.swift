// Attributes of multi-frame images, slice stacks and planar images, in the order of their tags.
extension DICOMTag {
  static let frameType = DICOMTag(0x0008, 0x9007)
  static let countsAccumulated = DICOMTag(0x0018, 0x0070)
  static let convolutionKernel = DICOMTag(0x0018, 0x1210)
  static let scanVelocity = DICOMTag(0x0018, 0x1300)
  static let scanLength = DICOMTag(0x0018, 0x1302)
  static let patientPosition = DICOMTag(0x0018, 0x5100)
  static let frameAcquisitionDateTime = DICOMTag(0x0018, 0x9074)
  static let frameReferenceDateTime = DICOMTag(0x0018, 0x9151)
  static let frameAcquisitionDuration = DICOMTag(0x0018, 0x9220)
  static let decayCorrectionDateTime = DICOMTag(0x0018, 0x9701)
  static let radiopharmaceuticalAgent = DICOMTag(0x0018, 0x9729)
  static let radiopharmaceuticalUsage = DICOMTag(0x0018, 0x9737)
  static let decayCorrected = DICOMTag(0x0018, 0x9758)
  static let acquisitionNumber = DICOMTag(0x0020, 0x0012)
  static let temporalPosition = DICOMTag(0x0020, 0x0100)
  static let imagesInAcquisition = DICOMTag(0x0020, 0x1002)
  static let stackID = DICOMTag(0x0020, 0x9056)
  static let temporalPositionIndex = DICOMTag(0x0020, 0x9128)
  static let triggerDelay = DICOMTag(0x0020, 0x9153)
  static let concatenation = DICOMTag(0x0020, 0x9161)
  static let concatenationNumber = DICOMTag(0x0020, 0x9162)
  static let concatenationTotal = DICOMTag(0x0020, 0x9163)
  static let cardiacPhase = DICOMTag(0x0020, 0x9241)
  static let respiratoryPhase = DICOMTag(0x0020, 0x9245)
  static let rescaleType = DICOMTag(0x0028, 0x1054)
  static let energyWindowVector = DICOMTag(0x0054, 0x0010)
  static let energyWindowInformation = DICOMTag(0x0054, 0x0012)
  static let energyWindowRange = DICOMTag(0x0054, 0x0013)
  static let energyWindowLower = DICOMTag(0x0054, 0x0014)
  static let energyWindowUpper = DICOMTag(0x0054, 0x0015)
  static let energyWindowName = DICOMTag(0x0054, 0x0018)
  static let detectorVector = DICOMTag(0x0054, 0x0020)
  static let phaseVector = DICOMTag(0x0054, 0x0030)
  static let rotationVector = DICOMTag(0x0054, 0x0050)
  static let rrIntervalVector = DICOMTag(0x0054, 0x0060)
  static let timeSlotVector = DICOMTag(0x0054, 0x0070)
  static let angularViewVector = DICOMTag(0x0054, 0x0090)
  static let timeSliceVector = DICOMTag(0x0054, 0x0100)
  static let viewCode = DICOMTag(0x0054, 0x0220)

  /// Names for messages.
  static let namesOfFrames: [DICOMTag: String] = [
    acquisitionNumber: "Acquisition Number",
    patientPosition: "Patient Position",
    convolutionKernel: "Convolution Kernel",
    temporalPosition: "Temporal Position Identifier",
    imagesInAcquisition: "Images in Acquisition",
    temporalPositionIndex: "Temporal Position Index",
    stackID: "Stack ID",
    cardiacPhase: "Nominal Percentage of Cardiac Phase",
    respiratoryPhase: "Nominal Percentage of Respiratory Phase",
    triggerDelay: "Nominal Cardiac Trigger Delay Time",
    concatenationTotal: "In-concatenation Total Number",
    decayCorrectionDateTime: "Decay Correction DateTime",
    decayCorrected: "Decay Corrected",
    timeSlotVector: "Time Slot Vector",
    detectorVector: "Detector Vector",
    energyWindowVector: "Energy Window Vector",
    radiopharmaceuticalUsage: "Radiopharmaceutical Usage Sequence",
    perFrameGroups: "Per-frame Functional Groups Sequence",
    concatenation: "Concatenation UID",
    acquisitionDateTime: "Acquisition DateTime",
    planePositionSequence: "Plane Position Sequence",
  ]
}
