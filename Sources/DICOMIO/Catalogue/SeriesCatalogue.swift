public import Foundation

/// What a folder of DICOM files holds, by patient, study and series. Holds no identity: patients
/// and studies are numbered.
public struct SeriesCatalogue: Sendable, Hashable, Codable {
  public struct Patient: Sendable, Hashable, Codable {
    /// `patient-1`, `patient-2` … in the order of their first study.
    public let name: String
    public let studies: [Study]
    /// Doubts about who it is; empty when there are none.
    public let remarks: [String]

    public var series: [Series] { studies.flatMap(\.series) }
  }

  public struct Study: Sendable, Hashable, Codable {
    /// `study-1`, `study-2` … in time.
    public let name: String
    public let start: Date?
    public let series: [Series]
  }

  /// A file that is not part of any series, and why.
  public struct SkippedFile: Sendable, Hashable, Codable {
    /// Path below the folder.
    public let path: String
    public let reason: String
  }

  public let patients: [Patient]
  public let skipped: [SkippedFile]
  /// What concerns the folder as a whole: files that a DICOMDIR names and that are missing, one
  /// Patient ID for two people.
  public let remarks: [String]

  public var series: [Series] { patients.flatMap(\.series) }
}
