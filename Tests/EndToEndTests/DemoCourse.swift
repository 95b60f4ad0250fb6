import Foundation
import Geometry
import Phantoms
import TestSupport

/// The small virtual course without noise, written, indexed and run once by the built command.
struct DemoCourse: Sendable {
  let folder: URL
  let truth: CourseTruth
  let summary: String
  let results: Results

  /// Made at first use, for all tests of the process.
  static let made: Result<DemoCourse, any Error> = Result { try DemoCourse() }

  static var shared: DemoCourse { get throws { try made.get() } }

  /// Settings as a site would give them: the resolution of its scanners, a variation.
  static let settings = [
    "--id", "demo", "--pet-resolution", "6mm", "--spect-resolution", "11mm", "--variation", "12%",
    "--variation-source", "assumed for the test", "--limits",
    URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../plugins/limits/lu177-kidney-marrow.yaml").standardizedFileURL.path,
  ]

  private init() throws {
    folder = try BuiltCommand.temporaryFolder()
    try Self.write(["--seed", "7"], to: folder)
    let run = try BuiltCommand.run(
      ["run", Self.course(in: folder).path, "-o", folder.appending(path: "results").path, "--json"])
    // 3: the marrow of the limit pack was never measured.
    try Self.expect(run, exitCodes: [0, 3])
    summary = run.output
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    truth = try decoder.decode(
      CourseTruth.self, from: Data(contentsOf: folder.appending(path: "truth.json")))
    results = try JSONDecoder().decode(
      Results.self, from: Data(contentsOf: folder.appending(path: "results/results.json")))
  }

  /// Writes a virtual course without noise and its course file.
  ///
  /// - Parameter options: Of `theratrack phantom`.
  static func write(_ options: [String], to folder: URL) throws {
    try expect(
      BuiltCommand.run(["phantom", "--no-noise", "-o", folder.path] + options), exitCodes: [0])
    try expect(
      BuiltCommand.run(
        ["index", folder.appending(path: "dicom").path, "--course", course(in: folder).path]
          + settings), exitCodes: [0])
  }

  static func course(in folder: URL) -> URL { folder.appending(path: "course.yaml") }

  static func expect(_ outcome: BuiltCommand.Outcome, exitCodes: Set<Int32>) throws {
    guard exitCodes.contains(outcome.exitCode), !outcome.wasKilled else {
      throw CommandFailed(errors: outcome.errors + outcome.output, exitCode: outcome.exitCode)
    }
  }

  struct CommandFailed: Error {
    let errors: String
    let exitCode: Int32
  }
}

/// The documented part of `results.json` that the tests read.
struct Results: Decodable, Sendable {
  let links: [Link]
  let loops: [Loop]
  let lesions: [Lesion]
  let cycles: [Cycle]

  struct Loop: Decodable, Sendable {
    let from, to, map: String
    let gap_mm: Spread
    let promised_factor: Double

    struct Spread: Decodable, Sendable { let mean, greatest: Double }
  }

  struct Link: Decodable, Sendable {
    let time_point: String
    let rotation_rows: [[Double]]
    let translation_mm: [Double]
    let local_error_mm: Double?
    let tissue_follows: String?

    func callAsFunction(_ p: SIMD3<Double>) -> SIMD3<Double> {
      let r = rotation_rows.map { SIMD3($0[0], $0[1], $0[2]).dot(p) }
      return SIMD3(r[0], r[1], r[2])
        + SIMD3(translation_mm[0], translation_mm[1], translation_mm[2])
    }
  }

  struct Lesion: Decodable, Sendable {
    let id: String
    let points: [Point]

    func point(_ id: String) -> Point? { points.first { $0.time_point == id } }
  }

  struct Point: Decodable, Sendable {
    let time_point: String
    let fate: String
    let suvmax_at_mm: [Double]?
    let metrics: [String: Double]
  }

  struct Cycle: Decodable, Sendable {
    let cycle: Int
    let doses: [Dose]
  }

  struct Dose: Decodable, Sendable {
    let region: String
    let fit: Fit
    let dose_Gy: Value
    let photon_fraction: Double
  }

  struct Fit: Decodable, Sendable { let tia_Bq_s: Value }
  struct Value: Decodable, Sendable { let value: Double }
}
