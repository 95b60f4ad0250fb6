import DICOMIO
import Foundation
import Pipeline
import TestSupport
import Testing

/// The course that follows from a folder, and what was not decided for it.
@Suite struct CourseIndexTests {
  private typealias Files = [(String, TinyDICOM)]
  private static let body = [0.0, 3, 6, 9]

  /// Everything a test asks about one index.
  private struct Answer {
    let yaml: String
    let text: String
    let isComplete: Bool
    let points: [[String: Any]]
    let leftOut: [String: String]
    let undecided: [String]
  }

  private func index(_ files: Files) throws -> Answer {
    try withTemporaryFolder { folder in
      let scans = folder.appending(path: "scans")
      try TinyDICOM.write(files, below: scans)
      let course = folder.appending(path: "course.yaml")
      let index = try CourseIndex(folder: scans, courseFile: course) { _, _ in }
      try index.writeCourseFile(to: course, replacing: false)
      let json = try #require(
        JSONSerialization.jsonObject(with: Data(index.json().utf8)) as? [String: Any])
      let leftOut = try #require(json["left_out"] as? [[String: Any]])
      return Answer(
        yaml: try String(contentsOf: course, encoding: .utf8), text: index.text(),
        isComplete: index.isComplete, points: json["time_points"] as? [[String: Any]] ?? [],
        leftOut: Dictionary(
          uniqueKeysWithValues: leftOut.map {
            ($0["series"] as? String ?? "", $0["reason"] as? String ?? "")
          }),
        undecided: json["undecided"] as? [String] ?? [])
    }
  }

  private func pet(_ name: String, _ edit: (inout TinyDICOM) -> Void = { _ in }) -> Files {
    TinyDICOM.series(name, { .pet(z: $0) }, at: Self.body, edit)
  }

  private func ct(_ name: String, _ edit: (inout TinyDICOM) -> Void = { _ in }) -> Files {
    TinyDICOM.series(name, { .ct(z: $0) }, at: Self.body, edit)
  }

  @Test func everySeriesIsInATimePointOrLeftOutWithItsReason() throws {
    let answer = try index(
      pet("ac") + pet("nac") { $0.set(0x0028_0051, "CS", "DECY") } + ct("soft")
        + ct("bone") { $0.set(0x0018_1210, "SH", "BONE") }
        + ct("topo") { $0.set(0x0008_0008, "CS", "ORIGINAL\\PRIMARY\\LOCALIZER") })
    #expect(answer.isComplete, "\(answer.undecided)")
    #expect(answer.points.count == 1)
    #expect(answer.points[0]["emission"] as? String == "scans/ac")
    #expect(answer.points[0]["ct"] as? String == "scans/soft")
    #expect(Set(answer.leftOut.keys) == ["nac/0", "bone/0", "topo/0"])
    #expect(answer.leftOut["nac/0"]?.contains("ATTN") == true)
    for words in ["nac/0", "bone or lung kernel", "localiser"] {
      #expect(answer.yaml.contains(words) && answer.text.contains(words), "\(words)")
    }
  }

  @Test func aTieIsUndecidedAndNamesBoth() throws {
    let answer = try index(pet("one") + pet("two") + ct("ct"))
    #expect(!answer.isComplete)
    #expect(answer.undecided.contains { $0.contains("'one/0'") && $0.contains("'two/0'") })
    #expect(answer.yaml.contains("'one/0', not 'two/0'"))
    #expect(answer.leftOut["two/0"]?.contains("one/0") == true)
  }

  @Test func aLateScanOfOneInjectionIsLeftToTheUser() throws {
    let answer = try index(
      pet("late") { $0.setStart("20250101", "123000") } + pet("early") + ct("ct"))
    #expect(answer.points.count == 1)
    #expect(answer.points[0]["emission"] as? String == "scans/early")
    #expect(answer.undecided.contains { $0.contains("'late/0'") && $0.contains("90 min") })
  }

  @Test func scansOfTwoDaysInOneStudyAreTwoTimePoints() throws {
    func day(_ name: String, _ date: String, _ frame: String) -> Files {
      (pet("pet-\(name)") + ct("ct-\(name)")).map { path, file in
        var file = file
        file.setStart(date, "110000")
        file.set(0x0020_0052, "UI", frame)
        return (path, file)
      }
    }
    let answer = try index(day("b", "20250301", "1.2.3.8") + day("a", "20250101", "1.2.3.7"))
    #expect(answer.points.map { $0["id"] as? String } == ["base", "fu1"])
    #expect(answer.points.map { $0["ct"] as? String } == ["scans/ct-a", "scans/ct-b"])
    #expect(answer.isComplete, "\(answer.undecided)")
  }

  @Test func inOneFlatFolderAFileStandsForItsSeries() throws {
    let files = (pet("pet") + ct("ct")).map { ($0.0.replacing("/", with: "-"), $0.1) }
    let answer = try index(files)
    #expect(answer.points[0]["emission"] as? String == "scans/pet-0")
    #expect(answer.points[0]["ct"] as? String == "scans/ct-0")
    #expect(answer.isComplete, "\(answer.undecided)")
  }

  @Test func namesAndHeadersCannotWriteIntoTheCourseFile() throws {
    let folder = "x\"}\ncycles: [1]\u{1B}[2J\u{202E}"
    let files = (pet("pet") + ct("ct")).map { ("\(folder)/" + $0.0, $0.1) }
    let answer = try index(
      files.map { path, file in
        guard path.hasSuffix("pet/0") || path.contains("/pet/") else { return (path, file) }
        var file = file
        var dose = TinyDICOM()
        dose.set(0x0018_0031, "LO", "FDG}\nreference: evil")
        dose.set(0x0018_1072, "TM", "100000")
        dose.set(0x0018_1074, "DS", "368080000")
        dose.set(0x0018_1075, "DS", "6586.2")
        file.set(0x0054_0016, items: [dose])
        return (path, file)
      })
    let lines = answer.yaml.split(separator: "\n")
    #expect(!lines.contains { $0.hasPrefix("cycles") || $0.hasPrefix("reference: evil") })
    #expect(!answer.yaml.contains("\u{1B}") && !answer.text.contains("\u{1B}"))
    #expect(!answer.text.contains("\u{202E}"))
  }

  @Test func anIncompletePETIsNotPassedOffAsWhole() throws {
    let answer = try index(pet("pet") { $0.set(0x0054_0081, unsigned: [9]) } + ct("ct"))
    #expect(answer.undecided.contains { $0.contains("4 of 9") })
  }
}
