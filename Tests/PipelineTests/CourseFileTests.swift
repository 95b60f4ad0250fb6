import Foundation
import Pipeline
import Quantities
import Testing

@Suite struct CourseFileTests {
  private static let whole = """
    theratrack: 1
    agent: {radionuclide: Lu-177, ligand: DOTATATE}
    patient: {weight: 71 kg, height: 1.72 m, sex: F}
    cycles:
      - {number: 1, activity: 7.4 GBq, at: "2026-01-12T09:30:00+01:00"}
    timePoints:
      - {id: base, role: baseline, pet: dicom/base/pet, ct: dicom/base/ct, tracer: Ga-68 DOTATATE}
      - {id: c1h24, role: dosimetry, cycle: 1, spect: dicom/c1h24/spect, ct: dicom/c1h24/ct}
      - {id: fu1, role: follow-up, pet: /scans/fu1/pet}
    limits: limits.yaml
    reference: base
    pictures: {make: [fused, slices], planes: [coronal], window: 0..12, depth: 16, frames: 36}
    spect: {resolution: 10 mm}
    lesions:
      rule: 41 % of maximum
      minimumVolume: 0.5 mL
      exclude:
        - {centre: [10, -20, 300], radius: 15 mm, reason: ureter}
    """

  private func course(_ text: String) throws -> Course {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appending(path: "course.yaml")
    try Data(text.utf8).write(to: file)
    return try Course(file: file)
  }

  @Test func everyEntryOfTheDocumentedFileIsRead() throws {
    let course = try course(Self.whole)
    #expect(course.agent?.radionuclide == .lutetium177)
    #expect(course.patient.weight == .kilograms(71))
    #expect(course.patient.height?.metres == 1.72)
    #expect(course.cycles.first?.activity == .gigabecquerels(7.4))
    // 09:30 in a zone one hour ahead of UTC is 08:30 UTC.
    #expect(course.cycles.first?.at == (try Date("2026-01-12T08:30:00Z", strategy: .iso8601)))
    #expect(course.timePoints.map(\.id) == ["base", "c1h24", "fu1"])
    #expect(course.timePoint("base")?.ct?.path == course.folder.path + "/dicom/base/ct")
    #expect(course.timePoint("fu1")?.emission.path == "/scans/fu1/pet")
    #expect(course.lesions.rule == .fractionOfMaximum(0.41))
    #expect(course.lesions.exclusions.first?.radius == .millimetres(15))
    #expect(course.resolution.spect == .millimetres(10))
    #expect(course.resolution.pet == nil)
  }

  @Test(arguments: [
    ("weight: 71 kg", "weight: 71", "patient.weight"),
    ("weight: 71 kg", "weight: 71000 kg", "patient.weight"),
    ("7.4 GBq", "7.4", "cycle 1.activity"),
    ("+01:00", "", "cycle 1.at"),
    ("radionuclide: Lu-177", "radionuclide: Xx-1", "agent.radionuclide"),
    ("role: follow-up", "role: later", "time point 'fu1'.role"),
    ("cycle: 1, spect", "cycle: 9, spect", "time point 'c1h24'.cycle"),
    ("id: fu1", "id: base", "time point 'base'"),
    ("id: fu1", "id: ../fu1", "time point '../fu1'"),
    ("reference: base", "reference: nowhere", "reference"),
    // Two diagnostic scans have no middle.
    ("reference: base", "reference: mean", "reference"),
    ("41 % of maximum", "a bit", "lesions.rule"),
    ("theratrack: 1", "theratrack: 2", "theratrack"),
    ("[fused, slices]", "[fused, films]", "pictures.make"),
    ("[coronal]", "[oblique]", "pictures.planes"), ("[coronal]", "[]", "pictures.planes"),
    ("0..12", "12..0", "pictures.window"), ("0..12", "0..12 Gy", "pictures.window"),
    ("depth: 16", "depth: 12", "pictures.depth"),
    ("depth: 16", "width: 17 m", "pictures.width"), ("depth: 16", "width: 17", "pictures.width"),
    ("depth: 16", "ctWindow: 0..100", "pictures.ctWindow"),
    ("depth: 16", "colours: jet", "pictures.colours"),
    ("depth: 16", "dpi: 5", "pictures.dpi"), ("frames: 36", "frames: 1", "pictures.frames"),
  ])
  func aWrongEntryIsNamed(correct: String, wrong: String, entry: String) {
    let text = Self.whole.replacingOccurrences(of: correct, with: wrong)
    #expect(text != Self.whole)
    let error = #expect(throws: CourseError.self) { try course(text) }
    guard case .invalid(_, let named, _) = error else {
      Issue.record("expected .invalid, got \(String(describing: error))")
      return
    }
    #expect(named == entry)
  }

  @Test(arguments: [
    "", "just text", "theratrack: 1", "timePoints: [", "theratrack: one\ntimePoints: []",
    CourseFileTests.whole.replacing("depth: 16", with: "size: 16"),
  ])
  func aFileThatIsNoCourseIsRefused(text: String) {
    #expect(throws: CourseError.self) { try course(text) }
  }

  @Test func aMissingFileSaysHowToMakeOne() {
    let error = #expect(throws: CourseError.self) {
      try Course(file: URL(filePath: "/nowhere/course.yaml"))
    }
    #expect(error?.description.contains("theratrack index") == true)
  }
}
