import Foundation
import Lesions
import Quantities
import Response
import Testing

@Suite struct PERCISTTests {
  typealias Lesion = PERCISTScan.Lesion

  static func sul(_ value: Double) -> SUVlbm { .gramsPerMillilitre(value) }

  static func lesion(
    _ track: String, _ peak: Double?, organ: String? = nil, fate: LesionTrack.Fate = .present
  ) -> Lesion {
    Lesion(
      track: track, organ: organ,
      sulPeak: peak.map { .value(sul($0)) } ?? .notAssessable(reason: "not seen"), fate: fate)
  }

  static func scan(
    _ id: String, _ lesions: [Lesion], liver: Double = 1.5, minutes: Double = 60
  ) -> PERCISTScan {
    PERCISTScan(
      id: id, lesions: lesions,
      liver: .value(.init(mean: sul(liver), standardDeviation: sul(0.2))),
      uptakeTime: .seconds(minutes * 60))
  }

  static func verdict(
    _ scans: [PERCISTScan], reference: PERCIST.Reference = .nadir
  ) throws -> PERCISTVerdict {
    var rule = PERCIST()
    rule.reference = reference
    return try #require(rule.assess(scans).last)
  }

  /// SULpeak 7.1 → 10.9 → 7.2 under immune therapy (J Clin Invest 2022, 161065): +53.5 %, then
  /// −33.9 % against the second scan but +1.4 % against baseline. The paper calls the first
  /// progression and the last partial response.
  @Test func thePublishedCourseDependsOnTheReference() throws {
    let scans = [7.1, 10.9, 7.2].enumerated().map {
      Self.scan("scan \($0.offset)", [Self.lesion("L1", $0.element)])
    }
    let first = try #require(PERCIST().assess(scans).first)
    #expect(first.category == .progression)
    #expect(abs(try #require(first.progression).percent - 53.52) < 0.01)

    let previous = try Self.verdict(scans, reference: .previous)
    #expect(previous.category == .partialResponse)
    #expect(abs(try #require(previous.response).percent + 33.94) < 0.01)
    #expect(previous.responseReference == "scan 1")

    for reference in [PERCIST.Reference.baseline, .nadir] {
      let last = try Self.verdict(scans, reference: reference)
      #expect(last.category == .stable)
      #expect(abs(try #require(last.response).percent - 1.41) < 0.01)
      #expect(last.responseReference == "scan 0")
    }
  }

  /// Response from 30 % and 0.8 on; progression only beyond both (pacs.de wording of PERCIST).
  @Test(arguments: [
    (10.0, 7.0, PERCISTVerdict.Category.partialResponse), (10, 7.01, .stable),
    (10, 13, .stable), (10, 13.01, .progression),
    (2.6, 1.8, .partialResponse), (2.6, 1.81, .stable),
    (2.6, 3.4, .stable), (2.6, 3.41, .progression),
  ])
  func theTwoInequalitiesDiffer(
    before: Double, after: Double, category: PERCISTVerdict.Category
  ) throws {
    let scans = [
      Self.scan("base", [Self.lesion("L1", before)], liver: 1.2),
      Self.scan("fu", [Self.lesion("L1", after)], liver: 1.2),
    ]
    #expect(try Self.verdict(scans).category == category)
  }

  @Test func theHottestLesionMayBeAnother() throws {
    let verdict = try Self.verdict([
      Self.scan("base", [Self.lesion("L1", 9), Self.lesion("L2", 6)]),
      Self.scan("fu", [Self.lesion("L1", 3), Self.lesion("L2", 6.1)]),
    ])
    #expect(verdict.response?.lesionBefore == "L1")
    #expect(verdict.response?.lesionAfter == "L2")
    #expect(verdict.category == .partialResponse)
    #expect(verdict.summary == "PMR -32 %, new lesions 0")
  }

  @Test func anotherLesionThatGrowsRulesOutAResponse() throws {
    let verdict = try Self.verdict([
      Self.scan("base", [Self.lesion("L1", 9), Self.lesion("L2", 3)]),
      Self.scan("fu", [Self.lesion("L1", 5), Self.lesion("L2", 5)]),
    ])
    #expect(verdict.category == .stable)
    #expect(verdict.reasons.contains("others grew: L2"))
  }

  @Test func aNewLesionIsProgressionAndOneFromOutsideTheFieldIsNot() throws {
    let base = Self.scan("base", [Self.lesion("L1", 9)])
    let new = Self.scan("fu", [Self.lesion("L1", 4), Self.lesion("L2", 3, fate: .new)])
    #expect(try Self.verdict([base, new]).category == .progression)
    #expect(try Self.verdict([base, new]).newLesions == ["L2"])
    let late = Self.scan(
      "fu", [Self.lesion("L1", 4), Self.lesion("L2", 3, fate: .firstAssessable)])
    #expect(try Self.verdict([base, late]).category == .partialResponse)
    #expect(try Self.verdict([base, late]).warnings.contains { $0.contains("L2") })
  }

  @Test func aFaintTumourIsDeferredToRECIST() throws {
    // 1.5 × 1.5 + 2 × 0.2 = 2.65.
    let faint = [
      Self.scan("base", [Self.lesion("L1", 2.6)]), Self.scan("fu", [Self.lesion("L1", 9)]),
    ]
    let verdict = try Self.verdict(faint)
    #expect(verdict.category == .notMeasurable)
    #expect(verdict.reasons.contains { $0.contains("RECIST") })
    var blind = Self.scan("base", [Self.lesion("L1", 9)])
    blind.liver = .notAssessable(reason: "no liver outline")
    #expect(try Self.verdict([blind, faint[1]]).category == .notMeasurable)
  }

  @Test func allLesionsGoneIsCompleteUnlessOneWasNotImaged() throws {
    let base = Self.scan("base", [Self.lesion("L1", 9), Self.lesion("L2", 4)])
    let gone = Self.scan(
      "fu", [Self.lesion("L1", nil, fate: .vanished), Self.lesion("L2", nil, fate: .vanished)])
    #expect(try Self.verdict([base, gone]).category == .completeResponse)
    let unseen = Self.scan(
      "fu", [Self.lesion("L1", nil, fate: .vanished), Self.lesion("L2", nil, fate: .outOfField)])
    #expect(try Self.verdict([base, unseen]).category == .notAssessable)
    let faint = Self.scan("fu", [Self.lesion("L1", 1.4), Self.lesion("L2", 1.2)])
    #expect(try Self.verdict([base, faint]).category == .completeResponse)
  }

  @Test func theSumTakesFiveLesionsAndTwoPerOrgan() throws {
    let peaks = [12.0, 11, 10, 9, 8, 7, 6]
    let organs = ["liver", "liver", "liver", "bone", "bone", "bone", "lung"]
    let lesions = zip(peaks, organs).enumerated().map {
      Self.lesion("L\($0.offset + 1)", $0.element.0, organ: $0.element.1)
    }
    let verdict = try Self.verdict([Self.scan("base", lesions), Self.scan("fu", lesions)])
    let sum = try #require(verdict.secondary)
    #expect(sum.lesionsBefore == ["L1", "L2", "L4", "L5", "L7"])
    #expect(sum.sulPeakBefore == 12 + 11 + 9 + 8 + 6)
    #expect(sum.organsKnown)
    #expect(sum.glycolysisPercent == nil)
  }

  @Test func uptakeTimesAreWarnedOf() throws {
    let lesion = [Self.lesion("L1", 9)]
    let verdict = try Self.verdict([
      Self.scan("base", lesion, minutes: 55), Self.scan("fu", lesion, minutes: 72),
    ])
    #expect(verdict.warnings.contains("uptake times differ by more than 15 min"))
    #expect(verdict.warnings.contains { $0.contains("72 min is outside 50 to 70 min") })
  }
}
