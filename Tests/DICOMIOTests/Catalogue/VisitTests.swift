import DICOMIO
import Foundation
import Geometry
import TestSupport
import Testing

/// Scans are told apart in time by their acquisition, whatever their study UID says.
@Suite struct VisitTests {
  private func patients(_ files: [(String, TinyDICOM)]) throws -> [SeriesCatalogue.Patient] {
    try withTemporaryFolder { folder in
      try TinyDICOM.write(files, below: folder)
      return try SeriesCatalogue.scan(folder: folder).patients
    }
  }

  private func scan(
    _ name: String, _ date: String, _ time: String, frame: String, study: String = "1.2.3"
  ) -> [(String, TinyDICOM)] {
    [{ TinyDICOM.pet(z: $0) }, { TinyDICOM.ct(z: $0) }].enumerated().flatMap { n, slice in
      TinyDICOM.series("\(name)\(n)", slice, at: [0, 3, 6]) {
        $0.setStart(date, time)
        $0.set(0x0020_0052, "UI", frame)
        $0.set(0x0020_000D, "UI", study)
      }
    }
  }

  @Test func threeTimePointsInOneStudyAreThreeVisits() throws {
    let files =
      scan("h4", "20250101", "140000", frame: "1.2.3.71")
      + scan("h24", "20250102", "100000", frame: "1.2.3.72")
      + scan("h96", "20250105", "100000", frame: "1.2.3.73")
    let patient = try #require(patients(files).first)
    #expect(patient.studies.count == 1)
    let visits = patient.visits { _ in 45 * 60 }
    #expect(
      visits.map { $0.images.map(\.frameOfReference?.uid) } == [
        ["1.2.3.71"], ["1.2.3.72"], ["1.2.3.73"],
      ])
    for visit in visits {
      let image = try #require(visit.images.first)
      let ct = SeriesChoice.ct(among: patient.series, for: image)
      #expect(ct.chosen?.frameOfReference == image.frameOfReference)
      #expect(ct.passedOver.count == 2)
    }
  }

  @Test func oneFrameOnTwoDaysDoesNotJoinTheirScans() throws {
    let files =
      scan("a", "20250101", "100000", frame: "1.2.3.7")
      + scan("b", "20250301", "100000", frame: "1.2.3.7")
    let patient = try #require(patients(files).first)
    let visits = patient.visits { _ in 4 * 3600 }
    #expect(visits.count == 2)
    let ct = SeriesChoice.ct(among: patient.series, for: try #require(visits[1].images.first))
    #expect(ct.chosen?.files.first?.hasPrefix("b1/") == true)
    #expect(ct.passedOver.first?.reason.contains("another visit") == true)
  }

  @Test func twoStudiesOfOneMorningAreOneVisit() throws {
    let files =
      scan("a", "20250101", "100000", frame: "1.2.3.7")
      + scan("b", "20250101", "102000", frame: "1.2.3.8", study: "1.2.4")
    #expect(try #require(patients(files).first).visits { _ in 4 * 3600 }.count == 1)
  }

  @Test func anotherNuclideIsAnotherVisit() throws {
    func tagged(_ name: String, _ nuclide: String) -> [(String, TinyDICOM)] {
      TinyDICOM.series(name, { .pet(z: $0) }, at: [0, 3]) { file in
        var code = TinyDICOM()
        code.set(0x0008_0104, "LO", nuclide)
        var item = TinyDICOM()
        item.set(0x0054_0300, items: [code])
        file.set(0x0054_0016, items: [item])
      }
    }
    let patient = try #require(
      patients(tagged("a", "^18^Fluorine") + tagged("b", "^68^Gallium")).first)
    #expect(patient.visits { _ in 4 * 3600 }.count == 2)
  }

  @Test func aDerivedPETJoinsItsOriginalWheneverItWasMade() throws {
    let late = TinyDICOM.series("late", { .pet(z: $0) }, at: [0, 3]) {
      $0.set(0x0008_0008, "CS", "DERIVED\\SECONDARY")
      $0.setStart("20250701", "100000")
    }
    let patient = try #require(
      patients(scan("a", "20250101", "100000", frame: "1.2.3.7") + late).first)
    let visits = patient.visits { _ in 4 * 3600 }
    #expect(visits.map(\.images.count) == [2])
    #expect(SeriesChoice.emission(among: visits[0].images).chosen?.role == .pet)
  }

  // MARK: Outlines

  @Test func outlinesBelongToTheImagesTheyWereDrawnOn() throws {
    let images = scan("a", "20250101", "100000", frame: "1.2.3.7")
    let uid = "1.2.3.50." + "a1".utf8.map(String.init).joined(separator: ".")
    let drawn = TinyDICOM.structureSet(
      frame: "1.2.3.7", series: uid, images: ["\(uid).1", "\(uid).2", "1.2.3.9999"])
    let series = try #require(patients(images + [("rs", drawn)]).first).series
    let outlines = try #require(series.first { $0.role == .structureSet })
    #expect(outlines.references?.series == [uid])
    #expect(outlines.references?.imageCount == 3)
    #expect(outlines.references?.imagesThere == 2)
    #expect(outlines.problems.isEmpty)
    let choice = SeriesChoice.structures(among: series, for: series.filter { $0.role == .ct })
    #expect(choice.chosen?.uid == outlines.uid)
  }

  @Test func outlinesOfAnotherFrameAreNotAttached() throws {
    let images = scan("a", "20250101", "100000", frame: "1.2.3.7")
    let drawn = TinyDICOM.structureSet(frame: "1.2.3.99", series: "1.9", images: ["1.9.1"])
    let series = try #require(patients(images + [("rs", drawn)]).first).series
    let outlines = try #require(series.first { $0.role == .structureSet })
    #expect(outlines.problems.contains { $0.contains("(3006,0024)") })
    let choice = SeriesChoice.structures(among: series, for: series.filter { $0.role == .ct })
    #expect(choice.chosen == nil)
    #expect(choice.passedOver.count == 1)
  }
}
