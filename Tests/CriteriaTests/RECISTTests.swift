import Response
import Testing

@Suite struct RECISTTests {
  static func target(
    _ id: String, _ diameter: Double?, state: CriteriaLesion.State = .present,
    organ: String? = nil, axis: Double? = nil
  ) -> CriteriaLesion {
    var values: [CriteriaMetric: Double] = [:]
    values[.diameter] = diameter
    values[.shortAxis] = axis
    return CriteriaLesion(id: id, state: state, values: values, organ: organ, isNode: axis != nil)
  }

  static func last(_ scans: [[CriteriaLesion]], facts: [String: ClinicalFact] = [:]) throws
    -> CriteriaVerdict
  {
    let all = scans.enumerated().map { Scans.scan("s\($0.offset)", $0.element, facts: facts) }
    return try #require(try Scans.verdicts("recist-1.1", all).last)
  }

  /// −30 % inclusive against baseline; +20 % and +5 mm, both inclusive, against the nadir.
  @Test(
    arguments: [
      ([50, 35], "PR"), ([50, 35.1], "SD"), ([50, 60], "PD"), ([50, 59.9], "SD"),
      ([20, 24.9], "SD"), ([20, 25], "PD"), ([100, 60, 71.9], "SD"), ([100, 60, 72], "PD"),
      ([100, 60, 70], "PR"), ([100, 12, 16], "PR"), ([100, 12, 17], "PD"),
    ] as [([Double], String)])
  func limitsAreInclusive(diameters: [Double], code: String) throws {
    #expect(try Self.last(diameters.map { [Self.target("T1", $0)] }).code == code)
  }

  /// 10 mm, of lymph nodes 15 mm of short axis.
  @Test func smallLesionsAreNoTargets() throws {
    let small = try Self.last([[Self.target("T1", 9.9)], [Self.target("T1", 20)]])
    #expect(small.kind == .notMeasurable)
    let exact = try Self.last([[Self.target("T1", 10)], [Self.target("T1", 10)]])
    #expect(exact.code == "SD")
    let node = try Self.last([
      [Self.target("N", 30, axis: 14.9)], [Self.target("N", 30, axis: 14.9)],
    ])
    #expect(node.kind == .notMeasurable)
    let large = try Self.last([[Self.target("N", 30, axis: 15)], [Self.target("N", 30, axis: 15)]])
    #expect(large.primary?.now.value == 15)
  }

  /// At 9.9 mm a node is normal, at 10 mm it is not.
  @Test(arguments: [(9.9, "CR"), (10.0, "PR")])
  func aNodeIsGoneBelowTenMillimetres(axis: Double, code: String) throws {
    let verdict = try Self.last([
      [Self.target("N", 30, axis: 20), Self.target("T", 20)],
      [Self.target("N", 30, axis: axis), Self.target("T", nil, state: .gone)],
    ])
    #expect(verdict.code == code)
  }

  @Test func tooSmallCountsFiveAndGoneNothing() throws {
    let verdict = try Self.last([
      [Self.target("A", 20), Self.target("B", 20)],
      [Self.target("A", nil, state: .tooSmall), Self.target("B", nil, state: .gone)],
    ])
    #expect(verdict.primary?.now.value == 5)
    #expect(verdict.code == "PR")
  }

  /// Two that fused count the mass once, whichever carries it; one that split the sum of parts.
  @Test func fusedLesionsCountOnceAndSplitOnesTogether() throws {
    let base = [Self.target("A", 20), Self.target("B", 15)]
    let fused = try Self.last([
      base, [Self.target("A", 38), Self.target("B", nil, state: .mergedInto("A"))],
    ])
    #expect(fused.primary?.now.value == 38)
    #expect(fused.code == "SD")
    let mass = try Self.last([
      base,
      [
        Self.target("A", nil, state: .mergedInto("M")),
        Self.target("B", nil, state: .mergedInto("M")), Self.target("M", 44, state: .present),
      ],
    ])
    #expect(mass.primary?.now.value == 44)
    let split = try Self.last([
      [Self.target("A", 40)], [Self.target("A", 12), Self.target("A2", 10, state: .partOf("A"))],
      [Self.target("A", 12), Self.target("A2", 11)],
    ])
    #expect(split.primary?.now.value == 23)
  }

  @Test func fiveTargetsTwoPerOrgan() throws {
    let lesions = (1...7).map {
      Self.target("T\($0)", Double(50 - $0), organ: $0 < 4 ? "liver" : "lung")
    }
    let verdict = try Self.last([lesions, lesions], facts: ["nontarget_progression": .flag(false)])
    #expect(verdict.primary?.now.lesions.map(\.lesion) == ["T1", "T2", "T4", "T5"])
  }

  @Test func aPersonsTargetsComeFirst() throws {
    var lesions = [Self.target("A", 50), Self.target("B", 20)]
    lesions[1].isTarget = true
    let verdict = try Self.last([lesions, lesions], facts: ["nontarget_progression": .flag(false)])
    #expect(verdict.primary?.now.lesions.map(\.lesion) == ["B"])
  }

  /// Non-target progression is asked for only where there are non-targets.
  @Test func nonTargetsAskForAReader() throws {
    let scans = [
      [Self.target("A", 50), Self.target("B", 8)], [Self.target("A", 30), Self.target("B", 8)],
    ]
    #expect(try Self.last(scans).candidates.map(\.code) == ["PD", "PR"])
    #expect(try Self.last(scans, facts: ["nontarget_progression": .flag(false)]).code == "PR")
    #expect(try Self.last(scans, facts: ["nontarget_progression": .flag(true)]).code == "PD")
    #expect(try Self.last([[Self.target("A", 50)], [Self.target("A", 30)]]).code == "PR")
  }

  @Test func aMissingTargetLeavesTheAnswerOpen() throws {
    let verdict = try Self.last([
      [Self.target("A", 50), Self.target("B", 20)],
      [Self.target("A", 20), Self.target("B", nil, state: .unknown(reason: "not outlined"))],
    ])
    #expect(verdict.kind == .notAssessable)
    #expect(verdict.lacking.contains("B: not outlined"))
  }

  static func choi(_ size: [Double], _ density: [Double], _ id: String) throws -> String {
    let facts: [String: ClinicalFact] = [
      "intratumoral_nodules": .flag(false), "symptomatic_worsening": .flag(false),
    ]
    let scans = zip(size, density).enumerated().map { n, pair in
      Scans.scan(
        "s\(n)",
        [
          CriteriaLesion(id: "T", values: [.diameter: pair.0, .attenuation: pair.1], isNode: false)
        ],
        facts: facts)
    }
    return try Scans.verdicts(id, scans)[0].code
  }

  /// Choi: size or density; modified: both. All limits inclusive.
  @Test(
    arguments: [
      ([50, 45], [100, 100], "PR", "SD"), ([50, 45.1], [100, 85], "PR", "SD"),
      ([50, 45.1], [100, 85.1], "SD", "SD"), ([50, 45], [100, 85], "PR", "PR"),
      ([50, 55], [100, 100], "PD", "PD"), ([50, 54.9], [100, 100], "SD", "SD"),
      ([50, 55], [100, 85], "PR", "SD"),
    ] as [([Double], [Double], String, String)])
  func choiIsEitherAndModifiedChoiBoth(
    size: [Double], density: [Double], choi: String, modified: String
  ) throws {
    #expect(try Self.choi(size, density, "choi") == choi)
    #expect(try Self.choi(size, density, "choi-modified") == modified)
  }
}
