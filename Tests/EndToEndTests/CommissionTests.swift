import Foundation
import TestSupport
import Testing

/// The chain tested on follow-ups that it derives itself, and scans as other programs take them.
@Suite struct CommissionTests {
  private func figure(_ json: [String: Any], _ name: String) throws -> Double {
    let figures = try #require(json["figures"] as? [String: Any])
    let interval = try #require(figures[name] as? [String: Any])
    return try #require(interval["value"] as? Double)
  }

  /// Bounds of twice and more what was measured: a broken stage misses them by far.
  @Test func aDerivedFollowUpIsRecoveredAndReported() throws {
    try withTemporaryFolder { folder in
      let demo = try DemoCourse.shared
      let outcome = try BuiltCommand.run([
        "commission", DemoCourse.course(in: demo.folder).path, "-o", folder.path, "--repeats", "1",
        "--json",
      ])
      #expect([0, 3].contains(outcome.exitCode), "\(outcome.errors)")
      #expect(try figure(outcome.json, "deformable_error_mean_mm") < 2)
      #expect(try figure(outcome.json, "lesions_found_fraction") > 0.7)
      #expect(try figure(outcome.json, "uptake_factor_error_mean_percent") < 30)
      let page = try String(
        contentsOf: folder.appending(path: "commissioning.html"), encoding: .utf8)
      #expect(page.contains("Signature") && page.contains("too few follow-ups"))
    }
  }

  @Test func aPETLeavesAsNIfTIWithItsRegions() throws {
    try withTemporaryFolder { folder in
      let dicom = try DemoCourse.shared.folder.appending(path: "dicom/base")
      let file = folder.appending(path: "pet.nii")
      let outcome = try BuiltCommand.run([
        "export", dicom.appending(path: "pet").path, "-o", file.path, "--structures",
        dicom.appending(path: "rtstruct/0001.dcm").path, "--json",
      ])
      #expect(outcome.exitCode == 0, "\(outcome.errors)")
      #expect(outcome.json["files"] as? [String] == ["pet.nii", "pet-regions.nii"])
      let labels = try #require(outcome.json["labels"] as? [[String: Any]])
      #expect(labels.contains { $0["name"] as? String == "liver" })
      let bytes = try Data(contentsOf: file)
      #expect(bytes.count == 352 + 112 * 112 * 150 * 4)
      let again = try BuiltCommand.run([
        "export", dicom.appending(path: "pet").path, "-o", file.path,
      ])
      #expect(again.exitCode == 2)
    }
  }
}
