import DICOMIO
import Foundation
import Geometry
import Quantities
import TestSupport
import Testing
import Volumes

/// Writes small series into a folder of their own and asks other programs about them.
@Suite struct SeriesWriterTests {
  private let folder: URL
  private let uids = UIDSource(seed: "series writer tests")
  /// 2026-01-12 10:00:00 UTC.
  private let start = Date(timeIntervalSince1970: 1_768_212_000)

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "writer-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func header(_ kind: String) -> SeriesHeader {
    SeriesHeader(
      patientName: "Virtual^Test", patientID: "TEST", sex: .female, weight: .kilograms(71),
      height: .metres(1.72), studyUID: uids.uid("study"), studyID: "1", studyStart: start,
      studyDescription: "Test", seriesUID: uids.uid("series \(kind)"), seriesNumber: 1,
      seriesDescription: kind, start: start, frame: FrameOfReference(uid: uids.uid("frame")),
      uids: uids)
  }

  private var grid: VoxelGrid {
    get throws {
      try VoxelGrid(
        size: [16, 12, 5], spacing: [2, 2.5, 3], origin: PatientPoint(x: -20, y: -11.5, z: 7))
    }
  }

  private func ramp<Value: Quantity>(_: Value.Type, scale: Float) throws -> Volume<Value> {
    let grid = try grid
    return try Volume(grid: grid, samples: (0..<grid.voxelCount).map { Float($0) * scale })
  }

  private func writeCT() throws -> WrittenSeries {
    try CTSeriesWriter.write(
      try ramp(Hounsfield.self, scale: 1), header: header("ct"),
      into: folder.appending(path: "ct"), fileNumbers: [3, 1, 5, 2, 4])
  }

  private func writePET() throws -> WrittenSeries {
    try PETSeriesWriter.write(
      try ramp(ActivityConcentration.self, scale: 12.5), header: header("pet"),
      tracer: Radiopharmaceutical(
        name: "DOTATATE", nuclide: .gallium68, activity: .megabecquerels(152),
        injection: start.addingTimeInterval(-3720)),
      beds: .init(slices: 3, duration: .seconds(150)), into: folder.appending(path: "pet"))
  }

  private func writeSPECT() throws -> WrittenSeries {
    try SPECTWriter.write(
      try ramp(ActivityConcentration.self, scale: 900), header: header("spect"),
      agent: Radiopharmaceutical(
        name: "DOTATATE", nuclide: .lutetium177, activity: .gigabecquerels(7.4),
        injection: start.addingTimeInterval(-86_400)),
      window: .lutetium208, duration: .seconds(1200), to: folder.appending(path: "spect/0001.dcm"))
  }

  private func writeStructures() throws -> URL {
    let images = try writeCT()
    var writer = StructureSetWriter(header: header("rtstruct"), drawnOn: images, label: "Organs")
    let grid = try grid
    try writer.add(Mask(grid: grid) { $0 % 16 > 3 && $0 % 16 < 9 }, named: "liver")
    try writer.add(Mask(grid: grid), named: "spleen")
    let file = folder.appending(path: "rtstruct/0001.dcm")
    try writer.write(to: file)
    return file
  }

  @Test(.enabled(if: ExternalTool.dciodvfy != nil, "dicom3tools is not installed"))
  func everyObjectIsValid() throws {
    let checker = try #require(ExternalTool.dciodvfy)
    let files =
      try writeCT().paths + writePET().paths + writeSPECT().paths + [writeStructures()]
    for file in files {
      let report = try checker.output([file.path])
      #expect(!report.contains("Error"), "\(file.lastPathComponent): \(report)")
    }
  }

  @Test(.enabled(if: ExternalTool.dcmdump != nil, "dcmtk is not installed"))
  func petStatesWhatSUVNeeds() throws {
    let dump = try #require(ExternalTool.dcmdump)
    let text = try dump.output([writePET().paths[4].path])
    for expected in [
      "(0054,1001) CS [BQML]", "(0054,1102) CS [START]", "(0010,1030) DS [71]",
      "(0018,1074) DS [152000000]", "(0018,1075) DS [4062.6]", "(0018,1072) TM [085800]",
      "(0018,1078) DT [20260112085800]", "(0008,0031) TM [100000]", "(0008,0032) TM [100230]",
      "(0054,1330) US 5",
    ] {
      #expect(text.contains(expected), "\(expected)")
    }
  }

  /// Frame Reference Time of the first bed: ln(λT / (1 − e^(−λT))) / λ = 74.84 s for T = 150 s and
  /// Ga-68 (λT = 0.025593), a little before the middle of the bed.
  @Test(.enabled(if: ExternalTool.dcmdump != nil, "dcmtk is not installed"))
  func frameReferenceTimeIsThatOfTheMeanCountRate() throws {
    let dump = try #require(ExternalTool.dcmdump)
    let text = try dump.output([writePET().paths[0].path])
    #expect(text.contains("(0054,1300) DS [74840]"))
    #expect(text.contains("(0018,1242) IS [150000]"))
  }

  @Test(.enabled(if: ExternalTool.dcmdump != nil, "dcmtk is not installed"))
  func spectStatesFramesPlaceAndUnits() throws {
    let dump = try #require(ExternalTool.dcmdump)
    let text = try dump.output([writeSPECT().paths[0].path])
    for expected in [
      "(0028,0009) AT (0054,0080)", "(0054,0080) US 1\\2\\3\\4\\5", "(0028,0008) IS [5]",
      "(0020,0032) DS [-20\\-11.5\\7]", "(0018,0088) DS [3]", "(0018,1074) DS [7400]",
      "(0008,0100) SH [Bq/ml]", "(0028,0051) CS [ATTN\\SCAT\\DECY]",
    ] {
      #expect(text.contains(expected), "\(expected)")
    }
  }

  @Test func fileNamesNeedNotFollowTheSlices() throws {
    let written = try writeCT()
    #expect(
      written.paths.map(\.lastPathComponent) == [
        "0003.dcm", "0001.dcm", "0005.dcm", "0002.dcm", "0004.dcm",
      ])
    let found = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/ct")
    #expect(found.sorted() == ["0001.dcm", "0002.dcm", "0003.dcm", "0004.dcm", "0005.dcm"])
  }

  @Test func theSameSeedGivesTheSameBytes() throws {
    let first = try writePET().paths.map { try Data(contentsOf: $0) }
    let second = try writePET().paths.map { try Data(contentsOf: $0) }
    #expect(first == second)
  }

  @Test func aFolderThatCannotBeMadeIsAnErrorAndLeavesNothing() throws {
    let blocker = folder.appending(path: "ct")
    try Data().write(to: blocker)
    #expect(throws: (any Error).self) { try writeCT() }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["ct"])
  }

  @Test func aMaskOfAnotherStackIsRefused() throws {
    var writer = StructureSetWriter(header: header("s"), drawnOn: try writeCT(), label: "Organs")
    let other = Mask(grid: try VoxelGrid(size: [4, 4, 4], spacing: [1, 1, 1]))
    #expect(throws: DICOMWriteError.gridsDiffer(structure: "liver")) {
      try writer.add(other, named: "liver")
    }
  }
}
