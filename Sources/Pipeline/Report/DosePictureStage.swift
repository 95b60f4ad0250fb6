import CourseStore
import DICOMIO
import Foundation
import Geometry
import Quantities
import Registration
import Reporting
import Volumes

/// Makes the pictures of dose maps that the report shows, from the RT Dose files of the run.
struct DosePictureStage {
  let results: CourseResults
  let scans: [String: TimePointScans]
  /// Where the dose maps lie.
  let folder: URL

  struct Pictures {
    /// By cycle.
    var cycles: [(cycle: Int, slices: Picture)] = []
    /// Dose and BED of all cycles in slices, and the dose from two sides.
    var cumulative: [(caption: String, picture: Picture)] = []

    var all: [Picture] { cycles.map(\.slices) + cumulative.map(\.picture) }
  }

  func pictures() throws -> Pictures {
    guard let maps = results.doseMaps else { return Pictures() }
    var pictures = Pictures()
    for cycle in maps.cycles {
      guard let scan = scans[cycle.timePoint] else { continue }
      let file = "dose-cycle-\(cycle.cycle).dcm"
      let picture = try slices(
        try DoseImage.load(file: folder.appending(path: file)).absorbedDose(), scan, file,
        label: "cycle \(cycle.cycle)")
      if let picture { pictures.cycles.append((cycle.cycle, picture)) }
    }
    guard maps.cumulative != nil, let reference = scans[results.course.reference] else {
      return pictures
    }
    let (dose, bed) = ("dose-cumulative.dcm", "bed-cumulative.dcm")
    let sum = try DoseImage.load(file: folder.appending(path: dose)).absorbedDose()
    if let picture = try slices(sum, reference, dose, label: Self.allCycles) {
      pictures.cumulative.append(("Absorbed dose of all cycles", picture))
    }
    let effect = try DoseImage.load(file: folder.appending(path: bed)).dose
    let weighted = try Volume<BiologicallyEffectiveDose>(
      grid: effect.grid, samples: effect.samples)
    if let picture = try slices(weighted, reference, bed, label: Self.allCycles) {
      pictures.cumulative.append(("Biologically effective dose of all cycles", picture))
    }
    let whole = try DosePicture(
      map: sum, label: TimePointLabel(id: Self.allCycles, sinceBaseline: nil),
      name: Self.name(dose), sources: try sources(reference, dose)
    ).projections()
    if let whole {
      pictures.cumulative.append(
        ("Absorbed dose of all cycles, from the front and the left", whole))
    }
    reference.release()
    return pictures
  }

  private static let allCycles = "all cycles"

  private static func name(_ file: String) -> String { String(file.dropLast(4)) }

  private func slices<Dose: DisplayQuantity>(
    _ map: Volume<Dose>, _ scan: TimePointScans, _ file: String, label: String
  ) throws -> Picture? {
    guard scan.point.ct != nil else { return nil }
    let ct = try scan.ct().volume.reduced(to: PictureStage.displaySpacing)
    scan.releaseCT()
    let lesions = try lesions(on: map.grid, scan.point.id)
    return try DosePicture(
      map: map, label: TimePointLabel(id: label, sinceBaseline: nil), name: Self.name(file),
      sources: try sources(scan, file)
    ).slices(over: ct, through: lesions.first?.centroid, lesions)
  }

  private func sources(_ scan: TimePointScans, _ file: String) throws -> [PictureSource] {
    let data = try Data(contentsOf: folder.appending(path: file))
    return [
      PictureSource(
        timePoint: scan.point.id, role: "dose", digest: Digest(of: data).hexadecimal),
      PictureSource(timePoint: scan.point.id, role: "CT", digest: try scan.digest(.ct)),
    ]
  }

  /// The reference scan's lesions where the link puts them here, the largest first; those outside
  /// the map are left out.
  private func lesions(on grid: VoxelGrid, _ timePoint: String) throws -> [Mask] {
    let (registration, reference) = (results.registration, results.course.reference)
    guard let tracks = results.tracks, let here = registration.tissue(at: timePoint),
      let origin = registration.tissue(at: reference)
    else { return [] }
    let carrier = try ImageCarrier(ComposedLink(first: here, second: origin), onto: grid)
    return try tracks.lesions(atReference: reference).map { try carrier($0.outline.mask) }
      .filter { !$0.isEmpty }.sorted { $0.volume > $1.volume }
  }
}
