public import Foundation
public import Geometry

/// What a folder of DICOM files holds, by patient, study and series. Holds no identity: patients
/// and studies are numbered.
public struct SeriesCatalogue: Sendable, Hashable, Codable {
  public struct Patient: Sendable, Hashable, Codable {
    /// `patient-1`, `patient-2` … in the order of their first study.
    public let name: String
    public let studies: [Study]
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

  public var series: [Series] { patients.flatMap(\.studies).flatMap(\.series) }
}

extension SeriesCatalogue {
  /// One series, as far as its headers tell.
  public struct Series: Sendable, Hashable, Codable {
    public let uid: String
    /// Modality (0008,0060), for example `PT`.
    public let modality: String
    /// The kind of object in words, for example `PET Image`.
    public let kind: String
    public let role: Role
    public let start: Date?
    public let frameOfReference: FrameOfReference?
    /// Paths below the folder that was scanned, sorted.
    public let files: [String]
    public let grid: GridSummary?
    /// For PET and SPECT.
    public let uptake: UptakeSummary?
    /// What stands in the way of using it; empty when nothing is known to.
    public let problems: [String]

    public var instanceCount: Int { files.count }
  }

  /// What a series is good for.
  public enum Role: String, Sendable, Hashable, Codable {
    /// An axial CT that images can be registered by.
    case ct = "CT"
    case localiser = "CT localiser"
    /// Attenuation- and decay-corrected original PET.
    case pet = "PET"
    case petWithoutAttenuationCorrection = "PET without attenuation correction"
    /// Made from another series: resliced, filtered, a screen save.
    case derivedPET = "derived PET"
    case spect = "SPECT"
    case planarNuclearMedicine = "planar nuclear medicine"
    case structureSet = "structure set"
    case segmentation
    case other
  }

  public struct GridSummary: Sendable, Hashable, Codable {
    public let columns: Int
    public let rows: Int
    public let slices: Int
    /// Millimetres between columns, rows and (usual distance) slices.
    public let spacing: [Double]
  }

  public struct UptakeSummary: Sendable, Hashable, Codable {
    public let units: String?
    public let decayCorrection: String?
    public let correctedImage: [String]
    public let radionuclide: String?
    public let radiopharmaceutical: String?
    /// Radionuclide Total Dose (0018,1074), which should be in Bq.
    public let injectedDoseAsStored: Double?
    public let injection: Date?
    public let halfLifeSeconds: Double?
    public let hasPatientWeight: Bool
    public let hasPatientHeight: Bool
  }
}
