public import Foundation
public import Geometry

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
    /// How many images its headers announce, where they do.
    public let announcedCount: Int?
    public let grid: GridSummary?
    public let traits: Traits
    /// For PET and SPECT.
    public let uptake: UptakeSummary?
    /// For what was made from images: structure sets, segmentations, doses, registrations.
    public let references: References?
    /// What stands in the way of using it; empty when nothing is known to.
    public let problems: [String]
    /// Why it must not be used at all: its files contradict each other, or are of two patients.
    public let refusal: String?

    public var instanceCount: Int { files.count }
    public var isIncomplete: Bool { announcedCount.map { $0 > instanceCount } ?? false }
  }

  /// What a series is good for.
  public enum Role: String, Sendable, Hashable, Codable {
    /// A CT that images can be registered by.
    case ct = "CT"
    case localiser = "CT localiser"
    /// Attenuation-corrected original PET.
    case pet = "PET"
    case petWithoutAttenuationCorrection = "PET without attenuation correction"
    /// Made from another series: resliced, filtered.
    case derivedPET = "derived PET"
    /// Several time frames of one place.
    case dynamicPET = "dynamic PET"
    /// Gates of the breath or the heart.
    case gatedPET = "gated PET"
    case spect = "SPECT"
    case planarNuclearMedicine = "planar nuclear medicine"
    /// A maximum or minimum intensity projection, a rendering.
    case projection
    /// A picture of a screen, a dose page.
    case screenCapture = "screen capture"
    case structureSet = "structure set"
    case segmentation
    case dose = "RT dose"
    case registration
    case other
  }

  public struct GridSummary: Sendable, Hashable, Codable {
    public let columns: Int
    public let rows: Int
    public let slices: Int
    /// Millimetres between columns, rows and (usual distance) slices.
    public let spacing: [Double]
    /// Where it lies; `nil` when the header does not place it in the patient.
    public let extent: Extent?
  }

  /// The box around all voxels, in millimetres of the patient's frame (LPS).
  public struct Extent: Sendable, Hashable, Codable {
    public let lowest: [Double]
    public let highest: [Double]
    /// Whether its slices are transverse rather than coronal or sagittal.
    public let isTransverse: Bool

    /// Millimetres along the body.
    public var length: Double { highest[2] - lowest[2] }

    /// The share of this box that another covers, 0 to 1.
    public func share(coveredBy other: Extent) -> Double {
      (0..<3).reduce(1) { share, axis in
        let common =
          min(highest[axis], other.highest[axis]) - max(lowest[axis], other.lowest[axis])
        return share * max(0, common) / (highest[axis] - lowest[axis])
      }
    }
  }

  /// How a series was made, as far as one is preferred to another by it.
  public struct Traits: Sendable, Hashable, Codable {
    /// For CT.
    public let kernel: ReconstructionKernel?
    /// Contrast/Bolus Agent (0018,0010) is filled.
    public let hasContrastAgent: Bool
    /// Made by cutting another series anew: Image Type says MPR or REFORMATTED.
    public let isReformat: Bool
    /// Reconstruction Method (0054,1103) and kernel of a PET.
    public let reconstruction: String?
    /// Known words of Series Description (0008,103E), such as `EARL`; never its free text.
    public let words: [String]
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
