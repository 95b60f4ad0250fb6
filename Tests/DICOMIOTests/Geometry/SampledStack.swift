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

func loadCT(
  _ slices: [TinyDICOM], phases: [SeriesPhase] = [], gaps: SliceGaps = .refuse
) throws -> CTSeries {
  try withTemporaryFolder { folder in
    try CTSeries.load(files: write(slices, in: folder), phases: phases, gaps: gaps)
  }
}

/// Whole numbers, different along all three patient axes.
func slopes(_ p: SIMD3<Double>) -> Double { 3 * p.x + 2 * p.y + 5 * p.z }
