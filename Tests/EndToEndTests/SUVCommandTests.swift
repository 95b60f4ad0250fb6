import Foundation
import TestSupport
import Testing

/// `theratrack suv` beyond one good series: contradictions, overrides, time frames, and the
/// conformance table.
@Suite struct SUVCommandTests {
  /// A series of three slices in its own folder; `uid` keeps series apart.
  private func write(
    _ name: String, in folder: URL, uid: String = "1.2.3.2",
    edit: (inout TinyDICOM, Int) -> Void = { _, _ in }
  ) throws -> URL {
    let place = folder.appending(path: name)
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    for n in 0..<3 {
      var slice = TinyDICOM.pet(z: Double(n) * 3)
      slice.set(0x0020_000E, "UI", uid)
      slice.set(0x0008_0018, "UI", "\(uid).\(n)")
      edit(&slice, n)
      try slice.write(to: place.appending(path: "Nobody^Known.\(n).dcm"))
    }
    return place
  }

  /// 70 000 g / (368.08 MBq · 2^(−3600/6586.2)), the factor of the tiny PET.
  private let factor = 70_000 / (368.08e6 * pow(2, -3600 / 6586.2))

  @Test func aWeightThatDiffersBetweenSlicesIsRefusedUntilItIsGiven() throws {
    try withTemporaryFolder { folder in
      let place = try write("pet", in: folder) { slice, n in
        if n == 2 { slice.set(0x0010_1030, "DS", "80") }
      }
      let refused = try BuiltCommand.run(["suv", place.path, "--json"])
      #expect(refused.exitCode == 1)
      let error = try #require(refused.json["error"] as? [String: Any])
      #expect(error["tag"] as? String == "(0010,1030)")
      #expect((error["file"] as? String)?.hasSuffix(".2.dcm") == true)
      let mended = try BuiltCommand.run(["suv", place.path, "--weight", "70kg", "--json"])
      #expect(mended.exitCode == 0)
      let found = try #require(mended.json["suvbw_factor_g_per_Bq"] as? Double)
      #expect(abs(found / factor - 1) < 1e-12)
      #expect((mended.json["overrides"] as? [String])?.first?.contains("(0010,1030)") == true)
    }
  }

  @Test func everyTypeAskedForIsShownOrRefusedByItsTag() throws {
    try withTemporaryFolder { folder in
      let place = try write("pet", in: folder) { slice, _ in slice.remove(0x0010_1020) }
      let arguments = ["suv", place.path, "--type", "bw,bsa", "--json"]
      let partial = try BuiltCommand.run(arguments)
      #expect(partial.exitCode == 3)
      let types = try #require(partial.json["types"] as? [[String: Any]])
      #expect(types.map { $0["type"] as? String } == ["bw", "bsa"])
      #expect((types[1]["refused"] as? [String: Any])?["tag"] as? String == "(0010,1020)")
      let whole = try BuiltCommand.run(arguments + ["--height", "175cm"])
      #expect(whole.exitCode == 0)
      let area = try #require((whole.json["types"] as? [[String: Any]])?[1]["factor"] as? Double)
      // Du Bois: 70 kg and 175 cm have 1.84814 m².
      #expect(abs(area / factor * 70_000 / 18_481.4 - 1) < 1e-5)
      #expect(try BuiltCommand.run(["suv", place.path, "--weight", "70"]).exitCode == 2)
      #expect(try BuiltCommand.run(["suv", place.path, "--type", "suv"]).exitCode == 2)
    }
  }

  @Test func aDynamicSeriesNeedsAFrame() throws {
    try withTemporaryFolder { folder in
      let place = try write("pet", in: folder)
      for n in 0..<3 {
        var slice = TinyDICOM.pet(z: Double(n) * 3, pixels: [0, 2, 4, 6, 8, 10])
        slice.set(0x0008_0018, "UI", "1.2.3.2.9\(n)")
        slice.set(0x0008_0032, "TM", "112000")
        try slice.write(to: place.appending(path: "later.\(n).dcm"))
      }
      let refused = try BuiltCommand.run(["suv", place.path, "--json"])
      #expect(refused.exitCode == 1)
      let error = try #require(refused.json["error"] as? [String: Any])
      #expect((error["remedy"] as? String)?.contains("--frame 1 to --frame 2") == true)
      let second = try BuiltCommand.run(["suv", place.path, "--frame", "2", "--json"])
      #expect(second.exitCode == 0)
      #expect(abs((second.json["suv_max"] as? Double ?? 0) / (10 * factor) - 1) < 1e-5)
      #expect((second.json["frame"] as? [String: Any])?["start_s"] as? Double == 1200)
    }
  }

  /// A good series, one with weight 0 and one without attenuation correction.
  private func threeSeries(in folder: URL) throws {
    _ = try write("good", in: folder, uid: "1.2.3.11") { slice, _ in
      slice.set(0x0008_0070, "LO", "Synthetic")
    }
    _ = try write("light", in: folder, uid: "1.2.3.12") { slice, _ in
      slice.set(0x0010_1030, "DS", "0")
    }
    _ = try write("nac", in: folder, uid: "1.2.3.13") { slice, _ in
      slice.set(0x0028_0051, "CS", "DECY")
    }
  }

  @Test func theConformanceTableSaysWhatWasExpectedAndWhatCameOut() throws {
    try withTemporaryFolder { folder in
      let (scans, out) = (folder.appending(path: "scans"), folder.appending(path: "out"))
      try threeSeries(in: scans)
      let expected = folder.appending(path: "expected.csv")
      let lines = """
        series,quantity,value,tolerance
        good,max,\(5 * factor),1e-8
        1.2.3.11,factor,\(factor),1e-9
        light,refused,(0010,1030),
        nac,refused,,
        """
      try Data(lines.utf8).write(to: expected)
      let arguments = ["suv", "--conformance", scans.path, "-o", out.path]
      let met = try BuiltCommand.run(arguments + ["--expect", expected.path, "--json"])
      #expect(met.exitCode == 0, "\(met.output)\(met.errors)")
      #expect(met.json["as_expected"] as? Bool == true)
      #expect((met.json["rows"] as? [Any])?.count == 3)
      // Without expectations a refusal is something that is not assessable.
      #expect(try BuiltCommand.run(arguments).exitCode == 3)
      let wrong = lines.replacing("good,max,", with: "good,min,")
      try Data((wrong + "\nnowhere,max,1,1\n").utf8).write(to: expected)
      let missed = try BuiltCommand.run(arguments + ["--expect", expected.path, "--json"])
      #expect(missed.exitCode == 3)
      #expect((missed.json["expectations_without_series"] as? [Any])?.count == 1)
      let csv = try String(
        contentsOf: out.appending(path: "suv-conformance.csv"), encoding: .utf8)
      let html = try String(
        contentsOf: out.appending(path: "suv-conformance.html"), encoding: .utf8)
      for text in [csv, html] {
        #expect(text.contains("Synthetic") && text.contains("Signature") == (text == html))
        #expect(!text.contains("Nobody") && !text.contains("SECRET") && !text.contains("20250101"))
      }
    }
  }

  @Test func theSealShowsAChangeAndTheTableIsTheSameEachTime() throws {
    try withTemporaryFolder { folder in
      let scans = folder.appending(path: "scans")
      try threeSeries(in: scans)
      var kept: [[String]] = []
      for name in ["one", "two"] {
        let out = folder.appending(path: name)
        _ = try BuiltCommand.run(["suv", "--conformance", scans.path, "-o", out.path])
        for file in ["suv-conformance.csv", "suv-conformance.html"] {
          let path = out.appending(path: file)
          #expect(try BuiltCommand.run(["suv", "--verify", path.path]).exitCode == 0)
          let text = try String(contentsOf: path, encoding: .utf8)
          kept.append(
            text.split { $0.isNewline }.map(String.init).filter { !$0.contains("made:") })
          try Data(text.replacing("Synthetic", with: "Somebody").utf8).write(to: path)
          #expect(try BuiltCommand.run(["suv", "--verify", path.path]).exitCode == 1)
        }
      }
      #expect(kept[0] == kept[2] && kept[1] == kept[3])
    }
  }

  /// All reference objects at hand through the table, as a site would run it.
  @Test(.enabled(if: RealData.scans != nil, Comment(rawValue: RealData.absent)))
  func theReferenceObjectsMeetTheirExpectations() throws {
    let objects = try #require(RealData.scans).appending(path: "suv-dro")
    try withTemporaryFolder { folder in
      let expected = folder.appending(path: "expected.csv")
      let lines = """
        series,quantity,value,tolerance
        *,min,0.2,0.005
        *,median,1,0.005
        *,max,4,0.005
        """
      try Data(lines.utf8).write(to: expected)
      let outcome = try BuiltCommand.run([
        "suv", "--conformance", objects.path, "-o", folder.appending(path: "out").path,
        "--expect", expected.path, "--json",
      ])
      #expect(outcome.exitCode == 0, "\(outcome.output)")
      #expect((outcome.json["rows"] as? [Any])?.count == 9)
    }
  }
}
