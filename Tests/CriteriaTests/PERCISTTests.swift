import Foundation
import Response
import Testing

@Suite struct PERCISTTests {
  static func verdict(
    _ scans: [CriteriaScan], _ reference: CriteriaReference = .nadir
  ) throws -> CriteriaVerdict {
    let response: CriteriaReference = reference == .previous ? .previous : .baseline
    let all = try Scans.verdicts(
      "percist-1.0", scans, response: response, progression: reference)
    return try #require(all.last)
  }

  /// Response from 30 % and 0.8 on; progression only beyond both (pacs.de wording of PERCIST).
  @Test(arguments: [
    (10.0, 7.0, "PMR"), (10, 7.01, "SMD"), (10, 13, "SMD"), (10, 13.01, "PMD"),
    (2.6, 1.8, "PMR"), (2.6, 1.81, "SMD"), (2.6, 3.4, "SMD"), (2.6, 3.41, "PMD"),
  ])
  func theTwoInequalitiesDiffer(before: Double, after: Double, code: String) throws {
    let scans = [
      Scans.scan("base", [Scans.sul("L1", before)], liver: 1.2),
      Scans.scan("fu", [Scans.sul("L1", after)], liver: 1.2),
    ]
    #expect(try Self.verdict(scans).code == code)
  }

  @Test func theHottestLesionMayBeAnother() throws {
    let verdict = try Self.verdict([
      Scans.scan("base", [Scans.sul("L1", 9), Scans.sul("L2", 6)]),
      Scans.scan("fu", [Scans.sul("L1", 3), Scans.sul("L2", 6.1)]),
    ])
    let hottest = try #require(verdict.primary)
    #expect(hottest.atResponseReference.lesions.map(\.lesion) == ["L1"])
    #expect(hottest.now.lesions.map(\.lesion) == ["L2"])
    #expect(verdict.code == "PMR")
    #expect(verdict.summary == "PMR -32 %, new lesions 0")
    #expect(verdict.because.contains("9.00 (L1) at base → 6.10 (L2)"))
  }

  @Test func anotherLesionThatGrowsRulesOutAResponse() throws {
    let verdict = try Self.verdict([
      Scans.scan("base", [Scans.sul("L1", 9), Scans.sul("L2", 3)]),
      Scans.scan("fu", [Scans.sul("L1", 5), Scans.sul("L2", 5)]),
    ])
    #expect(verdict.code == "SMD")
    let response = try #require(verdict.otherRules.first { $0.verdict == "PMR" })
    #expect(response.numbers.contains { $0.contains("SULpeak of L2 3.00 at base → 5.00") })
  }

  @Test func aNewLesionIsProgressionAndOneFromOutsideTheFieldIsNot() throws {
    let base = Scans.scan("base", [Scans.sul("L1", 9)])
    let new = Scans.scan("fu", [Scans.sul("L1", 4), Scans.sul("L2", 3, state: .new)])
    #expect(try Self.verdict([base, new]).code == "PMD")
    #expect(try Self.verdict([base, new]).newLesions == ["L2"])
    let late = Scans.scan("fu", [Scans.sul("L1", 4), Scans.sul("L2", 3, state: .firstAssessable)])
    #expect(try Self.verdict([base, late]).code == "PMR")
    #expect(try Self.verdict([base, late]).warnings.contains { $0.contains("L2") })
  }

  @Test func aFaintTumourIsDeferredToRECIST() throws {
    // 1.5 × 1.5 + 2 × 0.2 = 2.65, inclusive.
    let after = Scans.scan("fu", [Scans.sul("L1", 9)])
    let faint = try Self.verdict([Scans.scan("base", [Scans.sul("L1", 2.64)]), after])
    #expect(faint.kind == .notMeasurable)
    #expect(faint.notes.contains { $0.contains("RECIST") })
    #expect(try Self.verdict([Scans.scan("base", [Scans.sul("L1", 2.65)]), after]).code == "PMD")
    let blind = Scans.scan("base", [Scans.sul("L1", 9)], liver: nil)
    #expect(try Self.verdict([blind, after]).kind == .notMeasurable)
    #expect(
      try Self.verdict([blind, after]).lacking == ["uptake of the liver or blood pool at base"])
  }

  /// With a diseased liver: 2 × aorta mean + 2 SD = 2 × 1.4 + 2 × 0.2 = 3.2.
  @Test(arguments: [(3.19, false), (3.2, true)])
  func theBloodPoolStandsInForTheLiver(peak: Double, isMeasurable: Bool) throws {
    var base = Scans.scan("base", [Scans.sul("L1", peak)], liver: nil)
    base.sulReferences = ["blood pool": .init(mean: 1.4, standardDeviation: 0.2)]
    let verdict = try Self.verdict([base, Scans.scan("fu", [Scans.sul("L1", 9)])])
    #expect((verdict.kind != .notMeasurable) == isMeasurable)
  }

  @Test func allLesionsGoneIsCompleteUnlessOneWasNotImaged() throws {
    let base = Scans.scan("base", [Scans.sul("L1", 9), Scans.sul("L2", 4)])
    let gone = Scans.scan(
      "fu", [Scans.sul("L1", nil, state: .gone), Scans.sul("L2", nil, state: .gone)])
    #expect(try Self.verdict([base, gone]).code == "CMR")
    let unseen = Scans.scan(
      "fu",
      [
        Scans.sul("L1", nil, state: .gone),
        Scans.sul("L2", nil, state: .unknown(reason: "out of field")),
      ])
    let verdict = try Self.verdict([base, unseen])
    #expect(verdict.kind == .notAssessable)
    #expect(verdict.candidates.map(\.code) == ["PMD", "CMR", "PMR", "SMD"])
    #expect(verdict.lacking.contains("L2: out of field"))
    let faint = Scans.scan("fu", [Scans.sul("L1", 1.4), Scans.sul("L2", 1.2)])
    #expect(try Self.verdict([base, faint]).code == "CMR")
  }

  /// What a missing lesion cannot change is said: L1 alone has grown beyond both limits.
  @Test func progressionHoldsWhateverAMissingLesionDoes() throws {
    let verdict = try Self.verdict([
      Scans.scan("base", [Scans.sul("L1", 9), Scans.sul("L2", 4)]),
      Scans.scan(
        "fu", [Scans.sul("L1", 13), Scans.sul("L2", nil, state: .unknown(reason: "out of field"))]),
    ])
    #expect(verdict.code == "PMD")
  }

  @Test func theSumTakesFiveLesionsAndTwoPerOrganAndNeverDecides() throws {
    let peaks = [12.0, 11, 10, 9, 8, 7, 6]
    let organs = ["liver", "liver", "liver", "bone", "bone", "bone", "lung"]
    let lesions = zip(peaks, organs).enumerated().map {
      Scans.sul("L\($0.offset + 1)", $0.element.0, organ: $0.element.1)
    }
    let verdict = try Self.verdict([Scans.scan("base", lesions), Scans.scan("fu", lesions)])
    let sum = try #require(verdict.measures.first { $0.isSecondary })
    #expect(sum.now.lesions.map(\.lesion) == ["L1", "L2", "L4", "L5", "L7"])
    #expect(sum.now.value == 46.0)
    #expect(sum.now.organsKnown)
    #expect(verdict.rules.map(\.rule) == ["none of the above"])
  }

  @Test func uptakeTimesAreWarnedOf() throws {
    let lesion = [Scans.sul("L1", 9)]
    let verdict = try Self.verdict([
      Scans.scan("base", lesion, minutes: 55), Scans.scan("fu", lesion, minutes: 72),
    ])
    #expect(verdict.warnings.contains("uptake times differ by more than 15 min"))
    #expect(verdict.warnings.contains { $0.contains("72 min is outside 50 to 70 min") })
    let other = try Scans.verdicts(
      "percist-1.0", [Scans.scan("base", lesion), Scans.scan("fu", lesion)],
      tracer: "Ga-68 PSMA-11")
    #expect(other[0].warnings.contains { $0.contains("made for F-18 FDG") })
  }

  /// TLG +75 % and −45 %, a criterion of its own.
  @Test(arguments: [(175.0, "PMD"), (174.9, "SMD"), (55, "PMR"), (55.1, "SMD")])
  func theSecondaryEndpointHasLimitsOfItsOwn(after: Double, code: String) throws {
    let scans = Scans.course(.totalLesionGlycolysis, [100, after])
    #expect(try Scans.verdicts("percist-1.0-tlg", scans)[0].code == code)
  }
}
