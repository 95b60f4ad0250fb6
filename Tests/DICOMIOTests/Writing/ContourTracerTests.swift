import Geometry
import Testing
import Volumes

@testable import DICOMIO

@Suite struct ContourTracerTests {
  private func mask(_ rows: [String]) throws -> Mask {
    let grid = try VoxelGrid(size: [rows[0].count, rows.count, 1], spacing: [1, 1, 1])
    let cells = rows.joined().map { $0 == "#" }
    return Mask(grid: grid) { cells[$0] }
  }

  /// Shoelace formula; outlines and holes turn in opposite ways.
  private func signedArea(_ contour: ContourTracer.Contour) -> Double {
    let v = contour.vertices
    return v.indices.reduce(0.0) { sum, n in
      let (a, b) = (v[n], v[(n + 1) % v.count])
      return sum + (a.x * b.y - b.x * a.y) / 2
    }
  }

  @Test func aLoneVoxelIsADiamondOfHalfItsArea() throws {
    let contours = ContourTracer.contours(of: try mask(["...", ".#.", "..."]))
    #expect(contours.count == 1)
    #expect(contours[0].vertices.count == 4)
    #expect(abs(abs(signedArea(contours[0])) - 0.5) < 1e-12)
  }

  /// A 3 × 4 block: 12 less four cut corners of 1/8 each.
  @Test func aBlockLosesItsCorners() throws {
    let contours = ContourTracer.contours(of: try mask(["####", "####", "####"]))
    #expect(contours.count == 1)
    #expect(contours[0].vertices.count == 8)
    #expect(abs(abs(signedArea(contours[0])) - 11.5) < 1e-12)
  }

  @Test func aHoleTurnsTheOtherWay() throws {
    let contours = ContourTracer.contours(
      of: try mask([".....", ".###.", ".#.#.", ".###.", "....."]))
    #expect(contours.count == 2)
    let areas = contours.map(signedArea)
    #expect(areas[0] * areas[1] < 0)
    // 9 less four corners of 1/8; the hole of one voxel shrinks to a diamond.
    #expect(abs(areas.map(abs).max().map { $0 - 8.5 } ?? 1) < 1e-12)
    #expect(abs(areas.map(abs).min().map { $0 - 0.5 } ?? 1) < 1e-12)
  }

  @Test func voxelsThatMeetAtACornerAreApart() throws {
    #expect(ContourTracer.contours(of: try mask(["#.", ".#"])).count == 2)
  }

  /// Outlines of a disc with a hole, filled again by voxel centre with the even-odd rule, are the
  /// disc; their area is that of the voxels within the cut corners.
  @Test func outlinesFilledAgainAreTheMask() throws {
    let grid = try VoxelGrid(size: [40, 40, 1], spacing: [1, 1, 1])
    let mask = Mask(grid: grid) { n in
      let (x, y) = (Double(n % 40) - 19.3, Double(n / 40) - 20.1)
      let r = (x * x + y * y).squareRoot()
      return r < 15 && r > 5.2 || (n % 40 == 38 && n / 40 > 3)
    }
    let contours = ContourTracer.contours(of: mask)
    for j in 0..<40 {
      for i in 0..<40 {
        let crossings = contours.reduce(0) {
          $0 + crossingsToTheRight(of: SIMD2(Double(i), Double(j) + 1e-9), $1.vertices)
        }
        #expect((crossings % 2 == 1) == mask[i, j, 0], "\(i), \(j)")
      }
    }
    let area = contours.reduce(0) { $0 + signedArea($1) }
    #expect(abs(abs(area) / Double(mask.voxelCount) - 1) < 0.02)
  }

  private func crossingsToTheRight(of p: SIMD2<Double>, _ v: [SIMD2<Double>]) -> Int {
    v.indices.filter { n in
      let (a, b) = (v[n], v[(n + 1) % v.count])
      guard (a.y > p.y) != (b.y > p.y) else { return false }
      return a.x + (p.y - a.y) / (b.y - a.y) * (b.x - a.x) > p.x
    }.count
  }
}
