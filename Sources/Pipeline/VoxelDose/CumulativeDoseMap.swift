import Dosimetry
import Geometry
import Quantities
import Registration
import Transport
import Volumes

/// Dose and biologically effective dose of all cycles together, in the reference frame.
///
/// A voxel's dose is fetched from where its tissue was in each cycle, along the map of the CTs where
/// there is one, and kept: dose is energy per mass, which moving does not change. BED is that of the whole course: beyond the sum of
/// the cycles it holds what one leaves unrepaired or undecayed for the next.
struct CumulativeDoseMap {
  let cycles: [Int]
  let dose: Volume<AbsorbedDose>
  let effect: Volume<BiologicallyEffectiveDose>
  let regions: [Region]
  /// Regions of the reference that the maps do not wholly cover: their sums are lower bounds.
  let problems: [String]

  struct Region {
    let name: String
    let kind: RegionKind
    let dose: DoseVolume
    let effect: DoseVolume
  }

  /// A region with less of its volume inside a map is named.
  private static let leastCovered = 0.98
  /// What two cycles make together is left out below this largest value in gray.
  private static let leastInterplay: Float = 1e-3

  /// - Parameters:
  ///   - grid: Of the reference time point.
  ///   - regions: On that grid.
  init(_ maps: [CycleDoseMap], on grid: VoxelGrid, regions: [RegionCoverage]) throws {
    var dose = [Float](repeating: 0, count: grid.voxelCount)
    var effect = dose
    var earlier: [(map: CycleDoseMap, lowLET: [Float])] = []
    for map in maps.sorted(by: { $0.startHours < $1.startHours }) {
      let carrier = try ImageCarrier(map.link, onto: grid)
      func here<Value: Quantity>(_ volume: Volume<Value>) throws -> [Float] {
        try carrier(volume, outside: .zero).samples
      }
      let (own, ownEffect) = (try here(map.dose), try here(map.effect))
      let lowLET = try map.highLET.map { zip(own, try here($0)).map { max($0 - $1, 0) } } ?? own
      for voxel in dose.indices {
        dose[voxel] += own[voxel]
        effect[voxel] += ownEffect[voxel]
      }
      for other in earlier {
        try Self.add(
          other, (map, lowLET), regions: regions, to: &effect)
      }
      earlier.append((map, lowLET))
    }
    self.dose = try Volume(grid: grid, samples: dose)
    self.effect = try Volume(grid: grid, samples: effect)
    cycles = maps.map(\.cycle)
    let coverage = regions.map { Coverage(of: $0, by: maps) }
    problems = Self.problems(coverage, maps)
    let (sum, weighted) = (self.dose, self.effect)
    self.regions = zip(regions, coverage).compactMap { region, coverage in
      guard coverage.isAnywhere, let dose = DoseVolume(sum, in: region.coverage),
        let effect = DoseVolume(weighted, in: region.coverage)
      else { return nil }
      return Region(name: region.name, kind: region.kind, dose: dose, effect: effect)
    }
  }

  /// Adds what two cycles make together: per region a factor times the doses of both.
  private static func add(
    _ earlier: (map: CycleDoseMap, lowLET: [Float]), _ later: (map: CycleDoseMap, lowLET: [Float]),
    regions: [RegionCoverage], to effect: inout [Float]
  ) throws {
    let gap = later.map.startHours - earlier.map.startHours
    func factor(_ before: VoxelEffect.Tissue, _ now: VoxelEffect.Tissue) throws -> Float {
      Float(try now.effect(after: before, gapHours: gap))
    }
    let rest = try factor(earlier.map.biology.rest, later.map.biology.rest)
    let factors = try regions.map { region in
      try factor(
        earlier.map.biology.tissue(of: region.name), later.map.biology.tissue(of: region.name))
    }
    let largest = (factors + [rest]).max() ?? 0
    let most = largest * (earlier.lowLET.max() ?? 0) * (later.lowLET.max() ?? 0)
    guard most > leastInterplay else { return }
    var field = [Float](repeating: rest, count: effect.count)
    for (region, own) in zip(regions, factors) {
      for (voxel, share) in region.coverage.samples.enumerated() where share > 0 {
        field[voxel] += (own - rest) * min(share, 1)
      }
    }
    for voxel in effect.indices {
      effect[voxel] += field[voxel] * earlier.lowLET[voxel] * later.lowLET[voxel]
    }
  }

  /// How much of a region each cycle's map holds.
  private struct Coverage {
    let region: String
    let fractions: [Double]

    var isAnywhere: Bool { fractions.contains { $0 > 0.01 } }

    init(of region: RegionCoverage, by maps: [CycleDoseMap]) {
      self.region = region.name
      let grid = region.coverage.grid
      fractions = maps.map { map in
        var (inside, total) = (0.0, 0.0)
        for (voxel, share) in region.coverage.samples.enumerated() where share > 0 {
          let at = grid.ijk(at: voxel)
          let there = map.link(grid.patientPoint(i: at.x, j: at.y, k: at.z))
          total += Double(share)
          if map.dose.grid.contains(there) { inside += Double(share) }
        }
        return total > 0 ? inside / total : 0
      }
    }
  }

  private static func problems(_ coverage: [Coverage], _ maps: [CycleDoseMap]) -> [String] {
    let missing = coverage.filter { !$0.isAnywhere }.map(\.region)
    let outside =
      missing.isEmpty
      ? []
      : ["\(missing.joined(separator: ", ")): in no dose map, and so not in the sum over cycles"]
    return outside
      + coverage.filter { $0.isAnywhere && ($0.fractions.min() ?? 1) < leastCovered }.map { one in
        let parts = zip(one.fractions, maps).filter { $0.0 < leastCovered }.map {
          "\(Int(($0 * 100).rounded())) % in cycle \($1.cycle)"
        }
        return "\(one.region): only \(parts.joined(separator: ", ")) of it lies in the dose map; "
          + "the sum over cycles is a lower bound"
      }
  }
}
