public import Foundation
public import Quantities

/// What the headers of a PET series say about uptake: plain values, so that the SUV rules can be
/// tested without a file.
public struct PETHeader: Sendable, Hashable, Codable {
  /// The facts that may differ from slice to slice.
  public struct Slice: Sendable, Hashable, Codable {
    /// Acquisition Date and Time.
    public var acquisition: Date?
    /// Frame Reference Time (0054,1300) in seconds; DICOM stores milliseconds.
    public var frameReferenceTime: Double?
    /// Actual Frame Duration (0018,1242) in seconds; DICOM stores milliseconds.
    public var frameDuration: Double?

    public init(acquisition: Date?, frameReferenceTime: Double? = nil, frameDuration: Double? = nil)
    {
      self.acquisition = acquisition
      self.frameReferenceTime = frameReferenceTime
      self.frameDuration = frameDuration
    }
  }

  /// A file of the series, for messages.
  public var file: String
  /// Units (0054,1001): `BQML`, `GML`, `CNTS` …
  public var units: String?
  /// SUV Type (0054,1006): `BW`, `LBM`, `LBMJAMES128`, `LBMJANMA`, `BSA`, `IBW`.
  public var suvType: String?
  /// Decay Correction (0054,1102): `START`, `ADMIN` or `NONE`.
  public var decayCorrection: String?
  /// Corrected Image (0028,0051); empty when absent.
  public var correctedImage: [String] = []
  /// Image Type (0008,0008).
  public var imageType: [String] = []
  public var manufacturer: String?
  public var series: Date?
  public var slices: [Slice] = []
  /// GE private (0009,100D).
  public var scanStartAfterInjection: Date?
  /// Decay Correction DateTime (0018,9701) of enhanced objects.
  public var decayCorrectionDateTime: Date?
  /// Radiopharmaceutical Start DateTime (0018,1078).
  public var injection: Date?
  /// Radiopharmaceutical Start Time (0018,1072) in seconds after midnight.
  public var injectionClock: Double?
  /// Radionuclide Total Dose (0018,1074) as stored, which should be becquerel.
  public var dose: Double?
  /// Radionuclide Half Life (0018,1075) in seconds.
  public var halfLife: Double?
  /// The nuclide or tracer as the header spells it.
  public var radiopharmaceutical: String?
  public var radionuclide: String?
  /// Patient's Weight (0010,1030) in kg and Size (0010,1020) in m, as stored.
  public var weight: Double?
  public var height: Double?
  public var sex: Sex?
  /// Philips private (7053,1000): SUV per count, and (7053,1009): Bq/mL per count.
  public var philipsSUVFactor: Double?
  public var philipsActivityFactor: Double?
  /// Whether the header states its offset from UTC; if not, instants are the scanner's wall clock
  /// read as UTC.
  public var hasTimezone = false
  /// Number of Slices (0054,0081).
  public var declaredSliceCount: Int?

  public init(file: String) { self.file = file }
}

extension PETHeader {
  /// Gathers the facts of one series.
  ///
  /// - Parameter headers: One header per slice in the order of the volume's slices.
  public init(_ headers: [DICOMHeader]) throws(DICOMReadError) {
    guard let first = headers.first else { throw .nothingFound(file: "", what: "PET images") }
    self.init(file: first.file)
    units = first.code(.units)
    suvType = first.code(.suvType)
    decayCorrection = first.code(.decayCorrection)
    correctedImage = first.texts(.correctedImage)
    imageType = first.texts(.imageType)
    manufacturer = first.text(.manufacturer)
    series = first.seriesStart
    // Private elements mean something only under the name of their owner (PS3.5 7.8.1).
    if first.code(.gePrivateCreator) == "GEMS_PETD_01" {
      scanStartAfterInjection = first.instant(dateTime: .gePostInjectionScanDateTime)
    }
    weight = try first.number(.patientWeight)
    height = try first.number(.patientSize)
    sex = first.code(.patientSex).flatMap(Sex.init(rawValue:))
    philipsSUVFactor = try first.number(.philipsSUVFactor)
    philipsActivityFactor = try first.number(.philipsActivityFactor)
    declaredSliceCount = try first.integer(.sliceCount)
    hasTimezone = first.timezoneOffset != nil
    try readInjection(first)
    for header in headers { slices.append(try Slice(header)) }
  }

  private mutating func readInjection(_ header: DICOMHeader) throws(DICOMReadError) {
    // Some exports put the attributes at the top level, where users add them by hand.
    let item = header.items(.radiopharmaceuticalInformation).first ?? header
    injection = item.instant(dateTime: .injectionDateTime, offset: header.timezoneOffset)
    injectionClock = item.code(.injectionTime).flatMap(DICOMClock.secondsOfDay)
    dose = try item.number(.injectedDose)
    halfLife = try item.number(.halfLife)
    radiopharmaceutical = item.text(.radiopharmaceutical)
    radionuclide = item.items(.radionuclideCode).first?.text(.codeMeaning)
  }
}

extension PETHeader.Slice {
  init(_ header: DICOMHeader) throws(DICOMReadError) {
    self.init(
      acquisition: header.acquisitionStart,
      frameReferenceTime: try header.number(.frameReferenceTime).map { $0 / 1000 },
      frameDuration: try header.number(.frameDuration).map { $0 / 1000 })
  }
}
