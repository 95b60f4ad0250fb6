import Geometry
import Quantities
import Testing
import Volumes

@testable import Reporting

@Suite struct AlignedResampleTests {
  /// The quick way must give what the general one gives, edges and uneven slices included.
  @Test(arguments: GeometryOfPicturesTests.storedAs)
  func theQuickWayIsTheGeneralWay(axes: VoxelGrid.Axes) throws {
    let grid = try VoxelGrid(
      columns: 9, rows: 7, columnSpacing: 3, rowSpacing: 2, sliceOffsets: [0, 4, 7, 12, 15],
      axes: axes, origin: PatientPoint(x: -8, y: -6, z: -7))
    let volume = try Volume<SUVbw>(
      grid: grid, samples: (0..<grid.voxelCount).map { Float(($0 * 37) % 101) })
    for plane in PatientPlane.allCases {
      // 0.73 mm keeps pixels off the outer voxel faces, where rounding decides what is outside.
      let view = try PictureGrid.square(
        plane: plane, about: grid.centre, side: 40, millimetresPerPixel: 0.73)
      let quick = Layer(volume).samples(on: view, outside: .gramsPerMillilitre(-5))
      let general = volume.resampled(
        onto: view.voxelGrid, outside: .gramsPerMillilitre(-5)
      ).samples
      #expect(zip(quick, general).allSatisfy { abs($0 - $1) < 1e-3 })
      #expect(quick.contains(-5) && quick.contains { $0 > 0 })
    }
  }
}
