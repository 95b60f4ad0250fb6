import DICOMIO
import Foundation
import Geometry
import Quantities
import TestSupport
import Testing
import Volumes

/// Normal uptake by the tracer's rules, from DICOM to the tables by the built command.
@Suite struct PhysiologicalUptakeTests {
  private let folder: URL
  private let start = Date(timeIntervalSince1970: 1_768_212_000)
  private let grid: VoxelGrid
  /// Hot balls in voxels along x, each in an organ of its own; the last lies in none.
  private static let places: [(x: Int, organ: String?)] = [
    (16, "Spleen"), (32, "thyroid gland"), (48, "Brain"), (64, nil),
  ]

  init() throws {
    folder = try BuiltCommand.temporaryFolder()
    grid = try VoxelGrid(
      size: [80, 40, 16], spacing: [4, 4, 4], origin: PatientPoint(x: -158, y: -78, z: 0))
  }

  private func isIn(_ x: Int, _ p: SIMD3<Int>, radius: Int) -> Bool {
    let d = p &- SIMD3(x, 20, 8)
    return (d &* d).wrappedSum() <= radius * radius
  }

  private func header(_ kind: String) -> SeriesHeader {
    let uids = UIDSource(seed: "physiological")
    return SeriesHeader(
      patientName: "Virtual^Normal", patientID: "NORMAL", sex: .female, weight: .kilograms(71),
      height: .metres(1.72), studyUID: uids.uid("study"), studyID: "base", studyStart: start,
      studyDescription: "Test", seriesUID: uids.uid(kind), seriesNumber: 1,
      seriesDescription: kind, start: start, frame: FrameOfReference(uid: uids.uid("frame")),
      uids: uids)
  }

  /// Writes PET, CT and structures, and the results of a run with one tracer.
  private func results(tracer: String) throws -> [String: Any] {
    let hot = (0..<grid.voxelCount).map { n -> Float in
      let p = grid.ijk(at: n)
      return Self.places.contains { isIn($0.x, p, radius: 3) } ? 30_000 : 1_500
    }
    let ct = try CTSeriesWriter.write(
      try Volume<Hounsfield>(grid: grid, samples: hot.map { _ in 20 }), header: header("ct"),
      into: folder.appending(path: "ct"), fileNumbers: Array(1...16))
    _ = try PETSeriesWriter.write(
      try Volume<ActivityConcentration>(grid: grid, samples: hot), header: header("pet"),
      tracer: Radiopharmaceutical(
        name: tracer, nuclide: .fluorine18, activity: .megabecquerels(200),
        injection: start.addingTimeInterval(-3600)),
      beds: .init(slices: 16, duration: .seconds(150)), into: folder.appending(path: "pet"))
    var outlines = StructureSetWriter(
      header: header("rtstruct"), drawnOn: ct, label: "Organs")
    for place in Self.places {
      guard let organ = place.organ else { continue }
      try outlines.add(
        Mask(grid: grid) { isIn(place.x, grid.ijk(at: $0), radius: 5) }, named: organ)
    }
    try outlines.write(to: folder.appending(path: "rtstruct/0001.dcm"))
    let course = folder.appending(path: "course.yaml")
    try Data(
      """
      theratrack: 1
      timePoints:
        - {id: base, role: baseline, pet: pet, ct: ct, structures: rtstruct, tracer: \(tracer)}
      lesions: {rule: SUV 4}
      """.utf8
    ).write(to: course)
    let output = folder.appending(path: tracer.filter(\.isLetter))
    let run = try BuiltCommand.run(["run", course.path, "-o", output.path])
    #expect([0, 3].contains(run.exitCode), "\(run.errors)\(run.output)")
    let data = try Data(contentsOf: output.appending(path: "results.json"))
    return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  /// Where the lesions lie, as voxels along x.
  private func lesions(_ results: [String: Any]) throws -> [Int] {
    let lesions = try #require(results["lesions"] as? [[String: Any]])
    return try lesions.map { lesion in
      let points = try #require(lesion["points"] as? [[String: Any]])
      let at = try #require(points[0]["suvmax_at_mm"] as? [Double])
      let x = (at[0] + 158) / 4
      return Self.places.map(\.x).min { abs(Double($0) - x) < abs(Double($1) - x) } ?? 0
    }.sorted()
  }

  @Test func whatIsNormalDependsOnTheTracer() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    // Somatostatin receptors: spleen normal, thyroid doubtful; of the brain the pack says nothing.
    let receptors = try results(tracer: "Ga-68 DOTATATE")
    #expect(try lesions(receptors) == [32, 64])
    let excluded = try #require(receptors["excluded_uptake"] as? [[String: Any]])
    let spleen = try #require(
      excluded.first { ($0["reason"] as? String)?.contains("spleen") == true })
    let rule = try #require(spleen["rule"] as? String)
    #expect(rule.hasPrefix("exclude, spleen: normal somatostatin receptors (Ga-68 DOTATATE, "))
    let tables = folder.appending(path: "GaDOTATATE/tables")
    let csv = try String(
      contentsOf: tables.appending(path: "excluded_uptake.csv"), encoding: .utf8)
    #expect(csv.contains("normal somatostatin receptors"))
    let notes = try String(
      contentsOf: tables.appending(path: "outline_notes.csv"), encoding: .utf8)
    #expect(notes.contains("thyroid gland, which may be normal"))
    let page = try String(
      contentsOf: folder.appending(path: "GaDOTATATE/report.html"), encoding: .utf8)
    #expect(page.contains("normal somatostatin receptors"))
    #expect(page.contains("general rule; the pack of Ga-68 DOTATATE says nothing of it"))
    // Glucose: the brain is normal, the spleen has to be outshone by what lies in it.
    let glucose = try results(tracer: "F-18 FDG")
    #expect(try !lesions(glucose).contains(48))
    #expect(try lesions(glucose).contains(32))
    let brain = try #require(glucose["excluded_uptake"] as? [[String: Any]])
      .contains { ($0["rule"] as? String)?.hasPrefix("exclude, brain: ") == true }
    #expect(brain)
  }
}
