import Response
import Testing

@Suite struct ImmunotherapyTests {
  static func codes(_ values: [Double], days: [Double?]) throws -> [String] {
    let scans = zip(values, days).enumerated().map { n, one in
      Scans.scan("s\(n)", [Scans.sul("L1", one.0)], days: one.1)
    }
    return try Scans.verdicts("ipercist-2019", scans).map(\.code)
  }

  /// 4 to 8 weeks, both ends included.
  @Test(arguments: [
    (27.0, ["UPMD", "UPMD"]), (28.0, ["UPMD", "CPMD"]), (56.0, ["UPMD", "CPMD"]),
    (57.0, ["UPMD", "UPMD"]),
  ])
  func progressionIsConfirmedWithinTheWindow(after: Double, codes: [String]) throws {
    #expect(try Self.codes([6, 10, 11], days: [0, 40, 40 + after]) == codes)
  }

  @Test func whatPassesWasNoProgression() throws {
    #expect(try Self.codes([7.1, 10.9, 7.2], days: [0, 42, 84]) == ["UPMD", "SMD"])
    #expect(
      try Self.codes([6, 10, 6, 10, 11], days: [0, 42, 84, 126, 168])
        == ["UPMD", "SMD", "UPMD", "CPMD"])
  }

  /// Too early once, the window still counts from the first progression.
  @Test func anEarlyScanDoesNotRestartTheWindow() throws {
    #expect(
      try Self.codes([6, 10, 10, 11], days: [0, 40, 50, 75]) == ["UPMD", "UPMD", "CPMD"])
  }

  @Test func withoutDatesTheConfirmationStaysOpen() throws {
    let scans = [6, 10, 11].enumerated().map {
      Scans.scan("s\($0.offset)", [Scans.sul("L1", $0.element)])
    }
    let verdict = try Scans.verdicts("ipercist-2019", scans)[1]
    #expect(verdict.candidates.map(\.code) == ["UPMD", "CPMD"])
    #expect(verdict.lacking == ["dates of s1 and s2"])
  }

  @Test func aNewLesionEntersTheSumOfImPERCISTAndIsNoProgressionAlone() throws {
    func scans(_ new: Double) -> [CriteriaScan] {
      [
        Scans.scan("base", [Scans.sul("L1", 10)]),
        Scans.scan("fu", [Scans.sul("L1", 10), Scans.sul("L2", new, state: .new)]),
      ]
    }
    #expect(try Scans.verdicts("impercist5-2019", scans(3))[0].code == "SMD")
    #expect(try Scans.verdicts("impercist5-2019", scans(3.01))[0].code == "PMD")
    #expect(try Scans.verdicts("percist-1.0", scans(3))[0].code == "PMD")
  }

  /// Volumes of spheres of 9, 10.1 and 15.1 mm.
  @Test(arguments: [
    (4, 0.3817, "PMD"), (3, 0.3817, "no PMD"), (3, 0.5395, "PMD"), (2, 0.5395, "no PMD"),
    (2, 1.8028, "PMD"), (1, 1.8028, "no PMD"),
  ])
  func percimtCountsNewLesionsBySize(count: Int, volume: Double, code: String) throws {
    let new = (0..<count).map { Scans.lesion("N\($0)", .volume, volume, state: .new) }
    let scans = [Scans.scan("base", []), Scans.scan("fu", new)]
    #expect(try Scans.verdicts("percimt-2018", scans)[0].code == code)
  }
}
