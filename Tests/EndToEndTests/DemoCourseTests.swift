import Foundation
import Geometry
import Phantoms
import TestSupport
import Testing

/// The whole way on a virtual course, against its truth.
@Suite struct DemoCourseTests {
  private static let followUp = "fu1"

  /// Rigid truth: R (p − centre) + centre + translation.
  private func rigid(
    _ motion: CourseTruth.MotionTruth, _ p: SIMD3<Double>
  ) -> SIMD3<Double> {
    let frame = FrameOfReference(uid: "truth")
    let transform = RigidTransform(
      from: frame, to: frame, rotationVector: motion.rotationVector,
      about: PatientPoint(millimetres: motion.centre), translation: motion.translation)
    return transform(PatientPoint(millimetres: p)).millimetres
  }

  /// The bar: below 1 mm and 0.3° at 100 landmarks or more.
  @Test func everyLinkFollowsTheTrueMotionOfTheSkeleton() throws {
    let demo = try DemoCourse.shared
    let points = demo.truth.landmarks.compactMap { $0.positions["base"] }
    #expect(points.count >= 100)
    for link in demo.results.links {
      let truth = try #require(demo.truth.timePoints.first { $0.id == link.time_point })
      let errors = points.map { (link($0) - rigid(truth.motion, $0)).length }
      #expect((errors.max() ?? .infinity) < 1, "\(link.time_point)")
      let mean = errors.reduce(0, +) / Double(errors.count)
      print("figure: link \(link.time_point) mean \(mean) max \(errors.max() ?? 0) mm")
      // The turn of a difference vector, for three axes.
      for axis in [SIMD3<Double>(1, 0, 0), [0, 1, 0], [0, 0, 1]] {
        let found = link(axis) - link(.zero)
        let true_ = rigid(truth.motion, axis) - rigid(truth.motion, .zero)
        let angle = asin(min(1, found.cross(true_).length)) * 180 / .pi
        #expect(angle < 0.3, "\(link.time_point)")
      }
    }
  }

  /// The SPECT/CTs of a cycle are also registered to each other by maps: both ways agree within what
  /// the links promise.
  @Test func linksThroughTheReferenceAgreeWithDirectOnes() throws {
    let demo = try DemoCourse.shared
    #expect(demo.results.loops.map { "\($0.from) \($0.to)" } == ["c1h4 c1h24", "c1h24 c1h96"])
    for loop in demo.results.loops {
      print("figure: loop \(loop.from) to \(loop.to) mean \(loop.gap_mm.mean) mm")
      #expect(loop.map == "deformable" && loop.gap_mm.mean < 1.5, "\(loop)")
      #expect(loop.promised_factor < 1, "\(loop)")
    }
    for link in demo.results.links {
      #expect(link.tissue_follows == (link.time_point == "base" ? nil : "deformable"))
    }
  }

  /// Finds which true lesion a track is, by the place of its maximum.
  private func lesion(
    of track: Results.Lesion, in demo: DemoCourse
  ) throws -> CourseTruth.LesionTruth {
    for id in ["base", Self.followUp] {
      guard let at = track.point(id)?.suvmax_at_mm else { continue }
      let truth = try #require(demo.truth.timePoints.first { $0.id == id })
      let place = SIMD3(at[0], at[1], at[2])
      return try #require(
        truth.lesions.filter(\.isPresent)
          .min { ($0.centre - place).length < ($1.centre - place).length })
    }
    throw DemoCourse.CommandFailed(errors: "track \(track.id) has no place", exitCode: 0)
  }

  @Test func everyLesionIsFollowedToItsTrueFate() throws {
    let demo = try DemoCourse.shared
    let expected: [LesionFate: [String]] = [
      .shrinks: ["present"], .grows: ["present"], .stable: ["present"], .vanishes: ["vanished"],
      .new: ["new"], .merges: ["merged into", "merged with"],
    ]
    var found: [String] = []
    for track in demo.results.lesions {
      let truth = try lesion(of: track, in: demo)
      let fate = try #require(track.point(Self.followUp)?.fate)
      let allowed = try #require(expected[truth.fate])
      #expect(allowed.contains { fate.hasPrefix($0) }, "\(truth.name): \(fate)")
      found.append(truth.name)
    }
    #expect(Set(found) == Set(demo.truth.timePoints[0].lesions.map(\.name)))
    #expect(found.count == Set(found).count)
  }

  /// The bar: the change of SUVmean within 5 % of truth above 4 mL, freed of partial volume.
  @Test func changesOfUptakeAreTrueWithinFivePerCentAboveFourMillilitres() throws {
    let demo = try DemoCourse.shared
    let key = "suvmean_recovered_g_per_mL"
    let after = try #require(demo.truth.timePoints.first { $0.id == Self.followUp })
    var checked = 0
    for track in demo.results.lesions {
      let truth = try lesion(of: track, in: demo)
      guard truth.volume > 4, let before = truth.suv, before > 0,
        let later = after.lesions.first(where: { $0.name == truth.name }), later.volume > 4,
        let laterSUV = later.suv, later.connectedWith.isEmpty,
        let a = track.point("base")?.metrics[key],
        let b = track.point(Self.followUp)?.metrics[key]
      else { continue }
      #expect(abs(b / a / (laterSUV / before) - 1) < 0.05, "\(truth.name)")
      print("figure: change of \(truth.name) over truth \(b / a / (laterSUV / before))")
      checked += 1
    }
    #expect(checked >= 4)
  }

  /// The bar: TIA within 3 % and dose within 5 % of truth, for organs wholly in the image. The
  /// true dose is that of electrons, so the photons' share is taken off ours.
  @Test(arguments: ["liver", "left kidney", "right kidney", "spleen", "heart"])
  func organsGetTheirTrueDose(organ: String) throws {
    let demo = try DemoCourse.shared
    let truth = try #require(demo.truth.cycles[0].regions.first { $0.name == organ })
    let dose = try #require(demo.results.cycles[0].doses.first { $0.region == organ })
    let tia = dose.fit.tia_Bq_s.value / 3.6e9
    #expect(abs(tia / truth.timeIntegratedActivity - 1) < 0.03)
    let electrons = dose.dose_Gy.value * (1 - dose.photon_fraction)
    #expect(abs(electrons / truth.localElectronDose - 1) < 0.05)
    print(
      "figure: \(organ) TIA over truth \(tia / truth.timeIntegratedActivity), electron dose over "
        + "truth \(electrons / truth.localElectronDose)")
  }

  @Test func aSecondRunRedoesOnlyWhatChanged() throws {
    let demo = try DemoCourse.shared
    let folder = try BuiltCommand.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.copyItem(
      at: demo.folder.appending(path: "results"), to: folder.appending(path: "results"))
    let course = DemoCourse.course(in: demo.folder)
    let output = folder.appending(path: "results").path
    let again = try BuiltCommand.run(["run", course.path, "-o", output, "--json"])
    #expect(try reused(again) == ["register", "close", "deform", "track", "dose", "report"])
    // Another SPECT resolution changes the doses, not the links or the lesions.
    let edited = demo.folder.appending(path: "edited.yaml")
    let text = try String(contentsOf: course, encoding: .utf8)
    try Data(text.replacing("resolution: 11mm", with: "resolution: 10mm").utf8).write(to: edited)
    let other = try BuiltCommand.run(["run", edited.path, "-o", output, "--json"])
    #expect(try reused(other) == ["register", "close", "deform", "track"])
  }

  /// The stages of which every part was found ready.
  private func reused(_ outcome: BuiltCommand.Outcome) throws -> Set<String> {
    let stages = try #require(outcome.json["stages"] as? [[String: Any]])
    let named = Dictionary(grouping: stages) { $0["stage"] as? String ?? "" }
    return Set(
      named.filter { $0.value.allSatisfy { $0["reused"] as? Bool == true } }.keys
    )
  }

  @Test func theSameCourseGivesTheSameBytes() throws {
    let demo = try DemoCourse.shared
    let folder = try BuiltCommand.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let run = try BuiltCommand.run(
      ["run", DemoCourse.course(in: demo.folder).path, "-o", folder.path])
    try DemoCourse.expect(run, exitCodes: [0, 3])
    for file in ["results.json", "report.html", "pictures/response-map.png", "tables/dose.csv"] {
      let first = try Data(contentsOf: demo.folder.appending(path: "results/" + file))
      #expect(try Data(contentsOf: folder.appending(path: file)) == first, "\(file)")
    }
  }

  /// The phantom's name and number stand in every DICOM file; nothing else may hold them.
  @Test func noOutputHoldsThePatientsIdentity() throws {
    let demo = try DemoCourse.shared
    let results = demo.folder.appending(path: "results")
    let files = try #require(
      FileManager.default.enumerator(at: results, includingPropertiesForKeys: nil))
    var count = 0
    for case let file as URL in files {
      guard let data = try? Data(contentsOf: file) else { continue }
      for canary in ["Virtual^Patient", "VIRTUAL-7"] {
        #expect(data.range(of: Data(canary.utf8)) == nil, "\(file.lastPathComponent)")
      }
      count += 1
    }
    #expect(count > 20)
    #expect(!demo.summary.contains("VIRTUAL-7"))
  }

  @Test func pointsAreMappedFromTheFixedToTheMovingPatient() throws {
    let demo = try DemoCourse.shared
    let folder = try BuiltCommand.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let bones = demo.truth.landmarks.filter { $0.kind == .bone }
    let rows = bones.compactMap { $0.positions["base"] }.map { "\($0.x),\($0.y),\($0.z)" }
    let csv = folder.appending(path: "points.csv")
    try Data((["x_mm,y_mm,z_mm"] + rows).joined(separator: "\n").utf8).write(to: csv)
    let outcome = try BuiltCommand.run([
      "register", demo.folder.appending(path: "dicom/base/ct").path,
      demo.folder.appending(path: "dicom/fu1/ct").path, "--points", csv.path, "--json",
      "--method", "rigid",
    ])
    #expect(outcome.exitCode == 0)
    let points = try #require(outcome.json["points"] as? [[String: Any]])
    #expect(points.count == bones.count)
    for (point, bone) in zip(points, bones) {
      let x = try #require(point["x_mm"] as? Double)
      let y = try #require(point["y_mm"] as? Double)
      let z = try #require(point["z_mm"] as? Double)
      let truth = try #require(bone.positions[Self.followUp])
      #expect((SIMD3(x, y, z) - truth).length < 1)
      #expect(try #require(point["sd_mm"] as? Double) > 0)
      #expect(point["moving_mm"] as? [Double] == [x, y, z])
    }
  }
}
