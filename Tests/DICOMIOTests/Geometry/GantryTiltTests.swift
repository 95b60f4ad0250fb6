import DICOMIO
import Foundation
import Geometry
import Quantities
import TestSupport
import Testing
import Volumes

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
    let ct = try loadCT(slices(tilt: "-20"))
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
    let warnings = try loadCT(slices(tilt: stated)).facts.warnings
    #expect(warnings.contains { $0.contains("lean by 20.0°") && $0.contains(text) })
  }

  @Test func aSliceOffTheLineIsRefused() throws {
    var odd = slices(tilt: nil)
    odd[7].set(0x0020_0032, "DS", "-21\\-30\\14")
    let error = #expect(throws: DICOMReadError.self) { try loadCT(odd) }
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
      try loadCT(SampledStack(step: [0, 3, 2]).slices(slopes))
    }
    #expect(error?.tag == DICOMTag(0x0020, 0x0032))
  }
}
