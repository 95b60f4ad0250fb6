import DICOMIO
import Dosimetry
import Foundation
import Geometry
import Quantities
import Reporting
import Transport
import Volumes

/// Writes maps as RT Dose objects and pictures, and histograms as a table.
///
/// The objects carry the course's name instead of the patient's identity: whoever sends them to an
/// archive fills it in there.
struct DoseMapFiles {
  let course: Course
  let output: URL
  private(set) var written: [String] = []

  init(course: Course, output: URL) {
    self.course = course
    self.output = output
  }

  mutating func write(_ map: CycleDoseMap, scans: TimePointScans) throws {
    let name = "cycle-\(map.cycle)"
    let header = try header(scans, "Dose of cycle \(map.cycle)", number: map.cycle)
    try writeDose(map.dose, header, "dose-\(name)")
    if let highLET = map.highLET {
      let header = try self.header(
        scans, "High-LET dose of cycle \(map.cycle)", number: 100 + map.cycle)
      try writeDose(highLET, header, "dose-high-let-\(name)")
    }
    if let statistical = map.statistical {
      // An uncertainty is no dose that a program may add up, so it is not written as one.
      let file = "statistical-\(name).nii.gz"
      try AtomicFile.write(
        NIfTIFile.data(
          of: statistical, description: "standard deviation of the dose, Gy", isCompressed: true),
        to: output.appending(path: file))
      written.append(file)
    }
    try slices(map.dose, scans, "cycle \(map.cycle)", map.regions.lesionMasks, "dose-\(name)")
  }

  /// - Parameter regions: On the grid of the map.
  mutating func write(
    _ map: CumulativeDoseMap, reference: TimePointScans, regions: [RegionCoverage]
  ) throws {
    let dose = try header(reference, "Dose of all cycles", number: 900)
    try writeDose(map.dose, dose, "dose-cumulative")
    let effect = try header(reference, "BED of all cycles", number: 901)
    let file = output.appending(path: "bed-cumulative.dcm")
    try DoseWriter.write(map.effect, header: effect, description: .init(), to: file)
    written.append(file.lastPathComponent)
    let lesions = regions.lesionMasks
    try slices(map.dose, reference, "all cycles", lesions, "dose-cumulative")
    try slices(map.effect, reference, "all cycles", lesions, "bed-cumulative")
  }

  private mutating func writeDose(
    _ dose: Volume<AbsorbedDose>, _ header: SeriesHeader, _ name: String
  ) throws {
    let file = output.appending(path: "\(name).dcm")
    try DoseWriter.write(dose, header: header, to: file)
    written.append(file.lastPathComponent)
  }

  private func header(
    _ scans: TimePointScans, _ description: String, number: Int
  ) throws -> SeriesHeader {
    let uids = UIDSource(seed: "\(course.id) \(scans.point.id) dose \(Provenance.softwareVersion)")
    let start = try scans.emission().facts.start ?? Date(timeIntervalSince1970: 0)
    return SeriesHeader(
      patientName: course.id, patientID: course.id, sex: course.patient.sex ?? .other,
      weight: course.patient.weight ?? .kilograms(0), height: course.patient.height ?? .metres(0),
      studyUID: uids.uid("study"), studyID: "1", studyStart: start,
      studyDescription: "Dosimetry", seriesUID: uids.uid("series \(number)"), seriesNumber: number,
      seriesDescription: description, start: start, frame: try scans.frame(), uids: uids)
  }

  /// Through the largest lesion, or the largest dose where there is none.
  private mutating func slices<Dose: DisplayQuantity>(
    _ map: Volume<Dose>, _ scans: TimePointScans, _ label: String, _ lesions: [Mask],
    _ name: String
  ) throws {
    guard scans.point.ct != nil else { return }
    let ct = try scans.ct().volume.reduced(to: PictureStage.displaySpacing)
    let source = PictureSource(
      timePoint: scans.point.id, role: "CT", digest: try scans.digest(.ct))
    let picture = try DosePicture(
      map: map, label: TimePointLabel(id: label, sinceBaseline: nil), name: name,
      sources: [source]
    ).slices(over: ct, through: lesions.first?.centroid, lesions)
    written += try picture?.write(to: output).map(\.lastPathComponent) ?? []
  }

  /// All histograms in one table.
  mutating func writeHistograms(_ maps: [CycleDoseMap], _ sum: CumulativeDoseMap?) throws {
    var rows: [[ReportTable.Cell]] = []
    func add(_ map: String, _ region: String, _ volume: [(gray: Double, share: Double)]) {
      rows += volume.map {
        [.text(map), .text(region), .number($0.gray), .number($0.share * 100)]
      }
    }
    for map in maps {
      for region in map.regionResults {
        add(
          "cycle \(map.cycle)", region.name,
          region.dose.histogram.map { ($0.gray, $0.volumeFraction) })
      }
    }
    for region in sum?.regions ?? [] {
      add("all cycles", region.name, region.dose.histogram.map { ($0.gray, $0.volumeFraction) })
    }
    let table = try ReportTable(
      name: "dvh", title: "Dose-volume histograms",
      columns: [
        .text("map", "Map"), .text("region", "Region"),
        .number("dose", "Dose", unit: "Gy", .significant(4)),
        .number("volume", "Volume", unit: "%", .significant(4)),
      ], rows: rows, notes: [])
    try AtomicFile.write(TableWriter.csv(table), to: output.appending(path: "dvh.csv"))
    written.append("dvh.csv")
  }
}
