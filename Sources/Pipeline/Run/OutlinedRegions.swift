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
  /// Whether the course file names structures for the scan.
  private(set) var isGiven = false

  /// An outline with less of its volume inside the SPECT is not assessable there: what lies
  /// outside was not measured.
  private static let leastInField = 0.98

  init(_ scans: TimePointScans, on image: Volume<ActivityConcentration>) throws {
    guard let outlines = try scans.outlines() else { return }
    isGiven = true
    let frame = try scans.frame()
    let grid = try scans.point.ct == nil ? image.grid : scans.ct().volume.grid
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
      } else if isLesion {
        lesions.append(coverage)
      } else {
        organs.append(coverage)
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
