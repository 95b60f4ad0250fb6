import Foundation
import Geometry
import Quantities
import Volumes

@testable import Reporting

/// The pictures of the synthetic patient, as a run would make them.
struct PictureSamples {
  let patient: SyntheticPatient
  static let base = TimePointLabel(id: "base", sinceBaseline: .zero)
  static let followUp = TimePointLabel(id: "fu1", sinceBaseline: .seconds(84 * 86_400))
  static let software = "theratrack test"

  var change: ChangeLayer {
    get throws {
      try ChangeLayer(
        change: patient.change, assessed: patient.assessed, beyondNoise: patient.beyondNoise,
        noiseLimits: LogRatio.percent(-28)...LogRatio.percent(39),
        noiseSource: "95 % repeatability and registration error")
    }
  }

  var fused: FusedSlice<SUVbw> {
    FusedSlice(
      ct: Layer(patient.ct), emission: Layer(patient.before),
      emissionWindow: .suv(to: 10, colourMap: .ember), timePoint: Self.base,
      outlines: [patient.lesionBefore])
  }

  func fusedPicture(_ plane: PatientPlane) throws -> Picture {
    let centre = PatientPoint(millimetres: SyntheticPatient.spheres[0].centre)
    let grid = try PictureGrid.covering(
      patient.ct.grid, plane: plane, through: centre, millimetresPerPixel: 0.7)
    return fused.picture(named: "fused-\(plane.rawValue)", on: grid, software: Self.software)
  }

  func beforeAfterChange() throws -> Picture {
    try BeforeAfterChange(
      before: Layer(patient.before), after: Layer(patient.after), change: change,
      window: .suv(to: 10), beforeLabel: Self.base, afterLabel: Self.followUp
    ).picture(named: "before-after-change", millimetresPerPixel: 1, software: Self.software)
  }

  func lesionPanel(withCT: Bool = true) throws -> Picture {
    let ct = withCT ? Layer(patient.ct) : nil
    let views: [LesionPanel<SUVbw>.View] = [
      .init(
        label: Self.base,
        content: .shown(
          emission: Layer(patient.before), ct: ct, outline: patient.lesionBefore),
        captions: ["SUVpeak 8.9 g/mL", "Volume 24.4 mL"]),
      .init(
        label: Self.followUp,
        content: .shown(emission: Layer(patient.after), ct: ct, outline: patient.lesionAfter),
        captions: ["SUVpeak 3.1 g/mL", "Volume 8.4 mL"]),
      .init(
        label: TimePointLabel(id: "fu2", sinceBaseline: .seconds(171 * 86_400)),
        content: .notAssessable(reason: "the lesion lies outside the field of view"),
        captions: []),
    ]
    return try LesionPanel(
      id: "L1", heading: "liver, segment VI · stable identity at 2 of 3 time points",
      statement: "SUVpeak −65 % (95 % repeatability −28 % to +39 %): beyond 95 % repeatability.",
      centre: PatientPoint(millimetres: SyntheticPatient.spheres[0].centre), views: views,
      change: change,
      changeCaptions: ["SUVpeak −65 %", "Volume −66 %", "72 % of voxels less, 0 % more"],
      window: .suv(to: 10, colourMap: withCT ? .ember : .inverseGrey)
    ).picture(named: withCT ? "lesion-L1" : "lesion-L1-pet", software: Self.software)
  }

  var rotation: () throws -> Picture {
    {
      try MaximumIntensityProjection(
        Layer(patient.before), window: .suv(to: 10), timePoint: Self.base
      ).rotation(named: "mip-rotating", frames: 8, millimetresPerPixel: 4, software: Self.software)
    }
  }

  func planes() throws -> [PictureGrid] {
    let centre = PatientPoint(millimetres: SyntheticPatient.spheres[0].centre)
    return try PatientPlane.allCases.map {
      try PictureGrid.covering(
        patient.ct.grid, plane: $0, through: centre, millimetresPerPixel: 1)
    }
  }

  func fusedPlanes() throws -> Picture {
    fused.picture(named: "fused-planes", on: try planes(), software: Self.software)
  }

  var responseSlice: () throws -> Picture {
    {
      let change = try change
      let grades = patient.change.samples.map { UInt8(min(3, max(1, Int(abs($0) * 2)))) }
      let graded = try ChangeLayer(
        change: change.change, assessed: change.assessed, beyondNoise: change.beyondNoise,
        noiseLimits: change.noiseLimits, noiseSource: change.noiseSource,
        confidence: .init(levels: [0.95, 0.99, 0.999], grades: grades))
      return try ResponseSlice(
        ct: Layer(patient.ct), change: graded, before: Self.base, after: Self.followUp,
        outlines: [patient.lesionBefore]
      ).picture(named: "response-slice", on: planes(), software: Self.software)
    }
  }

  var doseMap: () throws -> Picture {
    {
      let dose = patient.before.scaled(by: 4, as: AbsorbedDose.self)
      return try FusedSlice(
        ct: Layer(patient.ct), emission: Layer(dose),
        emissionWindow: DisplayWindow(from: .zero, to: .gray(40), colourMap: .ember),
        timePoint: TimePointLabel(id: "cycle 1", sinceBaseline: nil),
        isolines: [5, 10, 20, 30].map { AbsorbedDose.gray($0) }
      ).picture(named: "dose-map", on: planes(), software: Self.software)
    }
  }
}
