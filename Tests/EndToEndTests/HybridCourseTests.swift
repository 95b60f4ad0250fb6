import Foundation
import Phantoms
import TestSupport
import Testing

/// One SPECT of a cycle and planar values of its regions, on the virtual course against its truth.
@Suite(
  .enabled(
    if: ProcessInfo.processInfo.environment["THERATRACK_LONG"] != nil,
    "slow; set THERATRACK_LONG=1 to run it"))
struct HybridCourseTests {
  private struct Answer: Decodable {
    struct Fit: Decodable {
      let tia_Bq_s: SeveralCyclesTests.Answer.Value
      let planar_factor, planar_factor_relative_uncertainty: Double?
    }
    struct Dose: Decodable {
      let region: String
      let fit: Fit
      let warnings: [String]
    }
    struct Refused: Decodable { let region, reason: String }
    struct Cycle: Decodable {
      let doses: [Dose]
      let not_assessable: [Refused]
      func dose(_ region: String) -> Dose? { doses.first { $0.region == region } }
    }
    let cycles: [Cycle]
  }

  private static let organs = ["liver", "left kidney", "right kidney", "spleen"]
  private static let hours = [3.0, 20, 70, 140]

  /// Counts of each organ on a scale of its own, as attenuation and overlap give them.
  ///
  /// - Parameter late: What the last scan shows more of the spleen.
  private static func counts(_ truth: CourseTruth, late: Double = 1) -> String {
    var rows = ["region,time_h,counts,sd_percent"]
    for hours in hours {
      for (n, organ) in organs.enumerated() {
        guard let region = truth.cycles[0].regions.first(where: { $0.name == organ }) else {
          continue
        }
        let uptake = 1 - exp2(-hours / region.uptakeHalfTime)
        let activity = uptake * exp2(-hours / region.effectiveHalfLife)
        let more = organ == "spleen" && hours == Self.hours.last ? late : 1
        let counts = activity * 4e4 * Double(n + 1) * more
        rows.append("\(organ.uppercased()),\(hours),\(counts),3")
      }
    }
    return rows.joined(separator: "\n")
  }

  /// The shared course with the 24 h scan alone, and `planar` in its cycle.
  private func run(
    _ planar: String?, named name: String, in folder: URL
  ) throws -> BuiltCommand.Outcome {
    let demo = try DemoCourse.shared
    let text = try String(contentsOf: DemoCourse.course(in: demo.folder), encoding: .utf8)
    let lines = text.split(separator: "\n").filter {
      !$0.contains("id: c1h4,") && !$0.contains("id: c1h96,")
    }
    var course = lines.joined(separator: "\n")
    if let planar {
      try Data(planar.utf8).write(to: demo.folder.appending(path: "\(name).csv"))
      let changed = course.replacing(
        "activity: 7.4 GBq,", with: "activity: 7.4 GBq, planar: \(name).csv,")
      #expect(changed != course)
      course = changed
    }
    let file = demo.folder.appending(path: "\(name).yaml")
    try Data(course.utf8).write(to: file)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let store = folder.appending(path: "course.sqlite")
    if !FileManager.default.fileExists(atPath: store.path) {
      try FileManager.default.copyItem(
        at: demo.folder.appending(path: "results/course.sqlite"), to: store)
    }
    return try BuiltCommand.run(["run", file.path, "-o", folder.path, "--json"])
  }

  private func answer(_ folder: URL) throws -> Answer.Cycle {
    let answer = try JSONDecoder().decode(
      Answer.self, from: Data(contentsOf: folder.appending(path: "results.json")))
    return try #require(answer.cycles.first)
  }

  @Test func planarScansGiveTheCourseThatOneSPECTDoesNotHave() throws {
    let demo = try DemoCourse.shared
    let folder = try BuiltCommand.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    // Without planar values one SPECT says nothing of the course over time.
    try DemoCourse.expect(try run(nil, named: "one", in: folder), exitCodes: [3])
    let alone = try answer(folder)
    #expect(
      Self.organs.allSatisfy { organ in alone.not_assessable.contains { $0.region == organ } })

    try DemoCourse.expect(
      try run(Self.counts(demo.truth), named: "hybrid", in: folder), exitCodes: [0, 3])
    let cycle = try answer(folder)
    var factors: [Double] = []
    for organ in Self.organs {
      let truth = try #require(demo.truth.cycles[0].regions.first { $0.name == organ })
      let dose = try #require(cycle.dose(organ))
      let tia = dose.fit.tia_Bq_s.value / 3.6e9 / truth.timeIntegratedActivity
      let u = try #require(dose.fit.tia_Bq_s.sd) / dose.fit.tia_Bq_s.value
      print("figure: hybrid \(organ) TIA over truth \(tia) ± \(u)")
      #expect(abs(tia - 1) < 0.04)
      #expect(dose.warnings.contains { $0.contains("4 planar and 1 quantitative") })
      factors.append(try #require(dose.fit.planar_factor))
      let spread = try #require(dose.fit.planar_factor_relative_uncertainty)
      #expect(spread > 0.005 && spread < 0.1)
    }
    #expect(factors.allSatisfy { $0 > 0 } && Set(factors).count == 4)
    let page = try String(contentsOf: folder.appending(path: "report.html"), encoding: .utf8)
    #expect(page.contains("is that of planar scans"))
    #expect(page.contains("Crosses: planar scans"))

    // Other values are another result, not the stored one.
    let slower = Self.counts(demo.truth, late: 1.3)
    try DemoCourse.expect(try run(slower, named: "hybrid", in: folder), exitCodes: [0, 3])
    let spleen = try #require(try answer(folder).dose("spleen")).fit.tia_Bq_s.value
    let before = try #require(cycle.dose("spleen")).fit.tia_Bq_s.value
    #expect(spleen > before * 1.02)
  }

  @Test func aRegionThatTheCycleDoesNotKnowStopsTheRunWithItsLine() throws {
    let folder = try BuiltCommand.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let outcome = try run(
      "region,time_h,counts\nliver,4,900\nliver,24,800\npancreas,4,20\n", named: "unknown",
      in: folder)
    #expect(outcome.exitCode == 1)
    let error = try #require(outcome.json["error"] as? [String: Any])
    #expect((error["message"] as? String)?.contains("pancreas") == true)
    #expect((error["message"] as? String)?.contains("line 4") == true)
    #expect((error["remedy"] as? String)?.contains("left kidney") == true)
  }
}
