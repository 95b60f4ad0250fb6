public import Foundation
public import Quantities

/// An energy window of a gamma camera in keV.
public struct EnergyWindow: Sendable, Hashable, Codable {
  public let name: String?
  /// `nil` where the header names the window without its limits.
  public let lower: Double?
  public let upper: Double?
}

/// Who was imaged with what: the patient and dose facts of a Nuclear Medicine image.
public struct NuclearMedicineFacts: Sendable, Hashable, Codable {
  public let weight: Mass?
  public let height: Length?
  public let sex: Sex?
  /// Activity at the time of the injection.
  public let administered: Activity?
  public let injection: Date?
  public let halfLife: Duration?
  /// The nuclide and the tracer as the header spells them.
  public let radionuclide: String?
  public let radiopharmaceutical: String?
  public let energyWindows: [EnergyWindow]
  public let warnings: [String]

  init(_ header: DICOMHeader) throws(DICOMReadError) {
    weight = try header.number(.patientWeight).flatMap { $0 > 0 ? .kilograms($0) : nil }
    height = try header.number(.patientSize).flatMap { $0 > 0 ? .metres($0) : nil }
    sex = header.code(.patientSex).flatMap(Sex.init(rawValue:))
    let items = header.items(.radiopharmaceuticalInformation)
    let item = items.first ?? header
    var warnings: [String] = []
    if items.count > 1 {
      warnings.append(
        "Radiopharmaceutical Information Sequence (0054,0016) has \(items.count) items; the first "
          + "was used")
    }
    administered = try Self.activity(item, &warnings)
    injection = item.instant(dateTime: .injectionDateTime, offset: header.timezoneOffset)
    if injection == nil, item.code(.injectionTime) != nil {
      warnings.append(
        "the injection has a clock time (0018,1072) but no date (0018,1078), and a therapy may be "
          + "imaged days later: its time is not known")
    }
    halfLife = try item.number(.halfLife).flatMap { $0 > 0 ? .seconds($0) : nil }
    radionuclide = item.items(.radionuclideCode).first?.text(.codeMeaning)
    radiopharmaceutical = item.text(.radiopharmaceutical)
    energyWindows = try Self.windows(header)
    self.warnings = warnings
  }

  /// Nobody is given this many MBq (100 GBq), so a larger number must be Bq.
  private static let largestMegabecquerels = 1e5

  /// Radionuclide Total Dose (0018,1074), which NM states in MBq (PS3.3 C.8.4.10), unlike PET.
  private static func activity(
    _ item: DICOMHeader, _ warnings: inout [String]
  ) throws(DICOMReadError) -> Activity? {
    guard let dose = try item.number(.injectedDose), dose > 0 else { return nil }
    guard dose > largestMegabecquerels else { return .megabecquerels(dose) }
    warnings.append(
      "Radionuclide Total Dose (0018,1074) is above 100 GBq if read as MBq, as DICOM demands of NM; "
        + "it was taken as Bq")
    return .becquerels(dose)
  }

  /// One window per item of Energy Window Information Sequence (0054,0012); one with several ranges
  /// reaches from the lowest to the highest.
  private static func windows(_ header: DICOMHeader) throws(DICOMReadError) -> [EnergyWindow] {
    var windows: [EnergyWindow] = []
    for item in header.items(.energyWindowInformation) {
      var limits: [Double] = []
      for range in item.items(.energyWindowRange) {
        limits += try [range.number(.energyWindowLower), range.number(.energyWindowUpper)]
          .compactMap { $0 }
      }
      windows.append(
        EnergyWindow(
          name: item.text(.energyWindowName), lower: limits.min(), upper: limits.max()))
    }
    return windows
  }
}

/// The frames of a Nuclear Medicine image, numbered by vectors (PS3.3 C.8.4.8).
enum NuclearMedicineFrames {
  /// Vectors that make several images of the same place.
  private static let parting: [DICOMTag] = [
    .energyWindowVector, .detectorVector, .phaseVector, .rotationVector, .rrIntervalVector,
    .timeSlotVector, .timeSliceVector,
  ]

  /// The frames left when one value of each chosen vector is taken.
  ///
  /// - Parameter open: Vectors that may keep several values.
  /// - Throws: ``DICOMReadError/severalPhases(file:by:values:)`` when frames still differ in another
  ///   vector: energy windows, time slots of a heart beat or phases of a dynamic scan.
  static func select(
    _ header: DICOMHeader, frameCount: Int, phases: [SeriesPhase], open: Set<DICOMTag> = []
  ) throws(DICOMReadError) -> [Int] {
    var frames = Array(0..<frameCount)
    for tag in parting {
      guard let numbers = try vector(tag, header, frameCount) else { continue }
      if let wanted = phases.first(where: { $0.attribute == tag }) {
        frames = frames.filter { wanted.value == text(numbers[$0]) }
        guard !frames.isEmpty else {
          throw .unusable(
            tag, file: header.file, reason: "is nowhere \(wanted.value)",
            remedy: "Choose one of: \(values(numbers).joined(separator: ", ")).")
        }
      }
      let left = values(frames.map { numbers[$0] })
      guard left.count == 1 || open.contains(tag) else {
        throw .severalPhases(file: header.file, by: tag, values: left)
      }
    }
    return frames
  }

  /// One number per frame, or `nil` when the image has no such vector.
  static func vector(
    _ tag: DICOMTag, _ header: DICOMHeader, _ frameCount: Int
  ) throws(DICOMReadError) -> [Double]? {
    let numbers = try header.numbers(tag)
    guard !numbers.isEmpty else { return nil }
    guard numbers.count == frameCount else {
      throw .unusable(
        tag, file: header.file, reason: "numbers \(numbers.count) of \(frameCount) frames",
        remedy: "Export the image again.")
    }
    return numbers
  }

  private static func values(_ numbers: [Double]) -> [String] { Set(numbers).sorted().map(text) }

  private static func text(_ number: Double) -> String {
    Int(exactly: number).map(String.init) ?? "\(number)"
  }
}
