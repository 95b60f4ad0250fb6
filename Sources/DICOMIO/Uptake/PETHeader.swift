public import Foundation
public import Quantities

/// What the headers of a PET series say about uptake: plain values, so that the SUV rules can be
/// tested without a file, and so that a classic series, an enhanced multi-frame object and a
/// hand-made case all go through the same rules.
///
/// Instants are true ones where `timezoneOffset` is known, else the scanner's wall clock read as
/// UTC; all instants of one header must be of the same kind.
public struct PETHeader: Sendable, Hashable, Codable {
  /// The facts that may differ from slice to slice, or from frame to frame.
  public struct Slice: Sendable, Hashable, Codable {
    /// Acquisition Date and Time; Frame Acquisition DateTime (0018,9074) in enhanced objects.
    public var acquisition: Date?
    /// Frame Reference Time (0054,1300) in seconds; DICOM stores milliseconds.
    public var frameReferenceTime: Double?
    /// Actual Frame Duration (0018,1242), or Frame Acquisition Duration (0018,9220), in seconds;
    /// DICOM stores milliseconds.
    public var frameDuration: Double?
    /// Frame Reference DateTime (0018,9151) of enhanced objects: when the values occurred.
    public var frameReference: Date?

    public init(
      acquisition: Date?, frameReferenceTime: Double? = nil, frameDuration: Double? = nil,
      frameReference: Date? = nil
    ) {
      self.acquisition = acquisition
      self.frameReferenceTime = frameReferenceTime
      self.frameDuration = frameDuration
      self.frameReference = frameReference
    }
  }

  /// An attribute that all slices should share and do not.
  public struct Contradiction: Sendable, Hashable, Codable {
    public let tag: DICOMTag
    public let file: String
    public let other: String

    public init(tag: DICOMTag, file: String, other: String) {
      (self.tag, self.file, self.other) = (tag, file, other)
    }
  }

  /// A file of the series, for messages.
  public var file: String
  /// Units (0054,1001): `BQML`, `GML`, `CNTS` …
  public var units: String?
  /// SUV Type (0054,1006): `BW`, `LBM`, `LBMJAMES128`, `LBMJANMA`, `BSA`, `IBW`.
  public var suvType: String?
  /// Decay Correction (0054,1102): `START`, `ADMIN` or `NONE`. For an enhanced object `START`
  /// when Decay Corrected (0018,9758) is YES, `NONE` when it is NO.
  public var decayCorrection: String?
  /// Corrected Image (0028,0051); empty when absent.
  public var correctedImage: [String] = []
  /// Image Type (0008,0008).
  public var imageType: [String] = []
  /// Series Type (0054,1000), first value: `STATIC`, `DYNAMIC`, `GATED`, `WHOLE BODY`.
  public var seriesType: String?
  public var manufacturer: String?
  /// Manufacturer's Model Name (0008,1090).
  public var model: String?
  /// Reconstruction Method (0054,1103).
  public var reconstruction: String?
  /// Software Versions (0018,1020).
  public var software: String?
  public var series: Date?
  public var slices: [Slice]
  /// Begin of the first frame of a dynamic series, when `slices` are those of a later one.
  public var firstAcquisition: Date?
  /// GE private (0009,100D).
  public var scanStartAfterInjection: Date?
  /// Siemens private Decay Correction DateTime (0071,1022).
  public var siemensDecayCorrection: Date?
  /// Decay Correction DateTime (0018,9701) of enhanced objects.
  public var decayCorrectionDateTime: Date?
  /// Radiopharmaceutical Start DateTime (0018,1078).
  public var injection: Date?
  /// The offset from UTC, in seconds, that (0018,1078) itself states.
  public var injectionOffset: Double?
  /// Radiopharmaceutical Start Time (0018,1072) in seconds after midnight.
  public var injectionClock: Double?
  /// Radionuclide Total Dose (0018,1074) as stored, which should be becquerel.
  public var dose: Double?
  /// Radionuclide Half Life (0018,1075) in seconds.
  public var halfLife: Double?
  /// How many items Radiopharmaceutical Information Sequence (0054,0016) has.
  public var injectionCount = 1
  /// The nuclide or tracer as the header spells it.
  public var radiopharmaceutical: String?
  public var radionuclide: String?
  /// Patient's Weight (0010,1030) in kg and Size (0010,1020) in m, as stored.
  public var weight: Double?
  public var height: Double?
  public var sex: Sex?
  /// Attributes that are there without a value that can be used: another Patient's Sex (0010,0040)
  /// than M, F and O; an injection time that is not written to the minute.
  public var unreadable: Set<DICOMTag> = []
  /// Philips private (7053,1000): SUV per count, and (7053,1009): Bq/mL per count.
  public var philipsSUVFactor: Double?
  public var philipsActivityFactor: Double?
  /// Timezone Offset From UTC (0008,0201) in seconds.
  public var timezoneOffset: Double?
  /// Number of Slices (0054,0081).
  public var declaredSliceCount: Int?
  /// What the slices should agree on and do not.
  public var contradictions: [Contradiction] = []
  /// What was odd when the headers were read.
  public var remarks: [String] = []

  /// - Parameters:
  ///   - file: Name for messages.
  ///   - slices: One per slice of the volume, in its order; one per frame of an enhanced object.
  public init(file: String, slices: [Slice] = []) {
    self.file = file
    self.slices = slices
  }

  /// Whether instants are true ones; if not, they are the scanner's wall clock read as UTC.
  public var hasTimezone: Bool { timezoneOffset != nil }

  /// Begin of the acquisition of the series.
  var earliestAcquisition: Date? { firstAcquisition ?? slices.compactMap(\.acquisition).min() }
}

extension PETHeader {
  /// Passes when the slices agree on all these attributes.
  func settle(_ tags: [DICOMTag]) throws(DICOMReadError) {
    guard let clash = contradictions.first(where: { tags.contains($0.tag) }) else { return }
    throw .unusable(
      clash.tag, file: clash.file, reason: "differs from that of '\(clash.other)' of one series",
      remedy: "Find out which is right and correct the other files.")
  }

  /// Contradictions that did not have to be settled, for people.
  var contradictionWarnings: [String] {
    contradictions.map { "\($0.tag) differs between '\($0.file)' and '\($0.other)'" }
  }
}
