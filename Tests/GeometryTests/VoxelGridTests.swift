import Geometry
import Testing

@Suite struct VoxelGridTests {
  /// A coronal stack: columns to the left, rows to the feet, slices to the back.
  private func obliqueGrid() throws -> VoxelGrid {
    try VoxelGrid(
      size: [10, 20, 30], spacing: [2, 3, 4],
      axes: .init(i: [1, 0, 0], j: [0, 0, -1], k: [0, 1, 0]),
      origin: PatientPoint(x: 5, y: -7, z: 11))
  }

  @Test func aVoxelCentreLiesWhereOriginSpacingAndAxesPutIt() throws {
    let p = try obliqueGrid().patientPoint(i: 1, j: 2, k: 3)
    #expect(p == PatientPoint(x: 5 + 2, y: -7 + 12, z: 11 - 6))
  }

  @Test func goingToThePatientAndBackReturnsTheVoxel() throws {
    let grid = try obliqueGrid()
    let ijk: SIMD3<Double> = [3.25, 18.5, 0.125]
    let back = grid.gridPoint(at: grid.patientPoint(at: GridPoint(ijk: ijk)))
    #expect((back.ijk - ijk).length < 1e-12)
  }

  /// Slice positions as a real whole-body scan has them: 3.27 mm, 3.29 where beds join.
  @Test func unevenSlicesAreUsedWhereTheyAre() throws {
    let grid = try VoxelGrid(
      columns: 4, rows: 4, columnSpacing: 2, rowSpacing: 2,
      sliceOffsets: [0, 3.27, 6.56, 9.83, 13.02], axes: .identity,
      origin: PatientPoint(x: 0, y: 0, z: 100))
    #expect(grid.patientPoint(i: 0, j: 0, k: 2).millimetres.z == 106.56)
    let between = grid.gridPoint(at: PatientPoint(x: 0, y: 0, z: 108.195))
    #expect(abs(between.ijk.z - 2.5) < 1e-9)
    // The middle slice reaches half-way to each neighbour: (3.29 + 3.27) / 2 mm thick.
    #expect(abs(grid.voxelMillilitres(inSlice: 2) - 4 * 3.28 / 1000) < 1e-12)
  }

  @Test func evenSlicesNeedNoList() throws {
    let grid = try VoxelGrid(
      columns: 4, rows: 4, columnSpacing: 2, rowSpacing: 2, sliceOffsets: [0, 3, 6.001, 9],
      axes: .identity, origin: PatientPoint(x: 0, y: 0, z: 0))
    #expect(grid.sliceOffsets == nil)
    #expect(grid.spacing.z == 3)
  }

  @Test func aGridThatCannotExistIsRefused() {
    #expect(throws: GridError.emptyGrid(size: [0, 1, 1])) {
      try VoxelGrid(size: [0, 1, 1], spacing: [1, 1, 1])
    }
    #expect(throws: GridError.spacingNotPositive(millimetres: [1, -1, 1])) {
      try VoxelGrid(size: [1, 1, 1], spacing: [1, -1, 1])
    }
    #expect(throws: GridError.axesNotOrthonormal) {
      try VoxelGrid(
        size: [1, 1, 1], spacing: [1, 1, 1],
        axes: .init(i: [1, 0, 0], j: [0, 1, 0], k: [0, 0, -1]))
    }
  }

  @Test func theOuterFacesOfTheVoxelsBoundTheGrid() throws {
    let grid = try VoxelGrid(size: [2, 2, 2], spacing: [2, 2, 2])
    #expect(grid.contains(PatientPoint(x: -1, y: 3, z: 0)))
    #expect(!grid.contains(PatientPoint(x: -1.01, y: 0, z: 0)))
    #expect(!grid.contains(PatientPoint(x: 0, y: 0, z: 3.01)))
  }
}
