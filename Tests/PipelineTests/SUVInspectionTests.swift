import DICOMIO
import Foundation
import Pipeline
import Quantities
import TestSupport
import Testing

@Suite struct SUVInspectionTests {
  private func write(_ slices: [TinyDICOM], in folder: URL) throws {
    for (n, slice) in slices.enumerated() { try slice.write(to: folder.appending(path: "\(n)")) }
  }

  private func object(_ data: Data) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  /// 70 000 g / (368.08 MBq · 2^(−3600/6586.2)) = 2.777781e-4 g/Bq; stored values 0 to 5.
  @Test func theReportHasEveryDocumentedKey() throws {
    try withTemporaryFolder { folder in
      try write([.pet(z: 0), .pet(z: 3), .pet(z: 6)], in: folder)
      let report = try object(SUVInspection.inspect([folder]).json())
      let factor = try #require(report["suvbw_factor_g_per_Bq"] as? Double)
      #expect(abs(factor - 2.777781e-4) < 1e-9)
      // Above zero are 1 to 5; of all voxels, zero included, the mean is 2.5.
      #expect(abs((report["suv_min"] as? Double ?? 0) - factor) < 1e-9)
      #expect(abs((report["suv_median"] as? Double ?? 0) - 3 * factor) < 1e-9)
      #expect(abs((report["suv_mean"] as? Double ?? 0) - 2.5 * factor) < 1e-9)
      #expect(abs((report["suv_max"] as? Double ?? 0) - 5 * factor) < 1e-9)
      #expect(report["reference_time_rule"] as? String == "series time")
      #expect(report["reference_time"] as? String == "2025-01-01T11:00:00.000")
      #expect((report["candidates"] as? [[String: Any]])?.count == 2)
      #expect((report["regions"] as? [Any])?.isEmpty == true)
      #expect(report["warnings"] is [String])
    }
  }

  @Test func theFactorIsNullWhereStoredValuesAreSUV() throws {
    try withTemporaryFolder { folder in
      let slices = [0.0, 3, 6].map { z in
        var slice = TinyDICOM.pet(z: z)
        slice.set(0x0054_1001, "CS", "GML")
        return slice
      }
      try write(slices, in: folder)
      let report = try object(SUVInspection.inspect([folder]).json())
      #expect(report["suvbw_factor_g_per_Bq"] is NSNull)
      #expect(report["suv_max"] as? Double == 5)
    }
  }

  @Test func aRefusalIsJSONWithTagAndRemedyAndNoIdentity() throws {
    try withTemporaryFolder { folder in
      let slices = [0.0, 3].map { z in
        var slice = TinyDICOM.pet(z: z)
        slice.set(0x0010_1030, "DS", "0")
        return slice
      }
      try write(slices, in: folder)
      let error = try #require(
        #expect(throws: DICOMReadError.self) { try SUVInspection.inspect([folder]) })
      let text = FailureReport(error).json
      let body = try #require(object(Data(text.utf8))["error"] as? [String: Any])
      #expect(body["tag"] as? String == "(0010,1030)")
      #expect((body["remedy"] as? String)?.isEmpty == false)
      #expect(!text.contains("Nobody") && !text.contains("SECRET-ID"))
    }
  }

  @Test func severalSeriesAreNotGuessedAt() throws {
    try withTemporaryFolder { folder in
      let other = [0.0, 3].map { z in
        var slice = TinyDICOM.pet(z: z)
        slice.set(0x0020_000E, "UI", "1.2.3.99")
        return slice
      }
      try write([.pet(z: 0), .pet(z: 3)] + other, in: folder)
      let error = #expect(throws: DICOMReadError.self) { try SUVInspection.inspect([folder]) }
      #expect(error?.tag == DICOMTag(0x0020, 0x000E))
    }
  }

  /// IBSI SUV reference objects: 0.20, 1.00 and 4.00 to two decimals, air left out.
  @Test(
    .enabled(if: RealData.scans != nil, Comment(rawValue: RealData.absent)),
    arguments: ["0_0", "1_0", "2_0", "2_1", "2_4", "3_0", "3_1", "4_0", "5_0"])
  func reportOfASUVReferenceObject(name: String) throws {
    let root = try #require(RealData.scans).appending(path: "suv-dro/DRO_\(name)")
    let report = try object(SUVInspection.inspect([root.appending(path: "PT")]).json())
    #expect(abs((report["suv_min"] as? Double ?? 0) - 0.20) < 0.005)
    #expect(abs((report["suv_median"] as? Double ?? 0) - 1.00) < 0.005)
    #expect(abs((report["suv_max"] as? Double ?? 0) - 4.00) < 0.005)
  }

  @Test(.enabled(if: RealData.scans != nil, Comment(rawValue: RealData.absent)))
  func regionsOfARealScan() throws {
    let root = try #require(RealData.scans).appending(path: "sts/STS_001_raw")
    let inspection = try SUVInspection.inspect(
      [root.appending(path: "image")], structures: root.appending(path: "mask/1-1.dcm"))
    #expect(inspection.regions.map(\.name) == ["GTV_Mass", "GTV_Edema"])
    let mass = try #require(inspection.regions.first)
    #expect(abs(mass.volume / 368.32 - 1) < 0.03)
    #expect(abs((mass.statistics?.mean ?? 0) / 2.5552 - 1) < 0.03)
  }
}
