import Foundation
import TestSupport
import Testing

/// Lesion rules, edits and tables through the built command.
@Suite struct LesionRunTests {
  private static let size = (columns: 40, rows: 40, slices: 16)

  /// A body of SUV 1 with two hot balls, written as PET.
  private static func writePET(into folder: URL, frame: String) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for k in 0..<size.slices {
      var slice = TinyDICOM.pet(z: Double(4 * k), pixels: pixels(slice: k))
      slice.setMatrix(columns: UInt16(size.columns), rows: UInt16(size.rows))
      slice.set(0x0028_0030, "DS", "4\\4")
      slice.set(0x0028_1053, "DS", "5")
      slice.set(0x0020_0052, "UI", frame)
      slice.set(0x0020_000D, "UI", frame + ".1")
      slice.set(0x0020_000E, "UI", frame + ".2")
      try slice.write(to: folder.appending(path: "\(k)"))
    }
  }

  private static func pixels(slice k: Int) -> [Int16] {
    (0..<(size.columns * size.rows)).map { n in
      let (x, y) = (n % size.columns - 20, n / size.columns - 20)
      func isIn(_ cx: Int, _ r: Int) -> Bool {
        (x - cx) * (x - cx) + y * y + (k - 8) * (k - 8) <= r * r
      }
      if isIn(-6, 3) { return 12000 }
      if isIn(7, 3) { return 9000 }
      return x * x + y * y <= 256 ? 700 : 0
    }
  }

  private static func course(
    _ lesions: String, in folder: URL
  ) throws -> URL {
    let visits = ["base", "fu1"]
    for (n, visit) in visits.enumerated() {
      try writePET(into: folder.appending(path: "dicom/\(visit)/pet"), frame: "1.2.3.8\(n)")
    }
    let file = folder.appending(path: "course.yaml")
    let lines = visits.map {
      "  - {id: \($0), role: \($0 == "base" ? "baseline" : "follow-up"), pet: dicom/\($0)/pet}"
    }
    let text = (["theratrack: 1", "timePoints:"] + lines + ["lesions: \(lesions)"])
      .joined(separator: "\n")
    try Data(text.utf8).write(to: file)
    return file
  }

  private static func results(_ folder: URL) throws -> [String: Any] {
    let data = try Data(contentsOf: folder.appending(path: "results/results.json"))
    return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  private func run(_ course: URL, _ extra: [String] = []) throws -> BuiltCommand.Outcome {
    let output = course.deletingLastPathComponent().appending(path: "results").path
    let outcome = try BuiltCommand.run(["run", course.path, "-o", output] + extra)
    #expect([0, 3].contains(outcome.exitCode), "\(outcome.errors)")
    return outcome
  }

  @Test func editsAreReplayedAndStandInTheReportWithTheirAuthor() throws {
    let folder = try BuiltCommand.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let course = try Self.course("{rule: SUV 4}", in: folder)
    _ = try run(course)
    let plain = try #require(try Self.results(folder)["lesions"] as? [[String: Any]])
    #expect(plain.count == 2)
    let edits = folder.appending(path: "edits.yaml")
    try Data(
      """
      theratrack-edits: 1
      author: A. Physicist
      edits:
        - {physiological: L2, date: 2026-11-28, reason: ureter}
        - {rename: L1, name: node A, date: 2026-11-28, reason: as in the letter}
        - {drop: L7, date: 2026-11-28, reason: gone}
      """.utf8
    ).write(to: edits)
    let outcome = try run(course, ["--edits", edits.path])
    #expect(outcome.exitCode == 3)
    let json = try Self.results(folder)
    let lesions = try #require(json["lesions"] as? [[String: Any]])
    #expect(lesions.count == 1)
    #expect(lesions[0]["name"] as? String == "node A")
    let replayed = try #require(json["edits"] as? [[String: Any]])
    #expect(replayed.map { $0["author"] as? String } == Array(repeating: "A. Physicist", count: 3))
    #expect((replayed[0]["applied"] as? String)?.contains("base, fu1") == true)
    #expect((replayed[2]["refused"] as? String)?.contains("no lesion L7") == true)
    let page = try String(
      contentsOf: folder.appending(path: "results/report.html"), encoding: .utf8)
    for text in ["A. Physicist", "ureter", "node A", "no longer applies"] {
      #expect(page.contains(text), "\(text)")
    }
  }

  @Test(arguments: [
    "SUV 4", "41 % of maximum", "50 % above background", "adaptive", "gradient", "SSTR", "PSMA",
    "majority of 2: SUV 2.5; SUV 4; 41 % of maximum",
  ])
  func everyRuleOutlinesBothBallsAtBothTimePoints(rule: String) throws {
    let folder = try BuiltCommand.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let course = try Self.course("{rule: '\(rule)'}", in: folder)
    try Data(
      (String(contentsOf: course, encoding: .utf8) + "\npet: {resolution: 5 mm}\n").utf8
    ).write(to: course)
    _ = try run(course)
    let json = try Self.results(folder)
    let lesions = try #require(json["lesions"] as? [[String: Any]])
    #expect(lesions.count == 2, "\(rule)")
    let burden = try #require(json["tumour_burden"] as? [[String: Any]])
    #expect(burden.map { $0["lesions"] as? Int } == [2, 2])
    for lesion in lesions {
      let points = try #require(lesion["points"] as? [[String: Any]])
      #expect(points[0]["carried_outline"] == nil)
      let own = try #require((points[1]["metrics"] as? [String: Double])?["suvmean_g_per_mL"])
      let carried = try #require(
        (points[1]["carried_outline"] as? [String: Double])?["suvmean_g_per_mL"])
      // The patient did not change.
      #expect(abs(carried / own - 1) < 0.1)
    }
  }

  @Test func aWrongRuleIsRefusedWithAllForms() throws {
    let folder = try BuiltCommand.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let course = try Self.course("{rule: half}", in: folder)
    let outcome = try BuiltCommand.run(["run", course.path, "-o", folder.path + "/results"])
    #expect(outcome.exitCode == 1)
    #expect(outcome.errors.contains("lesions.rule") && outcome.errors.contains("majority of 2"))
  }

  @Test func theCourseSaysWhichPicturesAreMade() throws {
    let folder = try BuiltCommand.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let course = try Self.course("{rule: SUV 4}", in: folder)
    let chosen = """

      pictures: {make: [slices, projections], planes: [coronal], depth: 16, frames: 5, window: 0..12}
      """
    try Data((String(contentsOf: course, encoding: .utf8) + chosen).utf8).write(to: course)
    _ = try run(course)
    let pictures = folder.appending(path: "results/pictures")
    let made = try FileManager.default.contentsOfDirectory(atPath: pictures.path)
      .filter { $0.hasSuffix("png") || !$0.contains(".") }.sorted()
    #expect(
      made.filter { !["swimmer.png", "waterfall.png"].contains($0) } == [
        "mip-base-turning.png", "mip-base.png", "mip-fu1-turning.png", "mip-fu1.png",
        "slices-base-coronal", "slices-fu1-coronal",
      ])
    let slices = pictures.appending(path: "slices-base-coronal")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: slices.path)
        .count { $0.hasSuffix("png") } == Self.size.rows)
    // Bit depth and colour type are bytes 24 and 25 of a PNG: 16 bits, grey.
    let slice = try Data(contentsOf: slices.appending(path: "slice-020.png"))
    #expect(Array(slice[24...25]) == [16, 0])
    func sidecar(_ name: String) throws -> [String: Any] {
      let data = try Data(contentsOf: pictures.appending(path: name))
      return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    }
    #expect((try sidecar("mip-base-turning.json")["angles_deg"] as? [Double])?.count == 5)
    let layers = try #require(try sidecar("mip-base.json")["layers"] as? [[String: Any]])
    #expect(layers[0]["window_upper"] as? Double == 12)
    // The numbers do not depend on what is drawn.
    #expect((try Self.results(folder)["response_volumes"] as? [[String: Any]]) != nil)
  }

  /// Known lesions of real scans: independent values, 3 % allowed for other rasterisers.
  @Test(
    .enabled(if: RealData.scans != nil, Comment(rawValue: RealData.absent)),
    arguments: [
      ("sts/STS_002/PET", 7.36962, 21.67575, 555 * 5.46875 * 5.46875 * 3.27 / 1000),
      ("sts/STS_019/PET", 8.49398, 16.32769, 239 * 4.6875 * 4.6875 * 3.27 / 1000),
    ])
  func tablesOfGivenLesionsAreRight(
    path: String, mean: Double, maximum: Double, volume: Double
  ) throws {
    let scan = try #require(RealData.scans).appending(path: path)
    let folder = try BuiltCommand.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let course = folder.appending(path: "course.yaml")
    let mask = try #require(
      FileManager.default.contentsOfDirectory(
        at: scan.appending(path: "mask"), includingPropertiesForKeys: nil
      ).first { $0.pathExtension == "dcm" })
    try Data(
      """
      theratrack: 1
      timePoints:
        - {id: base, role: baseline, pet: '\(scan.path)/image', structures: '\(mask.path)'}
      lesions: {rule: given}
      """.utf8
    ).write(to: course)
    _ = try run(course)
    let table = try String(
      contentsOf: folder.appending(path: "results/tables/lesion_uptake.csv"), encoding: .utf8)
    let lines = table.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#") }
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    let head = try #require(lines.first)
    let row = try #require(lines.dropFirst().first)
    func number(_ prefix: String) throws -> Double {
      let n = try #require(head.firstIndex { $0.hasPrefix(prefix) }, "\(head)")
      return try #require(Double(row[n]), "\(row)")
    }
    print(
      "figure: \(path) \(try number("suvmean")) \(try number("suvmax")) \(try number("volume"))")
    #expect(abs(try number("suvmean") / mean - 1) < 0.03)
    #expect(abs(try number("suvmax") / maximum - 1) < 0.001)
    #expect(abs(try number("volume") / volume - 1) < 0.03)
  }
}
