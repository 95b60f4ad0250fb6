import Geometry
import Quantities
import Response
import Volumes

/// The digital phantom of the Image Biomarker Standardisation Initiative: 5 × 4 × 4 voxels of
/// 2 mm with 74 of them inside. Design by A. Zwanenburg, CC BY 4.0 (github.com/theibsi/data_sets).
struct IBSIPhantom {
  let image: Volume<SUVbw>
  let outline: Outline

  /// Slice by slice, row by row; 0 is outside.
  private static let values: [Float] = [
    1, 4, 4, 1, 1, 1, 4, 6, 1, 1, 4, 1, 6, 4, 1, 4, 4, 6, 4, 1,
    1, 4, 4, 1, 1, 1, 1, 6, 1, 1, 0, 1, 3, 1, 1, 4, 4, 6, 1, 1,
    1, 4, 4, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 6, 1, 1,
    1, 4, 4, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 6, 1, 1,
  ]

  /// Values of the voxels outside, which only the local peaks see. They are not in the text we
  /// could read: the excluded inner voxel is taken as 9 and the outer ones as 1, which is one of
  /// many choices that give the published peaks.
  private static let innerOutside = 52

  init() throws {
    let grid = try VoxelGrid(size: [5, 4, 4], spacing: [2, 2, 2])
    let samples = Self.values.enumerated().map { n, value in
      value > 0 ? value : n == Self.innerOutside ? 9 : 1
    }
    image = try Volume(grid: grid, samples: samples)
    outline = Outline(grid: grid, offsets: Self.values.indices.filter { Self.values[$0] > 0 })
  }
}
