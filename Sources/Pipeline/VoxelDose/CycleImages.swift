import Dosimetry
import Foundation
import Geometry
import Quantities
import Registration
import Volumes

/// The images of a cycle brought onto the grid of one of them, the dose grid.
///
/// Each voxel of the dose grid is followed to where its tissue lay at the other scans, back to the
/// reference and out along the other scan's link. What is fetched there is a concentration: it keeps
/// its value, so that the shape over time of a region applies to it; where tissue was stretched, its
/// total does not stay.
struct CycleImages {
  /// Activity concentration over the dose grid; below zero where the scan does not reach.
  struct Timed {
    let timePoint: String
    let hours: Double
    let concentration: Volume<ActivityConcentration>
  }

  let doseScan: TimePointScans
  /// From the reference frame to the dose grid's.
  let link: TissueLink
  let images: [Timed]
  let problems: [String]

  var grid: VoxelGrid { images[0].concentration.grid }

  /// Hours after administration that the dose grid's scan is chosen to lie near: by then Lu-177
  /// agents have settled, and enough is left to see by.
  private static let typicalHours = 24.0
  /// What a calibration and an assay may be off together before the image contradicts the syringe.
  private static let allowedExcess = 1.1
  private static let notCovered = ActivityConcentration(inBaseUnit: -1)

  /// - Parameter scans: The cycle's dosimetry time points.
  init(
    _ scans: [TimePointScans], registration: CourseRegistration, cycle: Course.Cycle,
    radionuclide: Radionuclide
  ) throws {
    var loaded: [(scan: TimePointScans, link: TissueLink, hours: Double)] = []
    var problems: [String] = []
    for scan in scans {
      guard let link = registration.tissue(at: scan.point.id) else {
        let reason = registration.link(of: scan.point.id)?.refusal ?? "not linked"
        problems.append("\(scan.point.id): left out, \(reason)")
        continue
      }
      guard let at = try scan.emission().concentration().at else {
        throw DoseMapError.noTime(timePoint: scan.point.id)
      }
      loaded.append((scan, link, at.timeIntervalSince(cycle.at) / 3600))
    }
    func distance(_ hours: Double) -> Double { abs(log(max(hours, 0.1) / Self.typicalHours)) }
    guard let chosen = loaded.min(by: { distance($0.hours) < distance($1.hours) }) else {
      throw DoseMapError.noDosimetry
    }
    doseScan = chosen.scan
    link = chosen.link
    // The dose grid's own image first.
    loaded.sort { a, b in
      guard a.scan !== chosen.scan, b.scan !== chosen.scan else {
        return a.scan === chosen.scan && b.scan !== chosen.scan
      }
      return a.hours < b.hours
    }
    var images: [Timed] = []
    for (scan, link, hours) in loaded {
      let image = try scan.emission().concentration().volume
      try Self.check(
        image, scan.point.id, hours: hours, administered: cycle.activity, radionuclide)
      let positive = try Volume<ActivityConcentration>(
        grid: image.grid, samples: image.samples.map { max($0, 0) })
      guard scan !== chosen.scan, let grid = images.first?.concentration.grid else {
        images.append(Timed(timePoint: scan.point.id, hours: hours, concentration: positive))
        continue
      }
      let way = try ImageCarrier(ComposedLink(first: chosen.link, second: link), onto: grid)
      images.append(
        Timed(
          timePoint: scan.point.id, hours: hours,
          concentration: try way(positive, outside: Self.notCovered)))
    }
    self.images = images
    self.problems = problems
  }

  private static func check(
    _ image: Volume<ActivityConcentration>, _ timePoint: String, hours: Double,
    administered: Activity, _ radionuclide: Radionuclide
  ) throws {
    let perSlice = image.grid.size.x * image.grid.size.y
    let shown = (0..<image.grid.size.z).reduce(0.0) { sum, k in
      let slice = image.samples[(k * perSlice)..<((k + 1) * perSlice)]
      return sum + slice.reduce(0) { $0 + Double($1) } * image.grid.voxelMillilitres(inSlice: k)
    }
    let left = administered.decayed(over: .hours(max(hours, 0)), halfLife: radionuclide.halfLife)
    guard shown <= left.inBaseUnit * allowedExcess else {
      throw DoseMapError.aboveAdministered(
        timePoint: timePoint, shown: .becquerels(shown), left: left)
    }
  }
}
