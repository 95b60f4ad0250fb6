import Foundation
import Geometry
import Quantities
import Response
import Testing
import Volumes

@Suite struct AxialDiametersTests {
  static func measured(_ curves: [[SIMD2<Double>]], at z: Double = 0) throws -> AxialDiameters {
    try #require(AxialDiameters([.init(millimetres: z, curves: curves)]))
  }

  static func turned(_ curve: [SIMD2<Double>], by angle: Double) -> [SIMD2<Double>] {
    curve.map { [cos(angle) * $0.x - sin(angle) * $0.y, sin(angle) * $0.x + cos(angle) * $0.y] }
  }

  /// An ellipse of 40 × 22 mm at any angle: corners lie on it, so the error is that of a polygon
  /// of 720 sides.
  @Test(arguments: [0.0, 0.3, 1.1, 2.7])
  func anEllipseHasItsTwoAxes(angle: Double) throws {
    let curve = (0..<720).map { n -> SIMD2<Double> in
      let t = Double(n) * .pi / 360
      return [20 * cos(t), 11 * sin(t)]
    }
    let found = try Self.measured([Self.turned(curve, by: angle)])
    #expect(abs(found.longest.millimetres - 40) < 1e-9)
    #expect(abs(found.shortAxis.millimetres - 22) < 1e-3)
  }

  /// A rectangle of 30 × 40 mm: the diagonal of 50 mm, and at right angles to it the longest
  /// stretch inside, 30 / (4/5) = 37.5 mm.
  @Test(arguments: [0.0, 0.7])
  func aRectangleIsMeasuredByItsDiagonal(angle: Double) throws {
    let found = try Self.measured([
      Self.turned([[0, 0], [40, 0], [40, 30], [0, 30]], by: angle)
    ])
    #expect(abs(found.longest.millimetres - 50) < 1e-9)
    #expect(abs(found.shortAxis.millimetres - 37.5) < 1e-6)
  }

  /// A triangle of base 24 and height 5 mm: the base, and the height.
  @Test func aFlatTriangleHasBaseAndHeight() throws {
    let found = try Self.measured([[[0, 0], [24, 0], [7, 5]]])
    #expect(abs(found.longest.millimetres - 24) < 1e-9)
    #expect(abs(found.shortAxis.millimetres - 5) < 1e-6)
  }

  /// A C of 20 × 20 mm with walls of 4 mm: a stretch ends where the lesion does, it does not jump
  /// the hollow. Along the diagonal at right angles to the longest one lies wall, hollow, wall.
  @Test func theShortAxisDoesNotJumpAHollow() throws {
    let c: [SIMD2<Double>] = [
      [0, 0], [20, 0], [20, 4], [4, 4], [4, 16], [20, 16], [20, 20], [0, 20],
    ]
    let found = try Self.measured([c])
    #expect(abs(found.longest.millimetres - 20 * 2.0.squareRoot()) < 1e-9)
    #expect(found.shortAxis.millimetres < 12)
  }

  @Test func theLargestCurveOfTheLargestPlaneCounts() throws {
    func square(_ side: Double) -> [SIMD2<Double>] {
      [[0, 0], [side, 0], [side, side], [0, side]]
    }
    let found = try #require(
      AxialDiameters([
        .init(millimetres: -3, curves: [square(4)]),
        .init(millimetres: 0, curves: [square(3), square(9)]),
        .init(millimetres: 3, curves: [square(5)]),
      ]))
    #expect(abs(found.longest.millimetres - 9 * 2.0.squareRoot()) < 1e-9)
    #expect(found.planeMillimetres == 0)
    #expect(AxialDiameters([.init(millimetres: 0, curves: [[[1, 1], [1, 1]]])]) == nil)
  }

  /// Against all pairs of corners, on curves of many shapes.
  @Test func theCalipersFindWhatAllPairsFind() throws {
    var normal = NormalGenerator(seed: 5)
    for corners in [3, 4, 5, 8, 20, 60] {
      let curve = (0..<corners).map { _ in SIMD2(normal.next() * 30, normal.next() * 5) }
      var longest = 0.0
      for a in curve {
        for b in curve { longest = max(longest, ((a - b) * (a - b)).sum().squareRoot()) }
      }
      let found = try Self.measured([curve])
      #expect(abs(found.longest.millimetres - longest) < 1e-9)
    }
  }

  /// A disc of 30 mm on voxels of 2 × 2 mm: never short, and at most a voxel long, since the
  /// longest of all directions is taken.
  @Test func voxelsOfADiscHaveItsDiameter() throws {
    let grid = try VoxelGrid(size: [40, 40, 3], spacing: [2, 2, 3])
    for shift in [0.0, 0.3, 0.5, 0.8, 1.1] {
      let mask = Mask(grid: grid) { offset in
        let p = grid.ijk(at: offset)
        let (x, y) = (Double(p.x) * 2 - 39 - shift, Double(p.y) * 2 - 39 - shift / 2)
        return p.z == 1 && x * x + y * y < 15 * 15
      }
      let found = try #require(AxialDiameters.longest(of: Outline(mask))).millimetres
      #expect((30...32).contains(found))
    }
  }
}
