import DICOMIO
import Dosimetry
import Geometry
import Quantities
import Volumes

/// The organs and lesions that the structures of a dosimetry scan outline, on its emission image.
struct OutlinedRegions {
  private(set) var lesions: [RegionCoverage] = []
  private(set) var organs: [RegionCoverage] = []
  private(set) var body: RegionCoverage?
  /// Names of those that are left out because the image does not show all of them.
  private(set) var cut: [String] = []
  /// Names of those that reach the edge of the CT: what is measured is the part that it shows.
  private(set) var atEdge: [String] = []
  /// As the CT shows them, by name; small ones have none.
  private(set) var densities: [String: CTDensity] = [:]
  /// Whether the course file names structures for the scan.
  private(set) var isGiven = false

  /// An outline with less of its volume inside the SPECT is not assessable there: what lies
  /// outside was not measured.
  private static let leastInField = 0.98

  init(_ scans: TimePointScans, on image: Volume<ActivityConcentration>) throws {
    guard let outlines = try scans.outlines() else { return }
    isGiven = true
    let frame = try scans.frame()
    let ct = try scans.point.ct == nil ? nil : scans.ct().volume
    let grid = ct?.grid ?? image.grid
    for name in outlines.names {
      guard let mask = try outlines.mask(name, on: grid, frame: frame), !mask.isEmpty else {
        continue
      }
      let isLesion = RegionName.isLesion(name)
      let coverage = try RegionCoverage(
        name: name, kind: isLesion ? .lesion : .organ, mask: mask, averagedOnto: image.grid)
      if name == "body" {
        body = coverage
      } else if coverage.coverage.coveredMillilitres
        < Self.leastInField * mask.volume.millilitres
      {
        cut.append(name)
      } else {
        if isLesion { lesions.append(coverage) } else { organs.append(coverage) }
        let outline = Outline(mask)
        densities[name] = ct.flatMap { CTDensity(outline, on: $0) }
        if outline.reachesEdge { atEdge.append(name) }
      }
    }
  }
}

extension Volume where Value == Coverage {
  /// Volume covered, in mL, with true slice distances.
  var coveredMillilitres: Double {
    let perSlice = grid.size.x * grid.size.y
    return (0..<grid.size.z).reduce(0) { sum, k in
      let slice = samples[(k * perSlice)..<((k + 1) * perSlice)]
      return sum + slice.reduce(0) { $0 + Double($1) } * grid.voxelMillilitres(inSlice: k)
    }
  }
}

extension Outline {
  /// Whether a voxel of the image's first or last slice, row or column is inside.
  fileprivate var reachesEdge: Bool {
    guard let bounds else { return false }
    return bounds.first.min() == 0 || (grid.size &- 1 &- bounds.last).min() == 0
  }
}
