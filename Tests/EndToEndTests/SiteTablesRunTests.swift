import Foundation
import Phantoms
import Quantities
import TestSupport
import Testing
import Volumes

/// Recovery and cross-dose as a site gives them, on the virtual course against its truth.
@Suite struct SiteTablesRunTests {
  private struct Answer: Decodable {
    struct Cross: Decodable {
      let source: String
      let dose_Gy: Double
    }
    struct Parts: Decodable { let recovery_relative: Double }
    struct Dose: Decodable {
      let region: String
      let fit: Results.Fit
      let dose_Gy: Results.Value
      let s_value_Gy_per_Bq_s: Double
      let cross_dose: [Cross]
      let uncertainty: Parts?
    }
    struct Cycle: Decodable {
      let doses: [Dose]
      func dose(_ region: String) -> Dose? { doses.first { $0.region == region } }
    }
    let cycles: [Cycle]
  }

  @Test func recoveryAndCrossDoseComeFromTheSitesTables() throws {
    let demo = try DemoCourse.shared
    let folder = try BuiltCommand.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.copyItem(
      at: demo.folder.appending(path: "results/course.sqlite"),
      to: folder.appending(path: "course.sqlite"))
    // Inserts of a phantom at the resolution of the virtual SPECT.
    let inserts = [20.0, 60, 150, 400, 1500].map { v in
      let sphere = BlurredSphere(volume: .millilitres(v), resolution: .millimetres(11))
      return "\(v);\(sphere.mean)".replacing(".", with: ",")
    }
    try Data((["Volume (mL);Recovery"] + inserts).joined(separator: "\r\n").utf8)
      .write(to: demo.folder.appending(path: "inserts.csv"))
    try Data(
      """
      source,target,s_mGy_per_MBq_s
      liver,Kidney_R,2e-5
      spleen,left kidney,6e-5
      left kidney,left kidney,1
      """.utf8
    ).write(to: demo.folder.appending(path: "s-values.csv"))
    let text = try String(contentsOf: DemoCourse.course(in: demo.folder), encoding: .utf8)
    let changed = text.replacing(
      "spect: {resolution: 11mm}", with: "spect: {recovery: inserts.csv}")
    #expect(changed != text)
    let course = demo.folder.appending(path: "site-tables.yaml")
    try Data((changed + "dosimetry: {crossDose: s-values.csv, crossDoseSource: test}\n").utf8)
      .write(to: course)
    let run = try BuiltCommand.run(["run", course.path, "-o", folder.path, "--json"])
    try DemoCourse.expect(run, exitCodes: [0, 3])
    let answer = try JSONDecoder().decode(
      Answer.self, from: Data(contentsOf: folder.appending(path: "results.json")))
    let cycle = try #require(answer.cycles.first)
    for organ in ["left kidney", "right kidney", "spleen"] {
      let truth = try #require(demo.truth.cycles[0].regions.first { $0.name == organ })
      let dose = try #require(cycle.dose(organ))
      let ratio = dose.fit.tia_Bq_s.value / 3.6e9 / truth.timeIntegratedActivity
      print("figure: \(organ) TIA by a recovery curve of spheres over truth \(ratio)")
      // Kidneys are no spheres: they lose a tenth more than a sphere of their volume.
      #expect(abs(ratio - 1) < 0.12)
      #expect(try #require(dose.uncertainty).recovery_relative < 0.03)
    }
    let right = try #require(cycle.dose("right kidney"))
    let liver = try #require(cycle.dose("liver"))
    #expect(right.cross_dose.map(\.source) == ["liver"])
    let cross = right.cross_dose[0].dose_Gy
    #expect(abs(cross / (liver.fit.tia_Bq_s.value * 2e-14) - 1) < 1e-9)
    let own = right.fit.tia_Bq_s.value * right.s_value_Gy_per_Bq_s
    #expect(abs(right.dose_Gy.value / (own + cross) - 1) < 1e-9)
    // A self-dose in the table is not taken: it scales with the patient's own mass.
    #expect(try #require(cycle.dose("left kidney")).cross_dose.map(\.source) == ["spleen"])
  }
}
