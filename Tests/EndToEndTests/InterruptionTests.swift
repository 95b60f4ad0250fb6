import Foundation
import TestSupport
import Testing

/// A run that cannot finish leaves what was there.
@Suite struct InterruptionTests {
  private func finishedResults() throws -> URL {
    let folder = try BuiltCommand.temporaryFolder()
    try FileManager.default.copyItem(
      at: DemoCourse.shared.folder.appending(path: "results"),
      to: folder.appending(path: "results"))
    return folder.appending(path: "results")
  }

  private func digest(_ folder: URL) throws -> [String: Data] {
    let names = ["report.html", "results.json", "pictures/response-map.png", "tables/dose.csv"]
    return try Dictionary(
      uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: folder.appending(path: $0))) })
  }

  /// Another resolution, so that doses and report have to be made anew.
  private func editedCourse() throws -> URL {
    let demo = try DemoCourse.shared
    let edited = demo.folder.appending(path: "interrupted-\(UUID().uuidString).yaml")
    let text = try String(contentsOf: DemoCourse.course(in: demo.folder), encoding: .utf8)
    try Data(text.replacing("resolution: 11mm", with: "resolution: 12mm").utf8).write(to: edited)
    return edited
  }

  /// A file-size limit of 256 KB stands in for a full disk: the store and the pictures need more.
  @Test func aFullDiskIsReportedAndEarlierResultsStay() throws {
    let results = try finishedResults()
    let before = try digest(results)
    let course = try editedCourse()
    let outcome = try BuiltCommand.shell(
      "ulimit -f 512; \"$TOOL\" run '\(course.path)' -o '\(results.path)'")
    #expect(outcome.exitCode == 1)
    #expect(
      outcome.errors.contains("disk") || outcome.errors.contains("space"), "\(outcome.errors)")
    #expect(try digest(results) == before)
    // With room again, the same run ends well.
    let again = try BuiltCommand.run(["run", course.path, "-o", results.path])
    #expect([0, 3].contains(again.exitCode), "\(again.errors)")
  }

  /// Killed at several moments, the next run still gives what an undisturbed one gives.
  @Test func aKilledRunLeavesNoHalfResultsAndGoesOn() throws {
    let course = try editedCourse()
    let undisturbed = try BuiltCommand.temporaryFolder().appending(path: "results")
    try DemoCourse.expect(
      BuiltCommand.run(["run", course.path, "-o", undisturbed.path]), exitCodes: [0, 3])
    let killed = try BuiltCommand.temporaryFolder().appending(path: "results")
    for delay in ["0.3", "0.9", "1.8", "3.0"] {
      _ = try BuiltCommand.shell(
        "\"$TOOL\" run '\(course.path)' -o '\(killed.path)' & sleep \(delay); kill -9 $! 2>/dev/null; "
          + "wait")
    }
    // What a kill in the middle of a write leaves behind.
    let remnant = killed.appending(path: ".report.html.1.partial")
    try Data("half".utf8).write(to: remnant)
    try DemoCourse.expect(
      BuiltCommand.run(["run", course.path, "-o", killed.path]), exitCodes: [0, 3])
    #expect(try digest(killed) == digest(undisturbed))
    let left = try FileManager.default.subpathsOfDirectory(atPath: killed.path)
    #expect(!left.contains { $0.hasSuffix(".partial") })
  }

  /// A link planted among the results must not lead writing out of the folder.
  @Test func aLinkAmongTheResultsIsRefused() throws {
    let results = try finishedResults()
    let elsewhere = try BuiltCommand.temporaryFolder()
    let pictures = results.appending(path: "pictures")
    try FileManager.default.removeItem(at: pictures)
    try FileManager.default.createSymbolicLink(at: pictures, withDestinationURL: elsewhere)
    let outcome = try BuiltCommand.run(
      ["run", DemoCourse.course(in: DemoCourse.shared.folder).path, "-o", results.path])
    #expect(outcome.exitCode == 1 && outcome.errors.contains("symbolic link"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: elsewhere.path).isEmpty)
  }
}
