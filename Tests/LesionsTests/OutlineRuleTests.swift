import Geometry
import Lesions
import Phantoms
import Quantities
import Testing
import Volumes

@Suite struct OutlineRuleTests {
  static let seeds = UptakeThreshold.fixed(suv(3))

  private static func outline(
    _ rule: OutlineRule, _ phantom: Phantom
  ) throws -> [LesionOutline] {
    var options = OutlineOptions(rule: rule)
    options.splitting = Splitting()
    return try LesionOutliner(options).outline(phantom.image).lesions
  }

  /// The level of the blurred sphere gives the volume that no fixed fraction gives at both sizes.
  @Test func theModelledEdgeGivesTheVolumeAtEverySize() throws {
    let phantom = try Phantom(
      [
        .init(70, 70, 128, radius: 10, suv: 12), .init(180, 70, 128, radius: 14, suv: 6),
        .init(120, 180, 128, radius: 24, suv: 9),
      ], size: 90, spacing: 3)
    let rule = FractionOfMaximum(
      seeds: Self.seeds, background: .modelled(width: .millimetres(6)))
    let lesions = try Self.outline(.fractionOfMaximum(rule), phantom)
    #expect(lesions.count == 3)
    for (n, ball) in phantom.balls.enumerated() {
      let lesion = try #require(lesions.first { $0.outline.contains(ball.centre) })
      // Against the voxels of the ball, since those were painted.
      let error = lesion.outline.volume / phantom.ball(n).volume - 1
      #expect(abs(error) < 0.1, "radius \(ball.radius): \(error)")
    }
  }

  @Test func theGradientEdgeIsNearTheTrueOne() throws {
    let phantom = try Phantom(
      [.init(128, 128, 128, radius: 18, suv: 10), .init(60, 60, 60, radius: 14, suv: 7)])
    let lesions = try Self.outline(.gradient(GradientEdge(seeds: Self.seeds)), phantom)
    #expect(lesions.count == 2)
    for (n, ball) in phantom.balls.enumerated() {
      let lesion = try #require(lesions.first { $0.outline.contains(ball.centre) })
      let error = lesion.outline.volume / phantom.ball(n).volume - 1
      #expect(abs(error) < 0.25, "radius \(ball.radius): \(error)")
    }
  }

  @Test func theGradientKeepsTouchingLesionsApart() throws {
    let phantom = try Phantom(
      [.init(112, 128, 128, radius: 14, suv: 10), .init(146, 128, 128, radius: 14, suv: 10)])
    let lesions = try Self.outline(.gradient(GradientEdge(seeds: Self.seeds)), phantom)
    #expect(lesions.count == 2)
    #expect(lesions[0].outline.commonVoxelCount(with: lesions[1].outline) == 0)
  }

  @Test func aMajorityIsWhatEnoughRulesTakeIn() throws {
    let phantom = try Phantom([.init(128, 128, 128, radius: 16, suv: 10)])
    let rules: [OutlineRule] = [
      .fixed(suv(2.5)), .fixed(suv(4)), .fixed(suv(6)),
    ]
    let each = try rules.map { try Self.outline($0, phantom)[0].outline }
    let two = try Self.outline(.majority(of: rules, least: 2), phantom)
    #expect(two.map(\.outline) == [each[1]])
    let all = try Self.outline(.majority(of: rules, least: 3), phantom)
    #expect(all.map(\.outline) == [each[2]])
    #expect(throws: LesionError.votesCannotBe(4, 3)) {
      try Self.outline(.majority(of: rules, least: 4), phantom)
    }
  }

  @Test func everyRuleGivesTheSameBitsTwice() throws {
    let phantom = try Phantom([.init(128, 128, 128, radius: 16, suv: 10)])
    let rules: [OutlineRule] = [
      .gradient(GradientEdge(seeds: Self.seeds)),
      .fractionOfMaximum(
        .init(seeds: Self.seeds, background: .modelled(width: .millimetres(6)))),
    ]
    for rule in rules {
      #expect(try Self.outline(rule, phantom) == Self.outline(rule, phantom))
    }
  }
}
