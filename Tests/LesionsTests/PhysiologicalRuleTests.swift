import Geometry
import Lesions
import Quantities
import Testing
import Volumes

/// Rules of a tracer for the normal uptake of organs.
@Suite struct PhysiologicalRuleTests {
  typealias Ball = Phantom.Ball

  /// A ball in each of three organs.
  private static let organs = ["spleen", "thyroid", "brain"]
  private let phantom: Phantom
  private let regions: [NamedRegion]

  init() throws {
    let phantom = try Phantom([
      Ball(60, 60, 60, radius: 12, suv: 10), Ball(150, 70, 90, radius: 12, suv: 14),
      Ball(100, 180, 150, radius: 15, suv: 7),
    ])
    self.phantom = phantom
    regions = Self.organs.enumerated().map { phantom.region($1, $0) }
  }

  private func outline(_ rules: [OrganRule], _ rule: OutlineRule) throws -> OutliningResult {
    try LesionOutlinerTests.outline(phantom, rule, organs: regions) {
      $0.physiological.rules = rules
    }
  }

  private static func rule(_ organ: String, _ treatment: OrganRule.Treatment) -> OrganRule {
    OrganRule(organ: organ, treatment: treatment, reason: "normal", source: "a paper")
  }

  @Test(arguments: [
    OutlineRule.fixed(suv(4)), .fractionOfMaximum(FractionOfMaximum(seeds: .fixed(suv(4)))),
    .majority(of: [.fixed(suv(4)), .fixed(suv(5))], least: 2),
  ])
  func onlyTheTracersRulesSayWhatIsNormal(_ drawnBy: OutlineRule) throws {
    let spleen = Self.rule("spleen", .exclude)
    let result = try outline([spleen, Self.rule("thyroid", .warn)], drawnBy)
    // The brain has no rule with this tracer: what is hot there is a lesion.
    #expect(result.lesions.count == 2)
    let excluded = try #require(result.excluded.first)
    #expect(excluded.maximumAt.distance(to: phantom.balls[0].centre) < 8)
    #expect(excluded.reason.rule == "exclude, spleen: normal (a paper)")
    #expect(result.excluded.count == 1)
    let thyroid = result.lesions[0]
    #expect(thyroid.centroid.distance(to: phantom.balls[1].centre) < 2)
    #expect(thyroid.notes.contains { $0.contains("thyroid") && $0.contains("a paper") })
    #expect(!result.lesions[1].notes.contains { $0.contains("normal") })
  }

  @Test func withoutATracerTheGeneralRulesHold() throws {
    let result = try outline(OrganRule.general, .fixed(suv(4)))
    #expect(result.lesions.count == 1)
    #expect(result.excluded.allSatisfy { $0.reason.rule.contains("general rule") })
  }

  /// A liver of SUV 6 over a level of 4 is left out as a whole, and said so with its volume: a
  /// ball of 60 mm has 904.8 mL.
  @Test func normalTissueAboveTheLevelIsListedWithItsOwnLevel() throws {
    let phantom = try Phantom([
      Ball(120, 120, 120, radius: 60, suv: 6), Ball(90, 120, 120, radius: 10, suv: 15),
    ])
    let liver = phantom.region("liver", 0)
    let result = try LesionOutlinerTests.outline(phantom, organs: [liver])
    let raised = try #require(result.raised.first)
    #expect(result.raised.count == 1)
    #expect(raised.rule.organ == "liver" && raised.rule.treatment == .aboveOrgan)
    #expect(abs(raised.level.inBaseUnit - 9) < 0.5)
    #expect(raised.maximum < raised.level)
    #expect((800...905).contains(raised.volume.millilitres))
    #expect(result.lesions.count == 1)
  }
}
