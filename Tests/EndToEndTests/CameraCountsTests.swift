import DICOMIO
import Foundation
import Geometry
import Phantoms
import TestSupport
import Testing
import Volumes

/// The virtual course as a camera in counts delivers it: no calibration in the header, no decay
/// correction, and counts lost to dead time.
@Suite(
  .enabled(
    if: ProcessInfo.processInfo.environment["THERATRACK_LONG"] != nil,
    "slow; set THERATRACK_LONG=1 to run it"))
struct CameraCountsTests {
  private struct Answer: Decodable {
    struct Sample: Decodable { let time_h, activity_Bq: Double }
    struct Fit: Decodable { let samples: [Sample] }
    struct Dose: Decodable {
      let region: String
      let fit: Fit
    }
    struct Cycle: Decodable { let doses: [Dose] }
    let cycles: [Cycle]
  }

  private static let sensitivity = 9.5
  /// Paralysable; true counts per second of the whole window by time point.
  private static let deadTime = 0.55e-6
  private static let rates = ["c1h4": 210_000.0, "c1h24": 150_000, "c1h96": 60_000]
  private static let scanSeconds = 1200.0

  /// Counts in place of Bq/mL: n = a v Q T m e^(−nτ), with m the mean activity during the scan over
  /// that at its start.
  private static func countsPerConcentration(_ scan: SPECTSeries, trueRate: Double) -> Double {
    let x = log(2) * scanSeconds / Visit.halfLifeSeconds
    return scan.counts.grid.voxelMillilitres(inSlice: 0) * 1e-6 * sensitivity * scanSeconds
      * (1 - exp(-x)) / x * exp(-trueRate * deadTime)
  }

  private static func rewrite(_ file: URL, to target: URL, trueRate: Double) throws {
    var data = try Data(contentsOf: file)
    let scale = countsPerConcentration(try SPECTSeries.load(file: file), trueRate: trueRate)
    for (from, to) in [
      ("Bq/ml", "count"), ("BQML\u{54}\u{00}\u{02}", "CNTS\u{54}\u{00}\u{02}"),
      ("START ", "NONE  "), ("SCAT\\DECY", "SCAT\\NORM"),
    ] {
      let place = try #require(data.range(of: Data(from.utf8)), "\(from)")
      data.replaceSubrange(place, with: Data(to.utf8))
    }
    // Rescale Slope (0028,1053) in explicit little endian: group, element, DS, length, text.
    let tag = Data([0x28, 0x00, 0x53, 0x10] + "DS".utf8)
    let start = try #require(data.range(of: tag)).upperBound
    let length = Int(data[start]) + 256 * Int(data[start + 1])
    let text = (start + 2)..<(start + 2 + length)
    let old = try #require(
      Double(String(decoding: data[text], as: UTF8.self).trimmingCharacters(in: .whitespaces)))
    let new = String(format: "%.8g", old * scale)
    #expect(new.count <= length, "\(new) in \(length) characters")
    data.replaceSubrange(
      text, with: Data(new.padding(toLength: length, withPad: " ", startingAt: 0).utf8))
    try FileManager.default.createDirectory(
      at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: target)
  }

  /// The shared course with its SPECT in counts below `counts`; entries of its time points by id.
  private static func course(
    _ name: String, rate: (String) -> String
  ) throws -> URL {
    let demo = try DemoCourse.shared
    var text = try String(contentsOf: DemoCourse.course(in: demo.folder), encoding: .utf8)
    for (id, trueRate) in rates {
      try rewrite(
        demo.folder.appending(path: "dicom/\(id)/spect/0001.dcm"),
        to: demo.folder.appending(path: "counts/\(id)/0001.dcm"), trueRate: trueRate)
      text = text.replacing(
        "spect: \"dicom/\(id)/spect\"", with: "spect: \"counts/\(id)\"\(rate(id))")
    }
    text = text.replacing(
      "spect: {resolution: 11mm}",
      with: "spect: {resolution: 11mm, sensitivity: 9.5 cps/MBq, deadTime: paralysable 0.55 us}")
    let file = demo.folder.appending(path: "\(name).yaml")
    try Data(text.utf8).write(to: file)
    return file
  }

  private static func observed(_ id: String) -> Double {
    let rate = rates[id] ?? 0
    return rate * exp(-rate * deadTime)
  }

  private func answer(_ folder: URL) throws -> Answer {
    try JSONDecoder().decode(
      Answer.self, from: Data(contentsOf: folder.appending(path: "results.json")))
  }

  @Test func aCourseInCountsGivesTheActivitiesOfTheCalibratedOne() throws {
    let demo = try DemoCourse.shared
    let folder = try BuiltCommand.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.copyItem(
      at: demo.folder.appending(path: "results/course.sqlite"),
      to: folder.appending(path: "course.sqlite"))
    let course = try Self.course("counts") { ", countRate: \(Self.observed($0) / 1000) kcps" }
    let run = try BuiltCommand.run(["run", course.path, "-o", folder.path, "--json"])
    try DemoCourse.expect(run, exitCodes: [0, 3])
    let calibrated = try answer(demo.folder.appending(path: "results"))
    let counted = try answer(folder)
    var worst = 0.0
    var compared = 0
    for dose in calibrated.cycles[0].doses {
      let same = try #require(counted.cycles[0].doses.first { $0.region == dose.region })
      for (a, b) in zip(dose.fit.samples, same.fit.samples) {
        #expect(a.time_h == b.time_h)
        worst = max(worst, abs(b.activity_Bq / a.activity_Bq - 1))
        compared += 1
      }
    }
    print("figure: activities of a course in counts over calibrated ones, largest gap \(worst)")
    #expect(compared > 20)
    #expect(worst < 0.01)
  }

  /// Both before anything is read.
  @Test(arguments: [
    ("missing", "deadTimeFactor: 1"), ("beyond", "scan later"),
  ])
  func aRateThatIsMissingOrBeyondTheModelIsRefused(kind: String, word: String) throws {
    let folder = try BuiltCommand.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let course = try Self.course("counts-\(kind)") { id in
      guard id == "c1h4" else { return ", countRate: \(Self.observed(id)) cps" }
      return kind == "missing" ? "" : ", countRate: 700 kcps"
    }
    let outcome = try BuiltCommand.run(["run", course.path, "-o", folder.path, "--json"])
    #expect(outcome.exitCode == 1)
    let said = outcome.output + outcome.errors
    #expect(said.contains("c1h4") && said.contains("countRate") && said.contains(word))
  }
}

extension Visit {
  fileprivate static let halfLifeSeconds = 6.6443 * 86_400
}
