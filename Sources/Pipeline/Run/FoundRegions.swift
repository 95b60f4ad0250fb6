import Dosimetry

/// The regions of a dosimetry scan on its emission image, and what its CT shows of them.
struct FoundRegions {
  /// Lesions first: where one lies in an organ, it keeps its voxels.
  var regions: [RegionCoverage] = []
  let body: RegionCoverage?
  /// By name; regions too small for their inside to be told from what surrounds them have none.
  var densities: [String: CTDensity] = [:]
  /// Organs that reach the edge of the CT.
  let atEdge: [String]
}

/// What the CTs of a cycle show of its regions.
struct SeenOnCT {
  private var scans: [String: [CTDensity]] = [:]
  private var kinds: [String: RegionKind] = [:]
  private var atEdge: Set<String> = []

  mutating func add(_ found: FoundRegions) {
    atEdge.formUnion(found.atEdge)
    for region in found.regions {
      guard let density = found.densities[region.name] else { continue }
      scans[region.name, default: []].append(density)
      kinds[region.name] = region.kind
    }
  }

  /// The mean over the scans of each region; those that no CT can tell take the table.
  func densities(problems: inout [String]) -> [String: RegionDose.Density] {
    var densities: [String: RegionDose.Density] = [:]
    for (name, measured) in scans.sorted(by: { $0.key < $1.key }) {
      guard let mean = CTDensity.mean(of: measured), let kind = kinds[name] else { continue }
      densities[name] = RegionDose.Density(mean, of: name, kind: kind)
      if let doubt = RegionDose.Density.doubt(about: mean, of: name, kind: kind) {
        problems.append("\(name): \(doubt); the table's density is used")
      }
    }
    return densities
  }

  /// Said once per cycle.
  var edgeProblem: String? {
    guard !atEdge.isEmpty else { return nil }
    return atEdge.sorted().joined(separator: ", ")
      + ": cut by the edge of the CT; activity, mass and dose are those of the part that it shows"
  }
}
