import Foundation
import TestSupport
import Testing

/// `theratrack picture` on the scans of the virtual course, through the built command.
@Suite struct PictureCommandTests {
  private func scan(_ path: String) throws -> String {
    try DemoCourse.shared.folder.appending(path: "dicom/" + path).path
  }

  private func draw(_ arguments: [String]) throws -> BuiltCommand.Outcome {
    try BuiltCommand.run(["picture"] + arguments + ["--json"])
  }

  /// Width and height stand in bytes 16 to 23 of every PNG.
  private func size(of png: Data) -> [Int] {
    [16, 20].map { start in png[start..<(start + 4)].reduce(0) { $0 << 8 | Int($1) } }
  }

  @Test func planeWindowAndSizeAreAsAsked() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "c.png")
      let outcome = try draw([
        try scan("base/pet"), "--ct", try scan("base/ct"), "--plane", "coronal", "--at", "12mm",
        "--window", "0..8", "--ct-window", "-100..200 HU", "--width", "100mm", "--dpi", "254",
        "-o", file.path,
      ])
      #expect(outcome.exitCode == 0, "\(outcome.errors)")
      let json = outcome.json
      #expect(json["planes"] as? [String] == ["coronal"])
      #expect(json["plane_positions_mm"] as? [Double] == [12])
      let layers = try #require(json["layers"] as? [[String: Any]])
      #expect(layers.map { $0["unit"] as? String } == ["HU", "g/mL"])
      #expect(layers.map { $0["window_upper"] as? Double } == [200, 8])
      #expect(json["pixels_per_inch"] as? Double == 254)
      let sources = try #require(json["sources"] as? [[String: Any]])
      #expect(sources.compactMap { $0["role"] as? String } == ["PT", "CT"])
      #expect(sources.allSatisfy { ($0["sha256"] as? String)?.count == 64 })
      let png = try Data(contentsOf: file)
      #expect(size(of: png) == [json["width_px"], json["height_px"]].compactMap { $0 as? Int })
      // 100 mm of image at 10 pixels a millimetre, beside it the colour bar.
      #expect((1000...1400).contains(size(of: png)[0]))
      let again = folder.appending(path: "d.png")
      let second = try draw([
        try scan("base/pet"), "--ct", try scan("base/ct"), "--plane", "coronal", "--at", "12mm",
        "--window", "0..8", "--ct-window", "-100..200 HU", "--width", "100mm", "--dpi", "254",
        "-o", again.path,
      ])
      #expect(second.exitCode == 0)
      #expect(try Data(contentsOf: again) == png)
    }
  }

  @Test(arguments: ["projection", "rotation"])
  func projectionsAreDrawn(kind: String) throws {
    try withTemporaryFolder { folder in
      let outcome = try draw([
        try scan("base/pet"), "--kind", kind, "--dpi", "100", "-o",
        folder.appending(path: "p.png").path,
      ])
      #expect(outcome.exitCode == 0, "\(outcome.errors)")
      let angles = try #require(outcome.json["angles_deg"] as? [Double])
      #expect(kind == "rotation" ? angles.count == 24 : angles == [0, 90])
    }
  }

  @Test func everySliceIsWrittenWithSixteenBits() throws {
    try withTemporaryFolder { folder in
      let slices = folder.appending(path: "slices")
      let outcome = try draw([
        try scan("fu1/ct"), "--kind", "slices", "--grey16", "-o", slices.path,
      ])
      #expect(outcome.exitCode == 0, "\(outcome.errors)")
      let positions = try #require(outcome.json["plane_positions_mm"] as? [Double])
      let names = try FileManager.default.contentsOfDirectory(atPath: slices.path)
      #expect(names.filter { $0.hasSuffix(".png") }.count == positions.count)
      let scale = try #require(outcome.json["sample_scale"] as? [String: Double])
      let step = try #require(scale["value_per_step"])
      #expect(step <= 1 && log2(step) == log2(step).rounded())
      let first = try Data(contentsOf: slices.appending(path: "slice-001.png"))
      // Bit depth 16, grey.
      #expect(first[24] == 16 && first[25] == 0)
    }
  }

  @Test func allPicturesOfARunFitOnOneSheet() throws {
    try withTemporaryFolder { folder in
      let pictures = try DemoCourse.shared.folder.appending(path: "results/pictures").path
      let sheet = folder.appending(path: "sheet.png")
      let outcome = try draw([pictures, "--kind", "sheet", "-o", sheet.path])
      #expect(outcome.exitCode == 0, "\(outcome.errors)")
      let legend = try #require(outcome.json["legend"] as? [String])
      for name in ["response-map", "response-slices", "waterfall", "swimmer", "lesion-L1"] {
        #expect(legend.contains { $0.hasPrefix(name + ":") }, "\(name)")
      }
    }
  }

  static let refused: [([String], String, Int32)] = [
    (["--window", "10..0"], "lower end first", 1),
    (["--window", "0..10 HU"], "of SUVbw", 1),
    (["--isolines", "a,b"], "of SUVbw", 1),
    (["--at", "12"], "mm", 2),
    (["--plane", "axial", "--at", "9000mm"], "planes lie from", 1),
    (["--ct", "PET"], "not a CT", 1),
    (["--ct", "OTHER"], "Frame of Reference", 1),
    (["--kind", "slices", "--plane", "all"], "one axis", 1),
    (["--grey16"], "--kind slices", 2),
    (["--text", "90mm"], "height of the text", 2),
  ]

  @Test(arguments: refused)
  func whatCannotBeDrawnIsRefusedWithTheReason(
    options: [String], reason: String, code: Int32
  ) throws {
    try withTemporaryFolder { folder in
      let places = ["PET": try scan("base/pet"), "OTHER": try scan("fu1/ct")]
      let output = folder.appending(path: "x.png").path
      let outcome = try BuiltCommand.run(
        ["picture", try scan("base/pet"), "-o", output] + options.map { places[$0] ?? $0 })
      #expect(outcome.exitCode == code, "\(outcome.errors)")
      #expect(outcome.errors.contains(reason), "\(outcome.errors)")
      #expect(!FileManager.default.fileExists(atPath: output))
    }
  }
}
