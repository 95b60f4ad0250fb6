import DICOMIO
import Foundation
import Phantoms
import Quantities
import TestSupport
import Testing
import Volumes

/// A cycle of Ac-225 from its SPECT to the report: alphas and the rest apart, at every step.
@Suite(
  .enabled(
    if: ProcessInfo.processInfo.environment["THERATRACK_LONG"] != nil,
    "slow; set THERATRACK_LONG=1 to run it"))
struct AlphaCourseTests {
  private struct Answer: Decodable {
    struct Fit: Decodable { let tia_Bq_s: Results.Value }
    struct Effect: Decodable {
      let bed_Gy: Results.Value
      let bed_high_let_Gy, lea_catcheside_factor: Double
      let rbe: Double?
    }
    struct Dose: Decodable {
      let region: String
      let high_let_fraction, photon_fraction: Double
      let fit: Fit
      let dose_Gy: Results.Value
      let effect: Effect?
      let warnings: [String]
    }
    struct Cycle: Decodable {
      let doses: [Dose]
      func dose(_ region: String) -> Dose? { doses.first { $0.region == region } }
    }
    struct Sum: Decodable {
      let region: String
      let dose_high_let_Gy: Double
      let bed_Gy: Results.Value?
    }
    struct Maps: Decodable {
      let notes: [String]
      let cycles: [Cycle]

      struct Cycle: Decodable { let regions: [Region] }
      struct Region: Decodable {
        let region: String
        let mean_Gy: Double
        let mean_high_let_Gy: Double?
      }
    }
    let cycles: [Cycle]
    let cumulative: [Sum]
    let dose_maps: Maps?
  }

  /// MeV per decay of Ac-225 and all that follows from it (ICRP 107): alphas with recoils, electrons.
  private static let (alphas, electrons) = (27.483 + 0.513, 0.690)

  @Test func anAlphaCourseKeepsItsTwoKindsOfDoseApart() throws {
    let folder = try BuiltCommand.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try DemoCourse.write(["--radionuclide", "Ac-225"], to: folder)
    let course = DemoCourse.course(in: folder)
    let text = try String(contentsOf: course, encoding: .utf8)
    #expect(text.contains("radionuclide: Ac-225") && text.contains("activity: 8.0 MBq"))
    // Organs of the SPECT scans alone: the diagnostic scans have nothing of the alphas.
    let lines = text.split(separator: "\n").filter { line in
      !line.contains("id: base") && !line.contains("id: fu1") && !line.hasPrefix("reference:")
        && !line.hasPrefix("limits:")
    }
    let body = lines.joined(separator: "\n") + "\nreference: c1h24\nlimits: limits.yaml\n"
    let results = folder.appending(path: "results")
    // Limits and priors of Lu-177 say nothing of it.
    let refused = try BuiltCommand.run(["run", course.path, "-o", results.path])
    #expect(refused.exitCode != 0 && refused.errors.contains("are for Lu-177"))
    try writeLimits(to: folder)
    try Data(body.utf8).write(to: course)
    // Without an RBE there is no BED, and it is said.
    let without = try answer(course, results)
    let kidney = try #require(without.cycles[0].dose("left kidney"))
    #expect(kidney.effect == nil && kidney.warnings.contains { $0.contains("rbe") })
    try Data((body + "dosimetry: {rbe: 4}\ndose: {voxel: local}\n").utf8).write(to: course)
    try check(try answer(course, results), folder)
  }

  /// A pack for Ac-225: that of Lu-177 under another name, for its radiobiology.
  private func writeLimits(to folder: URL) throws {
    let pack = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../plugins/limits/lu177-kidney-marrow.yaml").standardizedFileURL
    let text = try String(contentsOf: pack, encoding: .utf8)
      .replacing("radionuclide: Lu-177", with: "radionuclide: Ac-225")
    try Data(text.utf8).write(to: folder.appending(path: "limits.yaml"))
  }

  private func answer(_ course: URL, _ output: URL) throws -> Answer {
    try DemoCourse.expect(
      BuiltCommand.run(
        ["run", course.path, "-o", output.path, "--json"],
        environment: ["THERATRACK_CACHE": DoseMapTests.cache.path]), exitCodes: [0, 3])
    return try JSONDecoder().decode(
      Answer.self, from: Data(contentsOf: output.appending(path: "results.json")))
  }

  private func check(_ answer: Answer, _ folder: URL) throws {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    let truth = try decoder.decode(
      CourseTruth.self, from: Data(contentsOf: folder.appending(path: "truth.json")))
    // The liver holds lesions that only diagnostic scans outline.
    for organ in ["left kidney", "right kidney", "spleen"] {
      let dose = try #require(answer.cycles[0].dose(organ))
      let region = try #require(truth.cycles[0].regions.first { $0.name == organ })
      let high = dose.dose_Gy.value * dose.high_let_fraction
      let low = dose.dose_Gy.value - high
      let share = Self.alphas / (Self.alphas + Self.electrons)
      let (trueHigh, trueLow) = (
        region.localElectronDose * share, region.localElectronDose * (1 - share)
      )
      print(
        "figure: Ac-225 \(organ) TIA over truth "
          + "\(dose.fit.tia_Bq_s.value / 3.6e9 / region.timeIntegratedActivity), high-LET "
          + "\(high) Gy over truth \(high / trueHigh), low-LET \(low) Gy over electrons \(low / trueLow)"
      )
      #expect(abs(high / trueHigh - 1) < 0.05)
      // The rest holds the region's own photons too, a third of the electrons' energy all told.
      #expect(low / trueLow > 0.95 && low / trueLow < 1.35)
      guard let effect = dose.effect else { continue }
      #expect(effect.rbe == 4)
      #expect(abs(effect.bed_high_let_Gy / (4 * high) - 1) < 1e-9)
      let sum = try #require(answer.cumulative.first { $0.region == organ })
      #expect(abs(sum.dose_high_let_Gy / high - 1) < 1e-9)
      #expect(abs(try #require(sum.bed_Gy).value / effect.bed_Gy.value - 1) < 1e-9)
    }
    #expect(answer.cycles[0].dose("left kidney")?.effect != nil)
    let maps = try #require(answer.dose_maps)
    #expect(maps.notes.contains { $0.contains("counts 4 (RBE of the course file) times") })
    for region in try #require(maps.cycles.first).regions {
      let high = try #require(region.mean_high_let_Gy) / region.mean_Gy
      #expect(high > 0.96 && high < 0.98)
    }
    let results = folder.appending(path: "results")
    func image(_ name: String) throws -> Volume<AbsorbedDose> {
      try DoseImage.load(file: results.appending(path: "dose/\(name).dcm")).absorbedDose()
    }
    let (all, high) = (try image("dose-cycle-1"), try image("dose-high-let-cycle-1"))
    let ratio = zip(all.samples, high.samples).filter { $0.0 > 0.05 }.map { $1 / $0 }
    #expect(ratio.count > 1000 && ratio.allSatisfy { $0 > 0.95 && $0 < 0.99 })
    let page = try String(
      contentsOf: results.appending(path: "report.html"), encoding: .utf8)
    for words in ["Low-LET", "High-LET", "count 4 times", "without a quadratic term"] {
      #expect(page.contains(words), "\(words)")
    }
  }
}
