import DICOMIO
import Dosimetry
import Foundation
import Geometry
import Quantities
import Testing
import Volumes

@testable import Pipeline

/// What a course file says of a SPECT, against the activity that was in it.
@Suite struct SPECTQuantificationTests {
  private static let injection = Date(timeIntervalSince1970: 1_768_210_200)
  private static let hours = 96.0
  private static let duration = Duration.seconds(1200)
  private static let start = injection.addingTimeInterval(hours * 3600)
  /// 500 MBq at the start of the scan, in a ball.
  private static let truth = 500e6

  /// Writes the SPECT with its header changed, and reads it through a course.
  private func total(
    _ changes: [(String, String)] = [], spect: String = "", point: String = ""
  ) throws -> Double {
    let (volume, _, _) = try read(changes, spect: spect, point: point)
    let voxel = volume.grid.voxelMillilitres(inSlice: 0)
    return volume.samples.reduce(0) { $0 + Double($1) } * voxel
  }

  private func read(
    _ changes: [(String, String)], spect: String, point: String
  ) throws -> (Volume<ActivityConcentration>, EmissionScan, Course) {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "spect/0001.dcm")
    try Self.write(to: file)
    var data = try Data(contentsOf: file)
    for (from, to) in changes {
      let place = try #require(data.range(of: Data(from.utf8)), "\(from)")
      data.replaceSubrange(place, with: Data(to.utf8))
    }
    try data.write(to: file)
    let text = """
      theratrack: 1
      agent: {radionuclide: Lu-177, ligand: DOTATATE}
      cycles: [{number: 1, activity: 7.4 GBq, at: "2026-01-12T09:30:00Z"}]
      timePoints:
        - {id: late, role: dosimetry, cycle: 1, spect: spect\(point)}
      reference: late
      spect: {\(spect)}
      """
    try Data(text.utf8).write(to: folder.appending(path: "course.yaml"))
    let course = try Course(file: folder.appending(path: "course.yaml"))
    let entry = try #require(course.timePoint("late"))
    let scan = try EmissionScan.load(
      entry.emission, quantification: course.quantification(of: entry))
    return (try scan.concentration().volume, scan, course)
  }

  private static func write(to file: URL) throws {
    let grid = try VoxelGrid(size: SIMD3(16, 16, 12), spacing: SIMD3(5, 5, 5))
    let centre = SIMD3(7.5, 7.5, 5.5)
    var samples = (0..<grid.voxelCount).map { n -> Float in
      let at = grid.ijk(at: n)
      return (SIMD3(Double(at.x), Double(at.y), Double(at.z)) - centre).length < 4 ? 1 : 0
    }
    let scale = truth / samples.reduce(0) { $0 + Double($1) } / 0.125
    samples = samples.map { $0 * Float(scale) }
    let uids = UIDSource(seed: "quantification")
    _ = try SPECTWriter.write(
      try Volume(grid: grid, samples: samples),
      header: SeriesHeader(
        patientName: "Test", patientID: "T", sex: .other, weight: .kilograms(70),
        height: .metres(1.7), studyUID: uids.uid("study"), studyID: "1", studyStart: start,
        studyDescription: "Test", seriesUID: uids.uid("series"), seriesNumber: 1,
        seriesDescription: "SPECT", start: start, frame: FrameOfReference(uid: uids.uid("frame")),
        uids: uids),
      agent: Radiopharmaceutical(
        name: "DOTATATE", nuclide: .lutetium177, activity: .gigabecquerels(7.4),
        injection: injection),
      window: .lutetium208, duration: duration, to: file)
  }

  /// Without any calibration in the header: the numbers are counts then.
  private static let counts = [
    ("Bq/ml", "count"), ("BQML\u{54}\u{00}\u{02}", "CNTS\u{54}\u{00}\u{02}"),
  ]
  private static let perCount = 0.125

  private func isTrue(_ total: Double, _ factor: Double = 1) -> Bool {
    abs(total / (Self.truth * factor) - 1) < 1e-3
  }

  private static let left = exp2(-hours / Radionuclide.lutetium177.halfLife.inHours)
  private static let mean = CameraCalibration.meanOverStart(duration, .lutetium177)

  @Test func theHeadersOwnActivityIsThatOfTheStart() throws {
    #expect(isTrue(try total()))
  }

  /// ADMIN: what is stored is the activity at the administration.
  @Test func activitiesOfTheAdministrationAreBroughtToTheScan() throws {
    #expect(isTrue(try total([("START ", "ADMIN ")]), Self.left))
    #expect(isTrue(try total(spect: "decayReference: administration"), Self.left))
    let (_, scan, _) = try read([("START ", "ADMIN ")], spect: "", point: "")
    let warnings = scan.warnings(administered: .gigabecquerels(7.4))
    #expect(warnings.contains { $0.contains("administration") })
  }

  /// NONE beside DECY among the corrections: one of them is wrong, and a person has to say which.
  @Test func aHeaderThatContradictsItselfIsRefusedUntilSomeoneDecides() throws {
    let none = [("START ", "NONE  ")]
    let error = #expect(throws: DICOMReadError.self) { try total(none) }
    #expect(error?.message.contains("DECY") == true)
    #expect(isTrue(try total(none, spect: "decayReference: start")))
    let uncorrected = none + [("SCAT\\DECY", "SCAT\\NORM")]
    #expect(isTrue(try total(uncorrected), 1 / Self.mean))
  }

  @Test func contradictionsWithTheCourseAreSaid() throws {
    let (_, scan, _) = try read([], spect: "", point: "")
    #expect(scan.warnings(administered: .gigabecquerels(7.4)).isEmpty)
    #expect(scan.warnings(administered: .gigabecquerels(7.0)).contains { $0.contains("7.4") })
  }

  @Test func countsBecomeActivityInEveryWay() throws {
    #expect(throws: DICOMReadError.self) { try total(Self.counts) }
    #expect(isTrue(try total(Self.counts, point: ", calibration: 2"), 2))
    #expect(isTrue(try total(Self.counts, point: ", totalActivity: 480 MBq"), 0.96))
    // Counts of 20 min: as many per voxel as the image has Bq/mL, so that 1 cps/MBq over 0.125 mL
    // is 1e6 / 1200 / 0.125; START says that decay during the scan is undone already.
    let expected = 1e6 / 1200 / 0.125
    #expect(isTrue(try total(Self.counts, spect: "sensitivity: 1 cps/MBq"), expected))
    let raw = Self.counts + [("START ", "      ")]
    #expect(isTrue(try total(raw, spect: "sensitivity: 1 cps/MBq"), expected / Self.mean))
    // A calibration in the header goes before the camera's sensitivity.
    #expect(isTrue(try total(spect: "sensitivity: 1 cps/MBq")))
  }

  @Test func deadTimeIsUndoneByItsModelOrByAFactor() throws {
    #expect(isTrue(try total(point: ", deadTimeFactor: 1.08"), 1.08))
    // 200,000 true counts per second seen by a paralysable camera of 0.55 µs.
    let observed = 200_000 * exp(-200_000 * 0.55e-6)
    let rate = ", countRate: \(observed) cps"
    #expect(
      isTrue(try total(spect: "deadTime: paralysable 0.55 us", point: rate), 200_000 / observed))
    let other = 200_000 / (1 + 200_000 * 1e-6)
    #expect(
      isTrue(
        try total(spect: "deadTime: non-paralysable 1 us", point: ", countRate: \(other) cps"), 1.2)
    )
    // A known total loses as much as all the rest.
    let known = ", totalActivity: 500 MBq, countRate: 180 kcps"
    #expect(isTrue(try total(spect: "deadTime: paralysable 0.55 us", point: known)))
  }

  /// The course file says it at once, with the time point and what to write.
  @Test func aDeadTimeThatCannotBeUndoneIsRefused() throws {
    let beyond = #expect(throws: CourseError.self) {
      try total(spect: "deadTime: paralysable 0.55 us", point: ", countRate: 900 kcps")
    }
    #expect(beyond?.description.contains("'late'.countRate") == true)
    #expect(beyond?.description.contains("scan later") == true)
    let missing = #expect(throws: CourseError.self) {
      try total(spect: "deadTime: paralysable 0.55 us")
    }
    #expect(missing?.description.contains("'late'.countRate") == true)
    #expect(missing?.description.contains("deadTimeFactor: 1") == true)
    #expect(isTrue(try total(spect: "deadTime: paralysable 1 us", point: ", deadTimeFactor: 1")))
  }

  @Test(arguments: [
    ("deadTime: 0.55 us", "", "spect.deadTime"),
    ("deadTime: paralysable 0.55", "", "spect.deadTime"),
    ("sensitivity: 9.5", "", "spect.sensitivity"),
    ("decayReference: later", "", "spect.decayReference"),
    ("", ", countRate: 85", "countRate"),
    ("", ", deadTimeFactor: 0.5", "deadTimeFactor"),
    ("", ", deadTimeFactor: 1.1, countRate: 85 kcps", "countRate"),
    ("", ", calibration: -1", "calibration"),
    ("", ", totalActivity: 480", "totalActivity"),
    ("recovery: {b1: 2.5}", "", "spect.recovery"),
    ("recovery: {b1: 2.5 mL, b2: -1}", "", "spect.recovery"),
    ("recovery: nowhere.csv", "", "spect.recovery"),
  ])
  func wrongEntriesAreNamed(spect: String, point: String, entry: String) throws {
    let error = #expect(throws: CourseError.self) { try total(spect: spect, point: point) }
    #expect(error?.description.contains(entry) == true)
  }

  /// One type, both keys, each form.
  @Test func recoveryIsWrittenAlikeForPETAndSPECT() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    // Exactly on the curve b1 = 2.5 mL, b2 = 1.
    let rows = [0.5, 2.5, 10, 40].map { "\($0),\($0 / ($0 + 2.5))" }
    try Data((["volume_mL,recovery"] + rows).joined(separator: "\n").utf8)
      .write(to: folder.appending(path: "inserts.csv"))
    for form in [
      "{b1: 2.5 mL, b2: 1}", "inserts.csv", "{table: [[5, 0.6666667], [20, 0.8888889]]}",
    ] {
      let text = """
        theratrack: 1
        timePoints: [{id: base, role: baseline, pet: pet}]
        pet: {recovery: \(form)}
        spect: {recovery: \(form)}
        """
      let file = folder.appending(path: "course.yaml")
      try Data(text.utf8).write(to: file)
      let course = try Course(file: file)
      for curve in [course.resolution.recovery, course.dosimetry.recovery] {
        let recovery = try #require(curve?.recovery(of: .millilitres(20)))
        #expect(abs(recovery - 20 / 22.5) < 1e-4, "\(form)")
      }
    }
  }
}
