public import Foundation
import Geometry

/// Everything that is known of a virtual course: what `truth.json` holds.
///
/// Positions are in millimetres on LPS axes, in the frame of the time point they belong to.
/// Keys end in their units.
public struct CourseTruth: Sendable, Hashable, Codable {
  public var theratrackTruth = 1
  public let options: VirtualCourseOptions
  /// How positions, motions, concentrations and doses are defined.
  public let conventions: [String]
  public let timePoints: [TimePointTruth]
  public let cycles: [CycleTruth]
  public let landmarks: [LandmarkTruth]

  /// One visit: motion, lesions and organs.
  public struct TimePointTruth: Sendable, Hashable, Codable {
    public let id: String
    public let role: Visit.Role
    public let cycle: Int?
    public let frameOfReference: String
    public let injection: Date
    public let scanStart: Date
    public let injectedActivity: Double
    public let patientWeight: Double
    public let tracer: String
    /// Bq/mL for each unit of SUVbw; only for diagnostic visits.
    public let concentrationPerSUV: Double?
    public let motion: MotionTruth
    public let lesions: [LesionTruth]
    public let organs: [OrganTruth]

    enum CodingKeys: String, CodingKey {
      case id, role, cycle, frameOfReference, injection, scanStart, tracer, motion, lesions, organs
      case injectedActivity = "injectedActivity_MBq"
      case patientWeight = "patientWeight_kg"
      case concentrationPerSUV = "concentrationPerSUV_BqPerML"
    }
  }

  /// Baseline → time point: turn by the rotation vector about the centre, then shift.
  public struct MotionTruth: Sendable, Hashable, Codable {
    public let rotationVector: SIMD3<Double>
    public let rotationAngle: Double
    public let centre: SIMD3<Double>
    public let translation: SIMD3<Double>
    public let breathingAmplitude: Double
    /// Whether organs slide along the chest wall.
    public let breathingSlides: Bool

    enum CodingKeys: String, CodingKey {
      case rotationVector = "rotationVector_rad"
      case rotationAngle = "rotationAngle_deg"
      case centre = "centre_mm"
      case translation = "translation_mm"
      case breathingAmplitude = "breathingAmplitude_mm"
      case breathingSlides
    }
  }

  public struct LesionTruth: Sendable, Hashable, Codable {
    public let name: String
    public let site: String
    public let fate: LesionFate
    public let isPresent: Bool
    public let centre: SIMD3<Double>
    public let volume: Double
    /// SUVbw; only for diagnostic visits.
    public let suv: Double?
    public let concentration: Double
    public let activity: Double
    /// Whether the emission image shows all of the lesion.
    public let isInField: Bool
    /// Lesions that touch this one at this visit.
    public let connectedWith: [String]
    /// Volume of this lesion and those that touch it, their overlap counted once.
    public let connectedVolume: Double

    enum CodingKeys: String, CodingKey {
      case name, site, fate, isPresent, isInField, connectedWith
      case centre = "centre_mm"
      case volume = "volume_mL"
      case suv = "suvbw_gPerML"
      case concentration = "concentration_BqPerML"
      case activity = "activity_MBq"
      case connectedVolume = "connectedVolume_mL"
    }
  }

  public struct OrganTruth: Sendable, Hashable, Codable {
    public let name: String
    /// Volume of the outline, lesions inside it included.
    public let outlineVolume: Double
    /// Volume of the normal tissue.
    public let tissueVolume: Double
    /// Of the normal tissue; `nil` for an outline of several tissues.
    public let suv: Double?
    public let concentration: Double?

    enum CodingKeys: String, CodingKey {
      case name
      case outlineVolume = "outlineVolume_mL"
      case tissueVolume = "tissueVolume_mL"
      case suv = "suvbw_gPerML"
      case concentration = "concentration_BqPerML"
    }
  }

  /// One therapy cycle.
  public struct CycleTruth: Sendable, Hashable, Codable {
    public let number: Int
    public let injection: Date
    public let injectedActivity: Double
    public let regions: [DoseTruth]

    enum CodingKeys: String, CodingKey {
      case number, injection, regions
      case injectedActivity = "injectedActivity_MBq"
    }
  }

  /// The decays in an organ or lesion over one cycle, and the dose they leave locally.
  public struct DoseTruth: Sendable, Hashable, Codable {
    public let name: String
    public let volume: Double
    public let density: Double
    public let mass: Double
    public let fractionPerGram: Double
    public let effectiveHalfLife: Double
    public let uptakeHalfTime: Double
    /// Injection to infinity.
    public let timeIntegratedActivity: Double
    /// What is absorbed where it is set free, alphas and recoils too; photons are not in it.
    public let localElectronDose: Double

    enum CodingKeys: String, CodingKey {
      case name
      case volume = "volume_mL"
      case density = "density_gPerML"
      case mass = "mass_g"
      case fractionPerGram = "fractionOfInjected_perGram"
      case effectiveHalfLife = "effectiveHalfLife_h"
      case uptakeHalfTime = "uptakeHalfTime_h"
      case timeIntegratedActivity = "tia_MBqh"
      case localElectronDose = "dose_local_electrons_Gy"
    }
  }

  /// One anatomical point, by time point.
  public struct LandmarkTruth: Sendable, Hashable, Codable {
    public let id: Int
    public let kind: LandmarkKind
    public let positions: [String: SIMD3<Double>]

    enum CodingKeys: String, CodingKey {
      case id, kind
      case positions = "position_mm"
    }
  }
}

extension CourseTruth {
  /// Joules per MeV; exact since the SI of 2019.
  public static let joulesPerMegaelectronvolt = 1.602_176_634e-13

  static func statedConventions(_ nuclide: TherapyNuclide) -> [String] {
    [
      "Positions are in mm on LPS axes (+x left, +y back, +z head), in the frame of their visit.",
      "A baseline point p of the skeleton lies at R (p - centre) + centre + translation at a visit, "
        + "R from rotationVector_rad (axis times angle, right-handed).",
      "Breathing: with the rigid motion undone, the point q shows the baseline tissue "
        + "q + (0, 0, A h(q.z) w(q.x, q.y)), A = breathingAmplitude_mm; see Phantoms/Breathing.swift. "
        + "It is zero at bone; its Jacobian determinant 1 + A h' w is positive, and 1 in every "
        + "lesion, liver, spleen and kidney. With breathingSlides, w jumps to 0 at the chest wall.",
      "Landmarks of kind bone follow the rigid motion only; soft and lung follow breathing too.",
      "Concentrations are decay-corrected to scanStart. activity_MBq = concentration x volume.",
      "Therapy: a(t) = a0 (exp(-le t) - exp(-(le + lu) t)) per gram of tissue times the injected "
        + "activity, le = ln2 / effectiveHalfLife, lu = ln2 / uptakeHalfTime; "
        + "TIA = a0 (1/le - 1/(le + lu)) mass injected.",
      "dose_local_electrons_Gy = TIA x \(nuclide.localEnergyPerDecay) MeV / mass "
        + "(\(nuclide.convention)); the photon part is not included. Organ entries are normal "
        + "tissue, without the lesions in it.",
      "Volumes of lesions are those of ellipsoids, 4/3 pi abc; organ volumes are counted on the "
        + "painted anatomy.",
    ]
  }
}
