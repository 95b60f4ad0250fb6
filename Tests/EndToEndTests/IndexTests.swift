import Foundation
import TestSupport
import Testing

/// `theratrack index` on folders as hospitals send them.
@Suite struct IndexTests {
  private static let body = [0.0, 3, 6, 9]

  private func pet(_ name: String, _ edit: (inout TinyDICOM) -> Void = { _ in })
    -> [(String, TinyDICOM)]
  {
    TinyDICOM.series(name, { .pet(z: $0) }, at: Self.body, edit)
  }

  private func ct(_ name: String, _ edit: (inout TinyDICOM) -> Void = { _ in })
    -> [(String, TinyDICOM)]
  {
    TinyDICOM.series(name, { .ct(z: $0) }, at: Self.body, edit)
  }

  @Test func aWholeStudyIsSortedAndNothingIsLeftUnsaid() throws {
    try withTemporaryFolder { folder in
      let scans = folder.appending(path: "scans")
      try TinyDICOM.write(
        pet("ac") + pet("nac") { $0.set(0x0028_0051, "CS", "DECY") } + ct("soft")
          + ct("bone") { $0.set(0x0018_1210, "SH", "BONE") }, below: scans)
      let course = folder.appending(path: "course.yaml")
      let outcome = try BuiltCommand.run(
        ["index", scans.path, "--course", course.path, "--json"])
      #expect(outcome.exitCode == 0, "\(outcome.output) \(outcome.errors)")
      let leftOut = try #require(outcome.json["left_out"] as? [[String: Any]])
      #expect(Set(leftOut.compactMap { $0["series"] as? String }) == ["nac/0", "bone/0"])
      let yaml = try String(contentsOf: course, encoding: .utf8)
      #expect(yaml.contains("pet: \"scans/ac\"") && yaml.contains("ct: \"scans/soft\""))
    }
  }

  @Test func aTieEndsWithExitCodeThree() throws {
    try withTemporaryFolder { folder in
      try TinyDICOM.write(pet("one") + pet("two") + ct("ct"), below: folder)
      let outcome = try BuiltCommand.run(["index", folder.path])
      #expect(outcome.exitCode == 3)
      #expect(outcome.output.contains("'one/0', not 'two/0'"))
    }
  }

  @Test func aDICOMDIRStandsForItsFolder() throws {
    try withTemporaryFolder { folder in
      try TinyDICOM.write(pet("DICOM") + ct("CT"), below: folder)
      try TinyDICOM.mediaDirectory(naming: [["DICOM", "0"], ["DICOM", "7"]])
        .write(to: folder.appending(path: "DICOMDIR"))
      let outcome = try BuiltCommand.run(["index", folder.appending(path: "DICOMDIR").path])
      #expect(outcome.exitCode == 3)
      #expect(outcome.output.contains("'DICOM/7'"))
    }
  }

  /// Two scans in one folder without subfolders: the course file names one file of each.
  @Test func aFlatFolderIsNamedByFilesThatRunCanRead() throws {
    try withTemporaryFolder { folder in
      let scans = folder.appending(path: "scans")
      try TinyDICOM.write(
        (pet("pet") + ct("ct")).map { ($0.0.replacing("/", with: "-"), $0.1) }, below: scans)
      let course = folder.appending(path: "course.yaml")
      let index = try BuiltCommand.run(["index", scans.path, "--course", course.path])
      #expect(index.exitCode == 0, "\(index.output)")
      let run = try BuiltCommand.run([
        "run", course.path, "-o", folder.appending(path: "results").path, "--json",
      ])
      #expect(!run.output.contains("holds 2 series"), "\(run.output)")
      #expect([0, 3].contains(run.exitCode), "\(run.output) \(run.errors)")
    }
  }

  @Test func contradictingFilesAreRefusedByRun() throws {
    try withTemporaryFolder { folder in
      var files = pet("pet")
      var other = files[1].1
      other.setPixels([9, 9, 9, 9, 9, 9])
      files.append(("pet/other", other))
      try TinyDICOM.write(files, below: folder)
      let course = folder.appending(path: "course.yaml")
      try Data(
        "theratrack: 1\ntimePoints:\n  - {id: base, role: baseline, pet: pet}\n".utf8
      ).write(to: course)
      let run = try BuiltCommand.run([
        "run", course.path, "-o", folder.appending(path: "results").path, "--json",
      ])
      #expect(run.exitCode == 1)
      #expect(run.output.contains("(0008,0018)"), "\(run.output)")
    }
  }
}
