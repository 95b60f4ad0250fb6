import DICOMIO
import Foundation
import Geometry
import Quantities
import TestSupport
import Testing
import Volumes

/// A stack of CT slices that sample a function of the patient point, whatever their orientation.
struct SampledStack {
  var row = SIMD3<Double>(1, 0, 0)
  var column = SIMD3<Double>(0, 1, 0)
  var corner = SIMD3<Double>(-12, -9, 0)
  /// From one slice to the next.
  var step = SIMD3<Double>(0, 0, 2)
  var size = SIMD3<Int>(24, 20, 8)
  /// Millimetres between columns and between rows.
  var spacing = SIMD2<Double>(1, 1.5)

  static func text(_ v: SIMD3<Double>...) -> String {
    v.flatMap { [$0.x, $0.y, $0.z] }.map { "\($0)" }.joined(separator: "\\")
  }

  func slices(_ value: (SIMD3<Double>) -> Double) -> [TinyDICOM] {
    (0..<size.z).map { k in
      let origin = corner + step * Double(k)
      var pixels: [Int16] = []
      for j in 0..<size.y {
        for i in 0..<size.x {
          let p = origin + row * (Double(i) * spacing.x) + column * (Double(j) * spacing.y)
          pixels.append(Int16(value(p).rounded()))
        }
      }
      var d = TinyDICOM.ct(z: Double(k), pixels: pixels)
      d.setMatrix(columns: UInt16(size.x), rows: UInt16(size.y))
      d.set(0x0028_0030, "DS", "\(spacing.y)\\\(spacing.x)")
      d.set(0x0028_1052, "DS", "0")
      d.set(0x0020_0037, "DS", Self.text(row, column))
      d.set(0x0020_0032, "DS", Self.text(origin))
      d.set(0x0018_0050, "DS", "2")
      return d
    }
  }
}

private func load(
  _ slices: [TinyDICOM], phases: [SeriesPhase] = [], gaps: SliceGaps = .refuse
) throws -> CTSeries {
  try withTemporaryFolder { folder in
    try CTSeries.load(files: write(slices, in: folder), phases: phases, gaps: gaps)
  }
}

/// Whole numbers, different along all three patient axes.
private func slopes(_ p: SIMD3<Double>) -> Double { 3 * p.x + 2 * p.y + 5 * p.z }

@Suite struct StackOrientationTests {
  private static let stacks: [(String, SampledStack)] = [
    ("HFS", SampledStack()),
    ("HFP", SampledStack(row: [-1, 0, 0], column: [0, -1, 0])),
    ("FFS", SampledStack(row: [-1, 0, 0])),
    ("FFP", SampledStack(column: [0, -1, 0])),
    ("HFDR", SampledStack(row: [0, 1, 0], column: [-1, 0, 0])),
    ("FFDL", SampledStack(row: [0, 1, 0], column: [1, 0, 0])),
    ("HFS", SampledStack(row: [0, 1, 0], column: [0, 0, -1], step: [2, 0, 0])),
    ("HFS", SampledStack(column: [0, 0, -1], step: [0, 2, 0])),
    ("HFS", SampledStack(column: [0, 0.8, 0.6], step: [0, -1.2, 1.6])),
  ]

  /// Prone, feet first, on the side, sagittal, coronal and oblique: LPS coordinates tell each voxel
  /// its place, and nothing is odd about any of them.
  @Test(arguments: stacks)
  func everyVoxelLiesWhereThePatientCoordinatesSay(position: String, stack: SampledStack) throws {
    let slices = stack.slices(slopes).map { slice in
      var slice = slice
      slice.set(0x0018_5100, "CS", position)
      return slice
    }
    let ct = try load(slices.reversed())
    #expect(ct.facts.warnings.isEmpty)
    for k in 0..<stack.size.z {
      let p = ct.volume.grid.patientPoint(i: 5, j: 7, k: k).millimetres
      #expect(abs(ct.volume[5, 7, k].inBaseUnit - slopes(p)) <= 0.5 + 1e-9)
    }
  }

  /// Lying on the back with head first, images turned by 180° are neither what the scanner sees nor
  /// the usual view.
  @Test func aPositionThatContradictsTheOrientationIsWarnedOf() throws {
    let slices = SampledStack(row: [-1, 0, 0], column: [0, -1, 0]).slices(slopes).map { slice in
      var slice = slice
      slice.set(0x0018_5100, "CS", "HFS")
      return slice
    }
    let ct = try load(slices)
    #expect(ct.facts.warnings.contains { $0.contains("(0018,5100) HFS does not fit") })
    #expect(ct.volume.grid.axes.i == [-1, 0, 0])
  }

  @Test func aPositionThatChangesIsWarnedOf() throws {
    var slices = SampledStack().slices(slopes)
    for n in slices.indices { slices[n].set(0x0018_5100, "CS", n < 4 ? "HFS" : "FFS") }
    #expect(try load(slices).facts.warnings.contains { $0.contains("changes within the series") })
  }

  @Test func twoOrientationsOrPixelSizesAreRefusedWithBothNames() throws {
    for (tag, value): (UInt32, String) in [
      (0x0020_0037, "0\\1\\0\\0\\0\\-1"), (0x0028_0030, "1.5\\1.2"),
    ] {
      var slices = SampledStack().slices(slopes)
      slices[3].set(tag, "DS", value)
      let error = #expect(throws: DICOMReadError.self) { try load(slices) }
      #expect(error?.tag == DICOMTag(UInt16(tag >> 16), UInt16(tag & 0xFFFF)))
      #expect(error?.message.contains("-3'") == true)
    }
  }

  @Test func aSingleSliceHasItsThickness() throws {
    let slice = SampledStack().slices(slopes)[0]
    let grid = try load([slice]).volume.grid
    #expect(grid.size == [24, 20, 1] && grid.spacing == [1, 1.5, 2])
    var thin = slice
    thin.remove(0x0018_0050)
    let error = #expect(throws: DICOMReadError.self) { try load([thin]) }
    #expect(error?.tag == DICOMTag(0x0018, 0x0050))
  }
}

@Suite struct SliceGapTests {
  /// Every gap on the way: the usual distance is 3 mm, and the hole is named in patient coordinates
  /// also where the normal points down.
  @Test(arguments: [
    (SampledStack(step: [0, 0, 2]), "z = 4 mm", "z = 8 mm"),
    (SampledStack(row: [-1, 0, 0], step: [0, 0, 2]), "z = 4 mm", "z = 8 mm"),
    (
      SampledStack(row: [0, 1, 0], column: [0, 0, -1], step: [2, 0, 0]), "x = -8 mm", "x = -4 mm"
    ),
    (SampledStack(column: [0, 0, -1], step: [0, 2, 0]), "y = -5 mm", "y = -1 mm"),
  ])
  func aMissingSliceIsNamedOnItsPatientAxis(
    stack: SampledStack, from: String, to: String
  ) throws {
    var slices = stack.slices(slopes)
    slices.remove(at: 3)
    let error = #expect(throws: DICOMReadError.self) { try load(slices) }
    let message = try #require(error?.message)
    #expect(message.contains("1 slice is missing"))
    #expect(message.contains(from) && message.contains(to), "\(message)")
  }

  @Test func aDuplicateSliceIsNamedInMillimetres() throws {
    var slices = SampledStack().slices(slopes)
    var copy = slices[5]
    copy.set(0x0008_0018, "UI", "1.2.3.4.5")
    slices.append(copy)
    let error = #expect(throws: DICOMReadError.self) { try load(slices) }
    #expect(error?.message.contains("at z = 10 mm") == true)
  }

  /// Every third slice is missing: half of the gaps are holes, and the usual distance is still 2.
  @Test func theUsualDistanceIsThatOfTheWholeGaps() throws {
    let slices = SampledStack(size: [24, 20, 9]).slices(slopes)
    let left = slices.indices.filter { $0 % 3 != 2 }.map { slices[$0] }
    let error = #expect(throws: DICOMReadError.self) { try load(left) }
    guard case .missingSlices(let count, _, let from, let to)? = error else {
      Issue.record("another error: \(String(describing: error))")
      return
    }
    #expect((count, from.millimetres, to.millimetres) == (1, 2, 6))
  }

  /// The phantom is linear, so interpolation is exact, and every slice that stands in is recorded.
  @Test func allowedGapsAreInterpolatedAndRecorded() throws {
    let stack = SampledStack()
    let whole = try load(stack.slices { 4 * $0.x + 6 * $0.z })
    var slices = stack.slices { 4 * $0.x + 6 * $0.z }
    for n in [6, 5, 2] { slices.remove(at: n) }
    let ct = try load(slices, gaps: .interpolate)
    #expect(ct.volume.grid == whole.volume.grid)
    #expect(ct.volume.samples == whole.volume.samples)
    #expect(ct.facts.interpolatedSlices.map(\.slice) == [2, 5, 6])
    #expect(
      ct.facts.interpolatedSlices.map(\.position.description) == [
        "z = 4 mm", "z = 10 mm", "z = 12 mm",
      ])
    #expect(ct.facts.warnings.contains { $0.contains("3 missing slices were interpolated") })
    #expect(whole.facts.interpolatedSlices.isEmpty)
  }

  @Test func moreMissingThanThereIsNotInterpolated() throws {
    let slices = SampledStack(size: [24, 20, 40]).slices(slopes)
    let error = #expect(throws: DICOMReadError.self) {
      try load(Array(slices.prefix(4)) + [slices[39]], gaps: .interpolate)
    }
    guard case .missingSlices(35, _, _, _)? = error else {
      Issue.record("another error: \(String(describing: error))")
      return
    }
  }

  /// A PET slice that stands in takes the factor of its neighbour; the values are the line.
  @Test func interpolatedPETBecomesSUVAsWell() throws {
    try withTemporaryFolder { folder in
      let slices = [0.0, 3, 9, 12].map { z in
        TinyDICOM.pet(z: z, pixels: [Int16(10 + z), 0, 0, 0, 0, 0])
      }
      let files = try write(slices, in: folder)
      let pet = try PETSeries.load(files: files, gaps: .interpolate)
      let suv = try pet.suvVolume()
      #expect(suv.grid.size.z == 5)
      #expect(abs(suv[0, 0, 2].inBaseUnit / suv[0, 0, 0].inBaseUnit - 1.6) < 1e-6)
      #expect(throws: DICOMReadError.self) { try PETSeries.load(files: files) }
    }
  }

  @Test func slicesThinnerThanTheirDistanceAreWarnedOf() throws {
    let slices = SampledStack(step: [0, 0, 4]).slices(slopes)
    #expect(try load(slices).facts.warnings.contains { $0.contains("4.0 mm apart but are 2.0 mm") })
  }

  @Test(arguments: [
    (UInt32(0x0054_0081), "Number of Slices (0054,0081)"),
    (UInt32(0x0020_1002), "Images in Acquisition (0020,1002)"),
  ])
  func ahalfTransferredSeriesIsFlagged(tag: UInt32, name: String) throws {
    var slices = SampledStack().slices(slopes)
    for n in slices.indices { slices[n].set(tag, "IS", "11") }
    let facts = try load(slices).facts
    let found = try #require(facts.incompleteness)
    #expect((found.present, found.announced) == (8, 11))
    #expect(facts.warnings.contains { $0.contains("incomplete: 8 of 11 slices") })
    #expect(facts.warnings.contains { $0.contains(name) })
  }
}

@Suite struct GantryTiltTests {
  /// A ball with Gaussian edge; |f″| ≤ 1000/σ² along any line.
  private static let sigma = 10.0
  private func ball(_ p: SIMD3<Double>) -> Double {
    let d = p - [4, 3, 38]
    return 1000 * exp(-(d * d).sum() / (2 * Self.sigma * Self.sigma))
  }

  /// 20° about the row axis, table steps of 2 mm along z.
  private var stack: SampledStack {
    let angle = 20 * Double.pi / 180
    return SampledStack(
      column: [0, cos(angle), sin(angle)], corner: [-26, -30, 0], step: [0, 0, 2],
      size: [60, 60, 38], spacing: [1, 1])
  }

  private func slices(tilt: String?) -> [TinyDICOM] {
    stack.slices(ball).map { slice in
      var slice = slice
      if let tilt { slice.set(0x0018_1120, "DS", tilt) }
      return slice
    }
  }

  /// Against the analytic phantom: linear interpolation over 1 mm errs by at most 1000/(8σ²) = 1.25
  /// HU, and stored values are rounded by half a unit.
  @Test func aTiltedStackIsMovedOntoAnOrthogonalGrid() throws {
    let ct = try load(slices(tilt: "-20"))
    let grid = ct.volume.grid
    #expect(abs(try #require(ct.facts.gantryTiltDegrees) - 20) < 1e-6)
    #expect(abs(grid.spacing.z - 2 * cos(20 * Double.pi / 180)) < 1e-6)
    // The leaning stack needs more rows than one slice: 37 · 2 mm · sin 20° = 25.3.
    #expect(grid.size == [60, 86, 38])
    var worst = 0.0
    for k in 0..<38 {
      for j in 0..<86 {
        for i in 0..<60 where ct.volume[i, j, k] != CTSeries.padding {
          let value = ct.volume[i, j, k].inBaseUnit
          // Voxels at the border mix with the air around the slice.
          if value < 0 { continue }
          let truth = ball(grid.patientPoint(i: i, j: j, k: k).millimetres)
          if truth > 20 { worst = max(worst, abs(value - truth)) }
        }
      }
    }
    #expect(worst < 1.75)
    #expect(worst > 0.1)
  }

  @Test(arguments: [
    ("-20", "as Gantry/Detector Tilt (0018,1120) says"), ("0", "says 0.0°, but positions decide"),
    (nil, "is absent"),
  ])
  func theTiltIsRecorded(stated: String?, text: String) throws {
    let warnings = try load(slices(tilt: stated)).facts.warnings
    #expect(warnings.contains { $0.contains("lean by 20.0°") && $0.contains(text) })
  }

  @Test func aSliceOffTheLineIsRefused() throws {
    var odd = slices(tilt: nil)
    odd[7].set(0x0020_0032, "DS", "-26\\-22\\14")
    let error = #expect(throws: DICOMReadError.self) { try load(odd) }
    #expect(error?.tag == DICOMTag(0x0020, 0x0032))
    #expect(error?.message.contains("off the line") == true)
  }

  /// Emission images are not tilted by scanners; one that leans is an error of its making.
  @Test func aTiltedPETIsRefused() throws {
    try withTemporaryFolder { folder in
      let slices = [0.0, 3, 6].map { z in
        var slice = TinyDICOM.pet(z: z)
        slice.set(0x0020_0032, "DS", "-10\\\(-20 + z / 2)\\\(z)")
        return slice
      }
      let files = try write(slices, in: folder)
      let error = #expect(throws: DICOMReadError.self) { try PETSeries.load(files: files) }
      #expect(error?.remedy.contains("(0018,1120)") == true)
    }
  }

  @Test func aSteepLeanIsRefused() throws {
    let error = #expect(throws: DICOMReadError.self) {
      try load(SampledStack(step: [0, 3, 2]).slices(slopes))
    }
    #expect(error?.tag == DICOMTag(0x0020, 0x0032))
  }
}

@Suite struct SeriesPhaseTests {
  private func phases(_ tag: UInt32, _ vr: String, _ values: [String]) -> [TinyDICOM] {
    values.enumerated().flatMap { n, value in
      SampledStack(size: [4, 3, 3]).slices { _ in Double(n) }.map { slice in
        var slice = slice
        slice.set(tag, vr, value)
        return slice
      }
    }
  }

  @Test(
    arguments: [
      (0x0020_0100, "IS", ["1", "2", "10"]), (0x0020_0012, "IS", ["3", "4", "5"]),
      (0x0018_1060, "DS", ["0", "250", "500"]), (0x0018_1210, "SH", ["B30f", "B70f", "Br40"]),
    ] as [(UInt32, String, [String])])
  func imagesOfTheSameSlicesAreRefusedAndOneCanBeChosen(
    tag: UInt32, vr: String, values: [String]
  ) throws {
    let slices = phases(tag, vr, values)
    let attribute = DICOMTag(UInt16(tag >> 16), UInt16(tag & 0xFFFF))
    let error = #expect(throws: DICOMReadError.self) { try load(slices) }
    guard case .severalPhases(_, let by, let found)? = error else {
      Issue.record("another error: \(String(describing: error))")
      return
    }
    #expect(by == attribute && found == values)
    for (n, value) in values.enumerated() {
      let ct = try load(slices, phases: [SeriesPhase(attribute: attribute, value: value)])
      #expect(ct.volume.grid.size.z == 3)
      #expect(ct.volume.samples.allSatisfy { $0 == Float(n) })
    }
  }

  /// Clock times are told in seconds after the first, so that no date of a patient is printed.
  @Test func acquisitionTimesAreTheLastResort() throws {
    let slices = phases(0x0008_0032, "TM", ["110000", "110130"])
    let error = #expect(throws: DICOMReadError.self) { try load(slices) }
    #expect(error?.message.contains("0.0, 90.0") == true)
    let tag = DICOMTag(0x0008, 0x0032)
    let ct = try load(slices, phases: [SeriesPhase(attribute: tag, value: "90.0")])
    #expect(ct.volume.samples.allSatisfy { $0 == 1 })
  }

  @Test func thePhasesOfASeriesAreListed() throws {
    try withTemporaryFolder { folder in
      let files = try write(phases(0x0020_0100, "IS", ["1", "2"]), in: folder)
      let tag = DICOMTag(0x0020, 0x0100)
      #expect(
        try SeriesPhase.all(in: files) == [
          SeriesPhase(attribute: tag, value: "1"), SeriesPhase(attribute: tag, value: "2"),
        ])
      #expect(try SeriesPhase.all(in: Array(files.prefix(3))).isEmpty)
    }
  }

  @Test func aPhaseThatIsNotThereIsRefusedWithTheChoices() throws {
    let tag = DICOMTag(0x0020, 0x0100)
    let error = #expect(throws: DICOMReadError.self) {
      try load(phases(0x0020_0100, "IS", ["1", "2"]), phases: [.init(attribute: tag, value: "7")])
    }
    #expect(error?.tag == tag)
    #expect(error?.remedy.contains("1, 2") == true)
  }
}
