import DICOMIO
import Foundation
import Geometry
import Phantoms
import Quantities
import TestSupport
import Testing
import Volumes

/// The command on real scans with reference values from independent code.
@Suite(.enabled(if: RealData.scans != nil, Comment(rawValue: RealData.absent)))
struct RealScanTests {
  private var scans: URL { RealData.scans ?? URL(filePath: "/") }

  private func suv(_ arguments: [String]) throws -> [String: Any] {
    let outcome = try BuiltCommand.run(["suv"] + arguments + ["--json"])
    #expect(outcome.exitCode == 0, "\(outcome.output)\(outcome.errors)")
    return outcome.json
  }

  private func number(_ json: [String: Any], _ key: String) throws -> Double {
    try #require(json[key] as? Double)
  }

  /// IBSI SUV digital reference objects: minimum, median, maximum 0.20, 1.00, 4.00.
  @Test(arguments: [
    "DRO_0_0", "DRO_1_0", "DRO_2_0", "DRO_2_1", "DRO_2_4", "DRO_3_0", "DRO_3_1", "DRO_4_0",
    "DRO_5_0",
  ])
  func theDigitalReferenceObjectsReadAsDesigned(name: String) throws {
    let json = try suv([scans.appending(path: "suv-dro/\(name)/PT").path])
    #expect(abs(try number(json, "suv_min") - 0.20) < 0.005)
    #expect(abs(try number(json, "suv_median") - 1.00) < 0.005)
    #expect(abs(try number(json, "suv_max") - 4.00) < 0.005)
  }

  /// Values of two independent groups for a raw whole-body FDG PET.
  @Test func theRawWholeBodyPETReadsAsTwoGroupsReadIt() throws {
    let folder = scans.appending(path: "sts/STS_001_raw")
    let mask = try #require(
      FileManager.default.contentsOfDirectory(
        at: folder.appending(path: "mask"), includingPropertiesForKeys: nil
      ).first { $0.pathExtension == "dcm" })
    let json = try suv([folder.appending(path: "image").path, "--structures", mask.path])
    #expect(abs(try number(json, "suvbw_factor_g_per_Bq") / 2.429029766e-4 - 1) < 1e-4)
    #expect(abs(try number(json, "suv_max") / 66.521497 - 1) < 1e-4)
    #expect(abs(try number(json, "suv_mean") / 0.149303102 - 1) < 1e-4)
    let regions = try #require(json["regions"] as? [[String: Any]])
    for (name, mean, volume) in [("GTV_Mass", 2.5552, 368.32), ("GTV_Edema", 2.2551, 582.52)] {
      let region = try #require(regions.first { ($0["name"] as? String)?.contains(name) == true })
      #expect(abs(try number(region, "suv_mean") / mean - 1) < 0.03)
      #expect(abs(try number(region, "volume_mL") / volume - 1) < 0.03)
      #expect(abs(try number(region, "suv_max") / 7.9107 - 1) < 0.03)
    }
  }

  /// STS_002 holds a cropped PET, which says of itself that it is derived.
  @Test func aDerivedPETWithoutItsOriginalIsTakenAndSaidSo() throws {
    let folder = scans.appending(path: "sts/STS_002")
    let index = try BuiltCommand.run(["index", folder.path, "--json"])
    #expect(index.exitCode == 3)
    let points = try #require(index.json["time_points"] as? [[String: Any]])
    #expect(points.count == 1)
    let undecided = try #require(index.json["undecided"] as? [String])
    #expect(undecided.contains { $0.contains("derived PET") })
  }

  /// The seed of commissioning: a follow-up derived from a real scan by a known motion and a
  /// known change of uptake, written as DICOM, and both recovered by the chain.
  @Test func aFollowUpDerivedFromARealScanIsRecovered() throws {
    let pair = try SemiRealPair(scan: scans.appending(path: "sts/STS_001_raw"))
    defer { try? FileManager.default.removeItem(at: pair.folder) }
    let outcome = try BuiltCommand.run([
      "run", pair.course.path, "-o", pair.folder.appending(path: "results").path,
    ])
    #expect([0, 3].contains(outcome.exitCode), "\(outcome.errors)")
    let results = try JSONDecoder().decode(
      Results.self,
      from: Data(contentsOf: pair.folder.appending(path: "results/results.json")))
    let link = try #require(results.links.first { $0.time_point == "fu1" })
    let errors = pair.bodyPoints.map { p in
      (link(p.millimetres) - pair.truth.motion(p).millimetres).length
    }
    #expect((errors.max() ?? .infinity) < 1)
    let lesion = try #require(results.lesions.first)
    let before = try #require(lesion.point("base")?.metrics["suvmean_g_per_mL"])
    let after = try #require(lesion.point("fu1")?.metrics["suvmean_g_per_mL"])
    #expect(abs(after / before / pair.truth.regions[0].factor - 1) < 0.05)
    print(
      "figure: derived follow-up max error \(errors.max() ?? 0) mm, change over truth "
        + "\(after / before / pair.truth.regions[0].factor)")
  }
}

/// A real PET with its outlined tumour, and a follow-up derived from it.
private struct SemiRealPair {
  let folder: URL
  let course: URL
  let truth: DerivedFollowUp.Truth
  let bodyPoints: [PatientPoint]

  init(scan: URL) throws {
    folder = try BuiltCommand.temporaryFolder()
    let images = try FileManager.default.contentsOfDirectory(
      at: scan.appending(path: "image"), includingPropertiesForKeys: nil)
    let series = try PETSeries.load(files: images)
    let frame = try #require(series.facts.frameOfReference)
    let (emission, at) = try series.concentrationVolume()
    let rtstruct = try #require(
      FileManager.default.contentsOfDirectory(
        at: scan.appending(path: "mask"), includingPropertiesForKeys: nil
      ).first { $0.pathExtension == "dcm" })
    let structures = try StructureSet.load(file: rtstruct)
    let tumour = try #require(structures.regions.first { $0.name.contains("GTV_Mass") })
    let mask = try structures.mask(of: tumour, on: emission.grid, frame: frame)
    let derived = try DerivedFollowUp(
      emission: emission, ct: nil, changes: [.init(mask, factor: 0.6)], from: frame,
      to: FrameOfReference(uid: "2.25.314159265358979"))
    truth = derived.truth
    let grid = emission.grid
    bodyPoints = stride(from: 0, to: grid.voxelCount, by: 9973).filter {
      emission.samples[$0] > 500
    }.map {
      grid.patientPoint(
        i: $0 % grid.size.x, j: $0 / grid.size.x % grid.size.y,
        k: $0 / (grid.size.x * grid.size.y))
    }
    let start = try #require(at)
    let pairs:
      [(id: String, emission: Volume<ActivityConcentration>, mask: Mask, frame: FrameOfReference)] =
        [
          ("base", emission, mask, frame),
          ("fu1", derived.emission, derived.masks[0], truth.motion.to),
        ]
    for (id, emission, mask, frame) in pairs {
      let place = folder.appending(path: id)
      let written = try Self.write(
        emission, series: series, frame: frame, start: start, id: id,
        into: place.appending(path: "pet"))
      var outlines = StructureSetWriter(header: written.header, drawnOn: written, label: "GTV")
      try outlines.add(mask, named: "GTV_Mass")
      try outlines.write(to: place.appending(path: "rtstruct/0001.dcm"))
    }
    course = folder.appending(path: "course.yaml")
    let text = """
      theratrack: 1
      timePoints:
        - {id: base, role: baseline, pet: base/pet, structures: base/rtstruct, tracer: F-18 FDG}
        - {id: fu1, role: follow-up, pet: fu1/pet, structures: fu1/rtstruct, tracer: F-18 FDG}
      lesions: {rule: given}
      """
    try Data(text.utf8).write(to: course)
  }

  private static func header(
    _ series: PETSeries, frame: FrameOfReference, start: Date, id: String
  ) -> SeriesHeader {
    let uids = UIDSource(seed: "semi-real \(id)")
    return SeriesHeader(
      patientName: "Derived^Follow up", patientID: "STS_001", sex: series.header.sex ?? .other,
      weight: .kilograms(series.header.weight ?? 0), height: .metres(1.7),
      studyUID: uids.uid("study"), studyID: "fu1", studyStart: start,
      studyDescription: "derived", seriesUID: uids.uid("series"), seriesNumber: 1,
      seriesDescription: "derived", start: start, frame: frame, uids: uids)
  }

  private static func write(
    _ emission: Volume<ActivityConcentration>, series: PETSeries, frame: FrameOfReference,
    start: Date, id: String, into folder: URL
  ) throws -> WrittenSeries {
    // The header has the clock time of the injection only; it was on the day of the scan.
    let midnight = (start.timeIntervalSince1970 / 86_400).rounded(.down) * 86_400
    let clock = try #require(series.header.injectionClock)
    let injection = Date(timeIntervalSince1970: midnight + clock)
    return try PETSeriesWriter.write(
      emission, header: header(series, frame: frame, start: start, id: id),
      tracer: Radiopharmaceutical(
        name: "FDG", nuclide: .fluorine18, activity: .becquerels(series.header.dose ?? 0),
        injection: injection),
      beds: .init(slices: emission.grid.size.z, duration: .seconds(180)), into: folder,
      fileNumbers: Array(1...emission.grid.size.z))
  }
}
