import Foundation
import Lesions
import Testing

@testable import Pipeline

@Suite struct EditsFileTests {
  private func read(_ text: String) throws -> [LesionEdit] {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).yaml")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(text.utf8).write(to: file)
    return try EditsFile.read(file)
  }

  private static let head = "theratrack-edits: 1\nauthor: A. Physicist\nedits:\n"

  @Test func everyKindOfEditIsRead() throws {
    let edits = try read(
      Self.head + """
          - {drop: L4, date: 2026-11-28, reason: artefact}
          - {physiological: {timePoint: base, point: [10, -20, 30.5]}, date: d, reason: ureter}
          - {merge: [L2, {timePoint: fu1, point: [1, 2, 3]}], date: d, reason: one node}
          - {split: {timePoint: fu1, point: [1, 2, 3]}, at: [[0, 0, 0], [9, 0, 0]], date: d, reason: two}
          - {rename: L3, name: left ilium, author: B, date: d, reason: MR}
        """)
    #expect(edits.count == 5)
    #expect(edits[0].author == "A. Physicist" && edits[4].author == "B")
    #expect(edits[0].action == .drop(.identity("L4")))
    #expect(edits[0].words == "drop L4")
    #expect(edits[4].action == .rename(.identity("L3"), name: "left ilium"))
  }

  @Test(arguments: [
    ("  - {drop: L4, reason: x}", "date"), ("  - {drop: L4, date: d}", "reason"),
    ("  - {merge: [L1], date: d, reason: x}", "fewer than two"),
    ("  - {rename: L1, date: d, reason: x}", "name"),
    ("  - {drop: L1, rename: L2, name: n, date: d, reason: x}", "exactly one"),
    ("  - {split: {timePoint: b, point: [1, 2, 3]}, at: [[0, 0, 0]], date: d, reason: x}", "at"),
    ("  - {drop: {timePoint: b, point: [1, 2]}, date: d, reason: x}", "three numbers"),
    ("  - {drop: {timePoint: b}, date: d, reason: x}", "point"),
  ])
  func aWrongEditIsRefusedByNumber(line: String, word: String) throws {
    do {
      _ = try read(Self.head + line)
      Issue.record("'\(line)' was taken")
    } catch {
      #expect(String(describing: error).contains(word), "\(error)")
    }
  }

  @Test func aMissingFileSaysSo() {
    #expect(throws: CourseError.self) { try EditsFile.read(URL(filePath: "/no/such.yaml")) }
  }

  @Test(arguments: [
    "41 % of maximum", "50 % above background", "adaptive", "gradient", "SUV 2.5", "liver",
    "liver mean + 2 SD", "PSMA", "SSTR", "given",
    "majority of 2: SUV 2.5; SUV 4; 41 % of maximum; 50 % above background",
  ])
  func ruleTextsAreRead(text: String) {
    #expect(Course.LesionSettings.Rule(text: text) != nil, "\(text)")
  }

  @Test(arguments: [
    "", "SUV", "SUV -3", "0 % of maximum", "130 % of maximum", "41 %",
    "majority of 3: SUV 4; SUV 5",
    "majority of 1: given; SUV 4", "liver mean + SD", "half",
  ])
  func otherTextsAreNot(text: String) {
    #expect(Course.LesionSettings.Rule(text: text) == nil, "\(text)")
  }
}
