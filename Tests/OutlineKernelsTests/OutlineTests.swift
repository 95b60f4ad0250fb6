import Foundation
import Geometry
import Quantities
import Testing
import Volumes

@Suite struct OutlineTests {
  static func grid(_ n: Int, spacing: Double) throws -> VoxelGrid {
    try VoxelGrid(size: [n, n, n], spacing: .init(repeating: spacing))
  }

  /// A ball of 20 mm on 2 mm voxels: 4/3 π 20³ = 33.51 mL, counted within 1 %.
  @Test func aBallHasItsVolumeAndCentre() throws {
    let grid = try Self.grid(40, spacing: 2)
    let centre = PatientPoint(x: 40.3, y: 39.1, z: 38.6)
    let ball = Outline(grid: grid, ball: centre, radius: .millimetres(20))
    #expect(abs(ball.volume.millilitres / 33.510 - 1) < 0.01)
    #expect(try #require(ball.centroid).distance(to: centre) < 0.1)
    #expect(abs(ball.equivalentRadius.millimetres - 20) < 0.1)
    #expect(ball.mask.voxelCount == ball.voxelCount)
    #expect(Outline(ball.mask) == ball)
  }

  /// Two voxels in slices of 3 and 5 mm extent: 2 × 2 × (3 + 5) = 32 mm³.
  @Test func unevenSlicesCountWithTheirOwnThickness() throws {
    let grid = try VoxelGrid(
      columns: 4, rows: 4, columnSpacing: 2, rowSpacing: 2, sliceOffsets: [0, 3, 6, 13],
      axes: .identity, origin: PatientPoint(x: 0, y: 0, z: 0))
    let outline = Outline(
      grid: grid, offsets: [grid.index(i: 1, j: 1, k: 1), grid.index(i: 1, j: 1, k: 2)])
    #expect(abs(outline.volume.millilitres - 0.032) < 1e-12)
    // Centre of mass along k: (3 · 3 + 5 · 6) / 8.
    #expect(abs(try #require(outline.centroid).millimetres.z - 39.0 / 8) < 1e-12)
  }

  @Test func wideningABallGivesTheWiderBall() throws {
    let grid = try Self.grid(40, spacing: 2)
    let centre = grid.patientPoint(i: 20, j: 20, k: 20)
    let small = Outline(grid: grid, ball: centre, radius: .millimetres(2.1))
    let wide = small.dilated(by: .millimetres(8))
    // The small ball is the centre and its six neighbours.
    #expect(small.voxelCount == 7)
    for n in wide.offsets {
      let q = grid.ijk(at: n)
      #expect(
        try #require(small.distance(to: grid.patientPoint(i: q.x, j: q.y, k: q.z)))
          <= .millimetres(8 + 1e-9))
    }
    let outside = Outline(grid: grid, ball: centre, radius: .millimetres(9.9))
    #expect(wide.commonVoxelCount(with: outside) > small.voxelCount)
  }

  /// In a block of 7 voxels of 2 mm the middle is 4 voxels from the first one outside.
  @Test func depthIsTheDistanceToTheOutside() throws {
    let grid = try Self.grid(7, spacing: 2)
    let whole = Outline(grid: grid, offsets: Array(0..<343))
    let depths = whole.depths
    #expect(depths.max() == 8)
    #expect(depths.min() == 2)
  }

  @Test func setOperationsAgreeWithSets() throws {
    let grid = try Self.grid(12, spacing: 3)
    let a = Outline(grid: grid, ball: grid.patientPoint(i: 5, j: 5, k: 5), radius: .millimetres(11))
    let b = Outline(grid: grid, ball: grid.patientPoint(i: 8, j: 6, k: 5), radius: .millimetres(9))
    let (setA, setB) = (Set(a.offsets), Set(b.offsets))
    #expect(a.commonVoxelCount(with: b) == setA.intersection(setB).count)
    #expect(Set(a.union(b).offsets) == setA.union(setB))
    #expect(Set(a.subtracting(b).offsets) == setA.subtracting(setB))
    for n in 0..<grid.voxelCount { #expect(a.contains(offset: n) == setA.contains(n)) }
  }

  @Test func anOutlineSurvivesJSONAndABrokenOneDoesNot() throws {
    let grid = try Self.grid(10, spacing: 4)
    let ball = Outline(
      grid: grid, ball: grid.patientPoint(i: 5, j: 5, k: 5), radius: .millimetres(9))
    let json = try JSONEncoder().encode(ball)
    #expect(try JSONDecoder().decode(Outline.self, from: json) == ball)
    let text = try #require(String(data: json, encoding: .utf8))
    let first = ball.runs[0].lowerBound
    let broken = text.replacing("\"runs\":[\(first),", with: "\"runs\":[998,")
    #expect(broken != text)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(Outline.self, from: Data(broken.utf8))
    }
  }
}
