import Dosimetry
import Foundation
import Quantities
import Testing

@testable import Pipeline

/// Planar values of a cycle, as a camera's workstation exports them.
@Suite struct PlanarFileTests {
  private func read(_ text: String) throws -> PlanarFile {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).csv")
    try Data(text.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try PlanarFile(file)
  }

  @Test func regionsAreFoundByTheirNamesWhateverTheSpelling() throws {
    let file = try read(
      """
      # geometric means
      Region;Time (h);Counts;SD (percent)
      Kidney_L;3,9;52000;4
      spleen;3,9;18000;5
      left kidney;24,1;40000;4
      spleen;24,1;15000;5
      """)
    #expect(file.regions.map(\.name) == ["left kidney", "spleen"])
    let kidney = file.regions[0].samples
    #expect(kidney.map(\.hours) == [3.9, 24.1])
    #expect(kidney.allSatisfy { $0.isPlanar })
    #expect(kidney[1].activity.megabecquerels == 40000)
    let spread = try #require(kidney[0].standardDeviation) / kidney[0].activity
    #expect(abs(spread - 0.04) < 1e-12)
    let named = try file.samples(named: ["left kidney": "left kidney", "spleen": "L3"])
    #expect(named["left kidney"]?.kind == .organ && named["L3"]?.kind == .lesion)
  }

  @Test func activitiesAndOtherUnitsOfTimeAreRead() throws {
    let file = try read("region,time_d,activity_kBq,sd_kBq\nliver,0.5,2000,100\n")
    let sample = try #require(file.regions.first?.samples.first)
    #expect(abs(sample.hours - 12) < 1e-12 && abs(sample.activity.megabecquerels - 2) < 1e-12)
    #expect(abs((sample.standardDeviation?.megabecquerels ?? 0) - 0.1) < 1e-12)
  }

  /// Each is refused with its line.
  @Test(arguments: [
    ("region,time_h,counts\nliver,-2,900\n", 2, "before the administration"),
    ("region,time_h,counts\nliver,4,900\nspleen,4,90\nliver,4,800\n", 4, "does not come after"),
    ("region,time_h,counts\nliver,24,900\nliver,4,950\n", 3, "does not come after"),
    ("region,time_h,counts\nliver,4,0\n", 2, "not positive"),
    ("region,time_h,counts\nliver,4,many\n", 2, "not a number"),
    ("region,time_h,counts\nliver,4,nan\n", 2, "not a number"),
    ("region,time_h,counts\n,4,900\n", 2, "region is empty"),
    ("region,time_h,counts,sd_counts\nliver,4,900,30\nliver,9,800,\n", 3, "standard deviation"),
    ("region,time_h,counts,sd_counts\nliver,4,900,-3\n", 2, "standard deviation"),
    ("region,time_h\nliver,4\n", 1, "activity_MBq"),
    ("region,counts\nliver,4\n", 1, "time_h"),
    ("region,time_h,counts,activity_MBq\nliver,4,900,3\n", 1, "say the same twice"),
    ("time_h,counts\n4,900\n", 1, "region"),
  ])
  func badRowsAreRefusedWithTheirLine(text: String, line: Int, word: String) throws {
    let error = #expect(throws: TableError.self) { try read(text) }
    #expect(error?.line == line)
    #expect(error?.description.contains(word) == true, "\(error?.description ?? "")")
  }

  @Test func aRegionThatTheCycleDoesNotKnowIsRefusedWithThoseItKnows() throws {
    let file = try read("region,time_h,counts\nliver,4,900\nPancreas,4,20\n")
    let error = #expect(throws: TableError.self) {
      try file.samples(named: ["liver": "liver", "spleen": "spleen"])
    }
    #expect(error?.line == 3 && error?.description.contains("Pancreas") == true)
    #expect(error?.remedy?.contains("liver, spleen") == true)
  }

  /// Named in the course file, with a row that is wrong, and without a SPECT beside it.
  @Test(arguments: [
    ("liver,4,900\nliver,4,900\n", "cycle: 1", "line 3"),
    ("liver,4,900\n", "cycle: 2", "no SPECT beside it"),
  ])
  func theCourseFileRefusesIt(rows: String, cycle: String, word: String) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(("region,time_h,counts\n" + rows).utf8)
      .write(to: folder.appending(path: "planar.csv"))
    let course = folder.appending(path: "course.yaml")
    try Data(
      """
      theratrack: 1
      agent: {radionuclide: Lu-177, ligand: DOTATATE}
      cycles:
        - {number: 1, activity: 7.4 GBq, at: "2026-01-12T09:30:00Z", planar: planar.csv}
        - {number: 2, activity: 7.4 GBq, at: "2026-03-12T09:30:00Z"}
      timePoints: [{id: late, role: dosimetry, \(cycle), spect: spect}]
      reference: late
      """.utf8
    ).write(to: course)
    let error = #expect(throws: CourseError.self) { try Course(file: course) }
    #expect(error?.description.contains("cycle 1.planar") == true)
    #expect(error?.description.contains(word) == true)
  }
}
