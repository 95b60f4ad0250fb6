import Response
import Testing

@Suite struct ScoreTests {
  static func scores(
    _ id: String, _ metric: CriteriaMetric, _ uptake: Double, _ regions: [String: NormalUptake],
    parameters: [String: Double] = [:], state: CriteriaLesion.State = .present
  ) throws -> CriteriaVerdict {
    try Scans.verdicts(
      id, [Scans.scan("s", [Scans.lesion("L1", metric, uptake, state: state)], suv: regions)],
      parameters: parameters)[0]
  }

  static let psma: [String: NormalUptake] = [
    "blood pool": .init(mean: 2), "liver": .init(mean: 5), "parotid": .init(mean: 15),
  ]

  /// Each lower bound is inclusive (code of MedEye3d.jl).
  @Test(arguments: [
    (1.99, "0"), (2.0, "1"), (4.99, "1"), (5, "2"), (14.99, "2"), (15, "3"), (40, "3"),
  ])
  func promiseScoresByThreeRegions(uptake: Double, score: String) throws {
    let verdict = try Self.scores("promise-mipsma", .suvMean, uptake, Self.psma)
    #expect(verdict.code == score)
    #expect(verdict.confidence == .code)
  }

  @Test func promiseIsOpenWithoutTheParotid() throws {
    var regions = Self.psma
    regions["parotid"] = nil
    let verdict = try Self.scores("promise-mipsma", .suvMean, 20, regions)
    #expect(verdict.candidates.map(\.code) == ["3", "2"])
    #expect(verdict.lacking == ["uptake of the parotid at s"])
  }

  static let sstr: [String: NormalUptake] = ["liver": .init(mean: 6), "spleen": .init(mean: 20)]

  /// Where "much lower" ends is for the eye: without a site's number 1 and 2 stay open.
  @Test(arguments: [
    (20.01, ["4"]), (20.0, ["3"]), (6.01, ["3"]), (6.0, ["2", "1"]), (0.0, ["2", "0"]),
  ])
  func krenningKnowsLiverAndSpleen(uptake: Double, possible: [String]) throws {
    let verdict = try Self.scores("krenning", .suvMax, uptake, Self.sstr)
    #expect(
      (verdict.candidates.isEmpty ? [verdict.code] : verdict.candidates.map(\.code)) == possible)
    if possible.count > 1 {
      #expect(verdict.lacking.contains { $0.contains("much_lower") && $0.contains("no source") })
    }
  }

  @Test(arguments: [(6.0, "2"), (3, "2"), (2.99, "1"), (0, "0")])
  func krenningIsWholeWithASiteValue(uptake: Double, score: String) throws {
    let verdict = try Self.scores(
      "krenning", .suvMax, uptake, Self.sstr, parameters: ["much_lower": 0.5])
    #expect(verdict.code == score)
  }

  static let lymphoma: [String: NormalUptake] = [
    "blood pool": .init(mean: 1.6), "liver": .init(mean: 2.2, maximum: 3),
  ]

  /// 2 to 3 times the liver's maximum of 3 is 6 to 9: in between it is 4 or 5.
  @Test(arguments: [
    (0.0, ["1"]), (1.6, ["2"]), (1.61, ["3"]), (2.2, ["3"]), (2.21, ["4"]), (6.0, ["4"]),
    (6.01, ["5", "4"]), (9.0, ["5", "4"]), (9.01, ["5"]),
  ])
  func deauvilleFollowsBloodPoolAndLiver(uptake: Double, possible: [String]) throws {
    let verdict = try Self.scores("deauville", .suvMax, uptake, Self.lymphoma)
    #expect(
      (verdict.candidates.isEmpty ? [verdict.code] : verdict.candidates.map(\.code)) == possible)
  }

  @Test func aNewLesionIsDeauvilleFive() throws {
    #expect(try Self.scores("deauville", .suvMax, 1, Self.lymphoma, state: .new).code == "5")
  }

  /// With blood pool at or above liver: below liver is 2, equal to liver is 3.
  @Test(arguments: [(2.19, "2"), (2.2, "3"), (2.3, "4")])
  func aBrightBloodPoolLeavesLiverAsTheMeasure(uptake: Double, score: String) throws {
    let regions: [String: NormalUptake] = [
      "blood pool": .init(mean: 2.5), "liver": .init(mean: 2.2, maximum: 3),
    ]
    #expect(try Self.scores("deauville", .suvMax, uptake, regions).code == score)
  }

  @Test func theScanHasItsForemostLesionsScoreAndAllAreListed() throws {
    let lesions = [("A", 3.0), ("B", 16), ("C", 6)].map { Scans.lesion($0.0, .suvMean, $0.1) }
    let verdict = try Scans.verdicts(
      "promise-mipsma", [Scans.scan("s", lesions, suv: Self.psma)])[0]
    #expect(verdict.code == "3")
    #expect(verdict.lesions.map(\.code) == ["1", "3", "2"])
  }
}
