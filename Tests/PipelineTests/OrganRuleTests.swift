import Foundation
import Lesions
import Response
import Testing

@testable import Pipeline

@Suite struct OrganRuleTests {
  private static let plugins = URL(filePath: #filePath)
    .deletingLastPathComponent().appending(path: "../../plugins/tracers").standardizedFileURL

  private static func pack(_ name: String) throws -> TracerPack {
    try PackFile.tracer(plugins.appending(path: name + ".yaml"))
  }

  @Test(arguments: [
    ("left kidney", "kidneys"), ("kidneys", "kidneys"), ("left adrenal gland", "adrenals"),
    ("liver (2)", "liver"), ("right parotid", "salivary glands"), ("parotids", "left parotid"),
    ("colon", "bowel"), ("small bowel", "bowel"), ("left ureter", "ureters"),
    ("left submandibular gland", "submandibular glands"),
  ])
  func aRegionIsFoundUnderThePacksName(region: String, organ: String) {
    #expect(RegionName.means(region, organ: organ))
  }

  @Test(arguments: [
    ("left kidney", "right kidney"), ("liver", "spleen"), ("body", "bowel"),
    ("left lung", "left parotid"), ("lesion 1", "liver"),
  ])
  func otherRegionsAreNot(region: String, organ: String) {
    #expect(!RegionName.means(region, organ: organ))
  }

  @Test func aPacksRulesBecomeThoseOfTheOutlinedRegions() throws {
    let pack = try Self.pack("ga68-dotatate")
    let rules = pack.organRules(for: ["liver", "left kidney", "heart", "spleen", "thyroid"])
    #expect(rules.map(\.organ) == ["liver", "left kidney", "spleen", "thyroid"])
    #expect(rules.map(\.treatment) == [.aboveOrgan, .exclude, .exclude, .warn])
    #expect(rules[2].source.contains("Ga-68 DOTATATE") && rules[2].source.contains("58:1718"))
    // Two tracers, two rules for one organ.
    let fdg = try Self.pack("f18-fdg").organRules(for: ["spleen", "heart"])
    #expect(fdg.map(\.treatment) == [.aboveOrgan, .exclude])
  }

  @Test func organsThatNobodyOutlinedAreKnown() throws {
    let missing = try Self.pack("ga68-dotatate")
      .organsWithoutOutline(among: ["left kidney", "right kidney", "spleen", "liver"])
    #expect(missing == ["pituitary", "adrenals", "bladder", "ureters"])
  }
}
