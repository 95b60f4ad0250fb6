import Foundation
import TestSupport
import Testing

/// `theratrack criteria` and `theratrack plugins`, and criteria of a whole course.
@Suite struct CriteriaCommandTests {
  private func file(_ text: String, _ name: String = "lesions.csv") throws -> String {
    let url = try BuiltCommand.temporaryFolder().appending(path: name)
    try Data(text.utf8).write(to: url)
    return url.path
  }

  private func verdicts(_ outcome: BuiltCommand.Outcome) throws -> [[String: Any]] {
    try #require(outcome.json["verdicts"] as? [[String: Any]])
  }

  /// J Clin Invest 2022, 161065: +53.5 %, then +1.4 % against baseline and −33.9 % against the
  /// scan before.
  private static let threeScans = """
    time_point,day,lesion,sulpeak_g_per_mL,suvmax_g_per_mL,region,scale,mean,sd,uptake_time_min
    base,0,L1,7.1,13.6,,,,,60
    s1,42,L1,10.9,20.1,,,,,60
    s2,84,L1,7.2,15.5,,,,,60
    base,0,,,,liver,sul,1.8,0.2,
    s1,42,,,,liver,sul,1.8,0.2,
    s2,84,,,,liver,sul,1.8,0.2,
    """

  @Test func theThreeScanCaseIsJudgedFromATable() throws {
    let outcome = try BuiltCommand.run([
      "criteria", file(Self.threeScans), "--criteria", "percist-1.0", "--criteria",
      "ipercist-2019", "--json",
    ])
    #expect(outcome.exitCode == 0)
    let codes = try verdicts(outcome).compactMap { $0["code"] as? String }
    #expect(codes == ["PMD", "SMD", "UPMD", "SMD"])
    let because = try #require(verdicts(outcome)[0]["because"] as? String)
    #expect(because.contains("7.10 (L1) at base → 10.90 (L1): +53.5 %, > 30 %"))
    let differing = try #require(outcome.json["disagreements"] as? [[String: Any]])
    let last = try #require(differing.first { $0["time_point"] as? String == "s2" })
    let choices = try #require(last["by_reference"] as? [[String: Any]])
    #expect(choices.count == 2)
    let other = try #require(choices[0]["other"] as? [String: Any])
    #expect(other["code"] as? String == "PMR")

    let previous = try BuiltCommand.run([
      "criteria", file(Self.threeScans), "--criteria", "percist-1.0", "--response", "previous",
      "--progression", "previous",
    ])
    #expect(previous.output.contains("PERCIST 1.0 at s2: PMR -34 %, new lesions 0"))
    #expect(previous.output.contains("compared with baseline it would be SMD"))
  }

  @Test func whatIsMissingIsNamedAndEndsInThree() throws {
    let table = """
      time_point,lesion,state,suvmax_g_per_mL,volume_mL,distant
      base,L1,,10,12,
      fu,L1,,10,12,
      fu,L2,new,6,1,yes
      """
    let outcome = try BuiltCommand.run([
      "criteria", file(table), "--criteria", "ppp-2020", "--criteria", "recip-1.0",
    ])
    #expect(outcome.exitCode == 3)
    #expect(outcome.output.contains("PPP 2020 at fu: not assessable: PD or no PD"))
    #expect(outcome.output.contains("clinical data needed at fu: psa_progression"))
    #expect(outcome.output.contains("RECIP 1.0 at fu: RECIP-SD +8 %, new lesions 1"))
    #expect(outcome.output.contains("known from code only"))
  }

  @Test(arguments: [
    ("time_point,lesion,suvmax_g_per_mL\nbase,L1,ten\n", "line 2: suvmax_g_per_mL is 'ten'"),
    ("time_point,lesion,suvmax\nbase,L1,10\n", "line 1: 'suvmax' is no column"),
    ("time_point,lesion,volume_mL\nbase,L1,-1\n", "line 2: volume_mL is below zero"),
    ("time_point,lesion,state\nbase,L1,shrunk\n", "line 2: 'shrunk' is no state"),
    ("time_point,lesion\nbase,L1\nbase,L1\n", "line 3: 'L1' stands twice at 'base'"),
    ("time_point,lesion\nbase,L1\nfu,L1\nfu,L2\n", "'L2' is first listed at 'fu'"),
    ("time_point,lesion,node\nbase,L1,perhaps\n", "line 2: node is 'perhaps'"),
    ("time_point,lesion\nbase,\"L1\n", "line 2: a quoted cell does not end"),
    ("lesion\nL1\n", "line 1: the header has no time_point"), ("", "the header has no time_point"),
  ])
  func aTableThatCannotBeReadSaysWhere(table: String, message: String) throws {
    let outcome = try BuiltCommand.run([
      "criteria", file(table), "--criteria", "recip-1.0", "--json",
    ])
    #expect(outcome.exitCode == 1)
    #expect(outcome.output.contains(message), "\(outcome.output)")
  }

  @Test func aMetricThatDoesNotFitTheTracerIsRefused() throws {
    let outcome = try BuiltCommand.run([
      "criteria", file(Self.threeScans), "--criteria", "percist-1.0", "--tracer", "Ga-68 DOTATATE",
    ])
    #expect(outcome.exitCode == 3)
    #expect(
      outcome.output.contains("PERCIST 1.0: not judged, SULpeak is refused for Ga-68 DOTATATE"))
    let unknown = try BuiltCommand.run([
      "criteria", file(Self.threeScans), "--criteria", "percist-2.0",
    ])
    #expect(unknown.exitCode == 1)
    #expect(unknown.errors.contains("there is no criteria pack 'percist-2.0'; known are choi"))
  }

  // MARK: Packs

  @Test func everyPackIsListedAndSound() throws {
    let outcome = try BuiltCommand.run(["plugins", "check", "--json"])
    #expect(outcome.exitCode == 0, "\(outcome.output)")
    let packs = try #require(outcome.json["packs"] as? [[String: Any]])
    let kinds = Dictionary(grouping: packs) { $0["kind"] as? String ?? "" }.mapValues(\.count)
    #expect((kinds["tracers"] ?? 0) >= 18)
    #expect((kinds["criteria"] ?? 0) >= 15)
    #expect((kinds["limits"] ?? 0) >= 2)
    let list = try BuiltCommand.run(["plugins", "list"]).output
    #expect(list.contains("F-18 FDG"))
    #expect(list.contains("variation none known"))
  }

  private static let packs = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../plugins").standardizedFileURL

  @Test(arguments: [
    ("tracers/f18-fdg.yaml", "half_life_min: 109.77", "half_life_min: 0", "half_life_min"),
    (
      "tracers/f18-fdg.yaml", "metric: suvmax, within", "metric: suvmaximum, within",
      "variation[0].metric"
    ),
    ("tracers/f18-fdg.yaml", "target:", "taget:", "target"),
    ("tracers/f18-fdg.yaml", "aliases:", "alias:", "alias"),
    ("tracers/ga68-fapi-46.yaml", "no_variation: >-", "novariation: >-", "novariation"),
    (
      "criteria/percist-1.0.yaml", "{of: hottest, unit: percent, against: progression, above: 30}",
      "{of: coldest, unit: percent, against: progression, above: 30}", "coldest"
    ),
    (
      "criteria/percist-1.0.yaml",
      "above: 30}}\n            - {change: {of: hottest, unit: absolute",
      "over: 30}}\n            - {change: {of: hottest, unit: absolute", "exactly one of above"
    ),
    ("criteria/krenning.yaml", "value: null", "value: 0.5", "parameters[0]"),
    ("criteria/recip-1.0.yaml", "id: recip-1.0", "id: recip-2", "id"),
  ])
  func aBrokenPackIsNamedWithItsKey(
    pack: String, sound: String, broken: String, key: String
  ) throws {
    let text = try String(contentsOf: Self.packs.appending(path: pack), encoding: .utf8)
    #expect(text.contains(sound))
    let copy = try file(
      text.replacing(sound, with: broken, maxReplacements: 1),
      URL(filePath: pack).lastPathComponent)
    let outcome = try BuiltCommand.run(["plugins", "check", copy])
    #expect(outcome.exitCode == 1)
    #expect(outcome.output.contains(copy))
    #expect(outcome.output.contains(key), "\(outcome.output)")
  }

  // MARK: A course

  /// The shared course judged again with other criteria, standards and facts: stages that do not
  /// depend on them are found ready.
  private func judged(_ added: String, _ edit: (String) -> String = { $0 }) throws -> [String: Any]
  {
    let demo = try DemoCourse.shared
    let folder = try BuiltCommand.temporaryFolder()
    try FileManager.default.copyItem(
      at: demo.folder.appending(path: "results"), to: folder.appending(path: "results"))
    let text = try String(contentsOf: DemoCourse.course(in: demo.folder), encoding: .utf8)
    let lines = text.split(separator: "\n").filter { !$0.hasPrefix("criteria:") }
    let course = demo.folder.appending(path: "course-\(UUID().uuidString).yaml")
    try Data((edit(lines.joined(separator: "\n")) + "\n" + added + "\n").utf8).write(to: course)
    let output = folder.appending(path: "results")
    let run = try BuiltCommand.run(["run", course.path, "-o", output.path, "--json"])
    try DemoCourse.expect(run, exitCodes: [0, 3])
    let data = try Data(contentsOf: output.appending(path: "results.json"))
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  @Test func aCourseIsJudgedByTheCriteriaItNames() throws {
    let results = try judged(
      "criteria: [recip-1.0, {id: krenning, parameters: {much_lower: 0.5}}, percist-1.0]")
    let criteria = try #require(results["criteria"] as? [String: Any])
    let verdicts = try #require(criteria["verdicts"] as? [[String: Any]])
    let recip = try #require(verdicts.first { $0["criterion"] as? String == "recip-1.0" })
    #expect(recip["time_point"] as? String == "fu1")
    #expect(recip["confidence"] as? String == "C")
    let krenning = verdicts.filter { $0["criterion"] as? String == "krenning" }
    #expect(krenning.count == 2)
    #expect(krenning.allSatisfy { ["3", "4"].contains($0["code"] as? String) })
    let refused = try #require(criteria["refused"] as? [[String: Any]])
    #expect(refused.count == 1)
    #expect((refused[0]["reason"] as? String)?.contains("SULpeak is refused") == true)

    // The same numbers through the calculator.
    let file = try BuiltCommand.temporaryFolder().appending(path: "results.json")
    try JSONSerialization.data(withJSONObject: results).write(to: file)
    let again = try BuiltCommand.run(["criteria", file.path, "--criteria", "recip-1.0", "--json"])
    let found = try #require(again.json["verdicts"] as? [[String: Any]]).first
    #expect(found?["code"] as? String == recip["code"] as? String)
    #expect(found?["because"] as? String == recip["because"] as? String)
  }

  @Test func imagesOfTwoStandardsAreNotPooled() throws {
    let results = try judged("criteria: []") { text in
      text.replacing("id: base,", with: "id: base, standard: EARL1,")
        .replacing("id: fu1,", with: "id: fu1, standard: EARL2,")
    }
    let lesions = try #require(results["lesions"] as? [[String: Any]])
    let changes = lesions.flatMap { $0["changes"] as? [[String: Any]] ?? [] }
    let judgements = changes.filter { $0["metric"] as? String == "suvmax_g_per_mL" }
      .compactMap { $0["judgement"] as? String }
    #expect(!judgements.isEmpty)
    #expect(
      judgements.allSatisfy {
        $0.contains("EARL1 and EARL2 images are not pooled") || $0.contains("not its own")
      })
  }

  @Test func indexProposesTheCriteriaOfTheTracer() throws {
    let demo = try DemoCourse.shared
    let text = try String(contentsOf: DemoCourse.course(in: demo.folder), encoding: .utf8)
    #expect(text.contains("criteria: [krenning]"))
    #expect(text.contains("No within-subject variation was found"))
  }
}
