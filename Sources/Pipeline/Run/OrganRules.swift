import Lesions
import Response

extension TracerPack {
  /// The rules of ``physiological`` for organs that were outlined.
  ///
  /// - Parameter regions: Names of the outlined regions, in the spelling of the house.
  /// - Returns: At most one rule per region: the first of the pack that means it.
  func organRules(for regions: [String]) -> [OrganRule] {
    regions.compactMap { region in
      for uptake in physiological
      where uptake.organs.contains(where: { RegionName.means(region, organ: $0) }) {
        return OrganRule(
          organ: region, treatment: uptake.rule.treatment, reason: uptake.reason,
          source: "\(name), \(uptake.source)")
      }
      return nil
    }
  }

  /// Organs whose normal uptake the pack leaves out, but nobody outlined.
  func organsWithoutOutline(among regions: [String]) -> [String] {
    physiological.filter { $0.rule != .warn }.flatMap(\.organs).filter { organ in
      // `kidneys` is there when the left and the right one are, and they when it is.
      !regions.contains {
        RegionName.means($0, organ: organ) || RegionName.means(organ, organ: $0)
      }
    }
  }
}

extension OrganRule {
  /// A general rule for an organ of which a pack says nothing; the pack's own come first.
  func general(beside pack: TracerPack) -> OrganRule {
    OrganRule(
      organ: organ, treatment: treatment, reason: reason,
      source: "general rule; the pack of \(pack.name) says nothing of it")
  }
}

extension TracerPack.PhysiologicalUptake.Rule {
  fileprivate var treatment: OrganRule.Treatment {
    switch self {
    case .exclude: .exclude
    case .aboveOrgan: .aboveOrgan
    case .warn: .warn
    }
  }
}

extension RegionName {
  /// Whether an outlined region is an organ as packs name it, a side of it, or a part of it.
  static func means(_ region: String, organ: String) -> Bool {
    // `liver (2)` is another region of that name.
    let region = region.replacing(#/ \(\d+\)$/#, with: "")
    let organ = canonical(organ)
    if region == organ { return true }
    let unsided = ["left ", "right "].first { region.hasPrefix($0) }
      .map { String(region.dropFirst($0.count)) }
    if let unsided, [unsided, unsided + "s"].contains(organ) { return true }
    return parts[organ]?.contains(unsided ?? region) ?? false
  }

  /// What outlining programs call parts of an organ, sides left out (names of TotalSegmentator
  /// and of MOOSE among them).
  private static let parts: [String: Set<String>] = [
    "kidneys": ["kidney"],
    "adrenals": ["adrenal", "adrenal gland", "adrenal glands"],
    "salivary glands": [
      "parotid", "parotids", "parotid gland", "parotid glands", "submandibular gland",
      "submandibular glands", "sublingual gland", "sublingual glands", "salivary gland",
    ],
    "left parotid": ["parotids", "parotid glands"],
    "right parotid": ["parotids", "parotid glands"],
    "submandibular glands": ["submandibular gland"],
    "lacrimal glands": ["lacrimal gland"],
    "pituitary": ["pituitary gland"],
    "thyroid": ["thyroid gland"],
    "gallbladder": ["gall bladder"],
    "ureters": ["ureter"],
    "bowel": ["small bowel", "large bowel", "colon", "duodenum", "small intestine", "intestine"],
    "heart": ["myocardium", "heart myocardium", "ventricle", "heart ventricle"],
    "bone marrow": ["marrow", "red marrow"],
    "lymph nodes": ["lymph node"],
  ]
}
