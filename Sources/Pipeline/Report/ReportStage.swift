import CourseStore
import Foundation
import Geometry
import Quantities
import Reporting
import Response
import Volumes

/// Writes the pictures, the page, the tables and the result files of a course.
struct ReportStage {
  let results: CourseResults
  let scans: [String: TimePointScans]
  let output: URL
  let store: CourseStore

  /// Files a run leaves, as paths below the output folder.
  struct Files: Codable, Hashable, Sendable {
    var report = "report.html"
    var results = "results.json"
    var provenance = "provenance.json"
    var pictures: [String] = []
    var tables: [String] = []

    var all: [String] { [report, results, provenance] + pictures + tables }
  }

  /// Everything is written anew unless it was made from the same results and is still there.
  func run() throws -> (value: Files, reused: Bool) {
    let data = try JSONWriter.data(ResultsFile(results))
    let key = Digest(
      of: [
        Provenance.softwareVersion, Digest(of: data).hexadecimal,
        String(describing: results.course.pictures),
      ] + (try inputs()))
    if let known = try store.result(of: "report", key: key, as: Files.self), areThere(known) {
      return (known, true)
    }
    var files = Files()
    let pictures = try PictureStage(results: results, scans: scans).pictures()
    let folder = output.appending(path: "pictures")
    try AtomicFile.makeFolder(at: folder)
    let content = try ReportBuilder(results: results, pictures: pictures).content()
    let software = "theratrack \(Provenance.softwareVersion)"
    for picture in pictures.all + content.plots.map({ $0.picture(software: software) }) {
      let written = try picture.write(to: folder)
      files.pictures += written.filter { $0.pathExtension != "json" }
        .map { "pictures/\($0.lastPathComponent)" }
    }
    files.pictures += try write(pictures.slices, below: folder)
    try AtomicFile.makeFolder(at: output.appending(path: "tables"))
    let whole = try ReportTables(results: results).whole()
    let partial = Set(whole.map(\.name))
    for table in content.tables.filter({ !partial.contains($0.name) }) + whole {
      let path = "tables/\(table.name).csv"
      try AtomicFile.write(TableWriter.csv(table), to: output.appending(path: path))
      files.tables.append(path)
    }
    let withResponse = try JSONWriter.data(
      ResultsFile(results, response: pictures.responses.map(ResultsFile.ResponseEntry.init)))
    try AtomicFile.write(withResponse, to: output.appending(path: files.results))
    try AtomicFile.write(
      JSONWriter.data(try provenance()), to: output.appending(path: files.provenance))
    // The page last: when it is there, all that it speaks of is there.
    try AtomicFile.write(HTMLReport.data(content), to: output.appending(path: files.report))
    try store.keep(files, of: "report", key: key, softwareVersion: Provenance.softwareVersion)
    return (files, false)
  }

  /// Every slice of a scan, in a folder of its own.
  private func write(
    _ slices: [(folder: String, series: SliceSeries<SUVbw>, scan: ShownScan)], below folder: URL
  ) throws -> [String] {
    try slices.flatMap { name, series, scan in
      let target = folder.appending(path: name)
      try AtomicFile.makeFolder(at: target)
      let written = try series.write(
        series.encoded(), to: target, timePoint: scan.label, sources: scan.petSource,
        software: PictureStage.software)
      return written.filter { $0.pathExtension == "png" }
        .map { "pictures/\(name)/\($0.lastPathComponent)" }
    }
  }

  private func areThere(_ files: Files) -> Bool {
    files.all.allSatisfy {
      FileManager.default.fileExists(atPath: output.appending(path: $0).path)
    }
  }

  /// Digests of all images, since the pictures are made from them.
  private func inputs() throws -> [String] {
    try results.course.timePoints.flatMap { point -> [String] in
      guard let scan = scans[point.id] else { return [] }
      return [
        point.id, try scan.digest(.emission), try scan.digest(.ct), try scan.digest(.structures),
      ]
    }
  }

  private func provenance() throws -> ProvenanceFile {
    ProvenanceFile(
      inputs: try results.course.timePoints.compactMap { point in
        try scans[point.id].map { scan in
          ProvenanceFile.Input(
            timePoint: point.id, emission: try scan.digest(.emission), ct: try scan.digest(.ct),
            structures: try scan.digest(.structures))
        }
      })
  }
}

/// What the results came from: no paths, no dates of the patient.
struct ProvenanceFile: Codable {
  struct Input: Codable {
    let timePoint: String
    /// SHA-256 over the SHA-256 of each file, in order of their paths; `none` when not given.
    let emission, ct, structures: String

    enum CodingKeys: String, CodingKey {
      case timePoint = "time_point"
      case emission = "emission_sha256"
      case ct = "ct_sha256"
      case structures = "structures_sha256"
    }
  }

  var software = "theratrack \(Provenance.softwareVersion)"
  var notice = Provenance.statement
  let inputs: [Input]
}
