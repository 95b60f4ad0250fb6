public import DICOMIO
public import Dosimetry
public import Foundation
public import Quantities
public import Response
public import Volumes

/// One patient's whole treatment as the course file tells it: agent, cycles, time points, and
/// where their scans are.
public struct Course: Sendable, Hashable {
  /// The course's own name in reports; never a patient's.
  public let id: String
  /// Folder that relative paths of the file start from.
  public let folder: URL
  public let agent: Agent?
  public let patient: PatientFacts
  public let cycles: [Cycle]
  public let timePoints: [TimePoint]
  /// Identifier of the time point all others are registered to. Until a run settles it
  /// (``referenceIsMean``) it is the one to start from.
  public var reference: String
  /// Whether the reference is to be the diagnostic time point nearest to the mean of all.
  public var referenceIsMean = false
  /// Organ limits for planning; `nil` when no next cycle is planned.
  public let limits: URL?
  public var lesions: LesionSettings
  public let resolution: ImageResolution
  public let dosimetry: DosimetrySettings
  /// The site's own test-retest variation, used before published values.
  public let repeatability: SiteRepeatability?
  /// Whether missing slices are interpolated; a scan that lacks some is refused otherwise.
  public var allowsGaps = false

  /// How dose maps are made; `nil` when the course asks for none.
  public var voxelDose: DoseMapSettings?
  /// Response criteria; `nil` leaves them to the tracer's pack.
  public var criteria: [CriterionChoice]?
  /// What only a person knows of a lesion, by its name in the report or in the structures.
  public var lesionFacts: [String: LesionFacts] = [:]
  /// Which pictures a run makes, and how.
  var pictures = PictureSettings()

  var gaps: SliceGaps { allowsGaps ? .interpolate : .refuse }

  /// The radiopharmaceutical of the therapy.
  public struct Agent: Sendable, Hashable {
    public let radionuclide: Radionuclide
    public let ligand: String
  }

  /// Body facts that stand in for what the DICOM headers lack; each use of one is reported.
  public struct PatientFacts: Sendable, Hashable {
    public var weight: Mass?
    public var height: Length?
    public var sex: Sex?
  }

  /// One administration of the agent.
  public struct Cycle: Sendable, Hashable {
    public let number: Int
    public let activity: Activity
    public let at: Date
    /// What planar scans show of its regions over time.
    let planar: PlanarFile?
  }

  /// What a time point is for.
  public enum Role: String, Sendable, Hashable, Codable {
    case baseline
    case dosimetry
    case followUp = "follow-up"
  }

  /// One imaging visit: PET or SPECT, usually with its CT.
  public struct TimePoint: Sendable, Hashable {
    public let id: String
    public let role: Role
    public let cycle: Int?
    /// Which others it follows.
    var chain: Chain { role == .dosimetry ? .cycle(cycle) : .diagnostic }
    /// Whether `reference: mean` may choose it: shapes are those of CTs.
    var mayBeMean: Bool { role != .dosimetry && ct != nil }
    /// File or folder of the PET or SPECT series.
    public let emission: URL
    public let ct: URL?
    /// RTSTRUCT or SEG with organ outlines, and lesions named `lesion …`.
    public let structures: URL?
    public let tracer: String?
    /// Bq/mL per stored count, for a SPECT whose header has no quantitative units.
    public let calibration: Double?
    /// All the activity in the field at the start of the scan: calibrates a SPECT in counts by
    /// itself.
    public let totalActivity: Activity?
    /// True over observed counts of a SPECT, as the site found it.
    public var deadTimeFactor: Double?
    /// Counts per second that the camera observed, in the window that the dead time is of.
    public var countRate: Double?
    /// Harmonisation standard that the PET meets, for example `EARL1`.
    public var standard: String?
    /// Gaussian filter over the PET before anything is measured.
    public var filter: Length?
    /// What only the clinic knows at this time.
    public var clinical: [String: ClinicalFact] = [:]
    /// What became of lesions that are outlined on CT, where an outline cannot say it.
    public var lesionStates: [String: CriteriaLesion.State] = [:]
  }

  /// A criterion and what the course chooses in it.
  public struct CriterionChoice: Sendable, Hashable {
    public let id: String
    public let settings: CriteriaSettings
  }

  public struct LesionFacts: Sendable, Hashable, Codable {
    public var organ: String?
    /// Whether it is a lymph node.
    public var node: Bool?
    public var distant: Bool?
    /// Whether it is one of the targets that a person chose.
    public var target: Bool?
  }

  /// How lesions are outlined.
  public struct LesionSettings: Sendable, Hashable {
    public var rule: Rule = .fractionOfMaximum(0.41)
    /// Where regions of the fraction-of-maximum rule begin. SUV 4 is the fixed threshold in use
    /// for FDG (Barrington, Meignan 2019, J Nucl Med 60:1096); other tracers may want another.
    public var seed: Seed = .fixedSUV(4)
    public var minimumVolume: TissueVolume = .millilitres(0.5)
    /// Uptake known to be physiological, in the reference frame.
    public var exclusions: [Exclusion] = []
    /// How deep the valley between two maxima must be, as a fraction of the lower one, for them
    /// to be two lesions; `nil` leaves touching lesions joined.
    public var splitDepth: Double? = 0.25
    /// A person's corrections, replayed on each run.
    public var edits: URL?

    public enum Seed: Sendable, Hashable {
      case fixedSUV(Double)
      /// 1.5 × liver mean + 2 SD.
      case liver
    }

    public enum Rule: Sendable, Hashable {
      case fixedSUV(Double)
      case fractionOfMaximum(Double)
      /// A fraction of the way from the local background to the maximum.
      case aboveBackground(Double)
      /// The edge of a blurred sphere of the lesion's own size.
      case adaptive
      case gradient
      /// 1.5 × liver mean + 2 SD.
      case liver
      /// Liver mean + so many SD.
      case liverMean(deviations: Double)
      case given
      indirect case majority([Rule], least: Int)
    }
  }

  /// A sphere in the reference frame whose uptake is not a lesion.
  public struct Exclusion: Sendable, Hashable {
    public let centre: SIMD3<Double>
    public let radius: Length
    public let reason: String
  }

  /// Full width at half maximum of the point spread of the reconstructed images, where the site
  /// knows it; partial-volume correction needs it and is left out without it.
  public struct ImageResolution: Sendable, Hashable {
    public var pet: Length?
    public var spect: Length?
    /// The PET's recovery as the site measured it, used in place of the fitted sphere.
    public var recovery: RecoveryCurve?
  }

  /// What the site knows beyond the scans for the dose stage.
  public struct DosimetrySettings: Sendable, Hashable {
    /// RBE of alphas and recoils; an alpha emitter has no BED without it.
    public var rbe: Double?
    /// S values or specific absorbed fractions between regions, and where they come from.
    public var crossDose: URL?
    public var crossDoseSource = "given by the site"
    /// Effective half-life and its variation in a population, by region.
    public var halfLifePriors: [String: HalfLife] = [:]
    /// Variation of a region's curve from cycle to cycle.
    public var betweenCycles = 0.05
    public var calibrationUncertainty = 0.05
    public var recoveryUncertainty = 0.03
    /// Recovery of phantom inserts, for SPECT whose resolution is not given.
    public var recovery: RecoveryCurve?
    /// Counts per second for each MBq, for a SPECT in counts.
    public var sensitivity: Double?
    /// How the camera loses counts, for time points with a count rate.
    public var deadTime: DeadTime?
    /// What SPECT activities are decay corrected to, where the header does not say or is wrong.
    public var decayReference: SPECTDecayReference?

    public struct HalfLife: Sendable, Hashable {
      public let hours: Double
      public let variation: Double
    }
  }

  /// Within-subject coefficient of variation of uptake, as the site measured or chose it.
  public struct SiteRepeatability: Sendable, Hashable {
    public let withinSubjectVariation: Double
    /// The same between two scanners of one standard.
    public var acrossScanners: Double?
    /// The same of volumes.
    public var variationOfVolume: Double?
    public let source: String
  }

  /// Time points that follow one another: those of the diagnostic scans, or of one cycle.
  enum Chain: Hashable {
    case diagnostic
    case cycle(Int?)
  }

  public func timePoint(_ id: String) -> TimePoint? { timePoints.first { $0.id == id } }

  public var referenceTimePoint: TimePoint? { timePoint(reference) }
}

/// Why a course file could not be used.
public enum CourseError: Error, Hashable, Sendable {
  case cannotRead(path: String, reason: String)
  case notYAML(path: String, reason: String)
  case invalid(path: String, entry: String, reason: String)
}

extension CourseError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .cannotRead(let path, let reason):
      "cannot read the course file '\(path)': \(reason). "
        + "'theratrack index FOLDER' writes one from the DICOM headers."
    case .notYAML(let path, let reason):
      "'\(path)' is not a course file: \(reason)"
    case .invalid(let path, let entry, let reason):
      "'\(path)': \(entry): \(reason)"
    }
  }
}
