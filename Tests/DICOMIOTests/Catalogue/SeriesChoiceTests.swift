import DICOMIO
import Foundation
import TestSupport
import Testing

/// Which PET, CT and outlines are taken among what a visit left behind.
@Suite struct SeriesChoiceTests {
  private static let body = [0.0, 3, 6, 9, 12, 15, 18, 21, 24, 27]

  private typealias Files = [(String, TinyDICOM)]

  private func pet(
    _ name: String, _ positions: [Double] = body, _ edit: (inout TinyDICOM) -> Void = { _ in }
  ) -> Files {
    TinyDICOM.series(name, { .pet(z: $0) }, at: positions, edit)
  }

  private func ct(
    _ name: String, _ positions: [Double] = body, _ edit: (inout TinyDICOM) -> Void = { _ in }
  ) -> Files {
    TinyDICOM.series(name, { .ct(z: $0) }, at: positions, edit)
  }

  private func catalogue(_ series: Files...) throws -> SeriesCatalogue {
    try withTemporaryFolder { folder in
      try TinyDICOM.write(series.flatMap { $0 }, below: folder)
      return try SeriesCatalogue.scan(folder: folder)
    }
  }

  private func emission(_ series: Files...) throws -> SeriesChoice {
    try withTemporaryFolder { folder in
      try TinyDICOM.write(series.flatMap { $0 }, below: folder)
      let patient = try #require(SeriesCatalogue.scan(folder: folder).patients.first)
      let visits = patient.visits { _ in 4 * 3600 }
      #expect(visits.count == 1)
      return SeriesChoice.emission(among: visits[0].images)
    }
  }

  private func name(_ series: SeriesCatalogue.Series?) -> String? {
    series?.files.first?.split(separator: "/").first.map(String.init)
  }

  private func reason(_ choice: SeriesChoice, _ wanted: String) -> String? {
    choice.passedOver.first { name($0.series) == wanted }?.reason
  }

  // MARK: PET

  /// (flaw, the words of its reason, how the series with the flaw is made).
  private static let flaws: [(String, String, @Sendable (inout TinyDICOM) -> Void)] = [
    ("nac", "ATTN", { $0.set(0x0028_0051, "CS", "DECY\\RADL") }),
    ("derived", "DERIVED", { $0.set(0x0008_0008, "CS", "DERIVED\\PRIMARY") }),
    ("gated", "gated", { $0.set(0x0054_1000, "CS", "GATED\\IMAGE") }),
    ("none", "(0054,1102)", { $0.set(0x0054_1102, "CS", "NONE") }),
    ("counts", "no SUV", { $0.set(0x0054_1001, "CS", "CNTS") }),
    ("part", "incomplete", { $0.set(0x0054_0081, unsigned: [40]) }),
  ]

  @Test(arguments: 0..<6)
  func aPETWithAFlawIsPassedOverForThatFlaw(n: Int) throws {
    let (flaw, words, edit) = Self.flaws[n]
    // Its start is earlier, so that only the flaw can decide.
    let choice = try emission(
      pet(flaw, Self.body) {
        edit(&$0)
        $0.setStart("20250101", "105500")
      }, pet("good"))
    #expect(name(choice.chosen) == "good")
    #expect(choice.ties.isEmpty)
    #expect(reason(choice, flaw)?.contains(words) == true, "\(reason(choice, flaw) ?? "")")
  }

  @Test func aMaximumProjectionIsNoPETToQuantify() throws {
    let found = try catalogue(
      pet("mip") { $0.set(0x0008_0008, "CS", "DERIVED\\SECONDARY\\MIP") }, pet("good"))
    #expect(Set(found.series.map(\.role)) == [.pet, .projection])
  }

  @Test func aDynamicSeriesIsToldByPlacesThatReturnAtOtherTimes() throws {
    let frames = ["0", "60000", "120000"].flatMap { time in
      pet("d\(time)", [0, 3]) {
        $0.set(0x0020_000E, "UI", "1.2.3.77")
        $0.set(0x0054_1000, "CS", "DYNAMIC\\IMAGE")
        $0.set(0x0054_1300, "DS", time)
      }
    }
    let choice = try emission(frames, pet("static"))
    #expect(name(choice.chosen) == "static")
    #expect(choice.passedOver.first?.series.role == .dynamicPET)
    #expect(choice.passedOver.first?.series.instanceCount == 6)
  }

  @Test func theScanOfTheBodyGoesBeforeTheExtraBed() throws {
    let choice = try emission(
      pet("head", [24, 27, 30]) { $0.setStart("20250101", "104000") }, pet("body"))
    #expect(name(choice.chosen) == "body")
    // Slices of 3 mm: nine gaps and one slice; two gaps and one slice.
    let text = try #require(reason(choice, "head"))
    #expect(text.contains("9 mm") && text.contains("30 mm"), "\(text)")
  }

  @Test func aLateSecondAcquisitionIsNamedToTheUser() throws {
    let choice = try emission(
      pet("late") { $0.setStart("20250101", "121500") }, pet("early"))
    #expect(name(choice.chosen) == "early")
    let late = try #require(choice.passedOver.first)
    #expect(late.isForUser && late.reason.contains("75 min"), "\(late.reason)")
  }

  @Test func ofTwoReconstructionsTheHarmonisedOneIsTaken() throws {
    let choice = try emission(
      pet("psf") { $0.set(0x0008_103E, "LO", "WB PSF+TOF Jane Doe") },
      pet("earl") { $0.set(0x0008_103E, "LO", "WB (EARL) Jane Doe") })
    #expect(name(choice.chosen) == "earl")
    #expect(reason(choice, "psf")?.contains("EARL") == true)
    #expect(choice.chosen?.traits.words == ["EARL", "WB"])
  }

  @Test func theReconstructionThatAllVisitsHaveIsTaken() throws {
    let found = try catalogue(
      pet("a") { $0.set(0x0054_1103, "LO", "OSEM") },
      pet("b") {
        $0.set(0x0054_1103, "LO", "TOF")
        $0.set(0x0008_103E, "LO", "EARL")
      })
    let choice = SeriesChoice.emission(among: found.series, usual: ["OSEM"])
    #expect(name(choice.chosen) == "a")
  }

  @Test func whatNoRuleTellsApartIsATieInOneOrder() throws {
    let (a, b) = (pet("a"), pet("b"))
    for order in [[a, b], [b, a]] {
      let choice = try emission(order[0], order[1])
      #expect(name(choice.chosen) == "a")
      #expect(choice.ties.map { name($0) } == ["b"])
    }
  }

  // MARK: CT

  private func ctChoice(_ series: Files...) throws -> SeriesChoice {
    let all = try withTemporaryFolder { folder in
      try TinyDICOM.write(self.pet("pet") + series.flatMap { $0 }, below: folder)
      return try SeriesCatalogue.scan(folder: folder).series
    }
    let emission = try #require(all.first { $0.role == .pet })
    return SeriesChoice.ct(among: all, for: emission)
  }

  @Test(arguments: [
    ("SIEMENS", "B70f", "B30f"), ("SIEMENS", "Bl64f", "Br38f"), ("SIEMENS", "I70f\\3", "I30f\\3"),
    ("GE MEDICAL SYSTEMS", "BONEPLUS", "STANDARD"), ("GE MEDICAL SYSTEMS", "LUNG", "SOFT"),
    ("Philips", "YA", "B"), ("TOSHIBA", "FC55", "FC13"), ("Other", "BONE", "unheard of"),
    ("", "B70f", "B30f"), ("Other", "Lung 4", "Standard"),
  ])
  func theBoneKernelIsPassedOver(maker: String, sharp: String, soft: String) throws {
    let choice = try ctChoice(
      ct("bone") {
        $0.set(0x0008_0070, "LO", maker)
        $0.set(0x0018_1210, "SH", sharp)
      },
      ct("tissue") {
        $0.set(0x0008_0070, "LO", maker)
        $0.set(0x0018_1210, "SH", soft)
      })
    #expect(name(choice.chosen) == "tissue")
    #expect(reason(choice, "bone")?.contains("(0018,1210)") == true)
  }

  /// The sharp one is thinner, so that only the description can decide.
  @Test func anUnknownKernelIsToldByTheDescription() throws {
    let thin = (0..<15).map { Double($0) * 2 }
    let choice = try ctChoice(
      ct("bone", thin) { $0.set(0x0008_103E, "LO", "CT WB 2.0 BONE Jane Doe") }, ct("tissue"))
    #expect(name(choice.chosen) == "tissue")
  }

  /// Some scanners put the topogram into the series that was planned on it.
  @Test func aTopogramInsideTheSeriesLeavesTheSeriesUsable() throws {
    var files = ct("body") { $0.set(0x0020_1209, "IS", "11") }
    var topogram = files[0].1
    topogram.set(0x0008_0018, "UI", "1.2.3.51.1")
    topogram.set(0x0008_0008, "CS", "ORIGINAL\\PRIMARY\\LOCALIZER")
    topogram.set(0x0020_0037, "DS", "1\\0\\0\\0\\0\\-1")
    files.insert(("body/00", topogram), at: 0)
    let found = try catalogue(files)
    #expect(Set(found.series.map(\.role)) == [.ct, .localiser])
    let body = try #require(found.series.first { $0.role == .ct })
    #expect(body.instanceCount == 10 && !body.isIncomplete)
    #expect(body.problems.isEmpty && body.grid?.slices == 10)
    #expect(name(try ctChoice(files).chosen) == "body")
  }

  @Test func theCTThatCoversThePETIsTaken() throws {
    let choice = try ctChoice(ct("score", [9, 12, 15]), ct("body"))
    #expect(name(choice.chosen) == "body")
    #expect(reason(choice, "score")?.contains("30 %") == true, "\(reason(choice, "score") ?? "")")
  }

  @Test func aCTOfAnotherFrameIsNeverTaken() throws {
    let choice = try ctChoice(ct("other") { $0.set(0x0020_0052, "UI", "1.2.3.8") })
    #expect(choice.chosen == nil)
    #expect(reason(choice, "other")?.contains("(0020,0052)") == true)
  }

  @Test func localisersDosePagesAndProjectionsAreNoCT() throws {
    let found = try catalogue(
      ct("topogram") { $0.set(0x0008_0008, "CS", "ORIGINAL\\PRIMARY\\LOCALIZER") },
      ct("dose") { $0.set(0x0008_0008, "CS", "DERIVED\\SECONDARY\\SCREEN SAVE") },
      ct("capture") { $0.set(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.7") },
      ct("mip") { $0.set(0x0008_0008, "CS", "DERIVED\\PRIMARY\\MIP") })
    #expect(
      found.series.map(\.role.rawValue).sorted() == [
        "CT localiser", "projection", "screen capture", "screen capture",
      ])
  }

  @Test func ofThinAndThickSlicesTheOnesForRegistrationAreTaken() throws {
    let thin = (0..<15).map { Double($0) * 2 }
    let finest = (0..<61).map { Double($0) / 2 }
    let choice = try ctChoice(
      ct("thick", [0, 5, 10, 15, 20, 25, 30]), ct("fine", finest), ct("thin", thin))
    #expect(name(choice.chosen) == "thin")
    #expect(reason(choice, "thick")?.contains("5.0 mm") == true)
    #expect(reason(choice, "fine")?.contains("0.5 mm") == true)
  }

  @Test func reformatsContrastAndSingleSlicesGoBehind() throws {
    let choice = try ctChoice(
      ct("mpr") { $0.set(0x0008_0008, "CS", "DERIVED\\SECONDARY\\MPR") },
      ct("contrast") { $0.set(0x0018_0010, "LO", "Iomeprol") },
      ct("one", [0]),
      ct("coronal", (0..<6).map { Double($0) * 4 - 20 }) {
        $0.set(0x0020_0037, "DS", "1\\0\\0\\0\\0\\-1")
        $0.set(0x0020_0032, "DS", "-10\\-20\\27")
      },
      ct("plain"))
    #expect(name(choice.chosen) == "plain")
    #expect(reason(choice, "mpr")?.contains("reformatted") == true)
    #expect(reason(choice, "contrast")?.contains("(0018,0010)") == true)
    #expect(reason(choice, "one") == "a single slice")
  }

  @Test func phasesInTheSameMinuteAreATie() throws {
    let choice = try ctChoice(
      ct("arterial") { $0.setStart("20250101", "105900") },
      ct("venous") { $0.setStart("20250101", "105940") })
    #expect(choice.ties.count == 1)
    let apart = try ctChoice(
      ct("arterial") { $0.setStart("20250101", "104500") },
      ct("venous") { $0.setStart("20250101", "105940") })
    #expect(name(apart.chosen) == "venous" && apart.ties.isEmpty)
  }
}
