import DICOMIO
import Foundation
import Geometry
import Quantities
import TestSupport
import Testing
import Volumes

/// Lesions outlined on CT, from DICOM to RECIST 1.1 and Choi by the built command.
@Suite struct OutlinedLesionTests {
  private let folder: URL
  private let start = Date(timeIntervalSince1970: 1_768_212_000)
  private let grid: VoxelGrid

  init() throws {
    folder = try BuiltCommand.temporaryFolder()
    grid = try VoxelGrid(
      size: [96, 96, 12], spacing: [2, 2, 4], origin: PatientPoint(x: -95, y: -95, z: 0))
  }

  /// Half axes in millimetres and attenuation of a lesion about a centre in voxels.
  private struct Ellipse {
    let name: String
    let centre: SIMD2<Double>
    let halfAxes: SIMD2<Double>
    let hounsfield: Float

    func contains(_ p: SIMD3<Int>) -> Bool {
      guard (4...8).contains(p.z) else { return false }
      let d = (SIMD2(Double(p.x), Double(p.y)) - centre) * 2 / halfAxes
      return (d * d).sum() <= 1
    }
  }

  private func mask(_ ellipse: Ellipse) -> Mask {
    Mask(grid: grid) { ellipse.contains(grid.ijk(at: $0)) }
  }

  private func header(_ id: String, _ kind: String, day: Double) -> SeriesHeader {
    let uids = UIDSource(seed: "outlined \(id)")
    return SeriesHeader(
      patientName: "Virtual^Outlined", patientID: "OUTLINED", sex: .female, weight: .kilograms(71),
      height: .metres(1.72), studyUID: uids.uid("study"), studyID: id,
      studyStart: start.addingTimeInterval(day * 86_400), studyDescription: "Test",
      seriesUID: uids.uid(kind), seriesNumber: 1, seriesDescription: kind,
      start: start.addingTimeInterval(day * 86_400),
      frame: FrameOfReference(uid: uids.uid("frame")), uids: uids)
  }

  private func write(_ id: String, day: Double, _ lesions: [Ellipse]) throws {
    let place = folder.appending(path: id)
    let tissue = (0..<grid.voxelCount).map { offset -> Float in
      let p = grid.ijk(at: offset)
      if let lesion = lesions.first(where: { $0.contains(p) }) { return lesion.hounsfield }
      let d = (SIMD2(Double(p.x), Double(p.y)) - 47.5) / 42
      return (d * d).sum() < 1 ? 20 : -1000
    }
    let ct = try CTSeriesWriter.write(
      try Volume<Hounsfield>(grid: grid, samples: tissue), header: header(id, "ct", day: day),
      into: place.appending(path: "ct"), fileNumbers: Array(1...12))
    let activity = tissue.map { $0 > 25 ? Float(20_000) : $0 > 0 ? 2_000 : 0 }
    let header = header(id, "pet", day: day)
    _ = try PETSeriesWriter.write(
      try Volume<ActivityConcentration>(grid: grid, samples: activity), header: header,
      tracer: Radiopharmaceutical(
        name: "FDG", nuclide: .fluorine18, activity: .megabecquerels(200),
        injection: header.start.addingTimeInterval(-3600)),
      beds: .init(slices: 12, duration: .seconds(150)), into: place.appending(path: "pet"))
    var outlines = StructureSetWriter(
      header: self.header(id, "rtstruct", day: day), drawnOn: ct, label: "Lesions")
    for lesion in lesions { try outlines.add(mask(lesion), named: lesion.name) }
    try outlines.write(to: place.appending(path: "rtstruct/0001.dcm"))
  }

  /// A tumour of 40 × 24 mm that shrinks to 26 × 20 mm, a lymph node of 30 × 20 mm whose short axis
  /// falls to 12 mm, and a lesion of 20 mm that is gone: 40 + 20 + 20 → 26 + 12 + 0.
  @Test func outlinesBecomeVerdicts() throws {
    try write(
      "base", day: 0,
      [
        .init(name: "lesion 1", centre: [30, 40], halfAxes: [20, 12], hounsfield: 60),
        .init(name: "lesion node 2", centre: [65, 40], halfAxes: [15, 10], hounsfield: 60),
        .init(name: "lesion 3", centre: [47, 68], halfAxes: [10, 9], hounsfield: 60),
      ])
    try write(
      "fu1", day: 56,
      [
        .init(name: "lesion 1", centre: [30, 40], halfAxes: [13, 10], hounsfield: 45),
        .init(name: "lesion node 2", centre: [65, 40], halfAxes: [12, 6], hounsfield: 48),
      ])
    let point = "ct: ID/ct, structures: ID/rtstruct, tracer: F-18 FDG"
    func entry(_ id: String, _ role: String, _ more: String) -> String {
      "  - {id: \(id), role: \(role), pet: \(id)/pet, "
        + point.replacing("ID", with: id) + more + "}"
    }
    let course = folder.appending(path: "course.yaml")
    let facts =
      ", clinical: {intratumoral_nodules: false, symptomatic_worsening: false}, "
      + "lesionStates: {lesion 3: gone}"
    let text = [
      "theratrack: 1", "timePoints:", entry("base", "baseline", ""),
      entry("fu1", "follow-up", facts), "lesions: {rule: given}",
      "criteria: [recist-1.1, choi, choi-modified]",
      "lesionFacts: {lesion 1: {node: false, organ: lung}, lesion 3: {node: false, organ: liver}}",
    ].joined(separator: "\n")
    try Data(text.utf8).write(to: course)
    let run = try BuiltCommand.run([
      "run", course.path, "-o", folder.appending(path: "results").path, "--json",
    ])
    #expect([0, 3].contains(run.exitCode), "\(run.errors)\(run.output)")
    let data = try Data(contentsOf: folder.appending(path: "results/results.json"))
    let results = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let criteria = try #require(results["criteria"] as? [String: Any])
    let verdicts = try #require(criteria["verdicts"] as? [[String: Any]])
    #expect(verdicts.compactMap { $0["code"] as? String } == ["PR", "PR", "PR"])
    let measures = try #require(verdicts[0]["measures"] as? [[String: Any]])
    func sum(_ key: String) throws -> Double {
      try #require((measures[0][key] as? [String: Any])?["value"] as? Double)
    }
    // Outlines of voxels are at most a voxel long for each of the three.
    print("figure: sums of diameters \(try sum("at_response_reference")), \(try sum("now")) mm")
    #expect((80...86).contains(try sum("at_response_reference")))
    #expect((38...42).contains(try sum("now")))
    let rows = try #require(results["criteria_input"] as? [[String: Any]])
    let tumour = rows.filter { $0["lesion"] as? String == "lesion 1" }
    #expect(tumour.compactMap { $0["attenuation_HU"] as? Double } == [60, 45])
  }
}
