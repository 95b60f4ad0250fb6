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

  private static let software = "theratrack \(Provenance.softwareVersion)"

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
    try pictures(
      map.dose, scans, TimePointLabel(id: "cycle \(map.cycle)", sinceBaseline: nil),
      map.regions.filter { $0.kind == .lesion }.map(\.coverage), "dose-\(name)")
  }

  mutating func write(_ map: CumulativeDoseMap, reference: TimePointScans) throws {
    let dose = try header(reference, "Dose of all cycles", number: 900)
    try writeDose(map.dose, dose, "dose-cumulative")
    let effect = try header(reference, "BED of all cycles", number: 901)
    let file = output.appending(path: "bed-cumulative.dcm")
    try DoseWriter.write(map.effect, header: effect, description: .init(), to: file)
    written.append(file.lastPathComponent)
    let label = TimePointLabel(id: "all cycles", sinceBaseline: nil)
    try pictures(map.dose, reference, label, [], "dose-cumulative")
    try pictures(map.effect, reference, label, [], "bed-cumulative")
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

  /// The axial and coronal slice through the largest dose, over the CT.
  private mutating func pictures<Dose: DisplayQuantity>(
    _ dose: Volume<Dose>, _ scans: TimePointScans, _ label: TimePointLabel,
    _ lesions: [Volume<Coverage>], _ name: String
  ) throws {
    guard scans.point.ct != nil, let peak = dose.samples.max(), peak > 0,
      let voxel = dose.samples.firstIndex(of: peak)
    else { return }
    let ct = try scans.ct().volume.reduced(to: 1.6)
    let at = dose.grid.ijk(at: voxel)
    let place = dose.grid.patientPoint(i: at.x, j: at.y, k: at.z)
    let window = DisplayWindow<Dose>(
      from: .zero, to: Dose(inBaseUnit: Self.round(Double(peak))), colourMap: .ember)
    let outlines = lesions.map { coverage in
      Mask(grid: coverage.grid) { coverage.samples[$0] >= 0.5 }
    }
    for plane in [PatientPlane.axial, .coronal] {
      let grid = try PictureGrid.covering(
        ct.grid, plane: plane, through: place, millimetresPerPixel: 0.8)
      let picture = FusedSlice(
        ct: Layer(ct), emission: Layer(dose), emissionWindow: window, timePoint: label,
        outlines: outlines
      ).picture(named: "\(name)-\(plane.rawValue)", on: grid, software: Self.software)
      try picture.write(to: output)
      written.append("\(picture.name).png")
    }
  }

  /// Up to one digit: 23.4 to 30.
  private static func round(_ value: Double) -> Double {
    let unit = pow(10, log10(value).rounded(.down))
    return (value / unit).rounded(.up) * unit
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
