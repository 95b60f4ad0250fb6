import DICOMIO
import Foundation
import Geometry
import Quantities
import TestSupport
import Testing
import Volumes

/// Enhanced multi-frame objects against the classic ones of the same phantom.
@Suite struct EnhancedSeriesTests {
  private let uids = UIDSource(seed: "enhanced series tests")
  /// 2026-01-12 10:00:00 UTC.
  private let start = Date(timeIntervalSince1970: 1_768_212_000)

  private var header: SeriesHeader {
    SeriesHeader(
      patientName: "Virtual^Test", patientID: "TEST", sex: .female, weight: .kilograms(71),
      height: .metres(1.72), studyUID: uids.uid("study"), studyID: "1", studyStart: start,
      studyDescription: "Test", seriesUID: uids.uid("series"), seriesNumber: 1,
      seriesDescription: "Test", start: start, frame: FrameOfReference(uid: uids.uid("frame")),
      uids: uids)
  }

  private var tracer: Radiopharmaceutical {
    Radiopharmaceutical(
      name: "DOTATATE", nuclide: .gallium68, activity: .megabecquerels(152),
      injection: start.addingTimeInterval(-3720))
  }

  private let beds = PETSeriesWriter.Beds(slices: 3, duration: .seconds(150))

  /// Oblique, with slice distances that differ as at bed joins.
  private var grid: VoxelGrid {
    get throws {
      let (c, s) = (cos(0.3), sin(0.3))
      return try VoxelGrid(
        columns: 16, rows: 12, columnSpacing: 2, rowSpacing: 2.5,
        sliceOffsets: [0, 3.27, 6.54, 9.73, 13],
        axes: .init(i: [1, 0, 0], j: [0, c, s], k: [0, -s, c]),
        origin: PatientPoint(x: -20, y: -11.5, z: 7))
    }
  }

  private func noise<Value: Quantity>(_: Value.Type, scale: Float) throws -> Volume<Value> {
    let grid = try grid
    return try Volume(
      grid: grid, samples: (0..<grid.voxelCount).map { Float(($0 * 7919) % 1009) * scale })
  }

  private static let layouts: [EnhancedLayout] = [
    EnhancedLayout(), EnhancedLayout(framesPerFile: 2),
    EnhancedLayout(framesPerFile: 3, frameOrder: [4, 0, 3, 1, 2]),
    EnhancedLayout(isLegacyConverted: true),
  ]

  @Test(arguments: layouts)
  func enhancedCTEqualsTheClassicSeriesBitForBit(layout: EnhancedLayout) throws {
    try withTemporaryFolder { folder in
      let volume = try noise(Hounsfield.self, scale: 1.5)
      let classic = try CTSeries.load(
        files: CTSeriesWriter.write(volume, header: header, into: folder.appending(path: "c")).paths
      )
      let written = try EnhancedSeriesWriter.write(
        volume, header: header, layout: layout, into: folder.appending(path: "e"))
      let enhanced = try CTSeries.load(files: written.paths.reversed())
      #expect(enhanced.volume.grid == classic.volume.grid)
      #expect(enhanced.volume.samples == classic.volume.samples)
      #expect(enhanced.facts.frameOfReference == classic.facts.frameOfReference)
      #expect(enhanced.facts.start == classic.facts.start)
      #expect(enhanced.facts.fileCount == written.paths.count)
      #expect(enhanced.facts.warnings == classic.facts.warnings)
    }
  }

  @Test(arguments: layouts)
  func enhancedPETEqualsTheClassicSeriesBitForBit(layout: EnhancedLayout) throws {
    try withTemporaryFolder { folder in
      let volume = try noise(ActivityConcentration.self, scale: 12.5)
      let classic = try PETSeries.load(
        files: PETSeriesWriter.write(
          volume, header: header, tracer: tracer, beds: beds, into: folder.appending(path: "c")
        ).paths)
      let enhanced = try PETSeries.load(
        files: EnhancedSeriesWriter.write(
          volume, header: header, tracer: tracer, beds: beds, layout: layout,
          into: folder.appending(path: "e")
        ).paths)
      #expect(enhanced.rescaled.grid == classic.rescaled.grid)
      #expect(enhanced.rescaled.samples == classic.rescaled.samples)
      #expect(try enhanced.suvVolume().samples == classic.suvVolume().samples)
      #expect(try enhanced.concentrationVolume().referenceTime == start)
      #expect(enhanced.header.slices.map(\.acquisition) == classic.header.slices.map(\.acquisition))
      #expect(
        enhanced.header.slices.map(\.frameDuration) == classic.header.slices.map(\.frameDuration))
    }
  }

  /// 152 MBq of Ga-68 (67.71 min), 62 min, 71 kg: 71000 / (152e6 · 2^(−62/67.71)) g/Bq. The
  /// reference is stated by Decay Correction DateTime, whatever the series time is.
  @Test func theStatedDecayCorrectionTimeDecides() throws {
    try withTemporaryFolder { folder in
      let files = try EnhancedSeriesWriter.write(
        noise(ActivityConcentration.self, scale: 12.5), header: header, tracer: tracer, beds: beds,
        into: folder
      ).paths
      let conversion = try PETSeries.load(files: files).suvConversion()
      #expect(conversion.rule == .decayCorrectionDateTime)
      let factor = 71_000 / (152e6 * exp2(-62 / 67.71))
      #expect(abs(try #require(conversion.factor) / factor - 1) < 1e-9)
    }
  }

  @Test func aPartOfAConcatenationIsIncomplete() throws {
    try withTemporaryFolder { folder in
      let files = try EnhancedSeriesWriter.write(
        noise(Hounsfield.self, scale: 1), header: header, layout: .init(framesPerFile: 2),
        into: folder
      ).paths
      let ct = try CTSeries.load(files: Array(files.dropLast()))
      let found = try #require(ct.facts.incompleteness)
      #expect((found.present, found.announced) == (2, 3))
      #expect(ct.facts.warnings.contains { $0.contains("incomplete: 2 of 3 files") })
    }
  }

  @Test(.enabled(if: ExternalTool.dciodvfy != nil, "dicom3tools is not installed"))
  func writtenObjectsAreValid() throws {
    let checker = try #require(ExternalTool.dciodvfy)
    try withTemporaryFolder { folder in
      let files =
        try EnhancedSeriesWriter.write(
          noise(Hounsfield.self, scale: 1), header: header, into: folder.appending(path: "ct")
        ).paths
        + EnhancedSeriesWriter.write(
          noise(ActivityConcentration.self, scale: 12.5), header: header, tracer: tracer,
          beds: beds, into: folder.appending(path: "pt")
        ).paths
      for file in files {
        let report = try checker.output([file.path])
        #expect(!report.contains("Error"), "\(report)")
      }
    }
  }
}

/// Enhanced PET made byte by byte: facts that our writer does not vary.
@Suite struct EnhancedPETFactsTests {
  private func item(_ build: (inout TinyDICOM) -> Void) -> TinyDICOM {
    var item = TinyDICOM()
    build(&item)
    return item
  }

  private func mapping(_ unit: String, slope: Double) -> TinyDICOM {
    item {
      $0.set(0x0040_08EA, items: [item { $0.set(0x0008_0100, "SH", unit) }])
      $0.set(0x0040_9224, double: 0)
      $0.set(0x0040_9225, double: slope)
    }
  }

  private func frame(z: Double, time: UInt32 = 1, mappings: [TinyDICOM]) -> TinyDICOM {
    item {
      $0.set(0x0020_9113, items: [item { $0.set(0x0020_0032, "DS", "0\\0\\\(z)") }])
      $0.set(
        0x0020_9111,
        items: [
          item {
            $0.set(0x0018_9074, "DT", "20250101110000")
            $0.set(0x0018_9220, double: 120_000)
            $0.set(0x0020_9128, "UL", bytes: littleEndian(time))
          }
        ])
      $0.set(0x0040_9096, items: mappings)
    }
  }

  /// One column and row per frame: stored values 1, 2, 3 …
  private func object(_ frames: [TinyDICOM], decayCorrected: String = "YES") -> TinyDICOM {
    var d = TinyDICOM.pet(z: 0, pixels: (1...frames.count).map { Int16($0) })
    d.set(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.130")
    for tag: UInt32 in [0x0020_0032, 0x0020_0037, 0x0054_1001, 0x0054_1102, 0x0028_0051] {
      d.remove(tag)
    }
    d.setMatrix(columns: 1, rows: 1)
    d.remove(0x0028_0030)
    d.set(0x0028_0008, "IS", "\(frames.count)")
    d.set(0x0018_9758, "CS", decayCorrected)
    d.set(0x0018_9759, "CS", "YES")
    d.set(0x0018_9701, "DT", "20250101110000")
    d.set(
      0x0054_0016,
      items: [
        item {
          $0.set(0x0018_1074, "DS", "368.08")
          $0.set(0x0018_1075, "DS", "6586.2")
          $0.set(0x0018_1078, "DT", "20250101100000")
        }
      ])
    let shared = item {
      $0.set(
        0x0028_9110,
        items: [
          item {
            $0.set(0x0028_0030, "DS", "4\\4")
            $0.set(0x0018_0050, "DS", "3")
          }
        ])
      $0.set(0x0020_9116, items: [item { $0.set(0x0020_0037, "DS", "1\\0\\0\\0\\1\\0") }])
    }
    d.set(0x5200_9229, items: [shared])
    d.set(0x5200_9230, items: frames)
    return d
  }

  private func load(_ object: TinyDICOM, phases: [SeriesPhase] = []) throws -> PETSeries {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "pet")
      try object.write(to: url)
      return try PETSeries.load(files: [url], phases: phases)
    }
  }

  /// The dose is in MBq. 70 kg, one hour: SUV per Bq/mL = 70000 / (368.08e6 · 2^(−3600/6586.2)).
  @Test func theDoseIsInMegabecquerels() throws {
    let frames = [0.0, 3].map { frame(z: $0, mappings: [mapping("Bq/ml", slope: 1000)]) }
    let pet = try load(object(frames))
    let factor = 70_000 / (368.08e6 * exp2(-3600 / 6586.2))
    let suv = try pet.suvVolume()
    #expect(abs(suv[0, 0, 1].inBaseUnit / (2000 * factor) - 1) < 1e-6)
    #expect(try pet.suvConversion().warnings.isEmpty)
  }

  @Test func aMapOfSUVIsTakenAsItIsWithTheSlopeOfEachFrame() throws {
    let frames = [(0.0, 0.5), (3, 0.25)].map {
      frame(z: $0.0, mappings: [mapping("g/ml{SUVbw}", slope: $0.1)])
    }
    let suv = try load(object(frames)).suvVolume()
    #expect(suv.samples == [0.5, 0.5])
  }

  @Test func concentrationComesBeforeSUV() throws {
    let frames = [0.0, 3].map {
      frame(z: $0, mappings: [mapping("g/ml{SUVbw}", slope: 7), mapping("kBq/ml", slope: 2)])
    }
    let pet = try load(object(frames))
    #expect(pet.header.units == "BQML")
    #expect(pet.rescaled.samples == [2000, 4000])
  }

  /// Not decay corrected: a frame of 120 s shows the activity at its mean count rate, which is
  /// 59.94 s after its start at 11:00 (ln(λT/(1 − e^(−λT)))/λ with λT = 0.012629).
  @Test func framesWithoutDecayCorrectionUseTheirOwnTime() throws {
    let frames = [0.0, 3].map { frame(z: $0, mappings: [mapping("Bq/ml", slope: 1)]) }
    let scales = try load(object(frames, decayCorrected: "NO")).suvConversion().scales
    let expected = 70_000 / (368.08e6 * exp2(-3659.937 / 6586.2))
    #expect(abs(scales[0] / expected - 1) < 1e-6)
  }

  @Test func severalTimesAreRefusedAndOneCanBeChosen() throws {
    let map = [mapping("Bq/ml", slope: 1)]
    let frames = [(0.0, 1), (3, 1), (0, 2), (3, 2)].map {
      frame(z: $0.0, time: UInt32($0.1), mappings: map)
    }
    let error = #expect(throws: DICOMReadError.self) { try load(object(frames)) }
    let time = DICOMTag(0x0020, 0x9128)
    #expect(error == .severalPhases(file: "pet, frame 1", by: time, values: ["1", "2"]))
    let second = try load(object(frames), phases: [SeriesPhase(attribute: time, value: "2")])
    #expect(second.rescaled.samples == [3, 4])
  }

  /// Two times that lie beside each other, not on top: still never mixed into one volume.
  @Test func timesAtDifferentPlacesAreNotMixed() throws {
    let map = [mapping("Bq/ml", slope: 1)]
    let frames = [(0.0, 1), (3, 1), (6, 2), (9, 2)].map {
      frame(z: $0.0, time: UInt32($0.1), mappings: map)
    }
    let error = #expect(throws: DICOMReadError.self) { try load(object(frames)) }
    #expect(error?.tag == DICOMTag(0x0020, 0x9128))
  }

  @Test func framesAndTheirDescriptionsMustAgreeInNumber() throws {
    var d = object([frame(z: 0, mappings: [])])
    d.set(0x0028_0008, "IS", "2")
    let error = #expect(throws: DICOMReadError.self) { try load(d) }
    #expect(error?.tag == DICOMTag(0x5200, 0x9230))
  }
}
