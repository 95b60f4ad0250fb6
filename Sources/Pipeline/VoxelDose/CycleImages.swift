import Dosimetry
import Foundation
import Geometry
import Quantities
import Volumes

/// The images of a cycle brought onto the grid of one of them, the dose grid.
struct CycleImages {
  /// Activity concentration over the dose grid; below zero where the scan does not reach.
  struct Timed {
    let timePoint: String
    let hours: Double
    let concentration: Volume<ActivityConcentration>
  }

  let doseScan: TimePointScans
  /// Maps a point of the reference frame to the dose grid's frame.
  let referenceToHere: RigidTransform
  let images: [Timed]
  let problems: [String]

  var grid: VoxelGrid { images[0].concentration.grid }

  /// Hours after administration that the dose grid's scan is chosen to lie near: by then Lu-177
  /// agents have settled, and enough is left to see by.
  private static let typicalHours = 24.0
  /// What a calibration and an assay may be off together before the image contradicts the syringe.
  private static let allowedExcess = 1.1
  private static let notCovered = ActivityConcentration(inBaseUnit: -1)

  /// - Parameter scans: The cycle's dosimetry time points, each with its link.
  init(
    _ scans: [(scan: TimePointScans, link: TimePointLink)], cycle: Course.Cycle,
    radionuclide: Radionuclide
  ) throws {
    var loaded: [(scan: TimePointScans, link: TimePointLink, hours: Double)] = []
    var problems: [String] = []
    for (scan, link) in scans {
      guard link.isAssessable else {
        problems.append("\(scan.point.id): left out, \(link.refusal ?? "not linked")")
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
    referenceToHere = chosen.link.referenceToHere
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
      let map = try chosen.link.referenceToHere.inverse.then(link.referenceToHere)
      images.append(
        Timed(
          timePoint: scan.point.id, hours: hours,
          concentration: positive.resampled(onto: grid, through: map, outside: Self.notCovered)))
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
