import DICOMIO
import Foundation
import Geometry
import Quantities
import TestSupport
import Testing
import Volumes

/// Files of a folder of the real scans, whatever their names.
func realFiles(_ path: String) throws -> [URL] {
  let folder = try #require(RealData.scans).appending(path: path)
  return try FileManager.default.contentsOfDirectory(
    at: folder, includingPropertiesForKeys: nil
  ).sorted { $0.path < $1.path }
}

@Suite(.enabled(if: RealData.scans != nil, Comment(rawValue: RealData.absent)))
struct RealSeriesTests {
  /// IBSI SUV reference objects (oncoray/suv_computation, CC BY 4.0): minimum, median and maximum
  /// of every object are 0.20, 1.00 and 4.00 to two decimals.
  @Test(arguments: ["0_0", "1_0", "2_0", "2_1", "2_4", "3_0", "3_1", "4_0", "5_0"])
  func suvReferenceObject(name: String) throws {
    let series = try PETSeries.load(files: realFiles("suv-dro/DRO_\(name)/PT"))
    // The reference is of the object; the air around it is stored as zero.
    let sorted = try series.suvVolume().samples.filter { $0 > 0 }.sorted()
    #expect(sorted.count == 203_202)
    #expect(abs(sorted[0] - 0.20) < 0.005)
    #expect(abs(sorted[sorted.count / 2] - 1.00) < 0.005)
    #expect(abs(sorted[sorted.count - 1] - 4.00) < 0.005)
  }

  /// The hot sphere has 515 voxels of 0.064 mL, 32.96 mL, and a lesion glycolysis of 131.84.
  @Test func hotSphereOfTheReferenceObject() throws {
    let series = try PETSeries.load(files: realFiles("suv-dro/DRO_0_0/PT"))
    let suv = try series.suvVolume()
    let hot = suv.samples.filter { $0 > 3.9 }
    let millilitres = Double(hot.count) * suv.grid.voxelMillilitres
    #expect(hot.count == 515)
    #expect(abs(millilitres - 32.96) < 1e-9)
    #expect(abs(hot.reduce(0) { $0 + Double($1) } * suv.grid.voxelMillilitres - 131.84) < 0.1)
  }

  /// TCIA Soft-tissue-Sarcoma STS_001: GE Discovery ST, slope differs per slice, gaps differ at
  /// the bed joins. Values from independent code, factor confirmed by a second group.
  @Test func wholeBodyPETWithUnevenSlices() throws {
    let series = try PETSeries.load(files: realFiles("sts/STS_001_raw/image"))
    let conversion = try series.suvConversion()
    let suv = try series.suvVolume()
    #expect(suv.grid.size == [128, 128, 267])
    #expect(suv.grid.sliceOffsets != nil)
    #expect(abs((conversion.factor ?? 0) / 2.429029766e-4 - 1) < 1e-9)
    #expect(conversion.rule == .seriesTime)
    let maximum = try #require(suv.samples.max())
    #expect(abs(maximum / 66.521497 - 1) < 1e-4)
    #expect(suv[69, 70, 62].inBaseUnit == Double(maximum))
    let mean = suv.samples.reduce(0.0) { $0 + Double($1) } / Double(suv.samples.count)
    #expect(abs(mean / 0.149303102 - 1) < 1e-4)
    #expect(suv.samples.count { $0 > 2.5 } == 17784)
    #expect(suv.samples.count { $0 > 4.0 } == 6226)
  }

  /// Pixel centre in polygon gave the reference; coverage may differ by 3 %.
  @Test(arguments: [
    ("GTV_Mass", 5095.0, 368.32, 2.5552, 7.9107), ("GTV_Edema", 8058, 582.52, 2.2551, 7.9107),
  ])
  func contoursOfAWholeBodyPET(
    name: String, voxels: Double, millilitres: Double, mean: Double, maximum: Double
  ) throws {
    let series = try PETSeries.load(files: realFiles("sts/STS_001_raw/image"))
    let file = try #require(realFiles("sts/STS_001_raw/mask").first)
    try check(series, file, name, (voxels, millilitres, mean, maximum))
  }

  /// Cropped pairs whose stored values are SUV already (GML), with dose and weight still there.
  @Test(arguments: [
    ("STS_002", SIMD3(30, 27, 48), 21.67575, 0.622252, 555.0, 7.36962, 21.67575),
    ("STS_019", SIMD3(28, 28, 47), 16.32769, 0.411352, 239, 8.49398, 16.32769),
  ])
  func storedSUVIsNotScaledAgain(
    name: String, size: SIMD3<Int>, maximum: Double, mean: Double, voxels: Double,
    regionMean: Double, regionMaximum: Double
  ) throws {
    let series = try PETSeries.load(files: realFiles("sts/\(name)/PET/image"))
    let suv = try series.suvVolume()
    #expect(suv.grid.size == size)
    #expect(try series.suvConversion().factor == nil)
    #expect(abs(Double(suv.samples.max() ?? 0) / maximum - 1) < 1e-4)
    let found = suv.samples.reduce(0.0) { $0 + Double($1) } / Double(suv.samples.count)
    #expect(abs(found / mean - 1) < 1e-4)
    let file = try #require(realFiles("sts/\(name)/PET/mask").first)
    try check(series, file, "GTV_Mass_PET", (voxels, nil, regionMean, regionMaximum))
  }

  /// The CT of a pair shares the PET's frame; contours drawn on the CT land on the PET.
  @Test(arguments: [("STS_002", SIMD3(161, 143, 48)), ("STS_019", SIMD3(136, 134, 47))])
  func regionsDrawnOnTheCTWorkOnThePET(name: String, size: SIMD3<Int>) throws {
    let ct = try CTSeries.load(files: realFiles("sts/\(name)/CT/image"))
    let pet = try PETSeries.load(files: realFiles("sts/\(name)/PET/image"))
    #expect(ct.volume.grid.size == size)
    #expect(ct.facts.frameOfReference == pet.facts.frameOfReference)
    let frame = try #require(ct.facts.frameOfReference)
    let drawn = try StructureSet.load(file: #require(realFiles("sts/\(name)/CT/mask").first))
    let region = try #require(drawn.region(named: "GTV_Mass_CT"))
    let onCT = try drawn.mask(of: region, on: ct.volume.grid, frame: frame).volume
    let onPET = try drawn.mask(of: region, on: pet.rescaled.grid, frame: frame).volume
    #expect(abs(onPET.millilitres / onCT.millilitres - 1) < 0.05)
  }

  @Test func aStructureSetOfAnotherFrameIsRefused() throws {
    let pet = try PETSeries.load(files: realFiles("sts/STS_002/PET/image"))
    let frame = try #require(pet.facts.frameOfReference)
    let drawn = try StructureSet.load(file: #require(realFiles("sts/STS_019/PET/mask").first))
    let region = try #require(drawn.regions.first)
    let error = #expect(throws: DICOMReadError.self) {
      try drawn.mask(of: region, on: pet.rescaled.grid, frame: frame)
    }
    #expect(error == .wrongFrame(file: "RS.dcm", region: region.name))
  }

  private func check(
    _ series: PETSeries, _ structures: URL, _ name: String,
    _ expected: (voxels: Double, millilitres: Double?, mean: Double, maximum: Double)
  ) throws {
    let suv = try series.suvVolume()
    let drawn = try StructureSet.load(file: structures)
    let region = try #require(drawn.region(named: name))
    let frame = try #require(series.facts.frameOfReference)
    let mask = try drawn.mask(of: region, on: suv.grid, frame: frame)
    let inside = suv.samples.indices.filter { mask[$0] }.map { Double(suv.samples[$0]) }
    #expect(abs(Double(inside.count) / expected.voxels - 1) < 0.03)
    #expect(abs(inside.reduce(0, +) / Double(inside.count) / expected.mean - 1) < 0.03)
    #expect(abs((inside.max() ?? 0) / expected.maximum - 1) < 0.03)
    if let millilitres = expected.millilitres {
      #expect(abs(mask.volume.millilitres / millilitres - 1) < 0.03)
    }
  }
}
