import Foundation
import TestSupport
import Testing

/// What a file says of a person never leaves it, and text from a file never acts.
@Suite struct IdentityTests {
  private static let size = (columns: 40, rows: 40, slices: 16)

  /// A body of SUV 1 with a hot ball, every text attribute of which is `text`.
  private func writePET(_ text: (Int) -> String, into folder: URL, frame: String, day: String)
    throws
  {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for k in 0..<Self.size.slices {
      var slice = TinyDICOM.pet(z: Double(4 * k), pixels: pixels(slice: k))
      slice.setMatrix(columns: UInt16(Self.size.columns), rows: UInt16(Self.size.rows))
      slice.set(0x0028_0030, "DS", "4\\4")
      slice.set(0x0028_1053, "DS", "5")
      for tag: UInt32 in [0x0008_0020, 0x0008_0021, 0x0008_0022] { slice.set(tag, "DA", day) }
      slice.set(0x0020_0052, "UI", frame)
      slice.set(0x0020_000D, "UI", frame + ".1")
      slice.set(0x0020_000E, "UI", frame + ".2")
      for (n, attribute) in Self.identifying.enumerated() {
        slice.set(attribute.tag, attribute.vr, text(n))
      }
      var nested = TinyDICOM()
      nested.set(0x0008_0104, "LO", text(90))
      nested.set(0x0010_0010, "PN", text(91))
      slice.set(0x0040_0275, items: [nested])
      slice.set(0x0009_0010, "LO", "PRIVATE CREATOR")
      slice.set(0x0009_1001, "LO", text(92))
      slice.set(0x0009_1002, items: [nested])
      try slice.write(to: folder.appending(path: "\(k)"))
    }
  }

  private func pixels(slice k: Int) -> [Int16] {
    (0..<(Self.size.columns * Self.size.rows)).map { n in
      let (x, y) = (n % Self.size.columns - 20, n / Self.size.columns - 20)
      let ball = (x - 3) * (x - 3) + (y + 2) * (y + 2) + (k - 8) * (k - 8)
      if ball <= 9 { return 9000 }
      return x * x + y * y <= 256 ? 700 : 0
    }
  }

  private func writeStructures(
    named name: String, patient: String, frame: String, to url: URL
  ) throws {
    var d = TinyDICOM()
    d.set(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.481.3")
    d.set(0x0008_0018, "UI", frame + ".9.1")
    d.set(0x0008_0060, "CS", "RTSTRUCT")
    d.set(0x0010_0020, "LO", patient)
    d.set(0x0020_000D, "UI", frame + ".1")
    d.set(0x0020_000E, "UI", frame + ".3")
    var region = TinyDICOM()
    region.set(0x3006_0022, "IS", "1")
    region.set(0x3006_0024, "UI", frame)
    region.set(0x3006_0026, "LO", name)
    d.set(0x3006_0020, items: [region])
    let contours = (6...10).map { k -> TinyDICOM in
      var c = TinyDICOM()
      let z = 4 * k
      c.set(0x3006_0042, "CS", "CLOSED_PLANAR")
      c.set(0x3006_0050, "DS", "70\\40\\\(z)\\95\\40\\\(z)\\95\\65\\\(z)\\70\\65\\\(z)")
      return c
    }
    var drawn = TinyDICOM()
    drawn.set(0x3006_0084, "IS", "1")
    drawn.set(0x3006_0040, items: contours)
    d.set(0x3006_0039, items: [drawn])
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try d.write(to: url)
  }

  /// Names, numbers, dates of people, places and descriptions that carry identity in practice.
  private static let identifying: [(tag: UInt32, vr: String)] = [
    (0x0010_0010, "PN"), (0x0010_0020, "LO"), (0x0010_1000, "LO"), (0x0010_1001, "PN"),
    (0x0010_1040, "LO"), (0x0010_1060, "PN"), (0x0010_2154, "SH"), (0x0010_21B0, "LT"),
    (0x0010_4000, "LT"), (0x0008_0050, "SH"), (0x0008_0080, "LO"), (0x0008_0081, "ST"),
    (0x0008_0090, "PN"), (0x0008_1010, "SH"), (0x0008_1030, "LO"), (0x0008_103E, "LO"),
    (0x0008_1050, "PN"), (0x0008_1070, "PN"), (0x0018_1000, "LO"), (0x0018_1030, "LO"),
    (0x0020_0010, "SH"), (0x0020_4000, "LT"), (0x0032_1060, "LO"),
  ]

  private func writeCourse(_ text: (Int) -> String, region: String, in folder: URL) throws -> URL {
    for (n, visit) in ["base", "fu1"].enumerated() {
      let (frame, place) = ("1.2.3.7\(n)", folder.appending(path: "dicom/\(visit)"))
      try writePET(text, into: place.appending(path: "pet"), frame: frame, day: "2025010\(n + 1)")
      try writeStructures(
        named: region, patient: text(1), frame: frame,
        to: place.appending(path: "structures/rtstruct.dcm"))
    }
    let course = folder.appending(path: "course.yaml")
    let lines = ["base", "fu1"].map { visit in
      "  - {id: \(visit), role: \(visit == "base" ? "baseline" : "follow-up"), "
        + "pet: dicom/\(visit)/pet, structures: dicom/\(visit)/structures}"
    }
    try Data(
      (["theratrack: 1", "timePoints:"] + lines + ["lesions: {rule: 41 % of maximum}"])
        .joined(separator: "\n").utf8
    ).write(to: course)
    return course
  }

  /// All commands that read the folder, with what they print; results stay in `folder/out`.
  private func runAll(_ folder: URL, _ course: URL) throws -> [BuiltCommand.Outcome] {
    let dicom = folder.appending(path: "dicom")
    let out = folder.appending(path: "out")
    let pet = dicom.appending(path: "base/pet").path
    let structures = dicom.appending(path: "base/structures/rtstruct.dcm").path
    try FileManager.default.createDirectory(at: out, withIntermediateDirectories: true)
    return try [
      ["index", dicom.path, "--course", out.appending(path: "course.yaml").path],
      ["index", dicom.path, "--json"], ["suv", pet, "--structures", structures],
      ["suv", pet, "--structures", structures, "--json"],
      ["suv", "--conformance", dicom.path, "-o", out.appending(path: "conformance").path],
      ["show", structures], ["show", structures, "--json"], ["show", pet + "/0"],
      [
        "export", pet, "-o", out.appending(path: "pet.nii.gz").path, "--structures", structures,
      ],
      ["register", pet, dicom.appending(path: "fu1/pet").path],
      ["picture", pet, "-o", out.appending(path: "pet.png").path, "--json"],
      ["run", course.path, "-o", out.appending(path: "results").path],
    ].map { try BuiltCommand.run($0) }
  }

  private func files(below folder: URL) throws -> [URL] {
    let names = try #require(FileManager.default.enumerator(atPath: folder.path))
    return names.compactMap { $0 as? String }.map { folder.appending(path: $0) }.filter {
      (try? $0.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true
    }
  }

  @Test func nothingThatNamesAPersonOrAPlaceIsWrittenAnywhere() throws {
    try withTemporaryFolder { folder in
      let course = try writeCourse({ "CANARY\($0)X" }, region: "lesion 1", in: folder)
      let outcomes = try runAll(folder, course)
      for outcome in outcomes {
        #expect(!outcome.wasKilled && [0, 3].contains(outcome.exitCode), "\(outcome.errors)")
        #expect(!(outcome.output + outcome.errors).contains("CANARY"))
        #expect(!(outcome.output + outcome.errors).contains("SECRET-ID"))
      }
      let written = try files(below: folder.appending(path: "out"))
      #expect(written.contains { $0.lastPathComponent == "report.html" })
      for file in written {
        #expect(!file.lastPathComponent.contains("CANARY"))
        let bytes = try Data(contentsOf: file)
        #expect(bytes.range(of: Data("CANARY".utf8)) == nil, "\(file.lastPathComponent)")
        #expect(bytes.range(of: Data("SECRET-ID".utf8)) == nil, "\(file.lastPathComponent)")
      }
    }
  }

  /// Names that are markup, formulas, paths or control codes stay plain text.
  @Test(arguments: [
    "../../../escape", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>",
    "'; DROP TABLE lesion_uptake;--", "\u{1B}[31mred\u{1B}[0m", "=cmd|' /C calc'!A0", "@SUM(1)",
    "lesion \u{202E}txt.exe", "+lesion 1", "lesion\t1",
  ])
  func hostileTextStaysText(name: String) throws {
    try withTemporaryFolder { folder in
      let course = try writeCourse({ _ in name }, region: "lesion " + name, in: folder)
      let before = try files(below: folder).count
      let outcomes = try runAll(folder, course)
      for outcome in outcomes {
        #expect(!outcome.wasKilled && [0, 1, 3].contains(outcome.exitCode))
        #expect(!(outcome.output + outcome.errors).contains("\u{1B}"))
      }
      let written = try files(below: folder.appending(path: "out"))
      #expect(try files(below: folder).count == before + written.count)
      for file in written where file.pathExtension == "html" {
        let page = try String(contentsOf: file, encoding: .utf8)
        #expect(!page.contains("<script>alert") && !page.contains("<img src=x"))
      }
      for file in written where file.pathExtension == "csv" {
        let cells = try String(contentsOf: file, encoding: .utf8)
          .split(whereSeparator: { $0 == "," || $0.isNewline })
        #expect(cells.allSatisfy { !"=+@".contains($0.first ?? " ") }, "\(file.path)")
      }
    }
  }
}
