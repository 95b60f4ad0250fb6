import Response
import Testing

@Suite struct PSMATests {
  static func volumes(
    _ before: Double, _ after: Double, new: Double? = nil, facts: [String: ClinicalFact] = [:]
  ) -> [CriteriaScan] {
    let more = new.map { [Scans.lesion("L9", .volume, $0, state: .new)] } ?? []
    return [
      Scans.scan("base", [Scans.lesion("L1", .volume, before)]),
      Scans.scan("fu", [Scans.lesion("L1", .volume, after)] + more, facts: facts),
    ]
  }

  /// −30 % without and +20 % with new lesions, both inclusive; new lesions enter the volume.
  @Test(
    arguments: [
      (100, 70, nil, "RECIP-PR"), (100, 70.1, nil, "RECIP-SD"), (100, 119, 1, "RECIP-PD"),
      (100, 118.9, 1, "RECIP-SD"), (100, 300, nil, "RECIP-SD"), (100, 20, 5, "RECIP-SD"),
    ] as [(Double, Double, Double?, String)])
  func recipNeedsVolumeAndNewLesions(
    before: Double, after: Double, new: Double?, code: String
  ) throws {
    let verdict = try Scans.verdicts("recip-1.0", Self.volumes(before, after, new: new))[0]
    #expect(verdict.code == code)
    #expect(verdict.confidence == .code)
  }

  /// A viewer calls progression for any new lesion alone and for one lesion's growth: RECIP is
  /// of the patient, so neither is (verified-rules section 3).
  @Test func neitherANewLesionNorOneLesionsGrowthIsProgressionByRECIP() throws {
    let one = try Scans.verdicts("recip-1.0", Self.volumes(100, 100, new: 1))
    #expect(one[0].code == "RECIP-SD")
    let grown = [
      Scans.scan("base", [Scans.lesion("L1", .volume, 95), Scans.lesion("L2", .volume, 5)]),
      Scans.scan("fu", [Scans.lesion("L1", .volume, 95), Scans.lesion("L2", .volume, 20)]),
    ]
    #expect(try Scans.verdicts("recip-1.0", grown)[0].code == "RECIP-SD")
  }

  @Test func recipIsCompleteWhenNoUptakeIsLeft() throws {
    let scans = [
      Scans.scan("base", [Scans.lesion("L1", .volume, 10)]),
      Scans.scan("fu", [Scans.lesion("L1", .volume, nil, state: .gone)]),
    ]
    #expect(try Scans.verdicts("recip-1.0", scans)[0].code == "RECIP-CR")
  }

  static func ppp(
    new: [Bool?] = [], uptake: Double = 10, facts: [String: ClinicalFact] = [:]
  ) throws -> CriteriaVerdict {
    let base = CriteriaLesion(id: "L1", values: [.suvMax: 10, .volume: 10])
    let now = CriteriaLesion(id: "L1", values: [.suvMax: uptake, .volume: 10])
    let more = new.enumerated().map { n, isDistant in
      CriteriaLesion(
        id: "N\(n)", state: .new, values: [.suvMax: 5, .volume: 1], isDistant: isDistant)
    }
    return try Scans.verdicts(
      "ppp-2020",
      [Scans.scan("base", [base]), Scans.scan("fu", [now] + more, facts: facts)])[0]
  }

  static let nothing: [String: ClinicalFact] = [
    "clinical_progression": .flag(false), "psa_progression": .flag(false),
    "confirmed_within_3_months": .flag(false),
  ]

  @Test func twoNewDistantLesionsAreProgressionByThemselves() throws {
    #expect(try Self.ppp(new: [true, true], facts: Self.nothing).code == "PD")
    #expect(try Self.ppp(new: [true, false], facts: Self.nothing).code == "no PD")
    let open = try Self.ppp(new: [true, nil], facts: Self.nothing)
    #expect(open.candidates.map(\.code) == ["PD", "no PD"])
    #expect(open.lacking == ["N1: whether it is distant"])
  }

  @Test func oneNewLesionNeedsTheClinic() throws {
    let open = try Self.ppp(new: [true])
    #expect(open.kind == .notAssessable)
    #expect(open.lacking.contains("clinical data needed at fu: psa_progression"))
    #expect(try Self.ppp(new: [true], facts: Self.nothing).code == "no PD")
    #expect(try Self.ppp(new: [true], facts: ["psa_progression": .flag(true)]).code == "PD")
  }

  /// Exactly +30 % is enough, and a biopsy within 3 months stands in for clinical data.
  @Test func growthNeedsTheClinicOrAConfirmation() throws {
    var facts = Self.nothing
    #expect(try Self.ppp(uptake: 13, facts: facts).code == "no PD")
    facts["confirmed_within_3_months"] = .flag(true)
    #expect(try Self.ppp(uptake: 13, facts: facts).code == "PD")
    #expect(try Self.ppp(uptake: 12.99, facts: facts).code == "no PD")
  }
}
