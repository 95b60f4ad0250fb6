import Foundation
import TestSupport
import Testing

/// The calculators as a user calls them.
@Suite struct DoseCommandTests {
  private func run(_ arguments: [String]) throws -> BuiltCommand.Outcome {
    try BuiltCommand.run(arguments)
  }

  private func number(_ outcome: BuiltCommand.Outcome, _ key: String) throws -> Double {
    try #require(outcome.json[key] as? Double, "\(key) in \(outcome.output) \(outcome.errors)")
  }

  private func isClose(_ a: Double, _ b: Double, _ tolerance: Double) -> Bool {
    abs(a / b - 1) < tolerance
  }

  private func fit(
    _ table: String, _ options: [String] = [], in folder: URL
  ) throws -> BuiltCommand.Outcome {
    let file = folder.appending(path: "times.csv")
    try Data(table.utf8).write(to: file)
    return try run(
      ["dose", "fit", file.path, "--radionuclide", "Lu-177", "--json"] + options)
  }

  @Test func aNuclideIsFoundHoweverItIsWritten() throws {
    for text in ["Lu-177", "lu177", "177Lu"] {
      let outcome = try run(["nuclide", text, "--json"])
      #expect(outcome.exitCode == 0)
      // ENSDF: 6.6443(9) days; electrons of ICRP 107: 0.14792 MeV.
      #expect(isClose(try number(outcome, "half_life_s"), 6.6443 * 86_400, 1e-6))
      let energies = try #require(outcome.json["energies_per_decay"] as? [String: Any])
      #expect(isClose(try #require(energies["electron_MeV"] as? Double), 0.14792, 0.01))
    }
    let unknown = try run(["nuclide", "Xx-999"])
    #expect(unknown.exitCode == 1)
    #expect(unknown.errors.contains("Lu-177"))
  }

  // 27.483 MeV of alphas per decay of Ac-225 with all daughters (ICRP 107).
  @Test func anAlphaEmitterShowsItsChain() throws {
    let outcome = try run(["nuclide", "Ac-225", "--json"])
    let sum = try #require(outcome.json["chain_energies_per_parent_decay"] as? [String: Any])
    #expect(isClose(try #require(sum["alpha_MeV"] as? Double), 27.483, 0.01))
    #expect((outcome.json["chain"] as? [[String: Any]])?.count ?? 0 > 5)
    #expect(try run(["nuclide", "Ac-225"]).output.contains("Bi-213"))
  }

  // Water spheres of a prototype Monte Carlo with ICRP 107 energies.
  @Test func spheresHaveTheKnownSValues() throws {
    for (nuclide, mass, s) in [("Lu-177", "1g", 2.337e-11), ("Lu-177", "100g", 2.421e-13)] {
      let outcome = try run(
        ["dose", "sphere", "--radionuclide", nuclide, "--mass", mass, "--json"])
      #expect(isClose(try number(outcome, "s_value_Gy_per_Bq_s"), s, 0.015))
      #expect(try number(outcome, "s_value_high_let_Gy_per_Bq_s") == 0)
    }
    #expect(
      try run(["dose", "sphere", "--radionuclide", "Lu-177", "--mass", "1"]).exitCode == 2)
  }

  // SNMMI challenge patient 4, left kidney (PyTheranostics): 7593.7526 MBq h of 7210.43 MBq.
  @Test func theFourPointKidneyIsFittedByDefault() throws {
    try withTemporaryFolder { folder in
      let outcome = try fit(
        """
        time_h,activity_MBq
        3.741111,98.561432
        27.725278,73.599408
        103.094167,25.39568
        123.983611,19.04661
        """, ["--administered", "7210.43MBq"], in: folder)
      #expect(isClose(try number(outcome, "tia_MBq_h"), 7593.7526, 0.001))
      #expect(isClose(try number(outcome, "tia_h"), 1.0531629, 0.001))
      #expect(outcome.json["model"] as? String == "uptake and clearance")
      #expect(try number(outcome, "tia_sd_MBq_h") > 0)
      #expect((outcome.json["models"] as? [[String: Any]])?.count == 2)
    }
  }

  @Test(arguments: [
    ("time_h,activity_MBq\n4,10\n24,20\n96,30", [], "line 4", "uptake"),
    ("time_h,activity_MBq\n24,20", [], "1 time point", "half-life"),
    ("time_h,activity_MBq\n24,20\n4,30\n96,5", [], "line 3", "order"),
    ("time_h,activity_MBq\n4,30\n4,29\n96,5", [], "line 3", "order"),
    ("time_h,activity_MBq\n-4,30\n24,20", [], "line 2", "negative"),
    ("time_h,activity_MBq\n4,30\n24,nan\n96,5", [], "line 3", "not a number"),
    ("time_h,activity_MBq\n4,30\n24,0\n96,5", [], "line 3", "positive"),
    ("time_h,activity_MBq\n4,30\n24,-2\n96,5", [], "line 3", "positive"),
    (
      "time_h,activity_MBq\n4,300\n24,200\n96,50", ["--administered", "0.2GBq"], "line 2",
      "administered"
    ),
    ("time_h,activity_MBq\n4,30\n24,40\n96,5", ["--method", "mono"], "line 3", "uptake"),
    ("time_h,activity\n4,30", [], "line 1", "activity_MBq"),
    ("time_h,activity_MBq\n4;30", [], "line 2", "fields"),
    ("", [], "empty", "empty"),
  ])
  func impossibleTablesAreRefusedByLine(
    table: String, options: [String], place: String, reason: String
  ) throws {
    try withTemporaryFolder { folder in
      let outcome = try fit(table, options, in: folder)
      #expect(outcome.exitCode == 1)
      let error = try #require(outcome.json["error"] as? [String: Any])
      let message = try #require(error["message"] as? String)
      #expect(message.contains(place), "\(message)")
      #expect(message.contains(reason), "\(message)")
      #expect((error["file"] as? String)?.hasSuffix("times.csv") == true)
    }
  }

  @Test func oneScanIsAnsweredInEveryWay() throws {
    try withTemporaryFolder { folder in
      let one = "time_h,activity_MBq,sd_MBq\n96,26.426,1.3"
      let truth = 100 * 50 / log(2.0)
      let known = try fit(one, ["--half-life", "50h,10%"], in: folder)
      #expect(isClose(try number(known, "tia_MBq_h"), truth, 1e-4))
      let prior = try fit(one, ["--half-life-prior", "50h,20%"], in: folder)
      #expect(isClose(try number(prior, "tia_MBq_h"), truth, 1e-4))
      let haenscheid = try fit(one, ["--method", "haenscheid"], in: folder)
      #expect(isClose(try number(haenscheid, "tia_MBq_h"), 2 * 96 * 26.426 / log(2.0), 1e-6))
      let madsen = try fit(one, ["--method", "madsen", "--half-life", "50h"], in: folder)
      #expect(isClose(try number(madsen, "tia_MBq_h"), truth, 1e-4))
      let first = folder.appending(path: "first.csv")
      try Data("time_h,activity_MBq\n4,47.3\n24,35.85\n96,13.21".utf8).write(to: first)
      let earlier = try fit(one, ["--earlier-cycle", first.path], in: folder)
      #expect(isClose(try number(earlier, "tia_MBq_h"), truth, 0.01))
    }
  }

  // T_rep 2.8 h, α/β 2.6 Gy: the closed formula to six digits.
  @Test func biologicalDosesAreTheKnownOnes() throws {
    let tissue = ["--alpha-beta", "2.6Gy", "--repair", "2.8h", "--json"]
    let one = try run(["dose", "bed", "--dose", "7Gy", "--half-life", "50h"] + tissue)
    #expect(abs(try number(one, "bed_Gy") - 7.99942) < 5e-6)
    #expect(abs(try number(one, "eqd2_Gy") - 4.52141) < 5e-6)
    let four = try run(
      ["dose", "bed", "--dose", "5Gy", "--cycles", "4", "--interval", "8weeks", "--half-life"]
        + ["50h"] + tissue)
    #expect(abs(try number(four, "bed_sum_of_cycles_Gy") - 22.03963) < 5e-6)
    #expect(abs(try number(four, "bed_Gy") - 22.03963) < 5e-5)
    let terms = try run(
      ["dose", "bed", "--term", "0.10Gy/h,10h", "--term", "0.02Gy/h,60h"] + tissue)
    #expect(abs(try number(terms, "dose_Gy") - 3.173929) < 5e-7)
    #expect(abs(try number(terms, "bed_Gy") - 3.533905) < 5e-7)
    for (bed, dose) in [("13Gy", 10.67551), ("10Gy", 8.51957), ("27Gy", 19.35736)] {
      let inverse = try run(["dose", "bed", "--bed", bed, "--half-life", "50h"] + tissue)
      #expect(abs(try number(inverse, "dose_Gy") - dose) < 5e-6)
    }
    let alone = try run(["dose", "bed", "--dose", "7", "--half-life", "50h"] + tissue)
    #expect(alone.exitCode == 2)
  }

  // Half of a lesion at 10 Gy, half at 50 Gy of BED, α 0.3 per Gy: 12.31047 Gy.
  @Test func anUnevenDoseHasTheKnownUniformOne() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "dvh.csv")
      try Data("bed_Gy,volume_mL\n10,5\n50,5\n".utf8).write(to: file)
      let outcome = try run(["dose", "bed", "--dvh", file.path, "--alpha", "0.3/Gy", "--json"])
      #expect(abs(try number(outcome, "eubed_Gy") - 12.31047) < 5e-6)
    }
  }

  @Test func highLETIsNeverMixedIn() throws {
    let arguments = [
      "dose", "bed", "--dose", "0.5Gy", "--alpha-dose", "4Gy", "--half-life", "100h",
      "--alpha-beta", "10Gy", "--repair", "1.5h", "--json",
    ]
    #expect(try run(arguments).exitCode == 1)
    let outcome = try run(arguments + ["--rbe", "5"])
    #expect(try number(outcome, "bed_high_let_Gy") == 20)
    #expect(try number(outcome, "low_let_Gy") == 0.5)
    #expect(try number(outcome, "high_let_Gy") == 4)
  }

  // 10 kBq/mL with 20 h: 10 · 20 / ln 2 kBq·h/mL; electrons of Lu-177 over 1.03 g/mL.
  @Test func marrowFollowsFromBlood() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "blood.csv")
      let rows = [1.0, 4, 24, 48].map { "\($0),\(10 * exp2(-$0 / 20))" }
      try Data((["time_h,activity_kBq_per_mL"] + rows).joined(separator: "\n").utf8).write(to: file)
      let arguments = ["dose", "marrow", file.path, "--radionuclide", "Lu-177", "--json"]
      let outcome = try run(arguments + ["--ratio", "1"])
      let tia = 10 * 20 / log(2.0)
      #expect(isClose(try number(outcome, "tia_kBq_h_per_mL"), tia, 1e-5))
      let gray = tia * 3.6e6 / 1.03e-3 * 0.14792 * 1.602176634e-13
      #expect(isClose(try number(outcome, "dose_Gy"), gray, 0.01))
      #expect(try run(arguments).exitCode == 2)
    }
  }

  // At-211 → Po-211 (58.2 %), whose alphas go where a loose Po-211 goes.
  @Test func daughtersTornLooseTakeTheirDoseAlong() throws {
    let sphere = ["dose", "sphere", "--radionuclide", "At-211", "--mass", "20g", "--json"]
    func highLET(_ options: [String] = []) throws -> Double {
      try number(try run(sphere + options), "s_value_high_let_Gy_per_Bq_s")
    }
    let bound = try highLET()
    let parent = try highLET(["--daughters", "none"])
    #expect(parent < 0.5 * bound)
    let loose = try highLET(["--free", "po211=30%"])
    #expect(isClose(loose, parent + 0.7 * (bound - parent), 1e-6))
    // Po-211 lives half a second: with hours to leave in, it decays where it is born.
    let slow = try highLET(["--free", "Po-211=30%", "--free-half-life", "5h"])
    #expect(isClose(slow, bound, 1e-4))
    let unknown = try run(sphere + ["--free", "Bi-213=30%"])
    #expect(unknown.exitCode == 1 && (unknown.output + unknown.errors).contains("Po-211"))
    #expect(try run(sphere + ["--free", "Po-211"]).exitCode == 2)
  }

  /// The same answer from a spreadsheet of another country, in other units, under other names.
  @Test(arguments: [
    "\u{FEFF}Time (h);Activity [MBq]\r\n3,741111;98,561432\r\n27,725278;73,599408\r\n"
      + "103,094167;25,39568\r\n123,983611;19,04661",
    "time_min\tactivity_kBq\n224.46666\t98561.432\n1663.51668\t73599.408\n"
      + "6185.65002\t25395.68\n7439.01666\t19046.61",
    "activity_gbq,time_d\n0.098561432,0.1558796\n0.073599408,1.1552199\n"
      + "0.02539568,4.2955903\n0.01904661,5.1659838",
  ])
  func tablesAreReadHoweverTheyAreWritten(table: String) throws {
    try withTemporaryFolder { folder in
      let outcome = try fit(table, in: folder)
      #expect(isClose(try number(outcome, "tia_MBq_h"), 7593.7526, 0.001), "\(outcome.output)")
    }
  }

  @Test(arguments: [
    ("time_h,time_min,activity_MBq\n4,240,30", "twice"),
    ("time_h;activity_MBq\n4;1.234,5\n24;3", "not a number"),
    ("time_h,activity_MBq,sd_MBq\n4,30,1\n24,20,\n96,5,1", "every time point"),
  ])
  func whatATableLeavesOpenIsNotGuessed(table: String, reason: String) throws {
    try withTemporaryFolder { folder in
      let outcome = try fit(table, in: folder)
      #expect(outcome.exitCode == 1 && outcome.output.contains(reason), "\(outcome.output)")
    }
  }

  /// One degree of freedom leaves a wide interval, never a negative one.
  @Test func anIntervalOfAPositiveQuantityIsPositive() throws {
    try withTemporaryFolder { folder in
      let outcome = try fit(
        "time_h,activity_MBq,kind\n4,300,planar\n24,250,planar\n24.5,25,spect\n96,60,planar",
        in: folder)
      let interval = try #require(outcome.json["tia_interval95_MBq_h"] as? [Double])
      let tia = try number(outcome, "tia_MBq_h")
      #expect(interval[0] > 0 && interval[0] < tia && interval[1] > tia)
    }
  }
}
