import DICOMIO
import Foundation
import TestSupport
import Testing
import Volumes

/// `theratrack dose` on the virtual course, through the built command.
@Suite struct DoseMapTests {
  /// The documented part of the answer that the tests read.
  struct Answer: Decodable {
    struct Region: Decodable {
      let region, kind: String
      let mean_Gy, maximum_Gy, minimum_Gy, d95_Gy, d2_Gy, eud_Gy, bed_mean_Gy: Double
      let self_dose_Gy, cross_dose_Gy, mean_statistical_Gy: Double?
    }
    struct Cycle: Decodable {
      let cycle: Int
      let regions: [Region]
      let decays_outside_ct_fraction: Double
    }
    struct Cumulative: Decodable { let regions: [Region] }

    let cycles: [Cycle]
    let cumulative: Cumulative?
    let files: [String]

    func region(_ name: String) -> Region? { cycles.first?.regions.first { $0.region == name } }
  }

  /// Kernels once for all tests; the registration of the shared course is used again.
  static let cache = FileManager.default.temporaryDirectory
    .appending(path: "theratrack-kernels-\(ProcessInfo.processInfo.processIdentifier)")

  private static func run(
    _ course: URL, _ arguments: [String], into output: URL
  ) throws -> BuiltCommand.Outcome {
    try BuiltCommand.run(
      ["dose", course.path, "-o", output.path, "--json"] + arguments,
      environment: ["THERATRACK_CACHE": cache.path])
  }

  private static func answer(_ method: String, into output: URL) throws -> Answer {
    let demo = try DemoCourse.shared
    try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
    try? FileManager.default.copyItem(
      at: demo.folder.appending(path: "results/course.sqlite"),
      to: output.appending(path: "course.sqlite"))
    let outcome = try run(
      DemoCourse.course(in: demo.folder), ["--method", method, "--decays", "1000000"], into: output)
    try DemoCourse.expect(outcome, exitCodes: [0, 3])
    return try JSONDecoder().decode(Answer.self, from: Data(outcome.output.utf8))
  }

  @Test func theThreeMethodsTellOneStoryOfTheDemoCourse() throws {
    let folder = try BuiltCommand.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let kernel = try Self.answer("kernel", into: folder.appending(path: "kernel"))
    let simulated = try Self.answer("montecarlo", into: folder.appending(path: "montecarlo"))
    let local = try Self.answer("local", into: folder.appending(path: "local"))
    for name in ["liver", "left kidney", "right kidney", "spleen"] {
      let k = try #require(kernel.region(name))
      let m = try #require(simulated.region(name))
      let l = try #require(local.region(name))
      let sigma = try #require(m.mean_statistical_Gy)
      print(
        "figure: voxel dose \(name) kernel \(k.mean_Gy) montecarlo \(m.mean_Gy) ± \(sigma) local "
          + "\(l.mean_Gy) Gy, cross \(k.cross_dose_Gy ?? .nan)")
      #expect(abs(k.mean_Gy / m.mean_Gy - 1) < 0.03 + 3 * sigma / m.mean_Gy)
      // Photons are a few per cent in Lu-177, and nothing else is missing.
      #expect(l.mean_Gy < k.mean_Gy && l.mean_Gy > 0.88 * k.mean_Gy)
      #expect(k.minimum_Gy <= k.d95_Gy && k.d95_Gy <= k.d2_Gy && k.d2_Gy <= k.maximum_Gy)
      #expect(k.eud_Gy <= k.mean_Gy && k.bed_mean_Gy > k.mean_Gy)
      // Beside a simulation cross-dose is the kernel's, and self-dose the rest of what was simulated.
      let cross = try #require(m.cross_dose_Gy)
      #expect(abs(cross - (k.cross_dose_Gy ?? .nan)) < 1e-9 && cross > 0)
      #expect(abs(try #require(m.self_dose_Gy) + cross - m.mean_Gy) < 1e-9)
      #expect(l.cross_dose_Gy == nil && l.self_dose_Gy == nil)
      // The liver's lesions spill into what is left of it, by the outlines of each frame.
      guard name != "liver" else { continue }
      // One cycle: its sum in the reference frame is the same dose, resampled.
      let sum = try #require(kernel.cumulative?.regions.first { $0.region == name })
      #expect(abs(sum.mean_Gy / k.mean_Gy - 1) < 0.05)
      // Blurred voxels lose some of what the regions' doses have recovered.
      let regional = try #require(
        DemoCourse.shared.results.cycles[0].doses.first { $0.region == name }?.dose_Gy.value)
      #expect(k.mean_Gy < 1.1 * regional && k.mean_Gy > 0.6 * regional)
    }
  }

  /// As if the agent were Y-90, whose electrons cross lung and bone: there no kernel can tell what
  /// comes from outside, and nothing is stated.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["THERATRACK_LONG"] != nil))
  func crossDoseIsNotStatedWhereNoKernelIsRight() throws {
    let demo = try DemoCourse.shared
    let folder = try BuiltCommand.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    // Without the limits, which are those of Lu-177.
    let lines = try String(contentsOf: DemoCourse.course(in: demo.folder), encoding: .utf8)
      .split(separator: "\n").filter { !$0.hasPrefix("limits:") }
    let text = lines.joined(separator: "\n") + "\n"
    let course = demo.folder.appending(path: "yttrium.yaml")
    try Data(text.replacing("Lu-177", with: "Y-90").utf8).write(to: course)
    defer { try? FileManager.default.removeItem(at: course) }
    let outcome = try Self.run(
      course, ["--method", "hybrid", "--decays", "100000"], into: folder)
    try DemoCourse.expect(outcome, exitCodes: [0, 3])
    let answer = try JSONDecoder().decode(Answer.self, from: Data(outcome.output.utf8))
    let (lungs, kidney) = (
      try #require(answer.region("lungs")), try #require(answer.region("left kidney"))
    )
    #expect(lungs.cross_dose_Gy == nil && lungs.self_dose_Gy == nil && lungs.mean_Gy > 0)
    #expect(try #require(kidney.cross_dose_Gy) > 0)
  }

  @Test func theMapComesBackAsAnRTDose() throws {
    let folder = try BuiltCommand.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let answer = try Self.answer("kernel", into: folder)
    let dose = folder.appending(path: "dose")
    for file in answer.files {
      #expect(FileManager.default.fileExists(atPath: dose.appending(path: file).path), "\(file)")
    }
    let image = try DoseImage.load(file: dose.appending(path: "dose-cycle-1.dcm"))
    let largest = try image.absorbedDose().samples.max() ?? 0
    let stated = try #require(answer.cycles.first?.regions.map(\.maximum_Gy).max())
    #expect(largest > 0 && Double(largest) >= stated * 0.999)
    #expect(try DoseImage.load(file: dose.appending(path: "bed-cumulative.dcm")).kind == .effective)
  }

  /// The same seed gives the same bits, and the second time nothing is computed.
  @Test func aSecondRunFindsTheMapsReady() throws {
    let folder = try BuiltCommand.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    _ = try Self.answer("kernel", into: folder)
    let file = folder.appending(path: "dose/dose-cycle-1.dcm")
    let first = try Data(contentsOf: file)
    _ = try Self.answer("kernel", into: folder)
    #expect(try Data(contentsOf: file) == first)
    try FileManager.default.removeItem(at: file)
    _ = try Self.answer("kernel", into: folder)
    #expect(try Data(contentsOf: file) == first)
  }

  /// More activity in the image than was given; a method that is none.
  @Test(arguments: [
    ("activity: 7.4 GBq", "activity: 0.2 GBq", "administered"),
    ("reference: base", "dose: {voxel: guess}\nreference: base", "dose.voxel"),
  ])
  func whatCannotBeADoseIsRefused(from: String, to: String, word: String) throws {
    let demo = try DemoCourse.shared
    let folder = try BuiltCommand.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let text = try String(contentsOf: DemoCourse.course(in: demo.folder), encoding: .utf8)
    let changed = text.replacing(from, with: to)
    #expect(changed != text)
    let course = demo.folder.appending(path: "changed-\(word).yaml")
    try Data(changed.utf8).write(to: course)
    defer { try? FileManager.default.removeItem(at: course) }
    let outcome = try Self.run(course, [], into: folder)
    #expect(outcome.exitCode == 1)
    #expect((outcome.errors + outcome.output).contains(word))
  }
}
