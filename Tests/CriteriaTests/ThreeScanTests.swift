import Foundation
import Response
import Testing

/// A lesion under immune therapy (J Clin Invest 2022, 161065): SULpeak 7.1 → 10.9 → 7.2, SUVmax
/// 13.6 → 20.1 → 15.5. The changes of SULpeak are +53.5 %, −33.9 % and, against baseline, +1.4 %.
/// The paper calls the first progression and the last partial response.
@Suite struct ThreeScanTests {
  static let scans: [CriteriaScan] = zip([7.1, 10.9, 7.2], [13.6, 20.1, 15.5]).enumerated().map {
    n, peaks in
    var lesion = CriteriaLesion(id: "L1", values: [.sulPeak: peaks.0, .suvMax: peaks.1])
    lesion.values[.volume] = 10
    return CriteriaScan(
      id: "scan \(n)", days: Double(n) * 42, lesions: [lesion],
      suvReferences: ["liver": .init(mean: 2.4, standardDeviation: 0.3, maximum: 3.2)],
      sulReferences: ["liver": .init(mean: 1.8, standardDeviation: 0.2)],
      facts: [
        "cycles_given": .number(2), "extent_grew_over_20_percent": .flag(false),
        "clinical_progression": .flag(false), "psa_progression": .flag(false),
        "confirmed_within_3_months": .flag(false),
      ], uptakeMinutes: 60)
  }

  static func codes(
    _ id: String, _ reference: (CriteriaReference, CriteriaReference)? = nil,
    _ parameters: [String: Double] = [:]
  ) throws -> [String] {
    try Scans.verdicts(
      id, scans, response: reference?.0, progression: reference?.1, parameters: parameters
    ).map(\.code)
  }

  @Test func theChangesAreThoseOfThePaper() throws {
    let previous = try Scans.verdicts(
      "percist-1.0", Self.scans, response: .previous, progression: .previous)
    let baseline = try Scans.verdicts("percist-1.0", Self.scans)
    func near(_ percent: Double?, _ expected: Double) throws -> Bool {
      abs(try #require(percent) - expected) < 0.05
    }
    #expect(try near(previous[0].primary?.responsePercent, 53.5))
    #expect(try near(previous[1].primary?.responsePercent, -33.9))
    #expect(try near(baseline[1].primary?.responsePercent, 1.4))
    #expect(previous[1].response?.scan == "scan 1")
    #expect(baseline[1].response?.choice == .baseline)
    #expect(baseline[1].progression?.choice == .nadir)
    #expect(baseline[1].progression?.scan == "scan 0")
  }

  @Test(arguments: [
    ("percist-1.0", "PMD", "PMR", "SMD"), ("impercist5-2019", "PMD", "PMR", "SMD"),
    ("ipercist-2019", "UPMD", "PMR", "SMD"),
  ])
  func thePERCISTFamilyDependsOnTheReference(
    id: String, first: String, previous: String, baseline: String
  ) throws {
    #expect(try Self.codes(id, (.previous, .previous)) == [first, previous])
    #expect(try Self.codes(id, (.baseline, .baseline)) == [first, baseline])
    #expect(try Self.codes(id, (.baseline, .nadir)) == [first, baseline])
  }

  /// SUVmax: +47.8 %; then −22.9 % against the scan before, which the published table leaves open
  /// after two cycles, and +14.0 % against baseline.
  @Test func eortcDependsOnTheReference() throws {
    #expect(try Self.codes("eortc-1999") == ["PMD", "SMD"])
    #expect(try Self.codes("eortc-1999", (.baseline, .nadir)) == ["PMD", "SMD"])
    #expect(try Self.codes("eortc-1999", (.previous, .previous)) == ["PMD", "not assessable"])
  }

  @Test func luganoAsksForWhatIsUnchanged() throws {
    let open = try Scans.verdicts("lugano-2014", Self.scans)
    #expect(open.map { $0.candidates.map(\.code) } == [["PMD", "NMR"], ["PMD", "NMR"]])
    #expect(open[0].lacking.contains { $0.contains("unchanged") })
    let site = ["unchanged": 25.0]
    #expect(try Self.codes("lugano-2014", nil, site) == ["PMD", "NMR"])
    #expect(try Self.codes("lugano-2014", (.previous, .previous), site) == ["PMD", "NMR"])
    #expect(
      try Self.codes("lugano-2014", (.previous, .previous), ["unchanged": 20]) == ["PMD", "PMR"])
  }

  /// The other criteria see one lesion of unchanged volume, without new ones.
  @Test func theOthersSeeNoChange() throws {
    for choice in [
      (CriteriaReference.baseline, CriteriaReference.baseline), (.baseline, .nadir),
      (.previous, .previous),
    ] {
      #expect(try Self.codes("recip-1.0", choice) == ["RECIP-SD", "RECIP-SD"])
      #expect(try Self.codes("ppp-2020", choice) == ["no PD", "no PD"])
      #expect(try Self.codes("percimt-2018", choice) == ["no PMD", "no PMD"])
    }
    // 13.6, 20.1 and 15.5 against 3 × 3.2 = 9.6.
    #expect(try Self.codes("deauville") == ["5", "5", "5"])
  }

  @Test func theDisagreementIsReportedWithItsReason() throws {
    let courses = try ["percist-1.0", "recip-1.0"].map {
      (engine: CriteriaEngine(try PackFiles.criteria($0)), scans: Self.scans)
    }
    let found = CriteriaDisagreement.find(courses)
    let first = try #require(found.first { $0.scan == "scan 1" })
    #expect(first.betweenCriteria.map(\.kind) == [.progression, .stable])
    #expect(first.betweenCriteria[0].members[0].because.contains("+53.5 %"))
    let last = try #require(found.first { $0.scan == "scan 2" })
    let choice = try #require(last.byReference.first)
    #expect(choice.criterion == "PERCIST 1.0")
    #expect(choice.chosen.code == "SMD")
    #expect(choice.other.code == "PMR")
    #expect(choice.response == .previous && choice.progression == .previous)
    #expect(choice.other.because.contains("-33.9 %"))
    #expect(last.byReference.count == 1)
  }
}
