import Foundation
import TestSupport
import Testing

/// Input that cannot be used is refused with the file, the tag and the remedy, and leaves
/// earlier results as they were.
@Suite struct BadInputTests {
  /// The `error` object of a refusal.
  private func refusal(_ arguments: [String]) throws -> [String: Any] {
    let outcome = try BuiltCommand.run(arguments + ["--json"])
    #expect(outcome.exitCode == 1)
    #expect(!outcome.wasKilled)
    return try #require(outcome.json["error"] as? [String: Any])
  }

  private func write(_ slices: [TinyDICOM], in folder: URL) throws {
    for (n, slice) in slices.enumerated() {
      try slice.write(to: folder.appending(path: "slice\(n).dcm"))
    }
  }

  private func pet(_ positions: [Double], _ edit: (inout TinyDICOM) -> Void = { _ in })
    -> [TinyDICOM]
  {
    positions.map { z in
      var slice = TinyDICOM.pet(z: z)
      edit(&slice)
      return slice
    }
  }

  @Test func anEmptyFolderHoldsNothingToIndex() throws {
    try withTemporaryFolder { folder in
      let error = try refusal(["index", folder.path])
      #expect((error["message"] as? String)?.isEmpty == false)
      #expect((error["remedy"] as? String)?.isEmpty == false)
    }
  }

  @Test func filesThatAreNoDICOMAreNotGuessedAt() throws {
    try withTemporaryFolder { folder in
      try Data("not an image".utf8).write(to: folder.appending(path: "notes.txt"))
      let index = try refusal(["index", folder.path])
      #expect((index["message"] as? String)?.contains("DICOM") == true)
      let suv = try refusal(["suv", folder.appending(path: "notes.txt").path])
      #expect(suv["file"] as? String == "notes.txt")
    }
  }

  @Test func aTruncatedFileIsNamed() throws {
    try withTemporaryFolder { folder in
      try write(pet([0, 3, 6]), in: folder)
      let file = folder.appending(path: "slice1.dcm")
      let whole = try Data(contentsOf: file)
      try whole.prefix(whole.count - 6).write(to: file)
      let error = try refusal(
        ["suv"] + (0..<3).map { folder.appending(path: "slice\($0).dcm").path })
      #expect(error["file"] as? String == "slice1.dcm")
    }
  }

  @Test(arguments: [
    ([0.0, 3, 9, 12], "missing"), ([0.0, 3, 3, 6], "same slice"),
  ])
  func aStackWithAGapOrADuplicateIsRefusedInMillimetres(positions: [Double], word: String) throws {
    try withTemporaryFolder { folder in
      try write(pet(positions), in: folder)
      let error = try refusal(["suv", folder.path])
      let message = try #require(error["message"] as? String)
      #expect(message.contains(word) && message.contains("mm"), "\(message)")
      #expect(error["tag"] as? String == "(0020,0032)")
    }
  }

  /// On request the missing slice stands in as the line between its neighbours, and is said.
  @Test func aGapIsInterpolatedOnRequestAndNamed() throws {
    try withTemporaryFolder { folder in
      try write(pet([0, 3, 6, 12, 15]), in: folder)
      #expect(try BuiltCommand.run(["suv", folder.path]).exitCode == 1)
      let outcome = try BuiltCommand.run(["suv", folder.path, "--allow-gaps", "--json"])
      #expect(outcome.exitCode == 0, "\(outcome.output)")
      #expect(outcome.json["size_voxels"] as? [Int] == [3, 2, 6])
      let warnings = try #require(outcome.json["warnings"] as? [String])
      #expect(warnings.contains { $0.contains("z = 9") && $0.contains("mm") }, "\(warnings)")
    }
  }

  @Test(arguments: [("0", "(0010,1030)"), ("", "(0010,1030)"), ("70000", "(0010,1030)")])
  func aWeightThatCannotBeIsRefused(weight: String, tag: String) throws {
    try withTemporaryFolder { folder in
      try write(pet([0, 3]) { $0.set(0x0010_1030, "DS", weight) }, in: folder)
      let error = try refusal(["suv", folder.path])
      #expect(error["tag"] as? String == tag)
      #expect((error["remedy"] as? String)?.isEmpty == false)
    }
  }

  @Test(arguments: ["CNTS", "PROPCPS"])
  func unitsThatCannotBecomeSUVAreRefused(units: String) throws {
    try withTemporaryFolder { folder in
      try write(pet([0, 3]) { $0.set(0x0054_1001, "CS", units) }, in: folder)
      #expect(try refusal(["suv", folder.path])["tag"] as? String == "(0054,1001)")
    }
  }

  @Test func outlinesOfAnotherFrameAreRefused() throws {
    let dicom = try DemoCourse.shared.folder.appending(path: "dicom")
    let error = try refusal([
      "suv", dicom.appending(path: "base/pet").path, "--structures",
      dicom.appending(path: "fu1/rtstruct/0001.dcm").path,
    ])
    #expect(error["file"] as? String == "0001.dcm")
    #expect((error["message"] as? String)?.contains("frame of reference") == true)
  }

  @Test func twoPatientsAreNeverJoined() throws {
    try withTemporaryFolder { folder in
      let (one, other) = (folder.appending(path: "one"), folder.appending(path: "other"))
      for place in [one, other] {
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      }
      try write(pet([0, 3]), in: one)
      try write(
        pet([0, 3]) {
          $0.set(0x0010_0020, "LO", "SOMEONE-ELSE")
          $0.set(0x0020_000D, "UI", "1.2.3.99")
          $0.set(0x0020_000E, "UI", "1.2.3.98")
        }, in: other)
      let course = folder.appending(path: "course.yaml")
      let index = try BuiltCommand.run(["index", folder.path, "--course", course.path])
      #expect(index.exitCode == 1)
      #expect(!FileManager.default.fileExists(atPath: course.path))
      let text = """
        theratrack: 1
        timePoints:
          - {id: base, role: baseline, pet: one}
          - {id: fu1, role: follow-up, pet: other}
        """
      try Data(text.utf8).write(to: course)
      let error = try refusal([
        "run", course.path, "-o", folder.appending(path: "results").path,
      ])
      let message = try #require(error["message"] as? String)
      #expect(message.contains("different patients") && !message.contains("SOMEONE"))
    }
  }

  @Test func aCTOfAnotherFrameIsNotTakenForThePETs() throws {
    try withTemporaryFolder { folder in
      let dicom = try DemoCourse.shared.folder.appending(path: "dicom").path
      let text = """
        theratrack: 1
        timePoints:
          - {id: base, role: baseline, pet: "\(dicom)/base/pet", ct: "\(dicom)/base/ct"}
          - {id: fu1, role: follow-up, pet: "\(dicom)/fu1/pet", ct: "\(dicom)/c1h4/ct"}
        """
      let course = folder.appending(path: "course.yaml")
      try Data(text.utf8).write(to: course)
      let error = try refusal([
        "run", course.path, "-o", folder.appending(path: "results").path,
      ])
      #expect((error["message"] as? String)?.contains("Frame of Reference") == true)
    }
  }

  @Test func wrongUsageHasItsOwnExitCode() throws {
    #expect(try BuiltCommand.run(["run"]).exitCode == 2)
    #expect(try BuiltCommand.run(["phantom", "--size", "huge", "-o", "x"]).exitCode == 2)
    #expect(try BuiltCommand.run(["--help"]).exitCode == 0)
  }
}
