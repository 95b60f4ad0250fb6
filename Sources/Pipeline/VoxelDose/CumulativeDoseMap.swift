import Dosimetry
import Geometry
import Quantities
import Transport
import Volumes

/// Dose and biologically effective dose of all cycles together, in the reference frame.
///
/// A voxel's dose is fetched from where the link says its tissue was in each cycle, and kept: dose is
/// energy per mass, which moving does not change. BED adds over cycles, which lie weeks apart.
struct CumulativeDoseMap {
  let cycles: [Int]
  let dose: Volume<AbsorbedDose>
  let effect: Volume<BiologicallyEffectiveDose>
  let regions: [Region]
  /// Regions of the reference that a cycle's map does not wholly cover: their sums are lower bounds.
  let problems: [String]

  struct Region {
    let name: String
    let kind: RegionKind
    let dose: DoseVolume
    let effect: DoseVolume
  }

  /// A region with less of its volume inside a map is named.
  private static let leastCovered = 0.98

  /// - Parameters:
  ///   - grid: Of the reference time point.
  ///   - regions: On that grid.
  init(_ maps: [CycleDoseMap], on grid: VoxelGrid, regions: [RegionCoverage]) throws {
    var dose = [Float](repeating: 0, count: grid.voxelCount)
    var effect = dose
    var problems: [String] = []
    for map in maps {
      let here = map.dose.resampled(onto: grid, through: map.referenceToHere, outside: .zero)
      let effectHere = map.effect.resampled(
        onto: grid, through: map.referenceToHere, outside: .zero)
      for voxel in dose.indices {
        dose[voxel] += here.samples[voxel]
        effect[voxel] += effectHere.samples[voxel]
      }
      problems += Self.notCovered(regions, by: map)
    }
    self.dose = try Volume(grid: grid, samples: dose)
    self.effect = try Volume(grid: grid, samples: effect)
    self.problems = problems
    cycles = maps.map(\.cycle)
    let (sum, weighted) = (self.dose, self.effect)
    self.regions = regions.compactMap { region in
      guard let dose = DoseVolume(sum, in: region.coverage),
        let effect = DoseVolume(weighted, in: region.coverage)
      else { return nil }
      return Region(name: region.name, kind: region.kind, dose: dose, effect: effect)
    }
  }

  private static func notCovered(
    _ regions: [RegionCoverage], by map: CycleDoseMap
  ) -> [String] {
    regions.compactMap { region in
      let grid = region.coverage.grid
      var (inside, total) = (0.0, 0.0)
      for (voxel, share) in region.coverage.samples.enumerated() where share > 0 {
        let at = grid.ijk(at: voxel)
        let there = map.referenceToHere(grid.patientPoint(i: at.x, j: at.y, k: at.z))
        total += Double(share)
        if map.dose.grid.contains(there) { inside += Double(share) }
      }
      guard total > 0, inside < leastCovered * total else { return nil }
      let percent = Int((inside / total * 100).rounded())
      return "\(region.name): only \(percent) % of it lies in the dose map of cycle \(map.cycle); "
        + "the sum over cycles is a lower bound"
    }
  }
}
